"""Ten points at which a command is ended on Windows (Wine): `make test-long-windows`, after `make windows-test`."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import crash
from lib.windows import disturbed

_POINTS = [*((command, part) for command in ("run", "decide", "close") for part in (1, 3, 9)), ("reopen", 5)]


@pytest.mark.parametrize(("command", "tenths"), _POINTS)
def test_ended_at(scenes: dict[str, crash.Scene], command: str, tenths: int, tmp_path: Path) -> None:
    operation = max(1, scenes[command].operations * tenths // 10)
    found = disturbed.ended(tmp_path, scenes[command], operation)
    print(f"{command} ended at change {operation} of {scenes[command].operations}: the {found} state, whole")
