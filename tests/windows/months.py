"""The same month on this system and on Windows (Wine): every file, every table and every printed line the same.

Not part of the usual tests, because it needs what packaging/windows_on_wine.py makes: `make windows-test`. What must run
stands in must_run.txt and is compared with what ran (conftest.py).
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
import windows_on_wine

from benchmarks.same_homes_files import differing_tables
from henrei.cli import process
from henrei.home import Home
from henrei.publication import APPROVAL_NAME
from henrei.reports.worklist import labels
from henrei.reports.worklist.sheets import decisions
from lib.letters_city import lasting_approval
from lib.paths import SAMPLE

MONTH = "2026-05"
STORE = "henrei.duckdb"
DECIDED = "decided.xlsx"
RUN = ("run", MONTH, "--direct")
# Every command of the month, in an order in which a team might give them.
STEPS: dict[str, tuple[str, ...]] = {
    "init": ("init",),
    "run": RUN,
    "inquire": ("inquire", MONTH),
    "decide": ("decide", MONTH, DECIDED),
    "run-again": RUN,
    "close": ("close", MONTH, "--undecided", "return"),
    "verify": ("verify", MONTH),
    "reopen": ("reopen", MONTH),
    "close-again": ("close", MONTH, "--undecided", "return"),
    "dashboard": ("dashboard",),
    "rebuild": ("rebuild",),
    "verify-rebuilt": ("verify", MONTH),
}
# What differs between two runs on one machine, too: seconds of a summary; who and when of a line of the journal, of a
# decision and of a letter; and where the program's own pages are.
VOLATILE = {
    "summary.json": {"seconds"},
    "journal.jsonl": {"id", "at", "who", "previous"},
    "decisions.csv": {"at", "who"},
    "inquiry.csv": {"asked_at"},
}
PRINTED_VOLATILE = re.compile(r"監査記録の末尾: [0-9a-f]+|\d+\.\d+秒|初めての方の案内.*")


@dataclass
class Done:
    """What a command left: its exit status, what it printed, every file of the home by its name."""

    status: int
    printed: str
    files: dict[str, bytes] = field(default_factory=dict)


Henrei = Callable[[Path, tuple[str, ...]], Done]


def on_this_system(home: Path, command: tuple[str, ...]) -> Done:
    given = [sys.executable, "-P", "-X", "utf8", "-m", "henrei", *command, "--home", str(home)]
    return _done(home, str(home), subprocess.run(given, cwd=home.parent, capture_output=True))


def on_windows(home: Path, command: tuple[str, ...]) -> Done:
    place = windows_on_wine.windows_path(home)
    given = ("-m", "henrei", *command, "--home", place)
    return _done(home, place, windows_on_wine.python(*given, cwd=home.parent))


def _done(home: Path, place: str, process: subprocess.CompletedProcess[bytes]) -> Done:
    printed = (process.stdout + process.stderr).decode("utf-8").replace("\r\n", "\n").replace(place, "<home>")
    printed = PRINTED_VOLATILE.sub("", printed)
    return Done(process.returncode, printed.replace("\\", "/"), _files(home))


def _files(home: Path) -> dict[str, bytes]:
    """Every file but the database, whose tables are compared, and what lasts no longer than a command."""
    paths = (path for path in home.rglob("*") if path.is_file())
    names = {path.relative_to(home).as_posix(): path for path in paths}
    kept = {name: path for name, path in names.items() if name != STORE and not name.startswith(".henrei/")}
    return {name: _lasting(path) for name, path in kept.items()}


def _lasting(path: Path) -> bytes:
    """A file's bytes, without what differs from run to run on one machine."""
    data = path.read_bytes()
    if path.name == APPROVAL_NAME:
        return lasting_approval(path).encode("utf-8")
    if path.name not in VOLATILE:
        return data
    entries: list[dict[str, object]]
    if path.suffix == ".csv":
        entries = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    else:
        entries = [json.loads(entry) for entry in (data.splitlines() if path.suffix == ".jsonl" else [data])]
    lasting = [{name: value for name, value in entry.items() if name not in VOLATILE[path.name]} for entry in entries]
    return json.dumps(lasting, ensure_ascii=False, indent=0).encode("utf-8")


def differences(here: Done, there: Done) -> list[str]:
    """Names of files that only one system made, and of those that differ."""
    names = sorted(here.files.keys() | there.files.keys())
    return [name for name in names if here.files.get(name) != there.files.get(name)]


def fill_in(worklist: Path, decided: Path) -> None:
    """Decisions as a clerk makes them: with an answer and a note."""
    book = openpyxl.load_workbook(worklist)
    sheet = book[decisions.TITLE]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row, word in zip(range(2, sheet.max_row + 1), ("返戻", "支払", "返戻"), strict=False):
        sheet.cell(row, places[labels.DECISION]).value = word
        sheet.cell(row, places[labels.ANSWER]).value = "電話で確認"
        sheet.cell(row, places[labels.NOTE]).value = f"{row}行目"
    book.save(decided)


@dataclass
class Walk:
    here: dict[str, Done]
    there: dict[str, Done]
    home_here: Path
    home_there: Path


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Both systems after every step, and their homes at the end."""
    place = tmp_path_factory.mktemp("月")
    walk = Walk({}, {}, place / "here" / "home", place / "there" / "home")
    decided = place / DECIDED
    _walk(walk.here, on_this_system, walk.home_here, decided)
    _walk(walk.there, on_windows, walk.home_there, decided)
    return walk


def _walk(system: dict[str, Done], henrei: Henrei, home: Path, decided: Path) -> None:
    """Gives the commands of STEPS. `decided` is filled in by the first system: what openpyxl writes holds the time."""
    home.parent.mkdir()
    for step, command in STEPS.items():
        if step == "run":
            shutil.copytree(SAMPLE, home, dirs_exist_ok=True)
        if step == "decide":
            if not decided.is_file():
                fill_in(home / "out" / MONTH / "worklist.xlsx", decided)
            shutil.copy(decided, home.parent / DECIDED)
        system[step] = henrei(home, command)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_leaves_the_same(walk: Walk, step: str) -> None:
    here, there = walk.here[step], walk.there[step]
    assert (here.status, there.status) == (0, 0), there.printed
    expected = here.printed
    if step == "init":
        expected += process.note(Home(Path("<home>")), "win32") + "\n"
    assert there.printed == expected
    assert differences(here, there) == []
    assert here.files


def test_the_month_did_something(walk: Walk) -> None:
    names = walk.there["close"].files
    for name in ("worklist.xlsx", "findings.csv", "outcomes.csv", "payments.csv"):
        assert f"out/{MONTH}/{name}" in names
    assert {Path(name).suffix for name in names if name.startswith(f"out/{MONTH}/notices/")} == {".pdf", ".xlsx"}
    assert "out/dashboard.html" in names


def test_the_databases_hold_the_same(walk: Walk) -> None:
    assert list(differing_tables("", walk.home_here / STORE, walk.home_there / STORE)) == []


def test_a_home_moves_to_windows_and_back(walk: Walk, tmp_path: Path) -> None:
    """Each system verifies and makes its database anew from what the other left, and nothing else changes."""
    home = tmp_path / "moved" / "home"
    shutil.copytree(walk.home_here, home)
    before = _files(home)
    for henrei in (on_windows, on_this_system):
        said = []
        for command in (("verify", MONTH), ("rebuild",), ("verify", MONTH)):
            done = henrei(home, command)
            assert done.status == 0, done.printed
            said.append(done.printed)
        assert said[0] == said[2] == walk.here["verify"].printed
        after = _files(home)
        assert [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)] == []
