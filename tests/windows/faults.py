"""What goes wrong on a PC, on Windows (Wine): each gives its clear line, or leaves the whole old or new state."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lib import crash
from lib.windows import disturbed

MONTH = "2026-05"
RUN = ("run", MONTH, "--direct")


@pytest.fixture
def home(scenes: dict[str, crash.Scene], tmp_path: Path) -> Path:
    """A month that was run and is to be decided."""
    return Path(shutil.copytree(scenes["decide"].before, tmp_path / "障害福祉課 の写し" / "home"))


def worklist(home: Path, name: str = "worklist.xlsx") -> Path:
    return home / "out" / MONTH / name


def test_a_list_that_excel_holds_is_read_and_the_new_one_lies_beside(
    scenes: dict[str, crash.Scene], home: Path, tmp_path: Path
) -> None:
    """The decisions count; the list waits under another name until the next decide."""
    decisions = shutil.copy(scenes["decide"].command[2], tmp_path / "決定.csv")
    command = ("decide", MONTH, disturbed.windows.windows_path(Path(decisions)))
    before = worklist(home).read_bytes()
    with disturbed.held(worklist(home), disturbed.EXCELS):
        (status, printed), (again, of_list) = disturbed.commands(
            home, command, ("decide", MONTH, disturbed.windows.windows_path(worklist(home)))
        )
    assert (status, again) == (0, 0), printed + of_list
    assert "worklist-新.xlsx に書きました" in printed and "2件の決定を取り込みました" in printed
    assert worklist(home).read_bytes() == before != worklist(home, "worklist-新.xlsx").read_bytes()
    assert disturbed.commands(home, command)[0][0] == 0
    assert not worklist(home, "worklist-新.xlsx").exists()
    name = f"out/{MONTH}/worklist.xlsx"
    assert crash.state(home)[name] == scenes["decide"].once[name]


def test_a_list_that_nobody_may_read_is_refused_in_one_line(home: Path) -> None:
    before = crash.state(home)
    with disturbed.held(worklist(home), disturbed.NOBODYS):
        ((status, printed),) = disturbed.commands(
            home, ("decide", MONTH, disturbed.windows.windows_path(worklist(home)))
        )
    assert status == 2
    assert printed.count("\n") == 0 and "worklist.xlsx を読めません" in printed and "開いていれば閉じ" in printed, (
        printed
    )
    assert crash.state(home) == before


def test_a_run_while_the_list_is_open_says_so(home: Path) -> None:
    before = crash.state(home)
    with disturbed.held(worklist(home), disturbed.EXCELS):
        ((status, printed),) = disturbed.commands(home, RUN)
    assert status == 2
    assert "worklist.xlsx に書けません。Excelなどで開いていれば閉じて" in printed.splitlines()[-1], printed
    assert crash.state(home) == before


def test_a_folder_that_cannot_be_written_is_named(home: Path) -> None:
    before = crash.state(home)
    with disturbed.read_only(home):
        ((status, printed),) = disturbed.commands(home, RUN)
    assert status == 2
    assert printed.count("\n") == 0 and "読み書きできません" in printed and "権限を確かめて" in printed, printed
    assert crash.state(home) == before
    assert disturbed.commands(home, RUN)[0][0] == 0


@pytest.mark.parametrize("command", ["run", "decide", "close"])
def test_a_command_that_is_ended_in_the_middle(scenes: dict[str, crash.Scene], command: str, tmp_path: Path) -> None:
    """Three points here, at half of what the command changes; ten in `make test-long-windows`."""
    disturbed.ended(tmp_path, scenes[command], scenes[command].operations // 2)
