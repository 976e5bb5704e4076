"""The parts of the fictional city by themselves: numbers, calendar, limits, codes, periods, grants, contracts."""

from __future__ import annotations

from itertools import pairwise

from holidays import country_holidays

from henrei.data.fictional.certificates import grant_rows, shares
from henrei.data.fictional.codes import base_code, table, units_of
from henrei.data.fictional.months import holidays, on, school_entry
from henrei.data.fictional.names import facility_number, municipality_number
from henrei.data.fictional.over_capacity import above_day_limit, three_months
from henrei.data.fictional.mistakes.registrations import deadline
from henrei.data.fictional.rows import Filing, cut
from henrei.data.fictional.schedule import PLANTS, RIGHT


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
    assert (units_of("634044", "2026-05"), units_of("634044", "2026-06")) == (152, 158)
    assert base_code("63", 10, False, True) == "631115"
    reduced = base_code("63", 10, False, True, "reduction_staff_shortage")
    assert reduced == "632115" and units_of(reduced, "2026-05") == 466  # 70 % of 666


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


def test_steps_have_names_of_their_own() -> None:
    names = [step.name for steps in PLANTS.values() for step in steps] + [step.name for step in RIGHT]
    assert len(set(names)) == len(names)
