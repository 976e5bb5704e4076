"""Mistakes about days of use: DAY201 to DAY208."""

from __future__ import annotations

from dataclasses import replace

from ..case import Case, steady, unpaying
from ..model import Child, Stay, Visit
from ..months import first, last, on, open_days, principle_days
from ..plans import new_stay
from ..rows import Grant
from .records import base_lines
from .registry import mistake, near


def exceedable(child: Child, month: str) -> bool:
    """The month has open days enough for one more than the allowance, absences beside."""
    closed = frozenset(day for place in child.enrolments for day in place.facility.closed)
    most = child.allowance(next(iter(child.enrolments[0].contracts)), month, principle_days(month))
    return steady(child, month) and len(open_days(month, closed)) >= most + 3


def fixed(child: Child, month: str) -> bool:
    return exceedable(child, month) and not any(g.principle for g in child.grants)


def _unsupported(child: Child, month: str) -> bool:
    return steady(child, month) and not child.individual


def _visit_fits(child: Child, month: str) -> bool:
    return unpaying(child, month) and "64" in child.enrolments[0].contracts


@mistake("DAY201", "same_day", "pair", steady)
def _same_day(case: Case) -> bool:
    """The second facility's day falls on a day of the first."""
    one, two = case.stay, case.other()
    days = case.with_room(two, one.use_days())
    if not days:
        return False
    day = case.rng.pick(days)
    case.move(two, next(v for v in two.visits if v.use), day)
    for stay in (one, two):
        case.expect("DAY201", stay.facility.number, [day])
    return True


@mistake("DAY201", "same_day_64", "visit", _visit_fits, "64")
@mistake("DAY201", "same_day_65", "single", unpaying, "65", span=None)
def _same_day_visit(case: Case, kind: str) -> bool:
    """A visit of 64 while another facility's 64 came, or of 65 on a day of the child's own service."""
    own = next((s for s in case.plan.stays if s.service_type == "64"), None) if kind == "64" else case.stay
    if own is None or not own.use_days():
        return False
    pool = case.books.pool
    facility = pool.take(kind, (own.facility,))
    absent = {v.day for s in case.plan.stays for v in s.visits if v.absent}
    days = [d for d in own.use_days() if d not in absent and facility.has_room(case.month, kind, d)]
    if not days:
        return False
    day = case.rng.pick(days)
    if kind == "65":
        case.child.grants.append(Grant("651000", 5, False, first(case.month), last(case.month)))
    case.plan.stays.append(new_stay(facility, kind, case.month, [day]))
    case.expect("DAY201", own.facility.number, [day])
    case.expect("DAY201", facility.number, [day])
    return True


@mistake("DAY202", "one_day_more", "single", exceedable)
def _one_day_more(case: Case) -> bool:
    """One day more than granted, so also more than contracted."""
    most = case.allowance(case.stay.service_type)
    if not case.use_exactly(case.stay, most + 1):
        return False
    case.expect("DAY202", case.stay.facility.number)
    if most + 1 > case.stay.contract:  # the contract of a 原則日数 grant may be above the month's allowance
        case.expect("DAY207", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


@mistake("DAY202", "together_too_many", "pair", exceedable)
def _together_too_many(case: Case) -> bool:
    """Each facility looks at its own days; the second also goes over its contract."""
    one, two = case.stay, case.other()
    kind = one.service_type
    kept = case.plan.clone().stays
    most = case.allowance(kind)
    first_days = min(one.contract, most - 1)
    if not case.use_exactly(one, first_days) or not case.use_exactly(two, most + 1 - first_days):
        case.plan.stays = kept
        return False
    for stay in (one, two):
        case.expect("DAY202", stay.facility.number)
        if len(stay.use_days()) > stay.contract:
            case.expect("DAY207", stay.facility.number)
    return True


@mistake("DAY202", "counted_twice", "pair", exceedable)
def _counted_twice(case: Case) -> bool:
    """Only a date at both facilities makes it too many: it counts twice."""
    one, two = case.stay, case.other()
    kept = case.plan.clone().stays
    most = case.allowance(one.service_type)
    first_days = min(one.contract, most - 1)
    if not case.use_exactly(one, first_days) or not case.use_exactly(two, most - first_days):
        case.plan.stays = kept
        return False
    days = case.with_room(two, one.use_days())
    if not days:
        case.plan.stays = kept
        return False
    day = case.rng.pick(days)
    case.add_use(two, day)
    for stay in (one, two):
        case.expect("DAY201", stay.facility.number, [day])
        case.expect("DAY202", stay.facility.number)
        if len(stay.use_days()) > stay.contract:
            case.expect("DAY207", stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


@mistake("DAY203", "billed_more", "single", steady, 1, comes_again=True)
@mistake("DAY203", "billed_less", "single", steady, -1)
def _billed(case: Case, more: int) -> bool:
    case.stay.billed = len(case.stay.use_days()) + more
    case.expect("DAY203", case.stay.facility.number, severity="" if more > 0 else "notice")
    return True


def bare(stay: Stay) -> None:
    """Leaves the bare days of use: nothing else that a record would have to show."""
    stay.visits = [replace(v, out=0, back=0) for v in stay.visits if v.use]


@mistake("DAY203", "empty_record", "single", _unsupported, comes_again=True)
def _empty_record(case: Case) -> bool:
    """A K611 without a day."""
    bare(case.stay)
    case.stay.billed = len(case.stay.use_days())
    case.stay.record = "empty"
    case.expect("DAY203", case.stay.facility.number)
    base_lines(case, case.stay, [])
    return True


@mistake("DAY204", "no_record", "single", _unsupported, comes_again=True)
@mistake("DAY204", "no_record_of_add_on", "single", _unsupported, "agency_cooperation_3")
def _no_record(case: Case, add_on: str = "") -> bool:
    """`add_on`: billed too, but where there is no record none of it can be missing there."""
    bare(case.stay)
    case.stay.record = "none"
    if add_on:
        case.stay.extra[add_on] = 1
    case.expect("DAY204", case.stay.facility.number)
    return True


@near("DAY203", "transition_alone", "single", _unsupported)
def _nothing_used(case: Case) -> bool:
    """A month of 保育・教育等移行支援 alone: one day, and a record without a row."""
    stay = case.stay
    case.drop(stay, stay.use_days())
    stay.visits.clear()
    stay.extra["transition_support"] = stay.billed = 1
    return True


@near("DAY204", "managed_alone", "pair", steady)
def _only_managed(case: Case) -> bool:
    """The manager's month has nothing but the management of the cap: one day, and no record."""
    stay = case.stay
    if case.plan.manager != stay.facility.number or len(case.plan.facilities()) < 2 or stay.extra:
        return False
    case.drop(stay, stay.use_days())
    stay.visits.clear()
    stay.billed, stay.record = 1, "none"
    return True


@mistake("DAY205", "recorded_twice", "single", steady, comes_again=True)
@mistake("DAY205", "recorded_twice_billed_once", "single", steady, billed_once=True)
def _recorded_twice(case: Case, billed_once: bool = False) -> bool:
    """The same day on two rows; billed as rows or as days."""
    stay = case.stay
    day = case.rng.pick(stay.use_days())
    if billed_once:
        stay.billed = len(stay.use_days())
        case.expect("DAY203", stay.facility.number, severity="notice")
    stay.visits.append(replace(next(v for v in stay.visits if v.use and v.day == day), out=0, back=0, marks=()))
    case.expect("DAY205", stay.facility.number, [day])
    base_lines(case, stay, [v for v in stay.visits if v.use])
    return True


@mistake("DAY206", "contract_above", "single", steady)
def _contract_above(case: Case) -> bool:
    """A contract above the grant; 原則日数 counts 23 here."""
    case.stay.contract = case.allowance(case.stay.service_type, principle=23) + case.rng.between(1, 3)
    case.expect("DAY206", case.stay.facility.number)
    return True


@mistake("DAY206", "over_both", "single", fixed)
def _over_both(case: Case) -> bool:
    """Contract and use a day above the grant: the contract holds, the grant does not."""
    most = case.allowance(case.stay.service_type)
    if case.allowance(case.stay.service_type, principle=23) != most or not case.use_exactly(case.stay, most + 1):
        return False
    case.stay.contract = most + 1
    case.expect("DAY202", case.stay.facility.number)
    case.expect("DAY206", case.stay.facility.number)
    return True


@mistake("DAY206", "contracts_above", "pair", steady)
def _contracts_above(case: Case) -> bool:
    one, two = case.stay, case.other()
    two.contract = case.allowance(one.service_type, principle=23) - one.contract + 1
    if len(two.use_days()) > two.contract:
        return False
    case.expect_everywhere("DAY206")
    return True


@mistake("DAY206", "overlapping_contracts", "pair", steady, 0)
def change_of_facility(case: Case, gap: int) -> bool:
    """The first contract ends on the 15th, the other begins `gap` days later; each alone is within the grant.

    With gap 0 both are in force on the 15th: too many. With gap 1 all is right.
    """
    one, two = case.stay, case.other()
    kind = one.service_type
    most = case.allowance(kind, principle=23)
    for stay in (one, two):
        case.drop(stay, stay.use_days())
        stay.visits.clear()
    early = case.with_room(one, (d for d in open_days(case.month, one.facility.closed) if d < 15))
    late = case.with_room(two, (d for d in open_days(case.month, two.facility.closed) if d > 15))
    n = min(case.allowance(kind), most, len(early) + len(late))
    for stay, days in ((one, case.rng.sample(early, n // 2)), (two, case.rng.sample(late, n - n // 2))):
        for day in days:
            case.add_use(stay, day)
        stay.contract = most
    one.contract_to, two.contract_from = on(case.month, 15), on(case.month, 15 + gap)
    two.started = on(case.month, min(two.use_days()))
    if gap == 0:
        case.expect_everywhere("DAY206")
    return True


@mistake("DAY207", "over_contract", "single", steady)
def _over_contract(case: Case) -> bool:
    used = len(case.stay.use_days())
    if used < 2:
        return False
    case.stay.contract = used - 1
    case.expect("DAY207", case.stay.facility.number)
    return True


def _absent(case: Case, stay_index: int, day: int) -> bool:
    stay = case.plan.stays[stay_index]
    stay.visits.append(Visit(day, use=False, absent=True))
    case.expect("DAY208", stay.facility.number, [day])
    return True


@mistake("DAY208", "absent_while_elsewhere", "pair", steady)
def _absent_while_elsewhere(case: Case) -> bool:
    return _absent(case, 0, case.rng.pick(case.other().use_days()))


@mistake("DAY208", "absent_and_there", "single", steady)
def _absent_and_there(case: Case) -> bool:
    return _absent(case, 0, case.rng.pick(case.stay.use_days()))
