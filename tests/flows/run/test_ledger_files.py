"""In which files ledgers come: two in one, workbooks, copies of one name, files left where nothing reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lib import inputs
from lib.home_history import check_summary, run, summary
from lib.month_ledgers import GRANTS, HEADER, ledgers_of
from lib.workbook import workbook


def test_several_files_of_one_ledger_are_one(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {"west/grants.csv": GRANTS.encode(), "east/grants.csv": HEADER.encode()}, {})
    month = ledgers_of(home)
    assert month.load("grants").rows["file"].to_list() == [1, 1]
    assert {file: counts["lines"] for file, counts in month.counts.items()} == {0: 1, 1: 3}


def test_two_ledgers_in_one_file(tmp_path: Path) -> None:
    """Its lines are counted for the first; what the second cannot read is said, and kept for the checks."""
    text = (
        "受給者証番号,市町村番号,利用者負担上限月額,適用開始日,決定サービスコード,支給決定開始日,支給決定終了日\r\n"
        "1,112992,4600,2025-04-01,631000,2025-04-01,2027-03-31\r\n"
        "2,112992,4600,2025-04-01,631000,?,2027-03-31\r\n"
    )
    settings = '[ledgers]\nrecipients = "export.csv"\ngrants = "export.csv"\n'
    home = inputs.make_home(tmp_path, {"export.csv": text.encode()}, {}, settings)
    month = ledgers_of(home)
    loaded = month.load_all()
    assert [file.kind for file in month.files] == ["recipients;grants"]
    assert loaded["recipients"].rows["recipient_no"].to_list() == ["0000000001", "0000000002"]
    assert loaded["grants"].rows["recipient_no"].to_list() == ["0000000001"]
    assert month.counts == {0: {"lines": 3, "loaded": 2, "refused": 0, "elsewhere": 0, "ignored": 1}}
    assert sum(frame.height for frame in month.refused) == 0
    assert month.notes == []
    [rows] = month.refused_rows
    assert rows.select("ledger", "recipient_no").rows() == [("grants", "0000000002")]
    account = month.accounts["grants"]
    [fault] = account.faults
    assert (account.rows, account.refused, account.is_spoilt) == (2, 1, True)
    assert (fault.count, fault.line, fault.column, fault.shape) == (1, 3, "支給決定開始日", "?")


def test_one_export_under_the_names_of_two_ledgers(tmp_path: Path) -> None:
    text = GRANTS.replace("\r\n", ",市町村番号,利用者負担上限月額,適用開始日\r\n", 1).replace(
        "-31\r\n", "-31,112992,0,2025-04-01\r\n"
    )
    home = inputs.make_home(tmp_path, {}, {"grants": text, "recipients": text})
    month = ledgers_of(home)
    assert [(file.name, file.kind) for file in month.files] == [
        ("grants.csv", "recipients;grants"),
        ("recipients.csv", "duplicate"),
    ]
    assert [month.load(name).rows.height for name in ("recipients", "grants")] == [2, 2]


@pytest.mark.slow
def test_a_workbook_takes_the_place_of_a_csv(tmp_path: Path) -> None:
    book = workbook(
        {
            "支給決定": [
                HEADER.strip().split(","),
                [1, "631000", 10, date(2025, 4, 1), date(2027, 3, 31)],
                [2, "631000", "x", date(2025, 4, 1), date(2027, 3, 31)],
            ]
        }
    )
    home = inputs.make_home(
        tmp_path, {**inputs.right_month(), "grants.xlsx": book}, {"recipients": inputs.LEDGERS["recipients"]}
    )
    assert run(home) == 0
    [file] = [file for file in summary(home)["files"] if file["file"] == "grants.xlsx"]
    assert {name: file[name] for name in ("kind", "lines", "loaded", "refused", "ignored")} == {
        "kind": "grants",
        "lines": 3,
        "loaded": 1,
        "refused": 1,
        "ignored": 1,
    }
    [reject] = inputs.read_table(home / "out" / inputs.REVIEW / "rejects.csv")
    assert (reject["file"], reject["line"], reject["item_name"]) == ("grants.xlsx", "3", "支給量")
    assert reject["raw"] == "2,631000,x,2025-04-01,2027-03-31"


def test_a_csv_comes_before_a_workbook_of_its_name(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {"grants.xlsx": b"PK"}, {"grants": GRANTS})
    month = ledgers_of(home)
    assert [(file.name, file.kind) for file in month.files] == [("grants.csv", "grants"), ("grants.xlsx", "other")]
    assert month.load("grants").rows.height == 2


def test_a_ledger_left_in_the_inbox_itself_is_pointed_out(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    (home / "inbox" / "grants.csv").write_text(HEADER, encoding="utf-8", newline="")  # as init leaves it
    month = ledgers_of(home)
    assert not month.load("grants").present and month.accounts["grants"].stray == ()
    (home / "inbox" / "grants.csv").write_text(GRANTS, encoding="utf-8", newline="")
    later = ledgers_of(home)
    later.load("grants")
    assert later.accounts["grants"].stray == ("inbox/grants.csv",)


@pytest.mark.slow
def test_columns_and_file_names_are_mapped(tmp_path: Path) -> None:
    settings = '[ledgers]\ngrants = "支給決定.csv"\n[ledgers.columns.grants]\n"受給者証番号" = "番号"\n'
    home = inputs.make_home(tmp_path, inputs.right_month(), settings=settings)
    (home / "inbox" / inputs.REVIEW / "grants.csv").unlink()
    text = inputs.LEDGERS["grants"].replace("受給者証番号", "番号")
    (home / "inbox" / inputs.REVIEW / "支給決定.csv").write_text(text, encoding="cp932")
    assert run(home) == 0
    assert check_summary(home, "CRT102")["undetermined"] == 0
