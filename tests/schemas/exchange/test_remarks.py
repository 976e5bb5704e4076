"""A fault in an item that nothing reads refuses nothing and is a remark."""

from __future__ import annotations

from pathlib import Path

from henrei.data.fictional.records import line
from lib import inputs
from lib.exchange_batch import read_files, refused, remarks, rows


def test_a_fault_in_an_item_that_nothing_reads_is_a_remark(tmp_path: Path) -> None:
    odd = {
        "K122-01": {7: "12", 9: "かな"},
        "K122-03": {11: "abc"},
        "K122-04": {8: "x", 9: None},
        "K122-05": {11: None},
    }
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=odd)))
    assert refused(batch) == []
    assert sorted(remarks(batch)) == [(2, 7), (2, 9), (4, 11), (5, 8), (5, 9), (6, 11)]
    assert rows(batch, "K122-04")["class_no"].to_list() == [None]
    assert not any("かな" in reason for part in batch.remarks for reason in part["reason"])


def test_what_is_refused_has_no_remarks(tmp_path: Path) -> None:
    odd = {"K122-01": {9: "かな"}, "K122-02": {10: "x"}}
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=odd)))
    assert len(refused(batch)) == 5
    assert remarks(batch) == []


def test_items_that_the_layout_leaves_unset_are_not_looked_at(tmp_path: Path) -> None:
    odd = {"K122-01": {11: "9", 14: "zz", 18: "???", 29: "none"}}
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=odd)))
    assert refused(batch) == []


def test_what_nothing_reads_of_a_return_is_a_remark(tmp_path: Path) -> None:
    detail = {3: "202605", 4: inputs.A, 5: inputs.CITY, 7: "0000000001", 9: "明", 10: "202604"}
    batch = read_files(tmp_path, inputs.exchange("K72", [line("K721-02", detail, False)]))
    assert rows(batch, "K721-02").select("recipient_no", "reason_code").rows() == [("0000000001", None)]
    assert remarks(batch) == [(2, no) for no in (6, 8, 11, 12, 13, 14)]
