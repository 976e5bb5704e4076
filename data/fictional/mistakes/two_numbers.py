"""One child under two numbers (児童コード): CRT110, and what of days is one child's. `double`: the new number, the old."""

from __future__ import annotations

from dataclasses import replace

from ..case import Case
from ..model import Child, Stay, Visit
from ..months import first, last, on, open_days
from ..plans import new_stay
from ..rows import overlaps
from .registry import mistake, near


def _settled(child: Child, month: str) -> bool:
    """The new number alone is in use, all month."""
    (place,) = child.enrolments
    grants = child.base_grants("63", month)
    return place.from_month <= month and len(grants) == 1 and grants[0].start <= first(month)


def _under_old(case: Case, stay: Stay) -> None:
    """The old certificate is in force again this month, and a facility bills by it."""
    child, old = case.child, case.plans[1]
    low, high = first(case.month), last(case.month)
    for grant in [g for g in child.grants if overlaps(g, low, high)]:
        old.child.grants.append(replace(grant, start=max(grant.start, low), end=min(grant.end or high, high)))
    for row in [b for b in child.burdens if overlaps(b, low, high)]:
        old.child.burdens.append(replace(row, start=max(row.start, low), end=min(row.end or high, high)))
    old.cap = case.plan.cap
    old.stays.append(stay)
    case.expect_everywhere("CRT110")
    case.expect_everywhere("CRT110", plan=old)


def _elsewhere(case: Case, days: list[int]) -> Stay | None:
    """A stay of the old number at another facility, on these days."""
    kind = case.stay.service_type
    facility = case.books.pool.take(kind, (case.stay.facility,))
    if not all(
        facility.has_room(case.month, kind, d) and on(case.month, d).weekday() not in facility.closed for d in days
    ):
        return None
    stay = new_stay(facility, kind, case.month, days)
    _under_old(case, stay)
    return stay


@mistake("CRT110", "parted", "double", _settled)
def _parted(case: Case) -> bool:
    """The facility bills the first days by the old number, the others by the new one."""
    used = case.stay.use_days()
    if len(used) < 2:
        return False
    old = replace(case.stay.clone(), extra={})
    old.visits = [v for v in old.visits if v.day <= used[0]]
    case.stay.visits = [v for v in case.stay.visits if v.day > used[0]]
    _under_old(case, old)
    return True


@mistake("DAY201", "same_day_by_two_numbers", "double", _settled, besides=True)
def _same_day(case: Case) -> bool:
    day = case.rng.pick(case.stay.use_days())
    stay = _elsewhere(case, [day]) if case.allowance("63") > len(case.stay.use_days()) else None
    if stay is None:
        return False
    case.expect("DAY201", case.stay.facility.number, [day])
    case.expect("DAY201", stay.facility.number, [day], plan=case.plans[1])
    return True


@mistake("DAY202", "too_many_by_two_numbers", "double", _settled, besides=True)
def _too_many(case: Case) -> bool:
    """As many days as granted by the new number, and one more by the old."""
    if not case.use_exactly(case.stay, case.allowance("63")):
        return False
    case.stay.contract = max(case.stay.contract, case.allowance("63"))
    shut = case.occupied()
    stay = next(
        filter(None, (_elsewhere(case, [d]) for d in open_days(case.month, frozenset()) if d not in shut)), None
    )
    if stay is None:
        return False
    case.expect("DAY202", case.stay.facility.number)
    case.expect("DAY202", stay.facility.number, plan=case.plans[1])
    return True


@mistake("DAY208", "absent_by_one_number", "double", _settled, besides=True)
def _absent(case: Case) -> bool:
    """Absent by the new number on a day of use by the old one."""
    stay = case.stay
    days = [d for d in open_days(case.month, stay.facility.closed) if d not in case.occupied()]
    if len(days) < 1 or case.allowance("63") <= len(stay.use_days()):
        return False
    day = case.rng.pick(days)
    if _elsewhere(case, [day]) is None:
        return False
    stay.visits.append(Visit(day, use=False, absent=True))
    stay.visits.sort(key=lambda v: v.day)
    case.expect("DAY208", stay.facility.number, [day])
    return True


@near("CRT110", "one_number", "double", _settled)
def _one_number(case: Case) -> bool:
    """Both numbers are in force, and claims come by the new one alone."""
    _, old = case.plans
    low, high = first(case.month), last(case.month)
    for grant in [g for g in case.child.grants if overlaps(g, low, high)]:
        old.child.grants.append(replace(grant, start=max(grant.start, low), end=min(grant.end or high, high)))
    return True
