"""What a claim bills against the days, hours and totals of its record (contract 5, DAY210–215)."""

from __future__ import annotations

from .codes import ABSENCE, HEAVY, HEAVY_HOLIDAY, LONG, SHORT, USUAL
from .town import Expected, Town

HOLIDAY = {34: 2}


def absence_in_the_base_fee(town: Town) -> Expected:
    """Three days and an absence, the base fee four times: DAY210, and of its time class more than the record has (DAY215)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), absent=(6,), lines={ABSENCE: 1}, base=4)
    return [("DAY210", "return", claim), ("DAY215", "review", claim)]


def absence_in_the_base_fee_and_in_the_count(town: Town) -> Expected:
    """The same, and the count says four days, too: DAY203 beside them."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), absent=(6,), lines={ABSENCE: 1}, base=4, days=4)
    return [("DAY203", "return", claim), ("DAY210", "return", claim), ("DAY215", "review", claim)]


def base_fee_forgotten_on_a_day(town: Town) -> Expected:
    """Three days, the base fee twice: to the facility's harm, a notice (DAY210)."""
    return [("DAY210", "notice", town.use(town.child(), town.house(), (1, 2, 3), base=2))]


def fewer_base_fees_and_an_unknown_code(town: Town) -> Expected:
    """The same, but a code that the table does not hold may be the third base fee: left open (and AMT708)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), base=2)
    claim.parts[0].lines["63Y998"] = (600, 1)
    return [("DAY210", "undetermined", claim), ("AMT708", "review", claim)]


def first_day_in_the_next_month(town: Town) -> Expected:
    """The service begins on 3 November, after the month: DAY211 (a), with all days as they lie before it."""
    return [("DAY211", "return", town.use(town.child(), town.house(), (1, 2), started="20251103"), (1, 2))]


def last_day_before_the_first(town: Town) -> Expected:
    """First day the 7th, last day the 3rd: DAY211 (b); the 6th lies outside of both."""
    items = {"K122-02": {9: "20251003"}}
    return [("DAY211", "return", town.use(town.child(), town.house(), (6,), started="20251007", items=items), (6,))]


def last_day_before_the_month(town: Town) -> Expected:
    """The service ended in September and base fees of October are billed: DAY211 (c)."""
    claim = town.use(town.child(), town.house(), (1, 2), items={"K122-02": {9: "20250930"}})
    return [("DAY211", "return", claim, (1, 2))]


def use_before_the_first_and_after_the_last_day(town: Town) -> Expected:
    """First day the 2nd, last day the 9th: the 1st and the 10th are worth a look (DAY211 d, e), the 2nd and the 9th are right."""
    items = {"K122-02": {9: "20251009"}}
    claim = town.use(town.child(), town.house(), (1, 2, 9, 10), started="20251002", items=items)
    return [("DAY211", "review", claim, (1, 10))]


def whole_month_by_first_and_last_day(town: Town) -> Expected:
    """First day the 1st, last day the 31st, and a use on both: nothing."""
    items = {"K122-02": {9: "20251031"}}
    town.use(town.child(), town.house(), (1, 31), started="20251001", items=items)
    return []


def totals_of_hours_and_trips(town: Town) -> Expected:
    """The record's total of hours is short by one, another's of trips is missing: a notice each (DAY212)."""
    house, trips = town.house(), {1: {21: 1, 22: 1}}
    hours = town.use(town.child(), house, (1, 2), totals={19: "00500"})
    missing = town.use(town.child(), house, (1, 2), rows=trips, lines={"63T001": 2}, totals={34: None})
    town.use(town.child(), house, (1, 2), rows=trips, lines={"63T001": 2})
    return [("DAY212", "notice", hours.attendance), ("DAY212", "notice", missing.attendance)]


def longest_class_after_school(town: Town) -> Expected:
    """The longest time class on school days: DAY213. On days without school it is right."""
    house = town.house()
    town.use(town.child(), house, (1, 2), rows={1: HOLIDAY, 2: HOLIDAY}, base={LONG: 2})
    return [("DAY213", "return", town.use(town.child(), house, (1, 2), rows={1: HOLIDAY}, base={LONG: 2}))]


def longest_class_as_often_as_holidays(town: Town) -> Expected:
    """One holiday and one school day, the longest class once: nothing."""
    town.use(town.child(), town.house(), (1, 2), rows={1: HOLIDAY}, base={LONG: 1, USUAL: 1})
    return []


def holiday_fee_of_a_severe_child_on_school_days(town: Town) -> Expected:
    """重心 has no time classes, but a fee for days without school: on a school day DAY213."""
    house = town.house(定員="5", 重心区分="2")
    town.use(town.child(grants={"632000": 9}), house, (1, 2), rows={1: HOLIDAY}, base={HEAVY: 1, HEAVY_HOLIDAY: 1})
    claim = town.use(town.child(grants={"632000": 9}), house, (1, 2), base={HEAVY: 1, HEAVY_HOLIDAY: 1})
    return [("DAY213", "return", claim)]


def twenty_nine_minutes(town: Town) -> Expected:
    """Half an hour is the least that is paid: 29 minutes are worth a look (DAY214), 30 pass; 重心 has no such limit."""
    short = {2: {14: "1500", 15: "1529", 16: "0048"}}
    claim = town.use(town.child(), town.house(), (1, 2), rows=short, base={USUAL: 1, SHORT: 1})
    town.use(
        town.child(), town.house(), (1, 2), rows={2: {**short[2], 15: "1530", 16: "0050"}}, base={USUAL: 1, SHORT: 1}
    )
    house = town.house(定員="5", 重心区分="2")
    town.use(town.child(grants={"632000": 9}), house, (1, 2), rows=short, base={HEAVY: 2})
    return [("DAY214", "review", claim, (2,))]


def end_before_the_start(town: Town) -> Expected:
    """Times that were put in the wrong way round are a short use, too (DAY214)."""
    rows = {2: {14: "1730", 15: "1430"}}
    return [("DAY214", "review", town.use(town.child(), town.house(), (1, 2), rows=rows), (2,))]


def class_above_the_hours(town: Town) -> Expected:
    """Hours of 1.49 on one of three days, the class from 1.5 hours three times: a look (DAY215); with 1.5 nothing."""
    house = town.house()
    claim = town.use(town.child(), house, (1, 2, 3), rows={3: {16: "0149"}})
    town.use(town.child(), house, (1, 2, 3), rows={3: {16: "0150"}})
    return [("DAY215", "review", claim)]


def class_above_hours_that_are_not_all_there(town: Town) -> Expected:
    """The same, but one day has no hours at all: nothing is known."""
    town.use(town.child(), town.house(), (1, 2, 3), rows={2: {16: None}, 3: {16: "0149"}})
    return []
