"""Two months on this system and on Windows (Wine): every file, every table and every printed line the same.

Not part of the usual tests, because it needs what packaging/windows_on_wine.py makes: `make windows-test`. What must run
stands in must_run.txt and is compared with what ran (conftest.py). The commands are in lib/windows/steps.py.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.same_homes_files import differing_tables
from henrei.cli import process
from henrei.home import Home
from lib.windows import steps
from lib.windows.homes import differing, files
from lib.windows.systems import Here, There

Walked = tuple[steps.Walk, steps.Walk]


@pytest.mark.parametrize("step", steps.STEPS)
def test_a_step_leaves_the_same(walked: Walked, step: str) -> None:
    here, there = (walk.done[step] for walk in walked)
    assert here.status == there.status == steps.STATUSES.get(step, 0), there.printed
    expected, shown = here.printed.splitlines(), there.printed.splitlines()
    if step == "init":
        expected += process.note(Home(Path("<home>")), "win32").splitlines()
    if step == "menu":
        assert "932" in shown.pop(0)  # as chcp says before henrei.cmd begins
    assert shown == expected
    assert differing(here.files, there.files) == []
    assert here.files


@pytest.mark.parametrize("step", steps.STORES)
def test_the_databases_hold_the_same(walked: Walked, step: str) -> None:
    here, there = (walk.stores[step] for walk in walked)
    assert list(differing_tables("", here, there)) == []


def test_the_months_did_something(walked: Walked) -> None:
    there = walked[1].done["menu"].files
    for month in (steps.FIRST, steps.SECOND):
        names = {name.removeprefix(f"out/{month}/") for name in there}
        assert {"worklist.xlsx", "findings.csv", "outcomes.csv", "payments.csv"} <= names
        assert {Path(name).suffix for name in names if name.startswith("notices/")} == {".pdf", ".xlsx"}
    assert "out/dashboard.html" in there
    purged = walked[1].done["purge"].files
    assert not any(name.startswith(f"out/{steps.FIRST}/notices/") for name in purged)
    assert any(name.startswith(f"out/{steps.SECOND}/notices/") for name in purged)


def test_a_home_moves_to_windows_and_back(walked: Walked, tmp_path: Path) -> None:
    """Each system verifies what the other left, its database, too, makes the database anew, and changes nothing else."""
    home = tmp_path / "moved" / "home"
    shutil.copytree(walked[0].given / steps.WHOLE, home)
    before = files(home)
    for system in (There(home, Path("/"), "Z:\\"), Here(home)):
        verified = system.henrei(*steps.STEPS["verify-rebuilt"])
        assert (verified.status, verified.printed) == (0, walked[0].done["verify-rebuilt"].printed)
        rebuilt = system.henrei("rebuild")
        assert rebuilt.status == 0, rebuilt.printed
        assert differing(before, files(home)) == []
