"""The days on which a child was at the facility, and those that a letter is about, in; a month as people see it on a calendar
out. Called by `content`.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

USED, MEANT = "○", "●"
_SUNDAY_FIRST = calendar.Calendar(firstweekday=calendar.SUNDAY)


@dataclass(frozen=True)
class Day:
    """`number` is 0 where the week has a day of another month; `sign`: USED, MEANT or empty."""

    number: int
    sign: str


@dataclass(frozen=True)
class DayGrid:
    """`title`: the month; `weeks` begin on Sunday; `line`: the same in one line, for a cell of a workbook."""

    title: str
    weeks: tuple[tuple[Day, ...], ...]
    line: str


def day_grid(month: str, used: Collection[date], meant: Iterable[str]) -> DayGrid | None:
    """`month`: YYYY-MM; `meant`: ISO dates. None where nothing is known of the month."""
    days = {date.fromisoformat(day) for day in meant}
    if not used and not days:
        return None
    year, number = int(month[:4]), int(month[5:])

    def sign(day: date) -> str:
        return MEANT if day in days else USED if day in used else ""

    weeks = tuple(
        tuple(Day(day.day, sign(day)) if day.month == number else Day(0, "") for day in week)
        for week in _SUNDAY_FIRST.monthdatescalendar(year, number)
    )
    marked = [day for week in weeks for day in week if day.sign]
    line = "・".join(f"【{day.number}】" if day.sign == MEANT else str(day.number) for day in marked)
    return DayGrid(f"{year}年{number}月", weeks, f"{number}月 {line}")
