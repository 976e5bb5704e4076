"""A machine that stops in the middle of a command costs nothing: the home holds the month as it was or as it shall be."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import crashing
import pytest


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, crashing.Scene]:
    return crashing.scenes(tmp_path_factory.mktemp("scenes"))


@pytest.mark.parametrize("command", crashing.COMMANDS)
def test_killed_at_random_moments(scenes: dict[str, crashing.Scene], command: str, tmp_path: Path) -> None:
    dice = random.Random(command)
    for _ in range(3):  # make test-long-crashes: 200
        crashing.random_kill(tmp_path, scenes[command], dice)


@pytest.mark.parametrize("operation", [22, 23, 24, 25])
def test_close_killed_between_its_preparations(
    scenes: dict[str, crashing.Scene], operation: int, tmp_path: Path
) -> None:
    """What a close keeps beside its outcomes must not stand before them."""
    home = Path(shutil.copytree(scenes["close"].before, tmp_path / "home"))
    crashing.killed_at(home, scenes["close"], operation)
    crashing.judged(home, scenes["close"])
