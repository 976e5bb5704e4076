"""`henrei status`: how far a month is in every state, what it says, and that it changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from henrei.files import sha256_of
from henrei.flows.settings import load
from henrei.flows.status import Status, first_lines
from henrei.flows.status import status as read_status
from henrei.home import Home
from lib import inputs, workbook
from lib.home_history import decide, henrei, last_line, leave_sums_aside, month, only_line, run

MAY = date(2026, 5, 1)
TODAY = date(2026, 5, 11)
KEYS = {
    "review_month": str, "state": str, "next": dict, "files": list, "ledgers": list, "checks": dict, "decisions": dict,
    "answers": dict, "days_left": dict,
}  # fmt: skip


def status(home: Path, today: date = TODAY, month: date = MAY) -> Status:
    return read_status(Home(home), month, load(Home(home)), today)


def by_command(home: Path, capsys: pytest.CaptureFixture[str], *given: str) -> dict[str, Any]:
    capsys.readouterr()
    assert henrei(home, "status", *given, "--json") == 0
    return json.loads(capsys.readouterr().out)


def states(home: Path) -> dict[str, tuple[int, int]]:
    """Every file of the home, by its SHA-256 and when it was changed."""
    return {str(path): (sha256_of(path), path.stat().st_mtime_ns) for path in home.rglob("*") if path.is_file()}


def test_before_anything_arrived(home: Path) -> None:
    shutil.rmtree(home / "inbox" / "2026-05")
    now = status(home)
    assert (now.state, now.next.command) == ("empty", "henrei run 2026-05")
    assert now.next.why == "国保連から届いたファイルと台帳を inbox/2026-05/ に入れてから実行します"
    assert now.files == [] and {ledger["file"] for ledger in now.ledgers} == {None}


def test_before_anything_arrived_it_names_the_reminders(may_run: Path) -> None:
    """Of a month after one that was run, until they are written."""
    june, line = date(2026, 6, 1), "henrei remind 2026-06"
    assert [note for note in status(may_run, month=june).notes if line in note] != []
    assert henrei(may_run, "remind", "2026-06") == 0
    assert status(may_run, month=june).notes == []
    assert status(may_run, month=date(2026, 4, 1)).notes == []


def test_what_arrived_is_listed_before_it_is_run(home: Path) -> None:
    now = status(home)
    assert (now.state, now.next.command, now.next.why) == (
        "received", "henrei run 2026-05", "届いたファイルをまだ確認していません"
    )  # fmt: skip
    kinds = {file["file"]: (file["kind"], file["loaded"]) for file in now.files}
    assert kinds["K1100000.CSV"] == ("exchange", None) and kinds["grants.csv"] == ("grants", None)
    grants = next(ledger for ledger in now.ledgers if ledger["name"] == "grants")
    assert {key: grants[key] for key in ("file", "from", "rows", "refused")} == {
        "file": "grants.csv", "from": "inbox/2026-05", "rows": 2, "refused": 0
    }  # fmt: skip


def test_the_json_is_the_contracts(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = by_command(may_run, capsys, "2026-05")
    assert {key: type(value) for key, value in found.items()} == KEYS
    assert (found["review_month"], found["state"]) == ("2026-05", "checked")
    assert set(found["next"]) == {"command", "why"}
    assert found["next"]["command"] == "henrei close 2026-05"
    summary = json.loads((may_run / "out" / "2026-05" / "summary.json").read_text(encoding="utf-8"))
    assert found["files"] == summary["files"]
    assert [set(one) for one in found["ledgers"]] == [{"name", "file", "from", "rows", "refused", "age_days"}] * 10
    unjudged = {one["code"]: one["reason"] for one in found["checks"]["unjudged"]}
    assert unjudged == {one["code"]: one["reason"] for one in summary["checks"] if one["reason"]}
    assert found["checks"]["enabled"] == len(summary["checks"])
    assert found["decisions"] == dict.fromkeys(("needed", "decided", "hold", "untaken", "conflicts", "yen"), 0)
    assert found["answers"] == {"asked": 0, "answered": 0} and set(found["days_left"]) == {"answers", "decide", "close"}
    assert by_command(may_run, capsys) == found  # the newest folder of the inbox


@pytest.mark.slow
def test_disabled_checks_are_neither_enabled_nor_unjudged(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leave_sums_aside(home)
    assert run(home) == 0
    found = by_command(home, capsys)
    assert not any(one["code"].startswith("CAP30") and one["code"] > "CAP302" for one in found["checks"]["unjudged"])
    assert found["checks"]["enabled"] == len(json.loads((home / "out/2026-05/summary.json").read_text())["checks"]) - 8


@pytest.mark.slow
def test_decisions_are_counted_by_what_is_left(worklist_home: Path, tmp_path: Path) -> None:
    """Five claims (46,000 yen) and a sheet need a decision."""
    home = Path(shutil.copytree(worklist_home, tmp_path / "home"))

    def counts() -> tuple[int, ...]:
        found = status(home).counts
        return found.needed, found.decided, found.hold, found.undecided, found.yen

    assert counts() == (6, 0, 0, 6, 46000)
    assert (status(home).state, status(home).next.why) == ("checked", "未決定 6件")
    assert decide(home, "2026-05", f"claim,{inputs.A},1,2026-04,return,", f"claim,{inputs.B},1,2026-04,hold,") == 0
    assert counts() == (6, 1, 1, 4, 37000)
    now = status(home)
    assert (now.state, now.next.command) == ("deciding", "henrei decide 2026-05 out/2026-05/worklist.xlsx")
    assert now.next.why == "未決定 4件・保留 1件"
    rest = (
        f"claim,{inputs.B},1",
        f"claim,{inputs.A},2",
        f"claim,{inputs.A},3",
        f"claim,{inputs.B},3",
        f"sheet,{inputs.A},2",
    )
    assert decide(home, "2026-05", *(f"{one},2026-04,accept," for one in rest)) == 0
    assert counts() == (6, 6, 0, 0, 0)
    assert status(home).next.command == "henrei close 2026-05"


def test_what_was_typed_and_not_read_is_counted(worklist_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(worklist_home, tmp_path / "home"))
    assert status(home).untaken == 0
    book = home / "out" / "2026-05" / "worklist.xlsx"
    workbook.fill(book, book, {2: {"決定": "返戻"}, 3: {"備考": "電話した"}})
    now = status(home)
    assert now.untaken == 2
    assert now.next.command == "henrei decide 2026-05 out/2026-05/worklist.xlsx"
    assert now.next.why == "worklist.xlsx に取り込んでいない書き込みが2件あります"
    book.write_bytes(b"no workbook")
    now = status(home)
    assert now.untaken == 0 and now.notes[0].startswith("out/2026-05/worklist.xlsx の書き込みを数えられません(")


def test_a_month_whose_files_changed_must_be_run_again(may_run: Path) -> None:
    with (may_run / "inbox" / "2026-05" / "grants.csv").open("a", encoding="utf-8") as stream:
        stream.write("3,631000,10,2025-04-01,2027-03-31\r\n")
    now = status(may_run)
    assert (now.state, now.next.command) == ("received", "henrei run 2026-05")
    assert now.next.why == "inbox のファイルが前回の確認の後に変わっています"
    (may_run / "inbox" / "2026-05" / "K1100000.CSV").unlink()
    (may_run / "inbox" / "2026-05" / "K6100000.CSV").unlink()
    assert status(may_run).state == "empty"


def test_a_store_that_is_gone_is_no_run(may_run: Path) -> None:
    (may_run / "henrei.duckdb").unlink()
    now = status(may_run)
    assert (now.state, now.next.command) == ("received", "henrei run 2026-05")
    assert now.next.why.startswith("henrei.duckdb にこの月の確認がありません")


def test_a_closed_month_and_one_before_it(may_accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = status(may_accepted)
    assert (now.state, now.next.command, now.causes) == ("closed", "henrei dashboard", [])
    assert now.next.why == "2026-05 は締め済みです"
    (may_accepted / "inbox" / "2026-06").mkdir()
    assert status(may_accepted).next.why == "2026-05 は締め済みです。次は 2026-06 です"
    month(may_accepted, "2026-04", inputs.claim(month="202603"))
    earlier = status(may_accepted, month=date(2026, 4, 1))
    assert (earlier.state, earlier.next.command) == ("received", "henrei status 2026-05")
    assert earlier.next.why == "2026-05 が締め済みのため、それより前の 2026-04 は処理できません"


@pytest.mark.parametrize(("today", "left"), [(date(2026, 5, 13), (0, 1, 17)), (date(2026, 6, 1), (-19, -18, -2))])
def test_the_days_of_the_city_are_counted_down(home: Path, today: date, left: tuple[int, ...]) -> None:
    """The 31st of a month without one is its last day; what is past is negative."""
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n[calendar]\nclose = 30\n")
    found = status(home, today).days_left()
    assert tuple(found.values()) == left and list(found) == ["answers", "decide", "close"]
    days = status(home, today, date(2026, 2, 1)).days
    assert days["close"] == date(2026, 2, 28)


def test_the_age_of_a_ledger_is_that_of_its_file(may_run: Path) -> None:
    path = may_run / "inbox" / "2026-05" / "grants.csv"
    changed = datetime(2026, 2, 1, 12).timestamp()
    os.utime(path, (changed, changed))
    now = status(may_run)
    ages = {ledger["name"]: ledger["age_days"] for ledger in now.ledgers}
    assert ages["grants"] == (TODAY - date(2026, 2, 1)).days and ages["plans"] is None
    assert any(cause.text == "支給決定(grants.csv)は99日前のものです" for cause in now.causes)


def test_a_missing_telephone_is_said_first_but_for_what_stops_the_month(may_run: Path) -> None:
    """Ledgers are absent in this home."""
    now, settings = status(may_run), load(Home(may_run))
    first, second = first_lines(now, settings)[:2]
    assert "ない台帳" in first and second.startswith("henrei.toml の [reports] contact に電話番号がありません")
    with (may_run / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[reports]\ncontact = "療育支援課 ０４９－０００－００００"\n')
    assert not any("電話番号" in line for line in first_lines(now, load(Home(may_run))))


def test_the_text_ends_with_the_next_step(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(may_run, "status", "2026-05") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("※ ") and "を判定していません(ない台帳: " in lines[0]
    assert "審査月 2026-05: 確認しました。まだ決めていません" in lines
    assert "決定: 必要 0件・決定済 0件・保留 0件(未決定 0件)" in lines
    assert lines[-1] == "次: henrei close 2026-05 (決定が要るものはありません)"
    assert len(lines) <= 25  # one screen


def test_nothing_in_the_home_is_changed(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = states(may_run)
    assert henrei(may_run, "status", "2026-05") == 0 and henrei(may_run, "status", "--json") == 0
    assert states(may_run) == before


def test_a_command_that_was_cut_off_is_said_and_left(may_run: Path) -> None:
    (may_run / "books" / "pending.json").write_text("{}", encoding="utf-8")
    assert status(may_run).notes == [
        "別の henrei が実行中か、前回の henrei が途中で止まっています(次に実行した henrei が、仕上げるか取り消します)"
    ]
    assert (may_run / "books" / "pending.json").exists()


def test_a_run_beside_it_is_not_disturbed(may_run: Path) -> None:
    """The home's lock is held, as by a run, which works on its own copy of the store."""
    with Home(may_run).lock():
        assert status(may_run).state == "checked"


def test_a_store_that_another_process_writes_is_a_clear_line(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(may_run / "henrei.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdin and other.stdout.readline() == "open\n"
        assert henrei(may_run, "status", "2026-05") == 4
        other.stdin.close()
    assert only_line(capsys) == (
        "henrei.duckdb を別の henrei か他のプログラムが使っています。終わるのを待ってから、もう一度実行してください"
    )


def test_a_spoilt_store_is_a_clear_line(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (may_run / "henrei.duckdb").write_bytes(b"no database" * 1000)
    assert henrei(may_run, "status", "2026-05") == 2
    assert last_line(capsys).startswith("henrei.duckdb を開けません(")


def test_without_a_month_there_must_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(tmp_path, "status") == 2
    assert "henrei.toml がありません" in only_line(capsys)
    home = inputs.make_home(tmp_path / "home", {}, {})
    shutil.rmtree(home / "inbox" / "2026-05")
    assert henrei(home, "status") == 3
    assert only_line(capsys) == (
        f"{home / 'inbox'} に審査月のフォルダー(例 inbox/2026-05)がありません。作って、届いたファイルを入れてください"
    )
    assert henrei(home, "status", "2026-5") == 2


def test_views_speak_of_the_month_that_is_read(may_run: Path) -> None:
    """A store whose current month is another one, as after a later month's run."""
    with duckdb.connect(str(may_run / "henrei.duckdb")) as con:
        con.execute("UPDATE current_review SET review_month = DATE '2031-01-01'")
    assert status(may_run).counts.needed == 0 and status(may_run).state == "checked"


@pytest.mark.parametrize(("grants", "expected"), [(True, 0), (False, 1)])
@pytest.mark.slow
def test_strict_ends_with_1_where_a_third_of_the_checks_could_not_be_judged(
    tmp_path: Path, grants: bool, expected: int
) -> None:
    ledgers = inputs.LEDGERS if grants else {}
    home = inputs.make_home(tmp_path / "home", inputs.right_month(), ledgers)
    assert run(home, "--strict") == expected
    again = "henrei run" if expected else "henrei close"
    assert status(home).next.command.startswith(again)
