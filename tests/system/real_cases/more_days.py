"""Other situations around records: services of one day, months without a day, marks without times."""

from __future__ import annotations

from .codes import ABSENCE, CAP, FAMILY, MOVE, SPECIALIST
from .town import Expected, Town


def two_services_of_a_day_in_one_claim(town: Town) -> Expected:
    """A house of both services bills 61 and 63 on the 8th for one child: they exclude each other (DAY201)."""
    child, house = town.child(grants={"611000": 10, "631000": 10}), town.house(算定定員="10")
    claim = town.use(child, house, (8,))
    town.use(child, town.house("61", number=house.number, 算定定員="10"), (8, 9))
    crowds = [("FAC506", "undetermined", house), ("FAC507", "undetermined", claim)]
    return [("DAY201", "return", claim, (8,)), *crowds]


def visit_at_home_and_after_school(town: Town) -> Expected:
    """A visit at home (65) and after-school service on one day exclude each other: DAY201 on both.

    What a unit costs at home no notice that is held says: FAC503 is left open.
    """
    child = town.child(cap=0, grants={"631000": 10, "651000": 5})
    first, second = town.use(child, town.house(), (8,)), town.use(child, town.house("65"), (8, 9))
    both: Expected = [("DAY201", "return", first, (8,)), ("DAY201", "return", second, (8,))]
    return [*both, ("FAC503", "undetermined", second)]


def visit_at_home_and_at_school(town: Town) -> Expected:
    """A visit at home and one at school on one day go together: nothing but the price that is not known."""
    child = town.child(cap=0, grants={"641000": 5, "651000": 5})
    town.use(child, town.house("64"), (8,))
    return [("FAC503", "undetermined", town.use(child, town.house("65"), (8, 9)))]


def absence_and_use_in_one_record(town: Town) -> Expected:
    """The record has the 8th as a use and as an absence: DAY208 on the claim itself."""
    claim = town.use(town.child(), town.house(), (7, 8), lines={ABSENCE: 1})
    cells = town.attendance[-1].split(",")  # the 8th
    for item, value in {14: "", 15: "", 16: "", 34: "", 36: "8"}.items():
        cells[item - 1] = value
    town.attendance.append(",".join(cells))
    return [("DAY208", "return", claim, (8,))]


def absence_alone_without_a_record(town: Town) -> Expected:
    """Nothing but an absence is billed, no day is counted, no record came: ADD602, no DAY204."""
    claim = town.use(town.child(), town.house(), (), lines={ABSENCE: 1}, record=False)
    return [("ADD602", "return", claim)]


def absence_alone_that_is_counted(town: Town) -> Expected:
    """Nothing but an absence, and the claim counts a day: DAY203. With 0 days: nothing."""
    house = town.house()
    town.use(town.child(), house, (), absent=(8,), lines={ABSENCE: 1})
    return [("DAY203", "return", town.use(town.child(), house, (), absent=(8,), lines={ABSENCE: 1}, days=1))]


def talk_with_the_family_alone(town: Town) -> Expected:
    """Nothing but a talk with the family, with its row: counted as one day or as none, nothing."""
    house = town.house()
    for days in (0, 1):
        town.use(town.child(), house, (), rows={8: {78: 1}}, lines={FAMILY: 1}, days=days)
    return []


def cap_management_and_an_absence(town: Town) -> Expected:
    """The manager bills its management and an absence, which is recorded; one day is counted: nothing."""
    child, manager = town.child(cap=4600), town.house()
    own = town.use(child, manager, (), absent=(8,), lines={CAP: 1, ABSENCE: 1}, days=1)
    town.manage(manager, own, town.use(child, town.house(), range(10, 20)))
    return []


def move_to_the_next_school_counted_twice(town: Town) -> Expected:
    """The follow-up of a child that left is one day; two are too many (DAY203)."""
    items = {"K122-02": {9: "20250930"}, "K122-05": {10: "20250930"}}
    return [("DAY203", "return", town.use(town.child(), town.house(), (), lines={MOVE: 1}, days=2, items=items))]


def kind_of_day_without_times(town: Town) -> Expected:
    """A program writes only whether it was a school day, no times: it is a day of use, nothing."""
    town.use(town.child(), town.house(), (1, 2), rows={2: {14: None, 15: None, 16: None}})
    return []


def visit_row_without_its_mark(town: Town) -> Expected:
    """A row of a visit at school without the mark (item 45) is nothing: two days are counted, one was (DAY203, DAY210)."""
    claim = town.use(town.child(grants={"641000": 5}), town.house("64"), (8, 9), rows={9: {45: None}})
    return [("DAY203", "return", claim), ("DAY210", "return", claim)]


def specialist_support_without_a_record(town: Town) -> Expected:
    """Without a record nobody knows the days, so the highest limit of six is the limit: DAY204 alone; seven are ADD601, too."""
    house = town.house()
    six = town.use(town.child(), house, range(1, 11), lines={SPECIALIST: 6}, record=False)
    seven = town.use(town.child(), house, range(1, 11), lines={SPECIALIST: 7}, record=False)
    return [("DAY204", "return", six), ("DAY204", "return", seven), ("ADD601", "return", seven)]


def record_of_a_claim_that_was_paid(town: Town) -> Expected:
    """A record of September comes alone, its claim was decided in October: nothing (DAY209)."""
    claim = town.use(town.child(), town.house(), (1, 2), month="2025-09")
    town.claims.remove(claim)
    town.history("明", "2025-10", claim.facility, claim.child.number, "2025-09", "決定", 11448)
    return []


def days_of_two_months(town: Town) -> Expected:
    """A late claim of September and one of October: a date of one month is none of the other's, each has its own limit."""
    child, house, other = town.child(cap=0, grants={"631000": 3}), town.house(), town.house()
    town.use(child, house, (1, 2, 3), month="2025-09")
    town.use(child, other, (1, 2, 3))
    return []
