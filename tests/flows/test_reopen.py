"""reopen: months open again in the order in which they were closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import inputs
from lib.home_history import (
    TWO,
    henrei,
    last_line,
    month,
)

pytestmark = pytest.mark.slow


def test_months_close_and_reopen_in_order(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    month(home, "2026-06", inputs.claim(recipient=TWO, month="202605"))
    assert henrei(home, "close", "2026-05") == 2
    assert "先に henrei run 2026-05" in last_line(capsys)
    assert henrei(home, "run", "2026-05") == 0
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 2
    assert "2026-05 がまだ締まっていません" in last_line(capsys)
    assert henrei(home, "close", "2026-05") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 2
    assert "前の月の締めが前回の確認の後に変わっています" in last_line(capsys)
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 0
    for given, message in (
        (("run", "2026-05"), "2026-05 は締め済みです"),
        (("close", "2026-06"), "2026-06 は締め済みです"),
        (("run", "2026-04"), "2026-05 が締め済みのため"),
        (("reopen", "2026-05"), "後の月(2026-06)が締め済みです"),
        (("reopen", "2026-07"), "2026-07 は締まっていません"),
    ):
        assert henrei(home, *given) == 2
        assert message in last_line(capsys)
    assert henrei(home, "reopen", "2026-06") == 0
    assert henrei(home, "reopen", "2026-05") == 0
    assert not (home / "out" / "2026-05" / "outcomes.csv").exists()
    assert henrei(home, "run", "2026-05") == 0
