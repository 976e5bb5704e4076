"""Which ledger file counts for a review month."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from henrei import cli
from henrei.flows import inbox
from henrei.flows.run.ledgers import LedgersOfMonth
from henrei.flows.settings import load as load_settings
from henrei.home import Home
from henrei.schemas.ledgers import ledgers
from lib import inputs
from lib.home_history import check_summary, findings, run, summary
from lib.workbook import column, workbook

MAY = date(2026, 5, 1)
GRANTS = inputs.LEDGERS["grants"]
HEADER = GRANTS.split("\r\n")[0] + "\r\n"


TODAY = date.today()


def ledgers_of(home: Path, *, kept: bool = False) -> LedgersOfMonth:
    settings = load_settings(Home(home))
    return LedgersOfMonth(Home(home), MAY, settings, inbox.scan(Home(home), MAY, settings), kept)


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
    assert month.notes == [
        f"支給決定: この月のファイルがないため 2026-04 の grants.csv({TODAY} のもの、0日前)を使います"
    ]
    [used] = month.files_elsewhere
    assert (used.number, used.ledger, used.name) == (0, "grants", "../2026-04/grants.csv")
    assert used.source == "inbox/2026-04/grants.csv"
    assert used.listed == home / "books" / "2026-05" / "ledgers" / "grants.csv"
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
    assert month.notes == [
        "export.csv: 支給決定として読めない行が1行あります(最初は3行目の「支給決定開始日」)",
    ]
    [rows] = month.refused_rows
    assert rows.select("ledger", "recipient_no").rows() == [("grants", "0000000002")]
    assert month.warnings[1] == (
        "支給決定(export.csv)の2行のうち1行(50%)が読めません(最初は3行目の「支給決定開始日」)。"
        "台帳を直し、もう一度実行してください"
    )


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


@pytest.mark.parametrize(("bad", "named"), [(1, False), (2, True)])
def test_a_ledger_of_which_many_rows_were_refused_is_named_first(tmp_path: Path, bad: int, named: bool) -> None:
    """More than 5 % of them: one row of 20 is not, two are."""
    good = "".join(f"{n},631000,10,2025-04-01,2027-03-31\r\n" for n in range(1, 21 - bad))
    spoilt = "30,631000,10,?,2027-03-31\r\n" * bad
    home = inputs.make_home(tmp_path, {}, {"grants": HEADER + good + spoilt})
    month = ledgers_of(home)
    month.load_all()
    assert month.warnings[0].startswith(
        "ない台帳: 受給者台帳(recipients.csv)、上限額管理事務依頼届(cap_managers.csv)、"
    )
    assert month.warnings[0].endswith("。これらがいる確認は判定できません")
    assert [text.partition("のうち")[0] for text in month.warnings[1:]] == ["支給決定(grants.csv)の20行"] * named


def test_refused_rows_of_which_nobody_is_known_are_counted(tmp_path: Path) -> None:
    rows = "?,631000,10,2025-04-01,2027-03-31\r\n2,631000,?,2025-04-01,2027-03-31\r\n3,631000,10\r\n"
    home = inputs.make_home(tmp_path, {}, {"grants": GRANTS + rows})
    month = ledgers_of(home)
    month.load("grants")
    assert month.refused_rows[0]["recipient_no"].to_list() == [None, None, "0000000002"]
    assert month.warnings[-1:] == [
        "支給決定(grants.csv): 2行は誰(どこ)の行かも読めないため、この台帳による返戻相当の指摘を要確認に下げます"
    ]


def test_refused_rows_are_in_the_store(tmp_path: Path) -> None:
    text = inputs.LEDGERS["grants"] + "3,631000,10,?,2027-03-31\r\n"
    home = inputs.make_home(tmp_path, inputs.right_month(), {**inputs.LEDGERS, "grants": text})
    assert run(home) == 0
    with duckdb.connect(str(home / "henrei.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT review_month, ledger, recipient_no, facility_no FROM refused_rows").fetchall()
    assert rows == [(MAY, "grants", "0000000003", None)]


def test_what_is_to_be_known_of_the_ledgers_is_in_the_worklist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = inputs.LEDGERS["grants"] + "?,631000,10,2025-04-01,2027-03-31\r\n"
    home = inputs.make_home(tmp_path, inputs.a_day_too_many(), {**inputs.LEDGERS, "grants": text})
    assert run(home) == 0
    said = column(home / "out" / inputs.REVIEW / "worklist.xlsx", "内容", "説明")
    sentences = [str(sentence) for sentence in said if "台帳" in str(sentence) and "(" in str(sentence)]
    assert any(sentence.startswith("ない台帳: ") for sentence in sentences)
    assert any(sentence.startswith("支給決定(grants.csv)の3行のうち1行(33%)が読めません") for sentence in sentences)
    assert any(sentence.startswith("支給決定(grants.csv): 1行は誰(どこ)の行かも読めないため") for sentence in sentences)
    first = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("※"))
    assert first.startswith("※ ない台帳: ")


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


def test_a_ledger_from_elsewhere_is_copied_and_the_copy_counts_from_then_on(tmp_path: Path) -> None:
    home = inputs.make_home(
        tmp_path, inputs.a_day_too_many(), {n: t for n, t in inputs.LEDGERS.items() if n != "grants"}
    )
    (home / "ledgers").mkdir()
    path = home / "ledgers" / "grants.csv"
    path.write_text(GRANTS, encoding="utf-8", newline="")
    assert run(home) == 0
    copy = home / "books" / "2026-05" / "ledgers" / "grants.csv"
    assert copy.read_bytes() == path.read_bytes()
    assert "books/2026-05/ledgers/grants.csv" in (home / "books" / "2026-05" / "inputs.csv").read_text(encoding="utf-8")
    path.write_text(HEADER, encoding="utf-8", newline="")  # the month does not change any more
    assert ledgers_of(home, kept=True).load("grants").rows.height == 2
    assert cli.main(["close", "2026-05", "--undecided", "return", "--home", str(home)]) == 0
    path.unlink()
    assert cli.main(["verify", "2026-05", "--home", str(home)]) == 0
    assert cli.main(["rebuild", "--home", str(home)]) == 0
    copy.write_text(HEADER, encoding="utf-8", newline="")
    assert cli.main(["verify", "2026-05", "--home", str(home)]) == 2


def test_a_run_again_keeps_the_copies_of_what_it_read(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month(), {n: t for n, t in inputs.LEDGERS.items() if n != "grants"})
    put(home, "2026-04", GRANTS)
    assert run(home) == 0
    copy = home / "books" / "2026-05" / "ledgers" / "grants.csv"
    assert copy.is_file()
    put(home, "2026-04", GRANTS.replace(",10,", ",12,"))
    assert run(home) == 0
    assert ",12," in copy.read_text(encoding="utf-8")
    put(home, "2026-05", GRANTS)
    assert run(home) == 0
    assert not copy.parent.exists()
    assert ledgers_of(home, kept=True).load("grants").source_month == MAY


def test_copies_of_files_with_one_name(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    for place, text in (("west", GRANTS), ("east", HEADER + "3,631000,10,2025-04-01,2027-03-31\r\n")):
        (home / "inbox" / "2026-04" / place).mkdir(parents=True)
        (home / "inbox" / "2026-04" / place / "grants.csv").write_text(text, encoding="utf-8", newline="")
    month = ledgers_of(home)
    assert month.load("grants").rows.height == 3
    assert [one.listed.name for one in month.files_elsewhere] == ["grants.csv", "grants-2.csv"]


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
    assert "2026-04 の grants.csv(" in capsys.readouterr().out.replace("\n", "")
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
