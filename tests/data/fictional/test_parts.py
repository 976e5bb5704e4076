"""The parts of the fictional city by themselves: numbers, calendar, limits, codes, periods, grants, contracts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from holidays import country_holidays

from henrei.data.fictional.certificates import grant_rows, shares
from henrei.data.fictional.claims import within_cap
from henrei.data.fictional.codes import BOTH, base_code, half_up, improvement, price, table, time_class, units_of
from henrei.data.fictional.mistakes import NEAR, USUAL
from henrei.data.fictional.mistakes.records import over_hours
from henrei.data.fictional.mistakes.registrations import deadline
from henrei.data.fictional.model import Child, Claim, Facility, Plan, Sum
from henrei.data.fictional.months import holidays, on, school_entry
from henrei.data.fictional.names import facility_number, municipality_number
from henrei.data.fictional.over_capacity import above_day_limit, three_months
from henrei.data.fictional.rows import Burden, Filing, cut
from henrei.data.fictional.schedule import CODES, PLANTS, RIGHT
from henrei.data.fictional.truth import Standing, graded


def test_numbers_carry_their_check_digits() -> None:
    assert municipality_number("11299") == "112992"
    assert facility_number("11", "5", 64, 8) == "1150640082"
    assert facility_number("11", "5", 841, 3) == "1158410033"


def test_calendar() -> None:
    assert on("2026-05", 6) in holidays(2026)  # Constitution Day was a Sunday: the day after the run is off
    assert on("2026-09", 22) in holidays(2026)  # between two holidays
    assert on("2026-03", 20) in holidays(2026) and on("2026-07", 20) in holidays(2026)
    assert school_entry(on("2020-04", 1)) == on("2026-04", 1)
    assert school_entry(on("2020-04", 2)) == on("2027-04", 1)


def test_holidays_are_those_of_the_library() -> None:
    law = country_holidays("JP", years=range(2022, 2100))
    assert {day for year in range(2022, 2100) for day in holidays(year)} == set(law)


def test_filing_counts_until_the_fifteenth_or_the_open_day_before() -> None:
    assert deadline("2026-05") == on("2026-05", 15)  # a Friday
    assert deadline("2026-08") == on("2026-08", 14)  # the 15th is a Saturday
    assert deadline("2028-01") == on("2028-01", 14)
    assert deadline("2029-01") == on("2029-01", 15)
    assert deadline("2024-01") == on("2024-01", 15)
    assert deadline("2030-09") == on("2030-09", 13)  # Sunday; the Saturday before is closed too


def test_limits_of_a_day_and_of_three_months() -> None:
    assert [above_day_limit(n, 5) for n in (8, 9)] == [False, True]  # 7.5, rounded up
    assert [above_day_limit(n, 10) for n in (15, 16)] == [False, True]
    assert [above_day_limit(n, 50) for n in (75, 76)] == [False, True]
    assert [above_day_limit(n, 51) for n in (77, 78)] == [False, True]  # 76.25, rounded up
    assert [above_day_limit(n, 70) for n in (100, 101)] == [False, True]
    assert three_months(11, 91) == 14 * 91 and three_months(12, 91) == 15 * 91
    assert three_months(30, 66) == 2475  # as the authorities' own example


def test_codes_have_one_value_a_day() -> None:
    rows = [(row[0], row[13], row[14]) for row in table()]
    spans = sorted((code, low, high or "9999") for code, low, high in rows)
    assert all(one[0] != two[0] or one[2] < two[1] for one, two in pairwise(spans))
    assert (units_of("614044", "2026-05"), units_of("614044", "2026-06")) == (152, 158)
    assert base_code("63", 10, False, True) == "63H610"  # 放デイ４１３
    reduced = base_code("63", 10, False, True, "reduction_staff_shortage")
    assert reduced == "63N383" and units_of(reduced, "2026-05") == 466  # 放デイ４１３・人欠: 70 % of 666
    both = base_code("63", 10, False, False, BOTH)
    assert units_of(both, "2026-05") == 362  # 609 to 426, and 426 to 362: each step rounded
    # Numbers of a letter end with 999: 放デイ４２３・定超 follows 63K982 of 放デイ４２２・定超.
    assert [base_code("63", 20, False, False, "reduction_over_capacity", hours) for hours in (1, 2, 3)] == [
        "63K964", "63K982", "63L001",
    ]  # fmt: skip
    assert units_of(base_code("63", 10, False, False, care="3"), "2026-05") == 2627  # 放デイ１１２


def test_rates() -> None:
    assert improvement("61", 5978, "2026-05") == ("615621", 783)
    assert improvement("61", 5978, "2026-06") == ("615639", 945)
    assert half_up(50, 10) == 1 and half_up(49, 10) == 0
    assert price("16", False, "61", center=True) == price("16", False, "64") == 10370 != price("16", False, "61")
    assert [time_class("63", 2, holiday) for holiday in (False, True)] == [2, 3]
    assert [time_class("61", 2, holiday) for holiday in (False, True)] == [2, 2]


def test_a_period_is_cut_out_of_rows() -> None:
    rows = [Filing("1", on("2026-01", 1), None)]
    assert cut(rows, on("2026-05", 1), on("2026-05", 31)) == [
        Filing("1", on("2026-01", 1), on("2026-04", 30)), Filing("1", on("2026-06", 1), None),
    ]  # fmt: skip
    assert cut(rows, on("2026-01", 1), on("2026-05", 31)) == [Filing("1", on("2026-06", 1), None)]


def test_grants_follow_each_other_without_a_gap() -> None:
    renewals = [on("2025-07", 1), on("2026-07", 1), on("2027-07", 1)]
    rows = list(grant_rows({"631000": [(on("2025-01", 1), 10), (on("2026-05", 16), 0)]}, "", renewals))
    assert [(row.start, row.days, row.principle) for row in rows] == [
        (on("2025-07", 1), 10, False), (on("2026-05", 16), None, True), (on("2026-07", 1), None, True),
    ]  # fmt: skip
    assert all((two.start - one.end).days == 1 for one, two in pairwise(rows))


def test_contracts_make_up_the_allowance() -> None:
    day = on("2026-04", 1)
    assert shares([(day, 10)], 2, "63", False) == [[(day, 6)], [(day, 4)]]
    assert shares([(day, 0)], 3, "63", True) == [[(day, 3)], [(day, 10)], [(day, 10)]]


def test_every_check_has_something_right_beside_it() -> None:
    assert set(CODES) <= {*NEAR, *USUAL} and not set(NEAR) & set(USUAL)
    assert {code for code, ways in PLANTS.items() if not ways} == set()


def _claim(cap: int, *rows: tuple[int, int | None]) -> Claim:
    """A claim with these burdens, and what each is adjusted to."""
    sums = [
        Sum("61", "1", 1, 0, 10000, 10 * burden, burden, burden, min(burden, cap), adjusted, None, 0, 0)
        for burden, adjusted in rows
    ]
    return Claim(None, None, cap, [], sums, [])  # type: ignore[arg-type]


def test_several_rows_of_a_claim_are_together_within_the_cap() -> None:
    claim = _claim(4600, (4000, None), (3000, None))
    within_cap(claim)
    assert [(row.capped, row.adjusted, row.decided) for row in claim.sums] == [(4000, 4000, 4000), (3000, 600, 600)]
    claim = _claim(4600, (4000, None), (600, None))
    within_cap(claim)
    assert [(row.adjusted, row.decided) for row in claim.sums] == [(None, 4000), (None, 600)]


def test_more_days_of_a_class_than_days_that_reach_it() -> None:
    assert not over_hours([2, 2, 3], [150, 300, 300])
    assert over_hours([2, 2, 3], [149, 300, 300])  # an hour and a half is the least of the second class
    assert over_hours([3], [299]) and not over_hours([1], [])


def test_a_truth_is_as_grave_as_the_month_says() -> None:
    one, two = _child("1", "K1"), _child("2", "K2")
    same = _child("3", "K1")  # the same child by another number
    standing = Standing()
    standing.know([one, two, same])
    row = ("CAP302", "claim", "f", "1", "2026-04", "", "")
    plan = Plan(same, "2026-04", [], 4600, "3")
    standing.take(replace(_claim(4600, (5000, None)), plan=plan, facility=FACILITY))
    assert graded(row, standing)[6] == "return"
    standing.take(replace(_claim(4600, (5000, None)), plan=Plan(two, "2026-04", [], 4600, "2"), facility=FACILITY))
    assert graded(row, standing)[6] == "review"
    unfiled = ("CAP301", "claim", "f", "2", "2026-04", "", "")
    assert graded(unfiled, standing)[6] == "notice"  # 4,600 is no more than the cap
    assert graded(("DAY212", "attendance", "f", "1", "2026-04", "", ""), standing)[6] == "notice"
    assert graded(("DAY212", "attendance", "f", "1", "2026-04", "", "review"), standing)[6] == "review"


FACILITY = Facility(0, "f", "", "", "16", (), frozenset())


def _child(number: str, code: str) -> Child:
    born = on("2016-04", 2)
    return Child(number, "", "", born, "H1", "single", "112992", [Burden(4600, False, "", born, None)], code=code)


def test_steps_have_names_of_their_own() -> None:
    names = [step.name for steps in PLANTS.values() for step in steps] + [step.name for step in RIGHT]
    assert len(set(names)) == len(names)
