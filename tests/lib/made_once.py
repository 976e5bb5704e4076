"""How a home is made in, a home of this test process out: for homes that many tests read and that are costly to make.

A home is made once a test session, whatever the number of processes, and each process has a copy: even a command that is
refused holds the lock of a home, and would refuse that of another process.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A copy of the home that `make` makes at the given place; the first process that asks for it makes it, the others wait."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made_once"
    shared.mkdir(exist_ok=True)
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not folder.exists():
            unfinished = shared / f"{name}.unfinished"
            unfinished.mkdir()
            make(unfinished / "home")
            unfinished.rename(folder)
    return Path(shutil.copytree(folder / "home", factory.mktemp(name) / "home"))
