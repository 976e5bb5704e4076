"""Days and months in, their text in letters out. Called by all letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

_WEEKDAYS = "月火水木金土日"


def short_days(days: Iterable[str]) -> str:
    """ISO dates as sentences have them: 4月1日・4月2日."""
    return "・".join(f"{day.month}月{day.day}日" for day in map(date.fromisoformat, filter(None, days)))


def days_of_week(days: Iterable[str]) -> str:
    """The same with the days of the week: 4月1日(水)・4月2日(木)."""
    dates = map(date.fromisoformat, filter(None, days))
    return "・".join(f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})" for day in dates)


def month_of_use(month: str) -> str:
    """YYYY-MM as sentences have it: 2026年4月分; empty where there is none."""
    return f"{month[:4]}年{int(month[5:])}月分" if month else ""


def dated(day: date) -> str:
    """The date of a letter: 2026年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"
