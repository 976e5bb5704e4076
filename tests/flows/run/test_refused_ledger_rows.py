"""Rows of ledgers that could not be read: counted, kept for the checks, and said first."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lib import inputs, workbook
from lib.home_history import check_summary, findings, run
from lib.month_ledgers import GRANTS, HEADER, MAY, ledgers_of


@pytest.mark.parametrize(("bad", "named"), [(1, False), (2, True)])
def test_a_ledger_of_which_many_rows_were_refused_is_spoilt(tmp_path: Path, bad: int, named: bool) -> None:
    """More than 5 % of them: one row of 20 is not, two are."""
    good = "".join(f"{n},631000,10,2025-04-01,2027-03-31\r\n" for n in range(1, 21 - bad))
    spoilt = "30,631000,10,?,2027-03-31\r\n" * bad
    home = inputs.make_home(tmp_path, {}, {"grants": HEADER + good + spoilt})
    month = ledgers_of(home)
    month.load("grants")
    account = month.accounts["grants"]
    assert (account.rows, account.refused, account.present, account.is_spoilt) == (20, bad, True, named)


def test_refused_rows_of_which_nobody_is_known_are_counted(tmp_path: Path) -> None:
    rows = "?,631000,10,2025-04-01,2027-03-31\r\n2,631000,?,2025-04-01,2027-03-31\r\n3,631000,10\r\n"
    home = inputs.make_home(tmp_path, {}, {"grants": GRANTS + rows})
    month = ledgers_of(home)
    month.load("grants")
    assert month.refused_rows[0]["recipient_no"].to_list() == [None, None, "0000000002"]
    assert month.accounts["grants"].of_nobody == 2


@pytest.mark.slow
def test_refused_rows_are_in_the_store(tmp_path: Path) -> None:
    text = inputs.LEDGERS["grants"] + "3,631000,10,?,2027-03-31\r\n"
    home = inputs.make_home(tmp_path, inputs.right_month(), {**inputs.LEDGERS, "grants": text})
    assert run(home) == 0
    with duckdb.connect(str(home / "henrei.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT review_month, ledger, recipient_no, facility_no FROM refused_rows").fetchall()
    assert rows == [(MAY, "grants", "0000000003", None)]


@pytest.mark.slow
def test_what_is_to_be_known_of_the_ledgers_is_in_the_worklist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = inputs.LEDGERS["grants"] + "?,631000,10,2025-04-01,2027-03-31\r\n"
    home = inputs.make_home(tmp_path, inputs.a_day_too_many(), {**inputs.LEDGERS, "grants": text})
    assert run(home) == 0
    shown = workbook.rows(home / "out" / inputs.REVIEW / "worklist.xlsx", "0 今日すること")
    spoilt, absent, of_nobody = (str(row["内容"]) for row in shown if row["項目"] == "直すこと")
    assert "の確認のうち" in absent and "を判定していません(ない台帳: " in absent
    assert spoilt.startswith("支給決定(grants.csv)の3行のうち1行(33%)が読めません")
    assert of_nobody.startswith("支給決定(grants.csv): 1行は誰(どこ)の行かも読めないため")
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"※ {spoilt}。")


def test_rejected_lines_and_unknown_columns_are_kept_account_of(tmp_path: Path) -> None:
    text = GRANTS.replace("支給決定終了日\r\n", "支給決定終了日,担当\r\n").replace("-31\r\n", "-31,佐藤\r\n")
    home = inputs.make_home(tmp_path, {}, {"grants": text.replace("2,631000,10", "2,631000,1.5")})
    month = ledgers_of(home)
    assert month.load("grants").rows["recipient_no"].to_list() == ["0000000001"]
    [rejected] = [frame for frame in month.refused if frame.height]
    assert rejected.select("file", "line", "record", "item_name", "reason_code").rows() == [
        (0, 3, "grants", "支給量", "FMT109")
    ]
    assert month.counts[0] == {"lines": 3, "loaded": 1, "refused": 1, "elsewhere": 0, "ignored": 1}
    assert month.notes == ["grants.csv: henrei が使わない列が1列あります(読みません)"]


@pytest.mark.slow
def test_a_ledger_without_a_required_column_stops_its_checks_only(tmp_path: Path) -> None:
    home = inputs.make_home(
        tmp_path, inputs.a_day_too_many(), {**inputs.LEDGERS, "grants": "受給者証番号,支給量\r\n1,10\r\n"}
    )
    earlier = home / "inbox" / "2026-04"
    earlier.mkdir()
    (earlier / "grants.csv").write_text(inputs.LEDGERS["grants"], encoding="utf-8")
    assert run(home) == 0
    assert [code for code, *_ in findings(home)] == ["DAY203"]
    assert check_summary(home, "CRT102") == {
        "code": "CRT102",
        "findings": 0,
        "undetermined": None,
        "reason": "支給決定(grants.csv)がありません",
        "braked": False,
    }
    undetermined = inputs.read_table(home / "out" / inputs.REVIEW / "undetermined.csv")
    whole = [row["check_code"] for row in undetermined if not row["facility_no"]]
    assert "CRT102" in whole and "DAY203" not in whole
