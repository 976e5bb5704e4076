"""Which ledger file counts for a review month."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from henrei.schemas.ledgers import ledgers
from lib import inputs
from lib.home_history import check_summary, findings, run, summary
from lib.month_ledgers import GRANTS, HEADER, MAY, ledgers_of, put

TODAY = date.today()


def test_the_months_own_ledger_counts(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {"grants": GRANTS})
    put(home, "2026-04", HEADER)
    month = ledgers_of(home)
    ledger = month.load("grants")
    assert (ledger.present, ledger.source_month, ledger.rows.height) == (True, MAY, 2)
    assert ledger.rows.select("file", "line", "recipient_no", "allowance_days").rows() == [
        (0, 2, "0000000001", 10),
        (0, 3, "0000000002", 10),
    ]
    assert month.counts == {0: {"lines": 3, "loaded": 2, "refused": 0, "elsewhere": 0, "ignored": 1}}
    assert month.notes == [] and month.files_elsewhere == []


def test_the_newest_earlier_months_ledger_takes_its_place_and_is_named(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    put(home, "2026-03", GRANTS)
    put(home, "2026-04", GRANTS.replace(",10,", ",12,"))
    put(home, "2026-06", GRANTS)  # a later month's is none
    month = ledgers_of(home)
    ledger = month.load("grants")
    assert (ledger.present, ledger.source_month) == (True, date(2026, 4, 1))
    assert ledger.rows["allowance_days"].to_list() == [12, 12]
    assert month.notes == [
        f"支給決定: この月のファイルがないため 2026-04 の grants.csv({TODAY} のもの、0日前)を使います"
    ]
    [used] = month.files_elsewhere
    assert (used.number, used.ledger, used.name) == (0, "grants", "../2026-04/grants.csv")
    assert used.source == "inbox/2026-04/grants.csv"
    assert used.listed == home / "books" / "2026-05" / "ledgers" / "grants.csv"
    assert month.counts == {}  # its lines are none of this month's


@pytest.mark.parametrize(
    ("text", "rows", "missing"),
    [
        (HEADER, 0, ""),
        (HEADER + "3,631000,1.5,2026-04-01,2027-03-31\r\n", 1, ""),
        (
            "受給者証番号,支給量\r\n1,10\r\n",
            2,
            "支給決定に列「決定サービスコード」、「支給決定開始日」、「支給決定終了日」がありません。"
            "見出しを直すか henrei.toml の ledgers.columns で対応づけてください",
        ),
    ],
)
def test_a_ledger_that_was_delivered_is_never_replaced_by_an_older_one(
    tmp_path: Path, text: str, rows: int, missing: str
) -> None:
    home = inputs.make_home(tmp_path, {}, {"grants": text})
    put(home, "2026-04", GRANTS)
    month = ledgers_of(home)
    ledger = month.load("grants")
    assert not ledger.present and ledger.rows.is_empty()
    account = month.accounts["grants"]
    assert (account.file, account.folder, account.present) == ("grants.csv", "inbox/2026-05", False)
    assert (account.rows, account.refused, account.missing) == (rows, rows, missing)
    assert month.notes == [] and month.files_elsewhere == []


def test_of_petitions_an_empty_file_says_that_there_are_none(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {"petitions": inputs.LEDGERS["petitions"]})
    month = ledgers_of(home)
    ledger = month.load("petitions")
    assert ledger.present and ledger.rows.is_empty() and month.notes == []


@pytest.mark.parametrize(("setting", "month"), [("next", None), ("same", date(2026, 4, 1))])
def test_the_month_of_a_petition_without_one_goes_by_the_citys_practice(
    tmp_path: Path, setting: str, month: date | None
) -> None:
    """The month after its own follows from the view that checks read."""
    text = inputs.LEDGERS["petitions"].replace("\r\n", ",処理年月\r\n")
    text += "2026-04,1350000001,1,2026-02,4102,\r\n2026-04,1350000001,2,2026-02,4102,2026-06\r\n"
    home = inputs.make_home(tmp_path, {}, {"petitions": text}, f'[rules]\npetition_month = "{setting}"\n')
    assert ledgers_of(home).load("petitions").rows["process_month"].to_list() == [month, date(2026, 6, 1)]


def test_service_codes_are_looked_for_beside_the_settings_first(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    put(home, "2026-04", inputs.LEDGERS["service_codes"], "service_codes.csv")
    (home / "service_codes.csv").write_text(inputs.LEDGERS["service_codes"], encoding="utf-8", newline="")
    (home / "grants.csv").write_text(GRANTS, encoding="utf-8", newline="")  # only the codes may be there
    month = ledgers_of(home)
    assert month.load("service_codes").source_month is None
    assert not month.load("grants").present
    assert month.notes == [
        "サービスコード表: この月のファイルがないため "
        f"henrei.toml のとなりの service_codes.csv({TODAY} のもの、0日前)を使います"
    ]
    assert month.files_elsewhere[0].name == "../../service_codes.csv"


def test_the_ledgers_of_the_home_come_before_those_beside_the_settings_and_of_earlier_months(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    put(home, "2026-04", GRANTS)
    put(home, "2026-04", inputs.LEDGERS["service_codes"], "service_codes.csv")
    for folder in (home, home / "ledgers"):
        folder.mkdir(exist_ok=True)
        (folder / "service_codes.csv").write_text(inputs.LEDGERS["service_codes"], encoding="utf-8", newline="")
    old = home / "ledgers" / "grants.csv"
    old.write_text(GRANTS.replace(",10,", ",12,"), encoding="utf-8", newline="")
    changed = datetime.combine(TODAY - timedelta(days=40), datetime.min.time()).timestamp()
    os.utime(old, (changed, changed))
    month = ledgers_of(home)
    ledger = month.load("grants")
    assert (ledger.source_month, ledger.rows["allowance_days"].to_list()) == (None, [12, 12])
    assert month.load("service_codes").source_month is None
    assert [one.name for one in month.files_elsewhere] == [
        "../../ledgers/grants.csv",
        "../../ledgers/service_codes.csv",
    ]
    assert month.notes[0] == (
        "支給決定: この月のファイルがないため "
        f"ledgers の grants.csv({TODAY - timedelta(days=40)} のもの、40日前)を使います"
    )


@pytest.mark.parametrize("name", ["petitions", "history", "first_review"])
@pytest.mark.parametrize("place", ["ledgers", "inbox/2026-04"])
def test_only_the_months_own_folder_says_that_there_are_none(tmp_path: Path, name: str, place: str) -> None:
    header = ",".join(ledgers()[name].labels) + "\r\n"
    home = inputs.make_home(tmp_path, {}, {})
    (home / place).mkdir(parents=True)
    (home / place / f"{name}.csv").write_text(header, encoding="utf-8", newline="")
    assert not ledgers_of(home).load(name).present
    put(home, "2026-05", header, f"{name}.csv")
    assert ledgers_of(home).load(name).present


@pytest.mark.slow
def test_a_ledger_of_an_earlier_month_is_used_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(
        tmp_path, inputs.right_month(), {name: t for name, t in inputs.LEDGERS.items() if name != "grants"}
    )
    for month, until in (("2026-03", "2026-04-01"), ("2026-04", "2027-03-31"), ("2026-06", "2026-04-01")):
        (home / "inbox" / month).mkdir()
        text = inputs.LEDGERS["grants"].replace("2027-03-31", until)
        (home / "inbox" / month / "grants.csv").write_text(text, encoding="utf-8")
    assert run(home) == 0
    assert findings(home) == []
    assert "2026-04 の grants.csv(" in capsys.readouterr().out.replace("\n", "")
    assert "grants.csv" not in [row["file"] for row in summary(home)["files"]]


@pytest.mark.slow
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
def test_service_codes_may_be_beside_the_settings(tmp_path: Path) -> None:
    ledgers = {name: text for name, text in inputs.LEDGERS.items() if name != "service_codes"}
    home = inputs.make_home(tmp_path, inputs.right_month(), ledgers)
    assert run(home) == 0
    assert check_summary(home, "CRT105")["undetermined"] is None
    (home / "service_codes.csv").write_text(inputs.LEDGERS["service_codes"], encoding="utf-8")
    assert run(home) == 0
    assert check_summary(home, "CRT105")["undetermined"] == 0
