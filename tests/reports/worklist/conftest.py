"""A month with something on every sheet, to work in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def home(worklist_home: Path, tmp_path: Path) -> Path:
    """A copy of the home that is otherwise only read."""
    return Path(shutil.copytree(worklist_home, tmp_path / "home"))
