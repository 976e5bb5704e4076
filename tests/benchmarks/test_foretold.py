"""What `henrei remind` foretells of a small fictional city, and what it names without cause."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.foretold import CODES, live
from henrei.data.fictional.city import make_city


def test_what_can_be_known_the_month_before_is_foretold(tmp_path: Path) -> None:
    """A contract that stands on the month's own claims alone, and a cap that the facility just writes wrongly, nobody can know
    before; of the others most must be named, and nothing that the ledgers had changed by then."""
    months = ["2026-05", "2026-06", "2026-07"]
    make_city(tmp_path / "city", children=150, months=months, seed=5, style="both", plant=CODES)
    counts = live(tmp_path / "city", tmp_path / "home", months, closing=False)
    whole: Counter[str] = sum(counts.values(), Counter())
    assert counts["CRT102"]["foretold"] == counts["CRT102"]["planted"] > 0
    assert counts["CAP301"]["foretold"] >= 2  # a second facility's claim that comes a month late shows itself too late
    assert whole["foretold"] >= 0.8 * whole["known by the month's own ledgers"] > 0
    assert whole["not so"] <= 0.1 * whole["named"]
