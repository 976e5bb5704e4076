"""Files of sheets, a city's copies, the federation's returns and records of other cities."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from henrei.data.fictional.records import line
from lib import inputs
from lib.exchange_batch import counts, read_files, reasons, refused, rows


def test_a_file_of_sheets_may_begin_with_a_household(tmp_path: Path) -> None:
    household = inputs.sheet(children=("0000000001", "0000000002"))
    for kind in ("K41", "K42"):
        batch = read_files(tmp_path, inputs.exchange(kind, household, inputs.sheet(recipient="0000000003")))
        assert batch.envelopes[0].fault is None
        assert batch.envelopes[0].data_type == "K41"
    assert rows(batch, "K421-02")["child_recipient_no"].to_list() == ["0000000001", "0000000002"]


def _copies(*records: str) -> list[str]:
    return [f"B731,{record}" for record in records]


def test_a_citys_copies_are_read_like_their_originals(tmp_path: Path) -> None:
    batch = read_files(
        tmp_path, inputs.exchange("B73", _copies(*inputs.claim(), *inputs.attendance(), *inputs.sheet()))
    )
    assert batch.envelopes[0].fault is None and refused(batch) == []
    assert batch.envelopes[0].data_type == "B73"
    assert {name: pl.concat(part).height for name, part in batch.rows.items()} == {
        "K122-01": 1,
        "K122-02": 1,
        "K122-03": 1,
        "K122-04": 1,
        "K122-05": 1,
        "K611-01": 1,
        "K611-02": 2,
        "K411-01": 1,
        "K411-02": 2,
    }


def test_copies_that_do_not_fit_their_originals_are_not_read(tmp_path: Path) -> None:
    batch = read_files(
        tmp_path, inputs.exchange("B73", _copies(*inputs.claim()), [f"{_copies(inputs.claim()[0])[0]},"])
    )
    fault = batch.envelopes[0].fault
    assert fault is not None
    assert (fault[0], fault[1]) == (7, "FMT103")


def test_returns_of_the_federation(tmp_path: Path) -> None:
    head = "K721,01,202605,,,,,,"
    detail = {3: "202605", 4: inputs.A, 5: inputs.CITY, 6: "試験市", 9: "利", 10: "202604", 13: "EG02", 14: "理由"}
    named = {7: "0000000001", 8: "ｶｸｳ"}
    invoice = line("K721-02", {**detail, 9: "請"}, False)
    batch = read_files(tmp_path, inputs.exchange("K72", [head, line("K721-02", {**detail, **named}, False), invoice]))
    assert refused(batch) == []
    assert rows(batch, "K721-02")["kind"].sort().to_list() == ["利", "請"]
    batch = read_files(tmp_path, inputs.exchange("K72", [line("K721-02", {**detail, 9: "明"}, False)]))
    assert refused(batch) == [(2, "FMT105")]
    assert reasons(batch)[2].startswith("「受給者証番号」がありません")


def test_other_cities_are_counted_and_not_judged(tmp_path: Path) -> None:
    theirs = inputs.claim(city=inputs.OTHER_CITY, days="xx")
    batch = read_files(tmp_path, inputs.exchange("K11", theirs, inputs.claim(), inputs.sheet()))
    assert refused(batch) == []
    assert counts(batch) == {"lines": 15, "blank": 0, "elsewhere": 5, "refused": 0, "loaded": 8}
