"""Which records make a claim, an attendance or a sheet whole, and what a refused one could have been."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lib import inputs
from lib.exchange_batch import read_files, reasons, refused, rows


@pytest.mark.parametrize("gone", [0, 1, 2, 3])
def test_a_claim_without_one_of_its_records(tmp_path: Path, gone: int) -> None:
    claim = inputs.claim()
    del claim[gone]
    batch = read_files(tmp_path, inputs.exchange("K11", claim, inputs.claim(recipient="0000000002")))
    assert refused(batch) == [(line, "FMT106") for line in (2, 3, 4, 5)]
    reason = {0: "基本情報(01)のない行です", 1: "日数情報(02)", 2: "明細情報(03)", 3: "集計情報(04)"}[gone]
    assert reason in reasons(batch)[2]


def test_a_claim_without_contract_is_whole(tmp_path: Path) -> None:
    assert refused(read_files(tmp_path, inputs.exchange("K11", inputs.claim()[:4]))) == []


def test_attendance_without_days_and_a_cancelled_sheet_are_whole(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K61", inputs.attendance(days=()), inputs.sheet(kind="3")))
    assert refused(batch) == []
    assert rows(batch, "K411-01")["submission_kind"].to_list() == ["3"]


def test_a_live_sheet_needs_its_rows(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K41", inputs.sheet()[:1]))
    assert refused(batch) == [(2, "FMT106")]
    assert "明細情報(02)がありません" in reasons(batch)[2]


def test_days_of_another_form_do_not_belong(tmp_path: Path) -> None:
    record = inputs.attendance()
    record[2] = record[2].replace(",0501,", ",0301,")
    batch = read_files(tmp_path, inputs.exchange("K61", record))
    assert [code for _, code in refused(batch)] == ["FMT106"] * 3


def test_refused_groups_say_what_they_could_have_been(tmp_path: Path) -> None:
    household = inputs.sheet(children=("0000000001", "0000000002"))
    household[1] = household[1].replace(",10000,", ",x,")
    batch = read_files(tmp_path, inputs.exchange("K41", household), inputs.exchange("K11", inputs.claim(days="x")))
    groups = pl.concat(batch.refused_groups).sort("file", "recipient_no").rows()
    april = date(2026, 4, 1)
    assert groups == [
        (0, 2, "sheet", inputs.A, "0000000001", april, None),
        (0, 2, "sheet", inputs.A, "0000000002", april, None),
        (1, 2, "claim", inputs.A, "0000000001", april, None),
    ]


def test_refused_lines_without_their_01_are_no_group_of_their_own(tmp_path: Path) -> None:
    record = inputs.attendance()
    batch = read_files(tmp_path, inputs.exchange("K61", record[1:]), inputs.exchange("K61", [record[0] + ","]))
    groups = pl.concat(batch.refused_groups).sort("file")
    assert groups.select("file", "group", "unit", "recipient_no", "form").rows() == [
        (0, None, "attendance", "0000000001", "0501"),
        (1, 2, "attendance", "0000000001", "0501"),
    ]


def test_a_household_of_which_a_child_cannot_be_read_may_be_anyones(tmp_path: Path) -> None:
    household = inputs.sheet(children=("0000000001", "x"))
    groups = pl.concat(read_files(tmp_path, inputs.exchange("K41", household)).refused_groups)
    assert groups["recipient_no"].to_list() == ["0000000001", None]
