"""For the tests of crashes and faults: the homes that they disturb copies of."""

from __future__ import annotations

import pytest

from lib import crash


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, crash.Scene]:
    """One scene a command (lib/crash.py), made once; to be read only."""
    return crash.scenes(tmp_path_factory.mktemp("scenes"))
