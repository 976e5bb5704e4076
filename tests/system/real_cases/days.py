"""Days of use: twice on a day, too many, not as recorded, absences, contracts (contract 5, DAY)."""

from __future__ import annotations

from .codes import ABSENCE, CAP, FAMILY, MOVE, TRIP
from .town import Expected, Town

NINE = (1, 2, 3, 6, 7, 8, 9, 10, 14)


def one_day_at_two_facilities(town: Town) -> Expected:
    """The child is at school-day service of two facilities on the 8th: DAY201 on both, for the 8th alone."""
    child = town.child(cap=0)
    first = town.use(child, town.house(), (1, 8))
    second = town.use(child, town.house(), (8, 9))
    return [("DAY201", "return", first, (8,)), ("DAY201", "return", second, (8,))]


def school_visited_on_a_day_of_use(town: Town) -> Expected:
    """A visit to the school on the day of an after-school service goes together with it: nothing."""
    child = town.child(cap=0, grants={"631000": 23, "641000": 5})
    town.use(child, town.house(), (1, 8))
    town.use(child, town.house("64"), (8,))
    return []


def school_visited_twice_on_a_day(town: Town) -> Expected:
    """Two facilities visit the school on one day: DAY201 on both."""
    child = town.child(cap=0, grants={"641000": 5})
    first = town.use(child, town.house("64"), (7, 8))
    second = town.use(child, town.house("64"), (8,))
    return [("DAY201", "return", first, (8,)), ("DAY201", "return", second, (8,))]


def more_days_than_granted(town: Town) -> Expected:
    """Eight days are granted, two facilities give five and four: DAY202 on both, and DAY206 as the contracts are nine days."""
    child = town.child(cap=0, grants={"631000": 8})
    claims = town.use(child, town.house(), (1, 2, 3, 6, 7)), town.use(child, town.house(), (14, 15, 16, 17))
    return [(code, severity, c) for c in claims for code, severity in (("DAY202", "return"), ("DAY206", "review"))]


def as_many_days_as_granted_and_absences(town: Town) -> Expected:
    """Eight days are granted and used, two absences are billed beside them: an absence takes none of the days."""
    child = town.child(grants={"631000": 8})
    town.use(child, town.house(), NINE[:8], absent=(15, 16), lines={ABSENCE: 2})
    return []


def all_days_of_the_month_but_eight(town: Town) -> Expected:
    """原則日数 in October: 31 − 8 = 23 days. A child comes on 23 and another on 24: only the second is found (DAY202, DAY206)."""
    right, over = town.child(grants={}, cap=37200), town.child(grants={}, cap=37200)
    for child in (right, over):
        town.row("grants", 受給者証番号=child.number, 決定サービスコード="631000", 支給量算定="原則日数", 支給決定開始日="2025-04-01", 支給決定終了日="2026-03-31")  # fmt: skip
    house = town.house()
    town.use(right, house, range(1, 24))
    claim = town.use(over, house, range(1, 25))
    return [("DAY202", "return", claim), ("DAY206", "review", claim)]


def contracts_above_the_allowance(town: Town) -> Expected:
    """Fifteen days are granted, contracts are made for eight and eight; few days are used: DAY206 on both."""
    child = town.child(cap=0, grants={"631000": 15})
    first = town.use(child, town.house(), (1, 2), contract=8)
    second = town.use(child, town.house(), (14, 15), contract=8)
    return [("DAY206", "review", first), ("DAY206", "review", second)]


def contract_of_a_service_that_ended(town: Town) -> Expected:
    """The same, but the child left the first facility on the 10th and began with the second on the 11th: nothing."""
    child = town.child(cap=0, grants={"631000": 15})
    town.use(child, town.house(), (1, 2), contract=8, items={"K122-02": {9: "20251010"}})
    town.use(child, town.house(), (14, 15), contract=8, started="20251011", items={"K122-05": {9: "20251011"}})
    return []


def more_days_than_the_contract(town: Town) -> Expected:
    """Four days under a contract of three: DAY207. Three under three: nothing."""
    house = town.house()
    claim = town.use(town.child(), house, (1, 2, 3, 6), contract=3)
    town.use(town.child(), house, (1, 2, 3), contract=3)
    return [("DAY207", "review", claim)]


def contract_renewed_in_the_month(town: Town) -> Expected:
    """Four days, the newest contract of three began on the 2nd: only the newest is sent, so nothing is known."""
    town.use(town.child(), town.house(), (1, 2, 3, 6), contract=3, items={"K122-05": {9: "20251002"}})
    return []


def absence_in_the_count_of_days(town: Town) -> Expected:
    """Nine days of use and an absence, the claim counts ten days (the base fee is nine times): DAY203 returns it."""
    return [("DAY203", "return", town.use(town.child(), town.house(), NINE, absent=(20,), lines={ABSENCE: 1}, days=10))]


def absence_outside_the_count_of_days(town: Town) -> Expected:
    """The same with nine days: nothing."""
    town.use(town.child(), town.house(), NINE, absent=(20,), lines={ABSENCE: 1})
    return []


def family_supported_on_a_day_of_absence(town: Town) -> Expected:
    """The child stayed away and the family was supported: that day may be counted (most = use, add-on rows, such absences)."""
    lines = {ABSENCE: 1, FAMILY: 1}
    town.use(town.child(), town.house(), NINE, absent=(20,), rows={20: {78: 2}}, lines=lines, days=10)
    return []


def family_supported_without_the_child(town: Town) -> Expected:
    """A row with family support and hours but no times is an add-on row: nine or ten days may be counted."""
    house = town.house()
    for days in (9, 10):
        town.use(town.child(), house, NINE, rows={20: {16: "0200", 78: 1}}, lines={FAMILY: 1}, days=days)
    return []


def hours_without_times(town: Town) -> Expected:
    """A row with hours alone is no day of use: nine and that row are nine days, ten counted go back (DAY203)."""
    return [("DAY203", "return", town.use(town.child(), town.house(), NINE, rows={20: {16: "0300"}}, days=10))]


def fewer_days_than_recorded(town: Town) -> Expected:
    """Eight days are counted, nine recorded: no harm to the city, a notice (DAY203)."""
    return [("DAY203", "notice", town.use(town.child(), town.house(), NINE, days=8))]


def record_that_never_came(town: Town) -> Expected:
    """Days and trips are billed without any record: the missing record is named once (DAY204), no ADD606, no ADD608."""
    return [("DAY204", "return", town.use(town.child(), town.house(), NINE, lines={TRIP: 12}, record=False))]


def move_to_the_next_school_alone(town: Town) -> Expected:
    """Left in September, followed up in October: one add-on, a record without days: nothing, with the record or without."""
    house, ended = town.house(), {"K122-02": {9: "20250930"}, "K122-05": {10: "20250930"}}
    for record in (True, False):
        town.use(town.child(), house, (), lines={MOVE: 1}, days=1, record=record, items=ended)
    return []


def move_to_the_next_school_and_a_day(town: Town) -> Expected:
    """The same add-on beside a day that has no record: DAY204, as not all lines are of the kind without a record."""
    return [("DAY204", "return", town.use(town.child(), town.house(), (1,), lines={MOVE: 1}, record=False))]


def cap_management_and_family_support_alone(town: Town) -> Expected:
    """The manager bills its management and a talk with the family, and sends no record: the talk needs one (DAY204)."""
    child, manager = town.child(cap=4600), town.house()
    own = town.use(child, manager, (), lines={CAP: 1, FAMILY: 1}, days=2, record=False)
    town.manage(manager, own, town.use(child, town.house(), NINE))
    return [("DAY204", "return", own)]


def day_recorded_twice(town: Town) -> Expected:
    """The record has the 8th twice, and the claim counts both: DAY205 for the 8th."""
    claim = town.use(town.child(), town.house(), (7, 8), twice=(8,), base=3, days=3, contract=3)
    return [("DAY205", "return", claim, (8,))]


def absent_here_and_present_there(town: Town) -> Expected:
    """Billed as absent at one facility while at another: DAY208, on the claim with the absence."""
    child = town.child(cap=0)
    absent = town.use(child, town.house(), (1, 2), absent=(8,), lines={ABSENCE: 1})
    town.use(child, town.house(), (8, 9))
    return [("DAY208", "return", absent, (8,))]


def absent_from_two_facilities(town: Town) -> Expected:
    """Ill on the 8th, both facilities had expected the child: nothing."""
    child = town.child(cap=0)
    town.use(child, town.house(), (1, 2), absent=(8,), lines={ABSENCE: 1})
    town.use(child, town.house(), (6, 7), absent=(8,), lines={ABSENCE: 1})
    return []


def absent_but_visited_at_school(town: Town) -> Expected:
    """Absent after school on the day of a visit at school: that is possible, nothing."""
    child = town.child(cap=0, grants={"631000": 23, "641000": 5})
    town.use(child, town.house(), (1, 2), absent=(8,), lines={ABSENCE: 1})
    town.use(child, town.house("64"), (8,))
    return []


def record_without_a_claim(town: Town) -> Expected:
    """A record with days came, the claim did not: DAY209 on the record. A record with an absence alone says nothing."""
    house = town.house()
    forgotten, nothing = town.use(town.child(), house, (1,)), town.use(town.child(), house, (), absent=(2,))
    town.claims.remove(forgotten)
    town.claims.remove(nothing)
    return [("DAY209", "review", forgotten.attendance)]
