"""Months as text, as dates and in columns."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from henrei.errors import HenreiError
from henrei.months import (
    day_in,
    is_month,
    month_dates,
    month_of,
    month_text,
    month_texts,
    next_month,
    parse_month,
    record_month,
)

MAY = date(2026, 5, 1)


@pytest.mark.parametrize("text", ["1900-01", "2026-05", "2026-12", "2099-12"])
def test_months(text: str) -> None:
    assert is_month(text)
    assert month_text(month_of(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "2026-5", "2026-00", "2026-13", "1899-12", "2100-01", "202605", "2026-05-01", "2026-05\n", "２０２６-05"],
)
def test_no_months(text: str) -> None:
    assert not is_month(text)
    with pytest.raises(ValueError, match="not a month"):
        month_of(text)


def test_a_month_is_its_first_day_and_national_records_write_it_without_a_hyphen() -> None:
    assert month_of("2026-05") == MAY
    assert record_month(MAY) == "202605"


def test_what_a_user_typed_is_named_by_what_it_is_for() -> None:
    assert parse_month("2026-05") == MAY
    for label, given in (("審査月", parse_month), ("提供月", lambda text: parse_month(text, "提供月"))):
        with pytest.raises(HenreiError) as raised:
            given("2026-5")
        assert str(raised.value) == f"{label}「2026-5」が読めません。2026-05 のように YYYY-MM で書いてください"


def test_columns() -> None:
    frame = pl.DataFrame({"month": ["2026-05", "1999-12"]})
    dates = frame.select(month_dates(pl.col("month")))
    assert dates["month"].to_list() == [MAY, date(1999, 12, 1)]
    assert dates.select(month_texts(pl.col("month"))).equals(frame)


def test_a_column_with_something_else_in_it() -> None:
    frame = pl.DataFrame({"month": ["2026-05", "2026-13", "五月", None]})
    assert frame.select(month_dates(pl.col("month"), strict=False))["month"].to_list() == [MAY, None, None, None]
    with pytest.raises(pl.exceptions.InvalidOperationError):
        frame.select(month_dates(pl.col("month")))


@pytest.mark.parametrize(("month", "day", "found"), [(5, 13, 13), (5, 31, 31), (4, 31, 30), (2, 30, 28)])
def test_a_day_of_the_calendar_is_in_every_month(month: int, day: int, found: int) -> None:
    assert day_in(date(2026, month, 1), day) == date(2026, month, found)


def test_the_next_month_may_be_of_the_next_year() -> None:
    assert [next_month(month_of(text)) for text in ("2026-11", "2026-12")] == [month_of("2026-12"), month_of("2027-01")]
