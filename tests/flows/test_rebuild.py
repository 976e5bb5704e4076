"""A home that is copied elsewhere works there, and its database can be made again with the same content."""

from __future__ import annotations

import shutil
from pathlib import Path

from lib import crash, home_history, inputs


def test_a_copied_home_is_rebuilt_to_the_same_bytes(tmp_path: Path) -> None:
    home = home_history.two_children(tmp_path / "here")
    home_history.closed_may(home, f"claim,{inputs.A},1,{home_history.APRIL},return,日数")
    home_history.month(home, "2026-06", inputs.claim(month="202605"), inputs.attendance())
    assert home_history.henrei(home, "run", "2026-06") == 0
    before = crash.state(home)
    other = Path(shutil.copytree(home, tmp_path / "another place" / "市"))
    shutil.rmtree(home)
    (other / "henrei.duckdb").unlink()
    assert home_history.henrei(other, "rebuild") == 0
    after = crash.state(other)
    for found in (before, after):
        found.pop("table current_review")  # the month that was spoken of last; every command sets it anew
    assert after == before
    assert home_history.henrei(other, "verify", "2026-05") == 0
    assert home_history.henrei(other, "close", "2026-06", "--undecided", "accept") == 0
