"""Homes that several tests only read: made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import busy_month
import dashboards
import lives
import pytest
import support as s


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dashboards.told(tmp_path_factory.mktemp("told") / "home")


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dashboards.city(tmp_path_factory.mktemp("city") / "home")


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The busy month, run once; to be read only."""
    home = busy_month.busy_home(tmp_path_factory.mktemp("ran") / "home")
    assert lives.henrei(home, "run", s.REVIEW) == 0
    return home


@pytest.fixture
def home(ran: Path, tmp_path: Path) -> Path:
    """A copy of it to work in."""
    return Path(shutil.copytree(ran, tmp_path / "home"))
