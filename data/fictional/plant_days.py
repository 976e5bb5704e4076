"""Mistakes about days of use: DAY201 to DAY208."""

from __future__ import annotations

from dataclasses import replace

from .case import Scene, Step, steady, unpaying
from .model import Child, Stay, Visit
from .months import first, last, on, open_days, principle_days
from .plans import new_stay
from .rows import Grant


def _same_day(scene: Scene) -> bool:
    """The second facility's day falls on a day of the first."""
    one, two = scene.stay, scene.other()
    days = scene.with_room(two, one.use_days())
    if not days:
        return False
    day = scene.dice.pick(days)
    scene.move(two, next(v for v in two.visits if v.use), day)
    for stay in (one, two):
        scene.found("DAY201", stay.facility.number, [day])
    return True


def _same_day_visit(scene: Scene, kind: str) -> bool:
    """A visit of 64 while another facility's 64 came, or of 65 on a day of the child's own service."""
    own = next((s for s in scene.plan.stays if s.service_type == "64"), None) if kind == "64" else scene.stay
    if own is None or not own.use_days():
        return False
    pool = scene.books.pool
    facility = pool.take(kind, (own.facility,))
    absent = {v.day for s in scene.plan.stays for v in s.visits if v.absent}
    days = [d for d in own.use_days() if d not in absent and facility.has_room(scene.month, kind, d)]
    if not days:
        return False
    day = scene.dice.pick(days)
    if kind == "65":
        scene.child.grants.append(Grant("651000", 5, False, first(scene.month), last(scene.month)))
    scene.plan.stays.append(new_stay(facility, kind, scene.month, [day]))
    scene.found("DAY201", own.facility.number, [day])
    scene.found("DAY201", facility.number, [day])
    return True


def _one_day_more(scene: Scene) -> bool:
    """One day more than granted, so also more than contracted."""
    most = scene.allowance(scene.stay.service_type)
    if not scene.use_exactly(scene.stay, most + 1):
        return False
    scene.found("DAY202", scene.stay.facility.number)
    if most + 1 > scene.stay.contract:  # the contract of a 原則日数 grant may be above the month's allowance
        scene.found("DAY207", scene.stay.facility.number)
    scene.plan.claims_end = "返戻"
    return True


def _together_too_many(scene: Scene) -> bool:
    """Each facility looks at its own days; the second also goes over its contract."""
    one, two = scene.stay, scene.other()
    kind = one.service_type
    kept = scene.plan.clone().stays
    most = scene.allowance(kind)
    first_days = min(one.contract, most - 1)
    if not scene.use_exactly(one, first_days) or not scene.use_exactly(two, most + 1 - first_days):
        scene.plan.stays = kept
        return False
    for stay in (one, two):
        scene.found("DAY202", stay.facility.number)
        if len(stay.use_days()) > stay.contract:
            scene.found("DAY207", stay.facility.number)
    return True


def _counted_twice(scene: Scene) -> bool:
    """Only a date at both facilities makes it too many: it counts twice."""
    one, two = scene.stay, scene.other()
    kept = scene.plan.clone().stays
    most = scene.allowance(one.service_type)
    first_days = min(one.contract, most - 1)
    if not scene.use_exactly(one, first_days) or not scene.use_exactly(two, most - first_days):
        scene.plan.stays = kept
        return False
    days = scene.with_room(two, one.use_days())
    if not days:
        scene.plan.stays = kept
        return False
    day = scene.dice.pick(days)
    scene.add_use(two, day)
    for stay in (one, two):
        scene.found("DAY201", stay.facility.number, [day])
        scene.found("DAY202", stay.facility.number)
        if len(stay.use_days()) > stay.contract:
            scene.found("DAY207", stay.facility.number)
    scene.plan.claims_end = "返戻"
    return True


def _billed(scene: Scene, more: int) -> bool:
    scene.stay.billed = len(scene.stay.use_days()) + more
    scene.found("DAY203", scene.stay.facility.number)
    return True


def bare(stay: Stay) -> None:
    """Leaves the bare days of use: nothing else that a record would have to tell."""
    stay.visits = [replace(v, out=0, back=0) for v in stay.visits if v.use]


def _empty_record(scene: Scene) -> bool:
    """A K611 without a day."""
    bare(scene.stay)
    scene.stay.billed = len(scene.stay.use_days())
    scene.stay.record = "empty"
    scene.found("DAY203", scene.stay.facility.number)
    return True


def _no_record(scene: Scene, add_on: str = "") -> bool:
    """`add_on`: billed too, but where there is no record none of it can be missing there."""
    bare(scene.stay)
    scene.stay.record = "none"
    if add_on:
        scene.stay.extra[add_on] = 1
    scene.found("DAY204", scene.stay.facility.number)
    return True


def _recorded_twice(scene: Scene, billed_once: bool = False) -> bool:
    """The same day on two rows; billed as rows or as days."""
    stay = scene.stay
    day = scene.dice.pick(stay.use_days())
    if billed_once:
        stay.billed = len(stay.use_days())
        scene.found("DAY203", stay.facility.number)
    stay.visits.append(replace(next(v for v in stay.visits if v.use and v.day == day), out=0, back=0, marks=()))
    scene.found("DAY205", stay.facility.number, [day])
    return True


def _contract_above(scene: Scene) -> bool:
    """A contract above the grant; 原則日数 counts 23 here."""
    scene.stay.contract = scene.allowance(scene.stay.service_type, principle=23) + scene.dice.between(1, 3)
    scene.found("DAY206", scene.stay.facility.number)
    return True


def _over_both(scene: Scene) -> bool:
    """Contract and use a day above the grant: the contract holds, the grant does not."""
    most = scene.allowance(scene.stay.service_type)
    if scene.allowance(scene.stay.service_type, principle=23) != most or not scene.use_exactly(scene.stay, most + 1):
        return False
    scene.stay.contract = most + 1
    scene.found("DAY202", scene.stay.facility.number)
    scene.found("DAY206", scene.stay.facility.number)
    return True


def _contracts_above(scene: Scene) -> bool:
    one, two = scene.stay, scene.other()
    two.contract = scene.allowance(one.service_type, principle=23) - one.contract + 1
    if len(two.use_days()) > two.contract:
        return False
    scene.found_everywhere("DAY206")
    return True


def change_of_facility(scene: Scene, gap: int) -> bool:
    """The first contract ends on the 15th, the other begins `gap` days later; each alone is within the grant.

    With gap 0 both are in force on the 15th: too many. With gap 1 all is right.
    """
    one, two = scene.stay, scene.other()
    kind = one.service_type
    most = scene.allowance(kind, principle=23)
    for stay in (one, two):
        scene.drop(stay, stay.use_days())
        stay.visits.clear()
    early = scene.with_room(one, (d for d in open_days(scene.month, one.facility.closed) if d < 15))
    late = scene.with_room(two, (d for d in open_days(scene.month, two.facility.closed) if d > 15))
    n = min(scene.allowance(kind), most, len(early) + len(late))
    for stay, days in ((one, scene.dice.sample(early, n // 2)), (two, scene.dice.sample(late, n - n // 2))):
        for day in days:
            scene.add_use(stay, day)
        stay.contract = most
    one.contract_to, two.contract_from = on(scene.month, 15), on(scene.month, 15 + gap)
    two.started = on(scene.month, min(two.use_days()))
    if gap == 0:
        scene.found_everywhere("DAY206")
    return True


def _over_contract(scene: Scene) -> bool:
    used = len(scene.stay.use_days())
    if used < 2:
        return False
    scene.stay.contract = used - 1
    scene.found("DAY207", scene.stay.facility.number)
    return True


def _absent(scene: Scene, stay_index: int, day: int) -> bool:
    stay = scene.plan.stays[stay_index]
    stay.visits.append(Visit(day, use=False, absent=True))
    scene.found("DAY208", stay.facility.number, [day])
    return True


def _absent_while_elsewhere(scene: Scene) -> bool:
    return _absent(scene, 0, scene.dice.pick(scene.other().use_days()))


def _absent_and_there(scene: Scene) -> bool:
    return _absent(scene, 0, scene.dice.pick(scene.stay.use_days()))


def _absent_and_visited(scene: Scene) -> bool:
    """The same facility visited the child's school on the day it was absent."""
    visited = set(scene.other().use_days()) - {v.day for v in scene.stay.visits if v.absent}
    free = visited - {v.day for v in scene.stay.visits}
    return bool(visited) and _absent(scene, 0, scene.dice.pick(sorted(free or visited)))


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


PLANTS = {
    "DAY201": [
        Step("same_day", "pair", _same_day, steady),
        Step("same_day_64", "visit", lambda s: _same_day_visit(s, "64"), _visit_fits),
        Step("same_day_65", "single", lambda s: _same_day_visit(s, "65"), unpaying, span=None),
    ],
    "DAY202": [
        Step("one_day_more", "single", _one_day_more, exceedable),
        Step("together_too_many", "pair", _together_too_many, exceedable),
        Step("counted_twice", "pair", _counted_twice, exceedable),
    ],
    "DAY203": [
        Step("billed_more", "single", lambda s: _billed(s, 1), steady, mend=True),
        Step("billed_less", "single", lambda s: _billed(s, -1), steady),
        Step("empty_record", "single", _empty_record, _unsupported, mend=True),
    ],
    "DAY204": [
        Step("no_record", "single", _no_record, _unsupported, mend=True),
        Step("no_record_of_add_on", "single", lambda s: _no_record(s, "agency_cooperation"), _unsupported),
    ],
    "DAY205": [
        Step("recorded_twice", "single", _recorded_twice, steady, mend=True),
        Step("recorded_twice_billed_once", "single", lambda s: _recorded_twice(s, billed_once=True), steady),
    ],
    "DAY206": [
        Step("contract_above", "single", _contract_above, steady),
        Step("contracts_above", "pair", _contracts_above, steady),
        Step("over_both", "single", _over_both, fixed),
        Step("overlapping_contracts", "pair", lambda s: change_of_facility(s, 0), steady),
    ],
    "DAY207": [Step("over_contract", "single", _over_contract, steady)],
    "DAY208": [
        Step("absent_while_elsewhere", "pair", _absent_while_elsewhere, steady),
        Step("absent_and_there", "single", _absent_and_there, steady),
        Step("absent_and_visited", "visit", _absent_and_visited, steady),
    ],
}
