"""Steps at the very edge of a rule, which no check may find. schedule.py places them."""

from __future__ import annotations

from dataclasses import replace

from ..case import Case, paying, steady
from ..model import Child, Visit
from ..months import first, last, on
from ..rows import cut, overlaps
from .cap_filing import managed
from .days import change_of_facility, exceedable, fixed
from .registry import near


def _simple(child: Child, month: str) -> bool:
    """Paying, with nothing that a change of its rows would touch beside."""
    rows = [b for b in child.burdens if overlaps(b, first(month), last(month))]
    return paying(child, month) and not rows[0].rank and rows[0].cap > 0


@near("CRT102", "edges", "single", steady)
def _edges(case: Case) -> bool:
    """The grant ends on the last day of use or begins on the first."""
    stay, used = case.stay, case.stay.use_days()
    stay.visits = [v for v in stay.visits if used[0] <= v.day <= used[-1]]
    if case.rng.chance(0.5):
        case.without_grant(stay.service_type, used[-1] + 1, case.end())
    else:
        case.without_grant(stay.service_type, 1, used[0] - 1)
    return True


@near("DAY202", "all_days", "single", exceedable)
def _all_days(case: Case) -> bool:
    """As many days as granted and contracted, by one facility."""
    return case.use_exactly(case.stay, min(case.stay.contract, case.allowance(case.stay.service_type)))


@near("DAY202", "all_days_together", "pair", exceedable)
def _all_days_together(case: Case) -> bool:
    """Contracts and days of two facilities make up the allowance exactly."""
    one, two = case.stay, case.other()
    kept = case.plan.clone().stays
    n = min(one.contract, case.allowance(one.service_type) - 1)
    left = min(two.contract, case.allowance(one.service_type) - n)
    if not case.use_exactly(one, n) or not case.use_exactly(two, left):
        case.plan.stays = kept
        return False
    return True


@near("DAY202", "larger_grant", "single", fixed)
def _larger_grant(case: Case) -> bool:
    """Until the middle of the month fewer days were granted: the larger number counts."""
    kind = case.stay.service_type
    row = case.child.base_grants(kind, case.month)[0]
    day = case.rng.between(10, 20)
    if row.principle or not row.days or row.days < 4 or not _all_days(case):
        return False
    case.without_grant(kind, 1, day - 1)
    low = on(case.month, 1)
    case.child.grants.append(replace(row, days=row.days - 3, start=low, end=on(case.month, day - 1)))
    return True


@near("DAY204", "absent_only", "single", steady)
def _absent_only(case: Case) -> bool:
    days = sorted(case.rng.sample([v.day for v in case.stay.visits], case.rng.between(1, 2)))
    case.stay.visits = [Visit(d, use=False, absent=True) for d in dict.fromkeys(days)]
    return True


@near("DAY203", "talk_only", "single", steady)
def _talk_only(case: Case) -> bool:
    """A month of one talk with the family: a claim without a day of use."""
    case.stay.visits = [Visit(case.stay.visits[0].day, use=False, family=1)]
    return True


@near("CAP301", "filed_for_a_day", "pair", managed)
def _filed_for_a_day(case: Case) -> bool:
    """The filing ended on the first of the month, or begins on its last day: it counts for the month."""
    if case.rng.chance(0.5):
        case.without_manager(2, case.end())
    else:
        case.without_manager(1, case.end() - 1)
    return True


@near("DAY201", "talk_elsewhere", "pair", steady)
def _talk_elsewhere(case: Case) -> bool:
    """A talk with the family on a day of use at the other facility is no second use."""
    day = case.rng.pick(case.other().use_days())
    case.stay.visits.append(Visit(day, use=False, family=1))
    return True


@near("DAY208", "absent_while_visited", "elsewhere", steady)
def _absent_while_visited(case: Case) -> bool:
    """On the day of the absence another facility visited the school: both may bill."""
    if case.other().service_type != "64":
        return False
    day = case.rng.pick(case.other().use_days())
    case.stay.visits = [v for v in case.stay.visits if v.day != day]
    case.stay.visits.append(Visit(day, use=False, absent=True))
    return True


@near("CRT105", "support_from_later", "single", lambda c, m: steady(c, m) and c.individual == "individual_support_1")
def _support_from_later(case: Case) -> bool:
    """The add-on granted from the middle of the month is billed from there."""
    used = case.stay.use_days()
    if len(used) < 2:
        return False
    day = case.rng.pick(used[1:])
    case.without_grant("63", 1, day - 1, add_on="630924")
    case.stay.individual = ""
    case.stay.extra["individual_support_1"] = sum(d >= day for d in used)
    return True


@near("CRT104", "cap_changed", "single", _simple, span=None)
def _cap_changed(case: Case) -> bool:
    """Two caps in one month: a claim by either is right."""
    child, day = case.child, on(case.month, case.rng.between(5, 25))
    new = next(c for c in (4600, 37200) if c != case.plan.cap)
    rest = [replace(b, cap=new, start=max(b.start, day)) for b in child.burdens if b.end is None or b.end >= day]
    child.burdens = cut(child.burdens, day, max(b.end or day for b in child.burdens)) + rest
    if case.rng.chance(0.5):
        case.plan.cap = new
    return True


@near("AMT707", "no_row", "single", _simple)
def _no_row(case: Case) -> bool:
    """The certificate's burden row is missing for the month: nothing to compare with."""
    child = case.child
    if not any(b.end and b.end < first(case.month) for b in child.burdens):
        return False
    child.burdens = cut(child.burdens, first(case.month), last(case.month))
    return True


near("DAY206", "change_of_facility", "pair", steady)(lambda s: change_of_facility(s, 1))
