"""Which ledger file counts for a review month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.flows import inbox
from henrei.flows.run.ledgers import LedgersOfMonth
from henrei.flows.settings import load as load_settings
from henrei.home import Home
from lib import inputs
from lib.home_history import check_summary, findings, run, summary

MAY = date(2026, 5, 1)
GRANTS = inputs.LEDGERS["grants"]
HEADER = GRANTS.split("\r\n")[0] + "\r\n"


def ledgers_of(home: Path) -> LedgersOfMonth:
    settings = load_settings(Home(home))
    return LedgersOfMonth(Home(home), MAY, settings, inbox.scan(Home(home), MAY, settings))


def put(home: Path, month: str, text: str, name: str = "grants.csv") -> None:
    (home / "inbox" / month).mkdir(exist_ok=True)
    (home / "inbox" / month / name).write_text(text, encoding="utf-8", newline="")


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


def test_several_files_of_one_ledger_are_one(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {"west/grants.csv": GRANTS.encode(), "east/grants.csv": HEADER.encode()}, {})
    month = ledgers_of(home)
    assert month.load("grants").rows["file"].to_list() == [1, 1]
    assert {file: counts["lines"] for file, counts in month.counts.items()} == {0: 1, 1: 3}


def test_the_newest_earlier_months_ledger_takes_its_place_and_is_named(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    put(home, "2026-03", GRANTS)
    put(home, "2026-04", GRANTS.replace(",10,", ",12,"))
    put(home, "2026-06", GRANTS)  # a later month's is none
    month = ledgers_of(home)
    ledger = month.load("grants")
    assert (ledger.present, ledger.source_month) == (True, date(2026, 4, 1))
    assert ledger.rows["allowance_days"].to_list() == [12, 12]
    assert month.notes == ["支給決定: この月のファイルがないため 2026-04 の grants.csv を使います"]
    assert [(number, name, ledger) for number, name, _, ledger, _ in month.files_elsewhere] == [
        (0, "../2026-04/grants.csv", "grants")
    ]
    assert month.counts == {}  # its lines are none of this month's


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (HEADER, "grants.csv: 使える行がないため、支給決定はないものとして扱います"),
        (
            HEADER + "3,631000,1.5,2026-04-01,2027-03-31\r\n",
            "grants.csv: 使える行がないため、支給決定はないものとして扱います",
        ),
        (
            "受給者証番号,支給量\r\n1,10\r\n",
            "grants.csv: 支給決定に列「決定サービスコード」、「支給決定開始日」、「支給決定終了日」がありません。"
            "見出しを直すか henrei.toml の ledgers.columns で対応づけてください",
        ),
    ],
)
def test_a_ledger_that_was_delivered_is_never_replaced_by_an_older_one(tmp_path: Path, text: str, note: str) -> None:
    home = inputs.make_home(tmp_path, {}, {"grants": text})
    put(home, "2026-04", GRANTS)
    month = ledgers_of(home)
    ledger = month.load("grants")
    assert not ledger.present and ledger.rows.is_empty()
    assert month.notes == [note]
    assert month.files_elsewhere == []


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
        "サービスコード表: この月のファイルがないため henrei.toml のとなりの service_codes.csv を使います"
    ]
    assert month.files_elsewhere[0][1] == "../../service_codes.csv"


def test_a_ledger_left_in_the_inbox_itself_is_pointed_out(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    (home / "inbox" / "grants.csv").write_text(HEADER, encoding="utf-8", newline="")  # as init leaves it
    month = ledgers_of(home)
    assert not month.load("grants").present and month.notes == []
    (home / "inbox" / "grants.csv").write_text(GRANTS, encoding="utf-8", newline="")
    month.load("grants")
    assert month.notes == ["inbox/grants.csv は読みません。inbox/2026-05/ に置いてください"]


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
def test_service_codes_may_be_beside_the_settings(tmp_path: Path) -> None:
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
