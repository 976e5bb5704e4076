"""Months: text of a command, a folder or a cell in, the first day of the month out, and back. Called by every floor.

In code and columns a month is a `date`, its first day; in text it is `YYYY-MM`. `YYYYMM` stands in national records only.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING

from henrei.errors import HenreiError

if TYPE_CHECKING:
    import polars as pl

_PATTERN = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


def is_month(text: str) -> bool:
    """True for the text of a month, YYYY-MM."""
    return _PATTERN.fullmatch(text) is not None


def month_of(text: str) -> date:
    """YYYY-MM → the first day of the month. Raises ValueError."""
    if not is_month(text):
        raise ValueError(f"not a month: {text!r}")
    return date(int(text[:4]), int(text[5:]), 1)


def month_text(month: date) -> str:
    """The month as YYYY-MM."""
    return f"{month:%Y-%m}"


def month_label(month: date) -> str:
    """The month as people read it: 2026年5月."""
    return f"{month.year}年{month.month}月"


def record_month(month: date) -> str:
    """The month as national records write it, YYYYMM."""
    return f"{month:%Y%m}"


def day_in(month: date, day: int) -> date:
    """A day of the month by its number; the last one where the month is shorter."""
    return month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))


def next_month(month: date) -> date:
    """The first day of the month after it."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def weekday(day: date) -> str:
    """The day of the week, as people write it: 月 to 日."""
    return "月火水木金土日"[day.weekday()]


def parse_month(text: str, label: str = "審査月") -> date:
    """The month that a user typed, as its first day. `label` names it in the error. Raises HenreiError."""
    try:
        return month_of(text)
    except ValueError:
        raise HenreiError(f"{label}「{text}」が読めません。2026-05 のように YYYY-MM で書いてください") from None


def month_texts(column: pl.Expr) -> pl.Expr:
    """A column of dates as YYYY-MM."""
    return column.dt.strftime("%Y-%m")


def month_dates(column: pl.Expr, *, strict: bool = True) -> pl.Expr:
    """A column of YYYY-MM as the first days of the months; with `strict` off, null for what is none."""
    return (column + "-01").str.to_date("%Y-%m-%d", strict=strict)
