"""Holds what ran against must_run.txt: a test of Windows that is skipped, left out or unknown there fails the run."""

from __future__ import annotations

from pathlib import Path

import pytest

_LIST = Path(__file__).with_name("must_run.txt")
_passed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed and "tests/windows/" in report.nodeid:
        _passed.add(report.nodeid.split("::", 1)[1])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not any("tests/windows/" in item.nodeid for item in session.items):
        return
    listed = set(_LIST.read_text(encoding="utf-8").split())
    for said, names in (("did not pass", listed - _passed), ("is not in must_run.txt", _passed - listed)):
        for name in sorted(names):
            print(f"\nWindows: {name} {said}", end="")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _passed:
        listed = len(_LIST.read_text(encoding="utf-8").split())
        terminalreporter.write_line(f"Windows: {len(_passed)} of {listed} tests that must run passed")
