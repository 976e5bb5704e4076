"""Months as `YYYY-MM`, school days, open days and national holidays."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cache


def shift(month: str, by: int) -> str:
    """The month `by` months later."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


@cache
def days_in(month: str) -> int:
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]


@cache
def first(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


@cache
def last(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), days_in(month))


def on(month: str, day: int) -> date:
    return first(month).replace(day=day)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def principle_days(month: str) -> int:
    """原則日数."""
    return days_in(month) - 8


def fiscal_year(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1


def school_entry(born: date) -> date:
    """1 April on or after the sixth birthday; a child born on 1 April is the youngest of the older class."""
    late = (born.month, born.day) > (4, 1)
    return date(born.year + 6 + late, 4, 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """National holidays by the law in force since 2022 (equinoxes by the usual formula, good to 2099)."""
    # Not from the library `holidays`, which only development installs: `henrei demo` makes the same city without it.
    # Not from data/rules either: what the checks read must not make the truth they are tested against.
    spring = int(20.8431 + 0.242194 * (year - 1980)) - (year - 1980) // 4
    autumn = int(23.2488 + 0.242194 * (year - 1980)) - (year - 1980) // 4
    fixed = [
        (1, 1),
        (2, 11),
        (2, 23),
        (3, spring),
        (4, 29),
        (5, 3),
        (5, 4),
        (5, 5),
        (8, 11),
        (9, autumn),
        (11, 3),
    ]
    days = {date(year, month, day) for month, day in [*fixed, (11, 23)]}
    for month, nth in ((1, 2), (7, 3), (9, 3), (10, 2)):  # Mondays
        start = date(year, month, 1)
        days.add(start + timedelta(days=(-start.weekday()) % 7 + 7 * (nth - 1)))
    for day in sorted(days):
        moved = day
        if day.weekday() == 6:
            while moved in days:
                moved += timedelta(days=1)
            days.add(moved)
    for day in sorted(days):
        between = day + timedelta(days=1)
        if day + timedelta(days=2) in days and between not in days and between.weekday() != 6:
            days.add(between)
    return frozenset(days)


def school_day(day: date) -> bool:
    """A day with lessons: no weekend, no holiday, no long vacation."""
    away = ((3, 25) <= (day.month, day.day) <= (4, 6)) or ((7, 21) <= (day.month, day.day) <= (8, 31))
    winter = (day.month, day.day) >= (12, 25) or (day.month, day.day) <= (1, 7)
    return day.weekday() < 5 and day not in holidays(day.year) and not away and not winter


@cache
def school_days(month: str) -> frozenset[int]:
    return frozenset(d for d in range(1, days_in(month) + 1) if school_day(on(month, d)))


@cache
def open_days(month: str, closed: frozenset[int]) -> tuple[int, ...]:
    """Days of the month not on closed weekdays (0 is Monday); New Year's days are closed for all."""
    days = []
    for d in range(1, days_in(month) + 1):
        day = on(month, d)
        new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
        if day.weekday() not in closed and not new_year:
            days.append(d)
    return tuple(days)
