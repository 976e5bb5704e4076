"""Holds what ran against must_run.txt: a test of Windows that is skipped, left out or unknown there fails the run.

The files run side by side (pytest-xdist), on one Windows: it is started, and what ran is counted, where they are given out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import windows_on_wine

from lib import crash
from lib.windows import steps
from lib.windows.systems import Here, There, drive

_LIST = Path(__file__).with_name("must_run.txt")
_LONG = "tests/windows/long_ended.py"  # make test-long-windows
_ran: set[str] = set()
_passed: set[str] = set()
_windows = ExitStack()


def _gives_out(config: pytest.Config) -> bool:
    """False in a process that only runs what it is given."""
    return not hasattr(config, "workerinput")


def pytest_sessionstart(session: pytest.Session) -> None:
    if _gives_out(session.config) and not session.config.option.collectonly:
        _windows.enter_context(windows_on_wine.server())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if "tests/windows/" not in report.nodeid or _LONG in report.nodeid:
        return
    name = report.nodeid.split("::", 1)[1]
    _ran.add(name)
    if report.when == "call" and report.passed:
        _passed.add(name)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not _gives_out(session.config):
        return
    _windows.close()
    if not _ran:
        return
    listed = set(_LIST.read_text(encoding="utf-8").splitlines())
    for fault, names in (("did not pass", listed - _passed), ("is not in must_run.txt", _passed - listed)):
        for name in sorted(names):
            print(f"\nWindows: {name} {fault}", end="")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _passed:
        listed = len(_LIST.read_text(encoding="utf-8").splitlines())
        terminalreporter.write_line(f"Windows: {len(_passed)} of {listed} tests that must run passed")


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[steps.Walk, steps.Walk]]:
    """Both systems after every step, and their homes at the end. Windows has its home on a drive of its own, H:."""
    place = tmp_path_factory.mktemp("月")
    city, given = steps.make_materials(place)
    here = steps.walk(Here(place / "here" / steps.HOME), city, given)
    root = place / "there"
    root.mkdir()
    with drive("h", root) as letter:
        yield here, steps.walk(There(root / steps.HOME, root, letter), city, given)


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, crash.Scene]:
    """Homes before and after a command, undisturbed on this system."""
    return crash.scenes(tmp_path_factory.mktemp("scenes"))
