"""Lines and cells in bulk: how lines are counted and cut, and which padding and zeros of cells are removed."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei.schemas.exchange import lines
from henrei.schemas.exchange.lines import bare_cells_of, beginnings, decode, line_count, line_count_of, lines_of


def bare(value: str, *, code: bool) -> str | None:
    """What becomes of a cell, between another line and another column."""
    texts = pl.Series([f"x,{value},y", "x,11,y"])
    frame = bare_cells_of(texts, 3, {1: "cell", 2: "y"}, {"cell": 2} if code else {})
    assert frame["y"].to_list() == ["y", "y"] and frame["cell"][1] == "11"
    return frame["cell"][0]


@pytest.mark.parametrize(
    ("value", "text", "code"),
    [
        ("12", "12", "12"),
        ("", None, None),
        ('""', None, None),
        (" 12", "12", "12"),
        ("12\t", "12", "12"),
        ("\u300012\u3000", "12", "12"),
        ("1 2", "1 2", "1 2"),
        ("  ", None, None),
        ("00", "00", None),
        ("0", "0", None),
        (" 00 ", "00", None),
        ("0" * 70, "0" * 70, None),  # of whatever length
        ("0" * 70 + "1", "0" * 70 + "1", "0" * 70 + "1"),
        ("010", "010", "010"),
        ("-5", "-5", "-5"),
    ],
)
def test_padding_goes_and_zeros_of_a_code(value: str, text: str | None, code: str | None) -> None:
    assert bare(value, code=False) == text
    assert bare(value, code=True) == code


@pytest.mark.parametrize(
    ("data", "count"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\r\nb", 2), (b"\n\n", 2), (b"\r", 1)]
)
def test_lines_are_counted_by_their_ends(tmp_path: Path, data: bytes, count: int) -> None:
    (tmp_path / "x").write_bytes(data)
    assert line_count(data) == line_count_of(tmp_path / "x") == lines_of([data]).height == count


def test_lines_of_several_files() -> None:
    frame = lines_of([b"a\r\n\n", b"", "ｱ".encode("cp932"), b"\x81\n"], first_line=5)
    assert frame.select("file", "line", "text", "undecodable").rows() == [
        (0, 5, "a", False),
        (0, 6, "", False),
        (2, 5, "ｱ", False),
        (3, 5, "\ufffd", True),
    ]


def test_what_is_no_cp932() -> None:
    assert decode("髙①".encode("cp932")) == "髙①"
    assert decode(b"\x81") is None and decode(b"a\xfd") is None and decode(b"\x80") is None
    assert decode("あ".encode(), "utf-8") == "あ"


def test_of_a_line_too_long_only_the_beginning_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 10)
    data = b"x" * 25 + b"\nab\n" + b"y" * 12
    kept = b"".join(lines.blocks(io.BytesIO(data), 4))
    assert kept == b"x" * 11 + b"\nab\n" + b"y" * 11
    assert lines_of([kept])["overlong"].to_list() == [True, False, True]
    (tmp_path / "x").write_bytes(data)
    assert list(beginnings(tmp_path / "x", 4)) == [(1, b"xxxx", 26), (2, b"ab\n", 3), (3, b"yyyy", 12)]


@pytest.mark.parametrize(
    ("text", "cells", "misquoted"),
    [
        ("a,b", 2, False),
        ("", 1, False),
        ('"a,b",c', 2, False),
        ('"a ""x"" b",c', 2, False),
        ('"a,b', 2, True),
        ('a"b",c', 2, True),
        ('"a"b,c', 2, True),
        ('"a"\r', 1, True),
        ('a\x01,"b"', 2, False),
    ],
)
def test_cells_are_counted_outside_quotes(text: str, cells: int, misquoted: bool) -> None:
    assert lines.with_cell_counts(pl.DataFrame({"text": [text]})).row(0) == (text, cells, misquoted)


CELL = st.sampled_from(["", "a", "1\r", "\x01", '"a"', '""', '"a,b"', '"a""b"', '"\x01"', '"'])
LINE = st.tuples(
    st.one_of(st.text(alphabet='a", \x01\r', max_size=8), st.lists(CELL, max_size=4).map(",".join)),
    st.sampled_from(["\n", "\r\n"]),
)


def seen_of(blobs: list[bytes], *, unquoted: bool) -> list[tuple[object, ...]]:
    """Of each line: how many cells, whether its quotes pair, and the cells of those whose quotes do."""
    found = lines.with_cell_counts(lines_of(blobs, unquoted=unquoted))
    cells: dict[int, tuple[object, ...]] = {}
    for (count,), part in found.filter(~pl.col("misquoted")).group_by("cells"):
        parsed = bare_cells_of(part["text"], int(count), {at: f"cell_{at}" for at in range(int(count))}, {})
        cells |= dict(zip(part["file"], parsed.rows(), strict=True))
    return [(row["cells"], row["misquoted"], cells.get(row["file"])) for row in found.iter_rows(named=True)]


@given(st.lists(LINE.filter(lambda line: line[0] not in ("", "\r")), min_size=1, max_size=5))
def test_a_line_is_what_it_is_alone_whatever_stands_beside_it(given_lines: list[tuple[str, str]]) -> None:
    blobs = [(text + end).encode() for text, end in given_lines]
    alone = [seen_of([blob], unquoted=False)[0] for blob in blobs]
    assert seen_of(blobs, unquoted=False) == alone
    assert seen_of(blobs, unquoted=True) == alone


def test_blank_lines() -> None:
    texts = pl.DataFrame({"text": ["", " \u3000\t", "\x1a", "a", "\x1a\x1a"]})
    assert texts.select(lines.is_blank(pl.col("text"))).to_series().to_list() == [True, True, True, False, False]


def test_cells_of_no_line_at_all() -> None:
    assert bare_cells_of(pl.Series([], dtype=pl.String), 3, {1: "cell"}, {"cell": 2}).rows() == []
