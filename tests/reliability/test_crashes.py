"""A machine that stops in the middle of a command costs nothing: the home holds the month as it was or as it shall be."""

from __future__ import annotations

import random
from pathlib import Path

import crashing
import pytest


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, crashing.Scene]:
    return crashing.scenes(tmp_path_factory.mktemp("scenes"))


@pytest.mark.parametrize("command", crashing.COMMANDS)
def test_killed_at_random_moments(scenes: dict[str, crashing.Scene], command: str, tmp_path: Path) -> None:
    dice = random.Random(command)
    for _ in range(5):
        crashing.random_kill(tmp_path, scenes[command], dice)
