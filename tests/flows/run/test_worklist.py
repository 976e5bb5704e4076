"""What people typed into a worklist is kept from the run that writes the next one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.files import sha256
from henrei.flows.run.worklist import keep_typed
from henrei.home import Home
from henrei.store import journal

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
TYPED = b"a worklist as someone saved it"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.out(MAY).mkdir(parents=True)
    (home.out(MAY) / "worklist.xlsx").write_bytes(TYPED)
    return home


def kept(home: Home) -> list[str]:
    return sorted(path.name for path in home.out(MAY).iterdir() if path.name != "worklist.xlsx")


def test_without_a_worklist_there_is_nothing_to_keep(tmp_path: Path) -> None:
    assert keep_typed(Home(tmp_path), MAY) is None


def test_a_worklist_as_a_run_wrote_it_is_not_kept(home: Home) -> None:
    journal.append(home, journal.entry("run", MAY, worklist=sha256(TYPED)))
    assert keep_typed(home, MAY) is None
    assert kept(home) == []


def test_a_worklist_that_was_written_into_is_kept_under_a_name_of_its_own(home: Home) -> None:
    journal.append(home, journal.entry("run", MAY, worklist=sha256(b"before")))
    name = keep_typed(home, MAY)
    assert name == f"worklist-kept-{sha256(TYPED)[:6]}.xlsx"
    assert (home.out(MAY) / name).read_bytes() == TYPED
    assert keep_typed(home, MAY) == name and kept(home) == [name]


def test_the_run_of_another_month_wrote_another_worklist(home: Home) -> None:
    journal.append(home, journal.entry("run", APRIL, worklist=sha256(TYPED)))
    assert keep_typed(home, MAY) is not None


@pytest.mark.parametrize(("unsaid", "kept_again"), [(0, False), (1, True)])
def test_once_decide_has_read_it_all_it_is_not_kept(home: Home, unsaid: int, kept_again: bool) -> None:
    """`unsaid`: rows with an answer or a note but no decision, which decide leaves unread."""
    more = {"unsaid": unsaid} if unsaid else {}
    journal.append(home, journal.entry("decide", MAY, inputs={"佐藤.xlsx": sha256(TYPED)}, **more))
    assert (keep_typed(home, MAY) is not None) is kept_again
