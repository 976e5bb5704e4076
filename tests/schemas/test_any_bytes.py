"""The readers alone, on anything: whatever the bytes are, the counts add up and nothing is raised."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from henrei.schemas.exchange import lines, read
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import read_ledger
from lib import inputs
from lib.bad_input import large_files, valid_files

pytestmark = pytest.mark.slow

_FRAGMENTS = [
    b"1,1,0,2,K11,0,1350000001,0,1,202605,", b"2,2,K122,01,", b"2,3,K122,02,", b"2,2,K112,01,", b"2,2,K611,01,", b"2,2,B731,K122,01,",
    b"2,2,K721,02,", b"3,3", b"3,4", b"\r\n", b"\n", b"\r", b",", b'"', b'""', b"\x1a", b"\x00", b" ", b"202604,112992,", b"1350000001,",
    b"0000000001,", b"\xb6\xb8\xb3", b"\x81\x40", b"\x81", b"\xfd", b"\xef\xbb\xbf", b"\xe3\x81\x82", b"99999999999999999999", b"-1",
]  # fmt: skip
_CELLS = [
    "1",
    "0000000001",
    "112992",
    "631000",
    "2026-04-01",
    "R8.4.1",
    "令和8年4月",
    "6.1E+09",
    "",
    '"',
    "あ",
    "\r",
    "\n",
    "\x00",
    "\ufeff",
]
_ANY = st.lists(st.sampled_from(_FRAGMENTS) | st.binary(max_size=6), max_size=40).map(b"".join)
# A frame that is right, around records that are anything: the records are reached.
_FRAMED = st.lists(
    st.lists(st.sampled_from(_FRAGMENTS[11:]) | st.binary(max_size=4), max_size=12).map(b"".join), max_size=6
)
_QUICK = settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _lines(data: bytes) -> int:
    return data.count(b"\n") + (data[-1:] not in (b"", b"\n"))


def _read(*files: bytes) -> read.Batch:
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for number, data in enumerate(files):
            paths[number] = Path(folder) / f"{number}.CSV"
            paths[number].write_bytes(data)
        batch = read.read_batch(paths, inputs.CITY, "202605")
    counts = pl.concat(batch.counts).group_by("file").sum()
    for number, data in enumerate(files):
        row = counts.row(by_predicate=pl.col("file") == number, named=True)
        assert row["lines"] == _lines(data)
        assert row["loaded"] + row["refused"] + row["blank"] + row["elsewhere"] <= row["lines"]
    assert counts["loaded"].sum() == sum(part.height for parts in batch.rows.values() for part in parts)
    places = pl.concat([pl.DataFrame(schema=read.REJECTED_LINE), *batch.rejected]).select("file", "line")
    assert counts["refused"].sum() == places.height == places.n_unique()
    return batch


@_QUICK
@given(_ANY, _ANY)
def test_exchange_files_of_anything(first: bytes, second: bytes) -> None:
    _read(first, second)


@_QUICK
@given(_FRAMED)
def test_records_of_anything_in_a_right_frame(records: list[bytes]) -> None:
    body = [part.replace(b"\n", b"") for part in records]
    texts = [b"1,1,0,%d,K11,0,1350000001,0,1,202605," % len(body)]
    texts += [b"2,%d,K122,%02d,%s" % (n, n % 7, part) for n, part in enumerate(body, start=2)]
    batch = _read(b"\r\n".join([*texts, b"3,%d" % (len(body) + 2), b""]))
    assert batch.envelopes[0].fault is None


@_QUICK
@given(
    st.sampled_from(sorted(ledgers())),
    st.lists(st.lists(st.sampled_from(_CELLS) | st.text(max_size=3), max_size=14)),
    st.data(),
)
def test_ledgers_of_anything(name: str, rows: list[list[str]], more: st.DataObject) -> None:
    head = more.draw(st.permutations(ledgers()[name].labels))
    body = "\r\n".join(",".join(row) for row in [head, *rows])
    data = body.encode(more.draw(st.sampled_from(["utf-8", "utf-8-sig", "cp932"])), errors="replace") + more.draw(
        st.binary(max_size=3)
    )
    part = read_ledger(ledgers()[name], data, Export(), inputs.CITY)
    counts = part.counts
    assert counts["lines"] == _lines(data)
    assert counts["lines"] == counts["loaded"] + counts["refused"] + counts["elsewhere"] + counts["blank"]
    assert part.rejected.height == counts["refused"] == part.rejected["line"].n_unique()


def test_right_files_of_the_fuzzer_are_right() -> None:
    for kind in valid_files.KINDS:
        for full in (False, True):
            assert _read(valid_files.exchange(7, kind, full)).envelopes[0].fault is None
    for name, data in valid_files.ledgers().items():
        assert read_ledger(ledgers()[name.removesuffix(".csv")], data, Export(), inputs.CITY).counts["refused"] == 0


def _write(path: Path, case: str, size: int) -> Path:
    path.write_bytes(b"".join(large_files.CASES[case][0](size)))
    return path


def _largest_piece(path: Path) -> int:
    return max(len(data) for data, _, _ in read.pieces(path))


def test_no_piece_is_larger_than_three_however_the_file_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "PIECE", 256 * 1024)
    monkeypatch.setattr(lines, "LONGEST", 64 * 1024)
    for case in ("one_line", "nul", "short_lines", "utf16", "zip", "wide_item", "ordinary"):
        path = _write(tmp_path / "x.CSV", case, 5 * large_files.MB)
        assert _largest_piece(path) <= 3 * 256 * 1024 + 64 * 1024, case
        assert sum(lines.line_count(data) for data, _, _ in read.pieces(path)) == lines.line_count_of(path), case


def test_a_large_file_of_each_kind_is_refused_line_by_line(tmp_path: Path) -> None:
    for case, size, count in (("one_line", 5, 1), ("nul", 5, 1), ("short_lines", 1, large_files.MB // 2)):
        path = _write(tmp_path / "x.CSV", case, size * large_files.MB)
        batch = read.read_batch({0: path}, inputs.CITY, "202605")
        assert pl.concat(batch.counts)["lines"].sum() == count
        assert batch.envelopes[0].fault is not None


def test_a_large_ordinary_file_gives_the_rows_a_piece_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "PIECE", 256 * 1024)
    path = _write(tmp_path / "x.CSV", "ordinary", 2 * large_files.MB)
    most, rows = 0, 0

    def keep(parsed: dict[str, list[pl.DataFrame]]) -> None:
        nonlocal most, rows
        here = sum(part.height for parts in parsed.values() for part in parts)
        most, rows = max(most, here), rows + here

    batch = read.read_batch({0: path}, inputs.CITY, "202605", keep)
    assert batch.rows == {} and batch.envelopes[0].fault is None and not batch.rejected
    assert rows == lines.line_count_of(path) - 2
    assert most < rows / 3
