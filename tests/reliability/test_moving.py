"""A home that is copied elsewhere works there, and its database can be made again with the same content."""

from __future__ import annotations

import shutil
from pathlib import Path

import crashing
import lives
import support as s


def test_a_copied_home_is_rebuilt_to_the_same_bytes(tmp_path: Path) -> None:
    home = lives.two_children(tmp_path / "here")
    lives.closed_may(home, f"claim,{s.A},1,{lives.APRIL},return,日数")
    lives.month(home, "2026-06", s.claim(month="202605"), s.attendance())
    assert lives.henrei(home, "run", "2026-06") == 0
    before = crashing.state(home)
    other = Path(shutil.copytree(home, tmp_path / "another place" / "市"))
    shutil.rmtree(home)
    (other / "henrei.duckdb").unlink()
    assert lives.henrei(other, "rebuild") == 0
    after = crashing.state(other)
    for found in (before, after):
        found.pop("table current_review")  # the month that was spoken of last; every command sets it anew
    assert after == before
    assert lives.henrei(other, "verify", "2026-05") == 0
    assert lives.henrei(other, "close", "2026-06", "--undecided", "accept") == 0
