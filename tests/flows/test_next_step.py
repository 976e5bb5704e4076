"""The next step of a month that was run: the first thing that keeps it from being closed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.flows.month_state import earlier_open_month
from henrei.flows.next_step import Counts, Next, after_run
from henrei.home import Home

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
DECIDE, CLOSE = "henrei decide 2026-05 out/2026-05/worklist.xlsx", "henrei close 2026-05"
LEFT = Counts(needed=70, decided=3, hold=2, undecided=65, yen=1)
NOTHING_LEFT = Counts(needed=70, decided=70)


@pytest.mark.parametrize(
    ("counts", "more", "expected"),
    [
        (LEFT, {"first": "台帳を置いてください", "untaken": 1}, Next("henrei run 2026-05", "台帳を置いてください")),
        (LEFT, {"untaken": 3}, Next(DECIDE, "worklist.xlsx に取り込んでいない書き込みが3件あります")),
        (
            LEFT,
            {"conflicts": 2},
            Next(DECIDE, "食い違いが2件あります(「1 決定」の「取込」の列)。どちらにするか決めてください"),
        ),
        (LEFT, {}, Next(DECIDE, "未決定 65件・保留 2件")),
        (Counts(hold=1), {"earlier": APRIL}, Next(DECIDE, "保留 1件")),
        (
            NOTHING_LEFT,
            {"conflicts": 1},
            Next(DECIDE, "食い違いが1件あります(「1 決定」の「取込」の列)。どちらにするか決めてください"),
        ),
        (NOTHING_LEFT, {"earlier": APRIL}, Next("henrei close 2026-04", "2026-05 より先に 2026-04 を締めます")),
        (NOTHING_LEFT, {}, Next(CLOSE, "決めるものはすべて決まりました")),
        (Counts(), {}, Next(CLOSE, "決定が要るものはありません")),
    ],
)
def test_the_first_thing_that_keeps_the_month_open(
    tmp_path: Path, counts: Counts, more: dict[str, object], expected: Next
) -> None:
    assert after_run(Home(tmp_path), MAY, counts, **{"earlier": None, **more}) == expected  # type: ignore[arg-type]


def test_the_earlier_month_is_one_that_was_run_and_is_open(may_run: Path) -> None:
    home, june = Home(may_run), date(2026, 6, 1)
    assert (earlier_open_month(home, june), earlier_open_month(home, MAY)) == (MAY, None)
    (home.books(MAY) / "outcomes.csv").touch()
    assert earlier_open_month(home, june) is None
