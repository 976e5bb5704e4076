"""Homes that several tests only read: made once."""

from __future__ import annotations

from pathlib import Path

import dashboards
import pytest


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dashboards.told(tmp_path_factory.mktemp("told") / "home")


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dashboards.city(tmp_path_factory.mktemp("city") / "home")
