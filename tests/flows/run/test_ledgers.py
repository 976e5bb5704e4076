"""Which ledger file counts for a review month."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import inputs
from lib.home_history import check_summary, findings, run, summary


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


def test_a_ledger_of_an_earlier_month_is_used_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(
        tmp_path, inputs.right_month(), {name: t for name, t in inputs.LEDGERS.items() if name != "grants"}
    )
    for month, until in (("2026-03", "2026-04-01"), ("2026-04", "2027-03-31"), ("2026-06", "2026-04-01")):
        (home / "inbox" / month).mkdir()
        text = inputs.LEDGERS["grants"].replace("2027-03-31", until)
        (home / "inbox" / month / "grants.csv").write_text(text, encoding="utf-8")
    assert run(home) == 0
    assert findings(home) == []
    assert "2026-04 の grants.csv を使います" in capsys.readouterr().out.replace("\n", "")
    assert "grants.csv" not in [row["file"] for row in summary(home)["files"]]


def test_a_ledger_with_only_its_header_is_absent_and_no_older_one_takes_its_place(tmp_path: Path) -> None:
    header = inputs.LEDGERS["grants"].split("\r\n")[0] + "\r\n"
    home = inputs.make_home(tmp_path, inputs.right_month(), {**inputs.LEDGERS, "grants": header})
    (home / "inbox" / "2026-04").mkdir()
    (home / "inbox" / "2026-04" / "grants.csv").write_text(inputs.LEDGERS["grants"], encoding="utf-8")
    assert run(home) == 0
    assert check_summary(home, "CRT102")["reason"] == "支給決定(grants.csv)がありません"
    # For petitions it says that there are none.
    assert check_summary(home, "SUB405")["reason"] == "審査履歴がありません"


@pytest.mark.slow
def test_service_codes_may_stand_beside_the_settings(tmp_path: Path) -> None:
    ledgers = {name: text for name, text in inputs.LEDGERS.items() if name != "service_codes"}
    home = inputs.make_home(tmp_path, inputs.right_month(), ledgers)
    assert run(home) == 0
    assert check_summary(home, "CRT105")["undetermined"] is None
    (home / "service_codes.csv").write_text(inputs.LEDGERS["service_codes"], encoding="utf-8")
    assert run(home) == 0
    assert check_summary(home, "CRT105")["undetermined"] == 0


@pytest.mark.slow
def test_columns_and_file_names_are_mapped(tmp_path: Path) -> None:
    settings = '[ledgers]\ngrants = "支給決定.csv"\n[ledgers.columns.grants]\n"受給者証番号" = "番号"\n'
    home = inputs.make_home(tmp_path, inputs.right_month(), settings=settings)
    (home / "inbox" / inputs.REVIEW / "grants.csv").unlink()
    text = inputs.LEDGERS["grants"].replace("受給者証番号", "番号")
    (home / "inbox" / inputs.REVIEW / "支給決定.csv").write_text(text, encoding="cp932")
    assert run(home) == 0
    assert check_summary(home, "CRT102")["undetermined"] == 0
