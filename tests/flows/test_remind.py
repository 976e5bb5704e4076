"""`henrei remind`: a month without an inbox, its letters and list, what it leaves as it was, and what stops it."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from henrei.flows.recovery import recover
from henrei.home import Home
from henrei.months import month_of
from henrei.publication import REMINDERS
from henrei.store import journal, pending
from lib import inputs
from lib.home_history import ONE, TWO, closed_may, henrei, last_line, month
from lib.letters_city import all_text

pytestmark = pytest.mark.slow  # every test gives commands to a home

MAY, JUNE = "2026-05", "2026-06"
HEAD = "受給者証番号,決定サービスコード,支給量,支給決定開始日,支給決定終了日\r\n"
GRANTS = HEAD + "1,631000,10,2025-04-01,2026-05-10\r\n2,631000,10,2025-04-01,2027-03-31\r\n"
MANAGERS = "受給者証番号,上限額管理事業所番号,有効開始日,有効終了日\r\n1,1350000001,2025-04-01,2026-04-30\r\n"
RENEWED = GRANTS + "1,631000,10,2026-05-11,2027-03-31\r\n"


def city(home: Path) -> Path:
    """May, of which all is right: child 1 at A and B, child 2 at B. Its grant ends on 10 May, its filing on 30 April."""
    inputs.make_home(home, {}, {}, '[reports]\ncontact = "給付担当 049-000-0000"\n')
    groups = [(inputs.A, ONE), (inputs.B, ONE), (inputs.B, TWO)]
    month(
        home,
        MAY,
        *(
            group
            for at, number in groups
            for group in (inputs.claim(at, number), inputs.attendance(at, number, days=(1,)))
        ),
        grants=GRANTS,
        cap_managers=MANAGERS,
    )
    return home


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city after the run of May; to be copied."""
    home = city(tmp_path_factory.mktemp("ran") / "home")
    assert henrei(home, "run", MAY) == 0
    return home


@pytest.fixture
def home(ran: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ran, tmp_path / "home"))


def reminders(home: Path, name: str = JUNE) -> list[tuple[str, ...]]:
    """Code, facility, recipient and month of every row."""
    rows = inputs.read_table(home / "out" / name / "reminders.csv")
    return [(row["check_code"], row["facility_no"], row["recipient_no"], row["service_month"]) for row in rows]


def rows_held(home: Path) -> dict[str, int]:
    """Rows of the ledger of grants in the store, by review month, and under `current` the month it speaks of."""
    with duckdb.connect(str(home / "henrei.duckdb"), read_only=True) as con:
        counted = con.execute("SELECT strftime(review_month, '%Y-%m'), count(*) FROM grants GROUP BY ALL").fetchall()
        ((current,),) = con.execute(
            "SELECT year(review_month) * 100 + month(review_month) FROM current_review"
        ).fetchall()
    return {**dict(counted), "current": current}


EXPIRED = [("CRT102", at, ONE, "2026-05") for at in (inputs.A, inputs.B)]
UNFILED = [("CAP301", at, ONE, "2026-05") for at in (inputs.A, inputs.B)]


def test_a_month_without_an_inbox(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows_held(home)
    assert henrei(home, "remind", JUNE) == 0
    said = capsys.readouterr().out.splitlines()
    assert reminders(home) == sorted(EXPIRED + UNFILED, key=lambda row: (row[1], row[0]))
    out = home / "out" / JUNE
    names = [f"{at}.{kind}" for at in (inputs.A, inputs.B) for kind in ("pdf", "xlsx")]
    assert sorted(path.name for path in (out / "reminders").iterdir()) == names
    assert sorted(path.name for path in out.iterdir()) == ["reminders", "reminders.csv", "reminders.xlsx"]
    (first, *_) = inputs.read_table(out / "reminders.csv")
    assert first["by"] == "2026-06-10"
    assert (
        first["reason"]
        == "複数の事業所を利用していますが、上限額管理の届出が4月30日で終わり、2026年5月分の届出がありません。"
    )
    assert said[-6:] == [
        "※ 「過誤申立の再請求の期日が来る」の案内は作れません: 過誤申立(petitions.csv)がありません",
        "2026-05 までの請求と、いまの台帳から作りました",
        "  上限額管理の届出がない 2件",
        "  支給決定の期間が切れる 2件",
        f"請求の前の案内 2事業所: {out / 'reminders'}",
        f"チームの一覧: {out / 'reminders.xlsx'}",
    ]
    # The store is as it was, and so is the month that was run.
    assert before[MAY] > 0 and rows_held(home) == before
    assert henrei(home, "close", MAY, "--undecided", "accept", "--yes") == 0
    assert henrei(home, "verify", MAY) == 0


def test_the_ledgers_that_stand_for_the_month_count(home: Path) -> None:
    """A renewal that came since is in ledgers/; one in the month's own inbox counts before that."""
    ledgers = home / "ledgers"
    ledgers.mkdir(exist_ok=True)
    (ledgers / "grants.csv").write_text(RENEWED, encoding="utf-8", newline="")
    assert henrei(home, "remind", JUNE) == 0
    assert reminders(home) == UNFILED
    folder = home / "inbox" / JUNE
    folder.mkdir()
    (folder / "grants.csv").write_text(GRANTS, encoding="utf-8", newline="")
    assert henrei(home, "remind", JUNE) == 0
    assert set(reminders(home)) == {*EXPIRED, *UNFILED}


def test_what_was_foretold_is_found(home: Path) -> None:
    """June comes as May was: each reminder becomes a finding of its check."""
    assert henrei(home, "remind", JUNE) == 0
    named = set(reminders(home))

    def of_may(records: list[str]) -> list[str]:
        return [record.replace("202604", "202605") for record in records]

    days = tuple(range(1, 12))
    groups = [(inputs.A, ONE, days[:1]), (inputs.B, ONE, days[10:]), (inputs.B, TWO, days[:1])]
    month(
        home,
        JUNE,
        *(
            of_may(group)
            for at, number, on in groups
            for group in (inputs.claim(at, number, days=1), inputs.attendance(at, number, days=on))
        ),
        grants=GRANTS,
        cap_managers=MANAGERS,
    )
    assert henrei(home, "run", JUNE) == 0
    rows = inputs.read_table(home / "out" / JUNE / "findings.csv")
    found = {
        (row["check_code"], row["facility_no"], row["recipient_no"], row["service_month"])
        for row in rows
        if row["check_code"] in ("CRT102", "CAP301")
    }
    assert found == named - {("CRT102", inputs.A, ONE, "2026-05")}  # there the child came on the first alone
    # The run leaves the reminders where they are.
    assert set(reminders(home)) == named


def test_a_returned_claim_that_missed_a_month_is_named(tmp_path: Path) -> None:
    home = city(tmp_path / "home")
    closed_may(home, f"claim,{inputs.B},{TWO},2026-04,return,")
    assert henrei(home, "remind", JUNE) == 0
    assert ("", inputs.B, TWO, "2026-04") not in reminders(home)  # its first chance is June
    record = [line.replace("202604", "202605") for line in inputs.claim(inputs.A, ONE)]
    month(home, JUNE, record)
    assert henrei(home, "run", JUNE) == 0
    assert henrei(home, "remind", "2026-07") == 0
    (row,) = [row for row in inputs.read_table(home / "out" / "2026-07" / "reminders.csv") if not row["check_code"]]
    assert (row["facility_no"], row["recipient_no"], row["service_month"], row["by"]) == (
        inputs.B, TWO, "2026-04", "2026-07-10",
    )  # fmt: skip
    assert row["reason"] == "2026年4月分の請求は5月の審査で返戻となり、まだ再請求が届いていません。"


def test_no_letter_names_the_other_facility_or_its_child(home: Path) -> None:
    assert henrei(home, "remind", JUNE) == 0
    folder = home / "out" / JUNE / "reminders"
    for at, other in ((inputs.A, inputs.B), (inputs.B, inputs.A)):
        for kind in ("pdf", "xlsx"):
            text = all_text(folder / f"{at}.{kind}")
            assert at in text and ONE in text and other not in text
    assert TWO not in all_text(folder / f"{inputs.A}.xlsx") + all_text(folder / f"{inputs.A}.pdf")


def test_without_any_month_before_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = city(tmp_path / "home")
    assert henrei(home, "remind", MAY) == 2
    assert last_line(capsys) == (
        "2026-05 より前に確認した月がないため、案内を作れません。先に届いている審査月で henrei run を実行してください"
    )
    assert not (home / "out").exists() and not (home / "books").exists()


def test_a_month_that_is_not_in_the_database_names_rebuild(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "henrei.duckdb").unlink()
    assert henrei(home, "remind", JUNE) == 2
    assert last_line(capsys) == "henrei.duckdb に 2026-05 がありません。henrei rebuild を実行してください"


def test_an_absent_ledger_and_a_disabled_check_are_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[checks]\ndisabled = ["CRT102"]\n')
    (home / "inbox" / MAY / "cap_managers.csv").unlink()
    assert henrei(home, "remind", JUNE) == 0
    said = capsys.readouterr().out
    assert reminders(home) == []
    assert "※ 「支給決定の期間が切れる」の案内は作れません: 設定(checks.disabled)により行っていません\n" in said
    assert (
        "※ 「上限額管理の届出がない」の案内は作れません: 上限額管理事務依頼届(cap_managers.csv)がありません\n" in said
    )
    assert list((home / "out" / JUNE / "reminders").iterdir()) == []


def test_nobody_gets_a_letter_of_a_run_before(home: Path) -> None:
    """What no longer holds goes, letters and all."""
    assert henrei(home, "remind", JUNE) == 0
    ledgers = home / "ledgers"
    ledgers.mkdir(exist_ok=True)
    (ledgers / "grants.csv").write_text(RENEWED, encoding="utf-8", newline="")
    (ledgers / "cap_managers.csv").write_text(MANAGERS.replace(",2026-04-30", ","), encoding="utf-8", newline="")
    assert henrei(home, "remind", JUNE) == 0
    assert reminders(home) == [] and list((home / "out" / JUNE / "reminders").iterdir()) == []


def test_the_journal_holds_counts_alone(home: Path) -> None:
    assert henrei(home, "remind", JUNE) == 0
    entry = journal.read(Home(home))[-1]
    assert (entry["command"], entry["month"]) == ("remind", JUNE)
    assert entry["outcome"] == {"facilities": 2, "reminders": {"CAP301": 2, "CRT102": 2}}
    assert journal.broken_at(Home(home)) is None


def test_what_was_cut_off_is_published_or_forgotten_whole(home: Path) -> None:
    there, june = Home(home), month_of(JUNE)
    REMINDERS.stage(there.out(june), [("reminders/x.pdf", b"new"), ("reminders.csv", b"new")])
    assert recover(there) is None  # before its intent: nothing is left
    assert list(there.out(june).iterdir()) == []
    REMINDERS.stage(there.out(june), [("reminders/x.pdf", b"new"), ("reminders.csv", b"new")])
    pending.begin(there, journal.entry("remind", june, outcome={}))
    assert recover(there) == "前回途中で止まった remind 2026-06 の残りを仕上げました"
    assert sorted(path.name for path in there.out(june).iterdir()) == ["reminders", "reminders.csv"]
    assert journal.read(there)[-1]["command"] == "remind"


def test_an_open_letter_stops_it_before_anything_changes(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert henrei(home, "remind", JUNE) == 0
    letter = home / "out" / JUNE / "reminders" / f"{inputs.A}.xlsx"
    before = letter.read_bytes(), journal.head(Home(home))
    monkeypatch.setattr("henrei.files.is_open_elsewhere", lambda path: path == letter)
    assert henrei(home, "remind", JUNE) == 2
    assert f"{inputs.A}.xlsx" in last_line(capsys)
    assert (letter.read_bytes(), journal.head(Home(home))) == before


def test_letters_open_with_the_facilitys_password_alone(home: Path) -> None:
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write('passwords = "passwords.csv"\n')
    text = f"事業所番号,パスワード\r\n{inputs.A},a-secret-of-A\r\n{inputs.B},himitsu-no-kotoba\r\n"
    (home / "passwords.csv").write_text(text, encoding="utf-8", newline="")
    assert henrei(home, "remind", JUNE) == 0
    folder = home / "out" / JUNE / "reminders"
    assert not (folder / f"{inputs.A}.xlsx").read_bytes().startswith(b"PK")
    assert b"/Encrypt" in (folder / f"{inputs.A}.pdf").read_bytes()


def test_purge_removes_reminders_with_their_month(home: Path) -> None:
    assert henrei(home, "remind", JUNE) == 0
    assert henrei(home, "close", MAY, "--undecided", "accept", "--yes") == 0
    assert henrei(home, "purge", "--before", "2026-07", "--yes", "--force") == 0
    assert not (home / "out" / JUNE).exists()
