"""Large files, long lines and long values: read in pieces, and never more than a piece at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.schemas.exchange import read
from lib import inputs
from lib.exchange_batch import counts, read_files, reasons, refused, rows


@pytest.mark.slow
def test_a_large_file_in_pieces_gives_what_it_gives_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [inputs.claim(recipient=f"{n:010}", days="x" if n == 7 else 2) for n in range(1, 40)]
    data = inputs.exchange("K11", *claims)
    whole = read_files(tmp_path, data)
    monkeypatch.setattr(read, "PIECE", 1000)
    pieces = read_files(tmp_path, data)
    assert len(pieces.counts) > 5
    assert counts(pieces) == counts(whole)
    assert refused(pieces) == refused(whole)
    for record in whole.rows:
        assert rows(pieces, record).equals(rows(whole, record)), record
    monkeypatch.setattr(read, "PIECE", 1000)
    assert read_files(tmp_path, data[:-20]).envelopes[0].fault is not None


@pytest.mark.slow
def test_a_city_file_and_returns_are_cut_where_a_group_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [f"B731,{record}" for n in range(1, 30) for record in inputs.claim(recipient=f"{n:010}")]
    data = inputs.exchange("B73", claims)
    monkeypatch.setattr(read, "PIECE", 1000)
    batch = read_files(tmp_path, data)
    assert len(batch.counts) > 5
    assert batch.envelopes[0].fault is None and refused(batch) == []


@pytest.mark.slow
def test_a_group_larger_than_a_piece_breaks_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = inputs.exchange(
        "K61", inputs.attendance(days=tuple(range(1, 31))), inputs.attendance(recipient="0000000002")
    )
    monkeypatch.setattr(read, "PIECE", 600)
    fault = read_files(tmp_path, data).envelopes[0].fault
    assert fault is not None and fault[1] == "FMT101"
    assert "を超えています" in fault[2]


@pytest.mark.parametrize(
    ("item", "code"),
    [("9" * 2_000_000, "FMT105"), (",".join("9" * 1_000_000), "FMT103")],
)
def test_a_line_longer_than_any_record_refuses_its_claim(tmp_path: Path, item: str, code: str) -> None:
    good = inputs.claim(recipient="0000000002")
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(days=item), good))
    assert refused(batch) == [(2, "FMT106"), (3, code), (4, "FMT106"), (5, "FMT106"), (6, "FMT106")]
    assert reasons(batch)[3].startswith("行が長すぎます(1MBを超えています)")
    assert rows(batch, "K122-01")["recipient_no"].to_list() == ["0000000002"]


def test_a_long_value_is_shown_by_its_beginning(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(days="9" * 1000)))
    assert reasons(batch)[3].endswith(f"(値: {'9' * 40}…(ほか960字))")
