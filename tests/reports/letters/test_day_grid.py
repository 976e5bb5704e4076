"""A child's month as people see it on a calendar."""

from __future__ import annotations

from datetime import date

from henrei.reports.letters.day_grid import day_grid


def test_a_month_begins_on_its_weekday_and_ends_on_its_last_day() -> None:
    shown = day_grid("2026-02", {date(2026, 2, 1), date(2026, 2, 27)}, ["2026-02-27", "2026-02-28"])
    assert shown is not None
    text = [" ".join(f"{day.number or '-'}{day.sign}" for day in week) for week in shown.weeks]
    assert (shown.title, text[0], text[-1]) == ("2026年2月", "1○ 2 3 4 5 6 7", "22 23 24 25 26 27● 28●")
    assert shown.line == "2月 1・【27】・【28】"


def test_the_days_of_other_months_are_blank() -> None:
    shown = day_grid("2026-05", set(), ["2026-05-01"])
    assert shown is not None
    assert [day.number for day in shown.weeks[0]] == [0, 0, 0, 0, 0, 1, 2]
    assert [day.number for day in shown.weeks[-1]] == [31, 0, 0, 0, 0, 0, 0]


def test_where_nothing_is_known_of_a_month_there_is_none() -> None:
    assert day_grid("2026-05", set(), []) is None
