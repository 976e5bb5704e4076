"""Copies of our own files, as Explorer and synchronised folders make them: named, never read, never touched."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from henrei.flows import copies
from henrei.flows.settings import load
from henrei.flows.status import status
from henrei.home import Home
from lib import workbook
from lib.home_history import henrei
from lib.letters_city import overlapping

MAY = date(2026, 5, 1)

NAMES = [
    ("out/2026-05/worklist (1).xlsx", True), ("out/2026-05/worklist - コピー.xlsx", True), ("out/2026-05/worklist-PC12.xlsx", True),
    ("out/2026-05/worklist_田中.xlsx", True), ("out/2026-05/worklist(1).xlsx", True), ("out/2026-05/worklist\uff081\uff09.xlsx", True),
    ("books/2026-05/decisions-PC12.csv", True), ("books/2026-05/outcomes (1).csv", True), ("books/2026-05/answers-PC12.csv", True),
    ("books/journal-PC12.jsonl", True), ("henrei-PC12.duckdb", True),
    ("out/2026-05/worklist.xlsx", False), ("out/2026-05/worklist-新.xlsx", False), ("out/2026-05/worklist-前.xlsx", False),
    ("out/2026-05/worklist-前2.xlsx", False), ("out/2026-05/worklists.xlsx", False), ("out/2026-05/~$worklist.xlsx", False),
    ("out/2026-05/worklist (1).pdf", False), ("out/2026-04/worklist (1).xlsx", False), ("books/2026-05/decisions.csv", False),
    ("books/journal.jsonl", False), ("henrei.duckdb", False), ("henrei.rebuild.duckdb", False), ("henrei-columns.toml", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "is_copy"), NAMES)
def test_a_copy_is_known_by_its_name(tmp_path: Path, name: str, is_copy: bool) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    found = list(copies.notes(Home(tmp_path), MAY))
    assert [line.startswith(f"{name} は ") for line in found] == [True] * is_copy


def test_each_kind_says_what_to_do(tmp_path: Path) -> None:
    for name in ("out/2026-05/worklist (1).xlsx", "books/2026-05/decisions-PC12.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    assert list(copies.notes(Home(tmp_path), MAY)) == [
        "out/2026-05/worklist (1).xlsx は worklist.xlsx の写しのようです。書かれた決定は読んでいません。"
        "要るものがあれば henrei decide 2026-05 に worklist.xlsx と並べて渡してください",
        "books/2026-05/decisions-PC12.csv は decisions.csv の写しのようです。読むのは decisions.csv だけです。"
        "2台の PC が同時に書いた跡かもしれません。中を見比べ、作業フォルダーは OneDrive などの同期フォルダーの外に置いてください",
    ]


@pytest.mark.slow
def test_two_clerks_with_a_copy_each_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = overlapping(tmp_path)
    assert henrei(home, "run", "2026-05") == 0
    out = home / "out" / "2026-05"
    copy = out / "worklist (1).xlsx"
    workbook.fill(out / "worklist.xlsx", copy, {3: {"決定": "支払", "備考": "電話で確認"}})
    filled = tmp_path / "filled.xlsx"
    workbook.fill(out / "worklist.xlsx", filled, {2: {"決定": "返戻"}})
    shutil.move(filled, out / "worklist.xlsx")
    [line] = status(Home(home), MAY, load(Home(home)), date(2026, 5, 12)).notes
    assert line.startswith("out/2026-05/worklist (1).xlsx は worklist.xlsx の写しのようです")
    before = copy.read_bytes()
    capsys.readouterr()
    assert henrei(home, "decide", "2026-05", str(out / "worklist.xlsx"), str(copy)) == 0
    output = capsys.readouterr().out
    assert "2026-05: 2件の決定を取り込みました" in output and "食い違い" not in output
    assert copy.read_bytes() == before
    assert henrei(home, "close", "2026-05", "--undecided", "accept") == 0
    assert "※ out/2026-05/worklist (1).xlsx は worklist.xlsx の写しのようです" in capsys.readouterr().out
    assert list(copies.notes(Home(home), MAY)) == []  # nothing of it can be read any more
