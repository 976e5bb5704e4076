"""Other situations at edges: records without claims, one service of two, what came back from the federation."""

from __future__ import annotations

from henrei.data.fictional.records import return_records
from lib.inputs import CITY, exchange

from .codes import ABSENCE, FEW_STAFF, HEAVY_ABSENCE, SUPPORT, USUAL
from .resubmission import SEPTEMBER
from .town import REVIEW, Expected, Town


def day_that_only_a_record_without_claim_has(town: Town) -> Expected:
    """The 8th is in a record whose claim did not come: the day is double all the same (DAY201), the record waits (DAY209)."""
    child = town.child(cap=0)
    claim, forgotten = town.use(child, town.house(), (7, 8)), town.use(child, town.house(), (8, 9))
    town.claims.remove(forgotten)
    return [("DAY201", "return", claim, (8,)), ("DAY209", "review", forgotten.attendance)]


def child_in_the_crowd_without_a_claim(town: Town) -> Expected:
    """The fourth child at three places has a record alone: the day was over capacity all the same (FAC506)."""
    house = town.house(定員="3")
    claims = [town.use(town.child(), house, (8,)) for _ in range(4)]
    town.claims.remove(claims[3])
    return [("FAC506", "notice", house), ("DAY209", "review", claims[3].attendance)]


def record_of_one_service_of_two(town: Town) -> Expected:
    """Day service and visits to school are in one claim, the record of the visits is missing: DAY204."""
    child, house = town.child(grants={"631000": 20, "641000": 4}), town.house()
    town.use(child, house, (1, 2))
    return [("DAY204", "return", town.use(child, town.house("64", number=house.number), (9,), record=False))]


def days_of_one_service_of_two(town: Town) -> Expected:
    """The days of the day service are right, those of the visits one too many: DAY203, one finding on the claim."""
    child, house = town.child(grants={"631000": 20, "641000": 4}), town.house()
    town.use(child, house, (1, 2))
    return [("DAY203", "return", town.use(child, town.house("64", number=house.number), (9,), days=2))]


def empty_record_of_a_billed_day(town: Town) -> Expected:
    """The record came without a day, the claim bills one: days, base fee and time class are more than it has."""
    claim = town.use(town.child(), town.house(), (), base=1, days=1)
    return [("DAY203", "return", claim), ("DAY210", "return", claim), ("DAY215", "review", claim)]


def both_codes_of_absence(town: Town) -> Expected:
    """Three absences by the plain code and three by that of 重心: one of them is of 重心, so eight is the limit: nothing."""
    lines = {ABSENCE: 3, HEAVY_ABSENCE: 3}
    town.use(town.child(), town.house(), (1, 2), absent=(20, 21, 22, 23, 24, 27), lines=lines)
    return []


def add_on_that_needs_a_grant_without_a_record(town: Town) -> Expected:
    """Without a record nobody knows the days in force: CRT105 is open, the missing record is named (DAY204)."""
    claim = town.use(town.child(), town.house(), (1, 2), lines={SUPPORT: 2}, record=False)
    return [("CRT105", "undetermined", claim), ("DAY204", "return", claim)]


def reduction_that_nobody_asked_for(town: Town) -> Expected:
    """A facility bills the reduced fee though the ledger knows of no shortage: it may know better, nothing."""
    town.use(town.child(), town.house(), (1, 2), base={FEW_STAFF: 2})
    return []


def reduction_of_opening_hours(town: Town) -> Expected:
    """Short opening hours reduce some children's fee only: a row of it accuses no claim (FAC505)."""
    house = town.house()
    for key in ("reduction_opening_hours", "reduction_over_capacity"):
        town.row("facility_addons", 事業所番号=house.number, サービス種類コード="63", 区分="減算", 加算キー=key, 有効開始日="2025-04-01")  # fmt: skip
    town.use(town.child(), house, (1, 2))
    return []


def claim_that_the_federation_returned(town: Town) -> Expected:
    """The federation's list of October (K721) says that the claim went back: it comes again, nothing (SUB405)."""
    claim = town.use(town.child(), town.house(), (1, 2), month=SEPTEMBER)
    lines = return_records("2025-10", CITY, claim.facility, claim.child.number, "ｶｸｳ ﾊﾅ", "明", SEPTEMBER, "63")
    month = REVIEW.replace("-", "")
    town.files["K72.CSV"] = exchange("K72", list(lines), month=month, facility=claim.facility)
    return []


def absent_after_school_while_visited_at_home(town: Town) -> Expected:
    """Absent after school on the day of a visit at home (65), which is a day of use like it: DAY208."""
    child = town.child(cap=0, grants={"631000": 10, "651000": 5})
    absent = town.use(child, town.house(), (1, 2), absent=(8,), lines={ABSENCE: 1})
    visit = town.use(child, town.house("65"), (8, 9))
    return [("DAY208", "return", absent, (8,)), ("FAC503", "undetermined", visit)]


def fees_of_two_time_classes(town: Town) -> Expected:
    """Two days of an hour and one of three: the short class twice and the usual once is right; the other way round DAY215."""
    hours = {day: {15: "1530", 16: "0100"} for day in (1, 2)}
    house = town.house()
    town.use(town.child(), house, (1, 2, 3), rows=hours, base={"63A101": 2, USUAL: 1})
    return [("DAY215", "review", town.use(town.child(), house, (1, 2, 3), rows=hours, base={"63A101": 1, USUAL: 2}))]
