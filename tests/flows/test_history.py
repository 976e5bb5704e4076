"""`henrei history`: what was done to a month, by whom, when, with which files and counts; never who it was about."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from henrei.cli.history_text import lines
from henrei.flows.history import Event, History, history
from henrei.home import Home
from henrei.machine import machine, user
from henrei.store import journal
from lib import inputs
from lib.home_history import HEAD, ONE, henrei

MAY = date(2026, 5, 1)
TANAKA = {"who": "tanaka", "machine": "PC-12", "version": "0.2.0", "month": "2026-05"}


def noted(home: Home, *entries: dict[str, Any]) -> list[Event]:
    """The events of May of a journal with these lines."""
    for number, entry in enumerate(entries):
        journal.append(home, {**TANAKA, "id": str(number), "at": f"2026-05-12T09:0{number}:00+09:00", **entry})
    return history(home, MAY).events


COUNTED = [
    ({"command": "run", "outcome": {"DAY201": 2, "CRT102": 1}, "received": {"files": 3, "lines": 1200, "refused": 1}},
     "確認", ["3ファイル 1,200行(取り込めない行 1)", "指摘 3件"]),
    ({"command": "run", "outcome": {"DAY201": 2}, "untaken": 4}, "確認", ["指摘 2件", "未取込 4件"]),  # of version 0.1
    ({"command": "inquire", "outcome": {"facilities": 12}}, "確認依頼", ["12事業所"]),
    ({"command": "remind", "outcome": {"facilities": 2, "reminders": {"CRT102": 3}}}, "請求の前の案内", ["2事業所", "案内 3件"]),
    ({"command": "answers", "outcome": {"files": 2, "answers": 9, "refused": 1}},
     "回答の取り込み", ["2ファイル 回答 9件", "受け付けなかったファイル 1"]),
    ({"command": "answers", "outcome": {"removed": 5}}, "回答の取り込み", ["取り消した回答 5件"]),
    ({"command": "decide", "outcome": {"return": 3, "accept": 1, "hold": 1, "": 1}, "conflicts": 2},
     "決定の取り込み", ["返戻 3件", "支払 1件", "保留 1件", "取消 1件", "食い違い 2件"]),
    ({"command": "close", "outcome": {"明決定": 40, "明返戻": 3, "利返戻": 1}, "undecided": "accept"},
     "締め", ["明細書の決定 40件", "明細書の返戻 3件", "結果票の返戻 1件", "決まっていないものは支払"]),
    ({"command": "reopen", "outcome": {}}, "締めの取消", []),
    ({"command": "upgrade", "outcome": {"findings": 3}}, "新しい版への移行", []),
    ({"command": "official", "replaced": 2, "known_in": "2026-06"}, "国保連の結果への差し替え", ["2件(審査月 2026-06 に届いたもの)"]),
    ({"command": "purge", "month": "2026-07", "months": ["2026-05", "2026-06"]}, "氏名と番号の消去", ["2か月"]),
    ({"command": "of a later version"}, "of a later version", []),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "title", "counts"), COUNTED, ids=[str(case[0]["command"]) for case in COUNTED])
def test_what_each_command_counts(tmp_path: Path, entry: dict[str, Any], title: str, counts: list[str]) -> None:
    [event] = noted(Home(tmp_path), entry)
    assert (event.title, event.counts, event.user, event.machine) == (title, counts, "tanaka", "PC-12")


def test_what_was_done_to_another_month_is_left_out(tmp_path: Path) -> None:
    others = ({"command": "run", "month": "2026-06"}, {"command": "purge", "month": "2026-05", "months": ["2026-04"]})
    assert [event.title for event in noted(Home(tmp_path), *others)] == ["氏名と番号の消去"]


NAMES = [
    ("worklist.xlsx", True), ("decisions.csv", True), ("worklist-新.xlsx", True), ("worklist (1).xlsx", True),
    ("worklist-前2.xlsx", True), ("worklist - コピー.xlsx", True), ("C:\\市\\out\\worklist.xlsx", True), ("a/b/decisions.csv", True),
    ("2026-05.csv", True), ("カクウ ヒトミ.xlsx", False), ("2026-05 カクウ.csv", False), ("worklist カクウ.xlsx", False), ("worklist 0000000001.xlsx", False),
    ("worklist-1310000001.xlsx", False), ("0000000001.csv", False), ("worklist.xlsx 0000000001", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_only_a_name_that_can_be_no_persons_is_shown(tmp_path: Path, name: str, shown: bool) -> None:
    [event] = noted(Home(tmp_path), {"command": "decide", "inputs": {name: "0123456789abcdef" * 4}, "outcome": {}})
    own = name.replace("\\", "/").rpartition("/")[2]
    assert event.files == [f"{own if shown else '名前を出さないファイル'} 0123456789ab"]


def test_a_clock_that_was_set_back_is_named_where_it_was(tmp_path: Path) -> None:
    events = noted(
        Home(tmp_path),
        {"command": "run", "at": "2026-05-12T09:00:00+09:00", "outcome": {}},
        {"command": "run", "at": "2026-05-11T23:00:00+00:00", "outcome": {}},  # 08:00 in the zone of the first
        {"command": "run", "at": "2026-05-12T08:30:00+09:00", "outcome": {}},
    )
    assert [event.note for event in events] == ["", "PC の時計が前の記録より戻っています", ""]


def test_the_lines_are_for_people() -> None:
    event = Event(
        "2026-05-12T09:05:31+09:00", "tanaka", "PC-12", "決定の取り込み", ["返戻 3件", "支払 1件"], ["worklist.xlsx 0123"], "0.2.0"
    )  # fmt: skip
    before = Event("2026-04-12T17:00:00+09:00", "suzuki", "", "締めの取消", [], [], "0.1.0", "時計")
    assert list(lines(History(MAY, [before, event], 7))) == [
        "※ 監査記録(books/journal.jsonl)の7行目から先が書きかえられています。控えと見比べてください",
        "審査月 2026-05 の記録 2件(古い順)",
        "2026-04-12 17:00  suzuki  締めの取消 [henrei 0.1.0]",
        "    ※ 時計",
        "2026-05-12 09:05  tanaka@PC-12  決定の取り込み: 返戻 3件、支払 1件 [henrei 0.2.0]",
        "    worklist.xlsx 0123",
    ]


def test_a_month_that_nobody_touched_has_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(home, "history", "2026-05") == 0
    assert capsys.readouterr().out == "審査月 2026-05 の記録はありません\n"
    assert henrei(home, "history", "2026-13") == 2


def test_a_line_that_somebody_changed_is_named_and_stops_nothing(
    may_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = may_run / "books" / "journal.jsonl"
    path.write_bytes(b'{"at": 7, "month": "2026-05"}\nnot json\n' + path.read_bytes())
    assert henrei(may_run, "history", "2026-05") == 0
    output = capsys.readouterr().out
    assert "の1行目から先が書きかえられています" in output and "確認: " in output


@pytest.mark.slow
def test_a_batch_of_decisions_and_a_close_say_who_and_where(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = may_run.parent / f"カクウ {ONE}.csv"
    given.write_text(f"{HEAD}claim,{inputs.A},{ONE},2026-04,accept,\r\n", encoding="utf-8", newline="")
    assert henrei(may_run, "decide", "2026-05", str(given)) == 0
    shutil.copy(given, may_run.parent / "decisions.csv")
    assert henrei(may_run, "decide", "2026-05", str(may_run.parent / "decisions.csv")) == 0
    assert henrei(may_run, "close", "2026-05", "--undecided", "return") == 0
    entries = journal.read(Home(may_run))
    assert {(one["who"], one["machine"]) for one in entries} == {(user(), machine())}
    before = {path: path.read_bytes() for path in sorted(may_run.rglob("*")) if path.is_file()}
    capsys.readouterr()
    assert henrei(may_run, "history", "2026-05") == 0
    output = capsys.readouterr().out
    done = [row.split("  ")[2].partition(":")[0] for row in output.splitlines() if f"{user()}@{machine()}" in row]
    assert done == ["確認", "決定の取り込み", "決定の取り込み", "締め"]
    assert "名前を出さないファイル" in output and "decisions.csv " in output
    for private in ("カクウ", ONE, inputs.A, inputs.B):
        assert private not in output
    assert {path: path.read_bytes() for path in sorted(may_run.rglob("*")) if path.is_file()} == before
    assert json.loads((may_run / "books" / "journal.jsonl").read_text(encoding="utf-8").splitlines()[0])["received"]


def test_the_journal_itself_keeps_no_name_that_can_be_a_persons() -> None:
    digests = {"worklist.xlsx": "1", "カクウ.xlsx": "2", "a/カクウ 2.csv": "3", "b/worklist.xlsx": "4"}
    assert journal.by_name(digests) == {
        "worklist.xlsx": "1",
        "名前を出さないファイル": "2",
        "名前を出さないファイル [2]": "3",
        "worklist.xlsx [2]": "4",
    }
