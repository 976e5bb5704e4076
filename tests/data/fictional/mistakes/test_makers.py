"""Makers of data/fictional/mistakes on one child's month: what they plant, what they carry with it, and how grave."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from henrei.data.fictional.case import Books, Case
from henrei.data.fictional.facilities import Pool
from henrei.data.fictional.mistakes import NEAR, WAYS
from henrei.data.fictional.model import Child, Enrolment, Facility, Plan, Stay, Unit, Visit
from henrei.data.fictional.months import on, school_days
from henrei.data.fictional.rows import Burden, Grant
from henrei.data.fictional.seeded import SeededRandom

REVIEW, MONTH = "2026-05", "2026-04"
DAYS = (7, 8, 14, 18, 21)  # school days of April 2026, but for the 18th, a Saturday
SINCE = date(2025, 4, 1)
FACILITY = "1150100012"


@pytest.fixture
def case() -> Case:
    """A school child with a grant of ten days, five of them used at its one facility, and an absence on the 10th."""
    facility = Facility(0, FACILITY, "架空", "1", "16", (Unit("63", 10, 10, False),), frozenset({6}))
    child = Child("0000000101", "ﾎｼ", "ﾎｼ", date(2016, 5, 5), "H1", "single", "112992", pace=2)
    child.burdens = [Burden(4600, False, "", SINCE, None)]
    child.grants = [Grant("631000", 10, False, SINCE, date(2027, 3, 31))]
    child.enrolments = [Enrolment(facility, {"63": [(SINCE, 10)]}, 1)]
    visits = [Visit(d, holiday=d not in school_days(MONTH)) for d in DAYS]
    stay = Stay(
        facility, "63", "631000", 10, SINCE, None, SINCE, 1, [*visits, Visit(10, use=False, absent=True)], pace=2
    )
    stay.visits.sort(key=lambda v: v.day)
    books = Books(Pool(SeededRandom("pool"), "11", 1), [REVIEW, "2026-06"], {child.number})
    books.standing.know([child])
    plan = Plan(child, MONTH, [stay], 4600, child.number)
    return Case(books, 0, [plan], None, SeededRandom("step"))


def plant(case: Case, name: str) -> dict[str, tuple[str, str]]:
    """Check -> days and severity (empty: as the check says)."""
    steps: list[Any] = [step for table in (WAYS, NEAR) for some in table.values() for step in some]
    (step,) = [step for step in steps if step.name == name]
    assert step.fits(case.child, MONTH) and step.apply(case)
    found = case.books.truth.get(REVIEW, [])
    assert all(row[2:5] == (FACILITY, case.child.number, MONTH) for row in found)
    return {row[0]: (row[5].replace("2026-04-", ""), row[6]) for row in found}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("absent_after_the_end", {"CRT108": ("", "return")}),
        ("talk_after_the_end", {"CRT108": ("", "review")}),
        ("not_renewed", {"CRT102": ("07;08;14;18;21", ""), "CRT108": ("10", "return"), "CRT106": ("", "")}),
        ("contract_ended", {"CRT109": ("21", "")}),
        ("contract_begins_later", {"CRT109": ("07", ""), "DAY211": ("07", "review")}),
        ("base_line_more", {"DAY210": ("", "return"), "DAY215": ("", "")}),
        ("base_line_fewer", {"DAY210": ("", "notice")}),
        ("ended_before", {"DAY211": ("07;08;14;18;21", "return")}),
        ("starts_next_month", {"DAY211": ("07;08;14;18;21", "return")}),
        ("empty_record", {"DAY203": ("", ""), "DAY210": ("", "return"), "DAY213": ("", ""), "DAY215": ("", "")}),
        ("hours_in_total", {"DAY212": ("", "")}),
        ("holiday_as_school_day", {"DAY213": ("", "")}),
        ("two_agencies", {"ADD610": ("", "")}),
        ("above_cap", {"AMT705": ("", ""), "AMT709": ("", "")}),
        ("burden_not_the_sum", {"AMT705": ("", ""), "AMT709": ("", "")}),
    ],
)
def test_what_a_mistake_carries_with_it(case: Case, name: str, found: dict[str, tuple[str, str]]) -> None:
    planted = plant(case, name)
    assert planted.keys() == found.keys()
    for code, (days, severity) in found.items():
        assert planted[code][1] == severity
        assert planted[code][0] == days or name in ("absent_after_the_end", "talk_after_the_end")


@pytest.mark.parametrize(
    "name",
    [
        "absent_on_the_last_day", "contract_edges", "starts_and_ends_with_use", "no_hours_recorded", "school_day_as_holiday",
        "half_an_hour", "hours_just_enough", "extended_from_the_base", "other_agencies", "city_relieves", "transition_alone",
    ],
)  # fmt: skip
def test_what_is_right_beside_a_mistake_is_found_by_nothing(case: Case, name: str) -> None:
    assert plant(case, name) == {}


def test_an_absence_lies_beyond_the_grant_and_no_day_of_use_does(case: Case) -> None:
    plant(case, "absent_after_the_end")
    (grant, *later) = sorted(case.child.grants, key=lambda g: g.start)
    assert grant.end == on(MONTH, 21) and all(g.start > on(MONTH, 30) for g in later)
    assert [v.day for v in case.stay.visits if v.use] == list(DAYS)
    assert max(v.day for v in case.stay.visits if v.absent) > 21
