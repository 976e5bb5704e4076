"""Add-ons: how often, with what record, who may (contract 5, ADD)."""

from __future__ import annotations

from .billing import House
from .codes import (
    ABSENCE,
    ANY_ABSENCE,
    BATH,
    CORE,
    FAMILY,
    FAMILY_GROUP,
    HEAVY,
    HEAVY_ABSENCE,
    OTHER,
    SPECIALIST,
    TRIP,
)
from .town import Expected, Town

LATE = (20, 21, 22, 23, 24, 27, 28, 29, 30)


def _absences(town: Town, house: House, code: str, times: int) -> tuple[str, str, object]:
    """Two days of use and that many absences by this code."""
    heavy = house.heavy == "2"
    child = town.child(grants={"632000" if heavy else "631000": 20})
    base = {HEAVY: 2} if heavy else None
    return ("ADD601", "return", town.use(child, house, (1, 2), base=base, absent=LATE[:times], lines={code: times}))


def absences_at_a_plain_facility(town: Town) -> Expected:
    """Four a month pass, five do not, by the plain code as by one that says nothing of 重心 (ADD601)."""
    house = town.house()
    _absences(town, house, ABSENCE, 4), _absences(town, house, ANY_ABSENCE, 4)
    return [_absences(town, house, ABSENCE, 5), _absences(town, house, ANY_ABSENCE, 5)]


def absences_at_a_severe_facility(town: Town) -> Expected:
    """Eight by the code for 重心 or by one that says nothing pass, nine do not; the plain code stays at four (ADD601)."""
    house = town.house(定員="7", 重心区分="2")
    for code, times in ((HEAVY_ABSENCE, 8), (ANY_ABSENCE, 8), (ABSENCE, 4)):
        _absences(town, house, code, times)
    over = ((HEAVY_ABSENCE, 9), (ANY_ABSENCE, 9), (ABSENCE, 5))
    return [_absences(town, house, code, times) for code, times in over]


def specialist_support_by_days_of_use(town: Town) -> Expected:
    """63: two a month below six days, four from six: the third of five days goes back, the fourth of six passes (ADD601)."""
    house, marks = town.house(), {day: {101: 1} for day in (1, 2, 3, 6)}
    town.use(town.child(), house, (1, 2, 3, 6, 7, 8), rows=marks, lines={SPECIALIST: 4})
    three = {day: {101: 1} for day in (1, 2, 3)}
    return [("ADD601", "return", town.use(town.child(), house, (1, 2, 3, 6, 7), rows=three, lines={SPECIALIST: 3}))]


def more_absences_billed_than_recorded(town: Town) -> Expected:
    """Two absences are billed, one is recorded: ADD602 returns it; the other way round is a notice."""
    house = town.house()
    more = town.use(town.child(), house, (1, 2), absent=(8,), lines={ABSENCE: 2})
    fewer = town.use(town.child(), house, (1, 2), absent=(8, 9), lines={ABSENCE: 1})
    return [("ADD602", "return", more), ("ADD602", "notice", fewer)]


def trips_of_days_of_use(town: Town) -> Expected:
    """Two days have at most four trips: four pass; five go back (ADD606), and the record shows four (ADD608)."""
    house, trips = town.house(), {day: {21: 1, 22: 1} for day in (1, 2)}
    town.use(town.child(), house, (1, 2), rows=trips, lines={TRIP: 4})
    claim = town.use(town.child(), house, (1, 2), rows=trips, lines={TRIP: 5})
    return [("ADD606", "return", claim), ("ADD608", "review", claim)]


def two_kinds_of_family_support_on_a_day(town: Town) -> Expected:
    """The record's row holds one code, the day had a talk at home and one in a group: nothing is compared."""
    town.use(town.child(), town.house(), (1, 2), rows={2: {78: 1}}, lines={FAMILY: 1, FAMILY_GROUP: 1})
    return []


def one_kind_of_family_support_with_one_record(town: Town) -> Expected:
    """Two talks of one kind and one record: a look (ADD608). Group support is recorded as 5 or 6."""
    house = town.house()
    claim = town.use(town.child(), house, (1, 2), rows={2: {78: 1}}, lines={FAMILY: 2})
    town.use(town.child(), house, (1, 2), rows={1: {78: 5}, 2: {78: 6}}, lines={FAMILY_GROUP: 2})
    return [("ADD608", "review", claim)]


def bath_without_a_record(town: Town) -> Expected:
    """Three baths are billed, two recorded: a look (ADD608)."""
    marks = {1: {99: 1}, 2: {99: 1}}
    return [("ADD608", "review", town.use(town.child(), town.house(), (1, 2, 3), rows=marks, lines={BATH: 3}))]


def _plan(town: Town, number: str, core: House, consent: str = "2025-09-20") -> None:
    town.row("plans", 受給者証番号=number, 計画区分="2", コア連携事業所番号=core.number, 保護者同意日=consent, 記録受領日="2025-10-21", 適用開始日="2025-04-01")  # fmt: skip


def facilities_that_work_together(town: Town) -> Expected:
    """A self plan, consent, the core facility bills (Ⅰ), the other (Ⅱ): nothing."""
    child, core = town.child(cap=0), town.house()
    _plan(town, child.number, core)
    town.use(child, core, (1, 2), lines={CORE: 1})
    town.use(child, town.house(), (7, 8), lines={OTHER: 1})
    return []


def facilities_of_one_company(town: Town) -> Expected:
    """The same, but both belong to one company: nothing to coordinate, ADD603 on both."""
    child, core = town.child(cap=0), town.house(法人番号="9000000000777")
    _plan(town, child.number, core)
    first = town.use(child, core, (1, 2), lines={CORE: 1})
    second = town.use(child, town.house(法人番号="9000000000777"), (7, 8), lines={OTHER: 1})
    return [("ADD603", "return", first), ("ADD603", "return", second)]


def child_came_to_one_facility_only(town: Town) -> Expected:
    """The child came to the core facility alone this month: a look (ADD603 b), as the other's claim may be late."""
    child, core = town.child(cap=0), town.house()
    _plan(town, child.number, core)
    return [("ADD603", "review", town.use(child, core, (1, 2), lines={CORE: 1}))]


def core_facility_bills_the_part_of_the_other(town: Town) -> Expected:
    """The core facility bills (Ⅱ): ADD604; and nobody bills (Ⅰ): ADD607."""
    child, core = town.child(cap=0), town.house()
    _plan(town, child.number, core)
    claim = town.use(child, core, (1, 2), lines={OTHER: 1})
    town.use(child, town.house(), (7, 8))
    return [("ADD604", "return", claim), ("ADD607", "review", claim)]


def consent_after_the_month(town: Town) -> Expected:
    """The parents agreed on 1 November: too late for October (ADD605); on 31 October in time."""
    found: Expected = []
    for consent in ("2025-10-31", "2025-11-01"):
        child, core = town.child(cap=0), town.house()
        _plan(town, child.number, core, consent)
        first = town.use(child, core, (1, 2), lines={CORE: 1})
        second = town.use(child, town.house(), (7, 8), lines={OTHER: 1})
        found = [("ADD605", "review", first), ("ADD605", "review", second)]
    return found
