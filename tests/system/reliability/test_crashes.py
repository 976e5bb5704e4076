"""A machine that stops in the middle of a command costs nothing: the home holds the month as it was or as it shall be."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from lib import crash


@pytest.mark.parametrize("command", crash.COMMANDS)
def test_killed_at_random_moments(scenes: dict[str, crash.Scene], command: str, tmp_path: Path) -> None:
    dice = random.Random(command)
    for _ in range(2):  # make test-long-crashes: 200
        crash.random_kill(tmp_path, scenes[command], dice)


@pytest.mark.parametrize("operation", [22, 23, 24, 25])
def test_close_killed_between_its_preparations(scenes: dict[str, crash.Scene], operation: int, tmp_path: Path) -> None:
    """What a close keeps beside its outcomes must not be there before them."""
    home = Path(shutil.copytree(scenes["close"].before, tmp_path / "home"))
    crash.killed_at(home, scenes["close"], operation)
    crash.judged(home, scenes["close"])
