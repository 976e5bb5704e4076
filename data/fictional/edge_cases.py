"""Steps at the very edge of a rule, which no check may find. schedule.py places them."""

from __future__ import annotations

from dataclasses import replace

from .case import Case, Step, paying, steady
from .model import Child, Visit
from .months import first, last, on
from .plant_caps import managed
from .plant_days import change_of_facility, exceedable, fixed
from .rows import cut, overlaps


def _edges(case: Case) -> bool:
    """The grant ends on the last day of use (a talk without the child may follow) or begins on the first."""
    kind, used = case.stay.service_type, case.stay.use_days()
    free = [d for d in range(used[-1] + 1, case.end() + 1) if d not in case.occupied()]
    if case.rng.chance(0.5):
        case.without_grant(kind, used[-1] + 1, case.end())
        case.stay.visits += [Visit(d, use=False, family=1) for d in free[:1]]
    else:
        case.without_grant(kind, 1, used[0] - 1)
    return True


def _all_days(case: Case) -> bool:
    """As many days as granted and contracted, by one facility."""
    return case.use_exactly(case.stay, min(case.stay.contract, case.allowance(case.stay.service_type)))


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


def _absent_only(case: Case) -> bool:
    days = sorted(case.rng.sample([v.day for v in case.stay.visits], case.rng.between(1, 2)))
    case.stay.visits = [Visit(d, use=False, absent=True) for d in dict.fromkeys(days)]
    return True


def _talk_only(case: Case) -> bool:
    """A month of one talk with the family: a claim without a day of use."""
    case.stay.visits = [Visit(case.stay.visits[0].day, use=False, family=1)]
    return True


def _filed_for_a_day(case: Case) -> bool:
    """The filing ended on the first of the month, or begins on its last day: it counts for the month."""
    if case.rng.chance(0.5):
        case.without_manager(2, case.end())
    else:
        case.without_manager(1, case.end() - 1)
    return True


def _talk_elsewhere(case: Case) -> bool:
    """A talk with the family on a day of use at the other facility is no second use."""
    day = case.rng.pick(case.other().use_days())
    case.stay.visits.append(Visit(day, use=False, family=1))
    return True


def _absent_while_visited(case: Case) -> bool:
    """On the day of the absence another facility visited the school: both may bill."""
    if case.other().service_type != "64":
        return False
    day = case.rng.pick(case.other().use_days())
    case.stay.visits = [v for v in case.stay.visits if v.day != day]
    case.stay.visits.append(Visit(day, use=False, absent=True))
    return True


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


def _cap_changed(case: Case) -> bool:
    """Two caps in one month: a claim by either is right."""
    child, day = case.child, on(case.month, case.rng.between(5, 25))
    new = next(c for c in (4600, 37200) if c != case.plan.cap)
    rest = [replace(b, cap=new, start=max(b.start, day)) for b in child.burdens if b.end is None or b.end >= day]
    child.burdens = cut(child.burdens, day, max(b.end or day for b in child.burdens)) + rest
    if case.rng.chance(0.5):
        case.plan.cap = new
    return True


def _no_row(case: Case) -> bool:
    """The certificate's burden row is missing for the month: nothing to compare with."""
    child = case.child
    if not any(b.end and b.end < first(case.month) for b in child.burdens):
        return False
    child.burdens = cut(child.burdens, first(case.month), last(case.month))
    return True


def _simple(child: Child, month: str) -> bool:
    """Paying, with nothing that a change of its rows would touch beside."""
    rows = [b for b in child.burdens if overlaps(b, first(month), last(month))]
    return paying(child, month) and not rows[0].rank and rows[0].cap > 0


RIGHT = [
    Step("edges", "single", _edges, steady),
    Step("all_days", "single", _all_days, exceedable),
    Step("all_days_together", "pair", _all_days_together, exceedable),
    Step("absent_only", "single", _absent_only, steady),
    Step("talk_only", "single", _talk_only, steady),
    Step("filed_for_a_day", "pair", _filed_for_a_day, managed),
    Step("change_of_facility", "pair", lambda s: change_of_facility(s, 1), steady),
    Step("larger_grant", "single", _larger_grant, fixed),
    Step("talk_elsewhere", "pair", _talk_elsewhere, steady),
    Step("absent_while_visited", "elsewhere", _absent_while_visited, steady),
    Step(
        "support_from_later", "single", _support_from_later,
        lambda c, m: steady(c, m) and c.individual == "individual_support_1",
    ),
    Step("cap_changed", "single", _cap_changed, _simple, span=None),
    Step("no_row", "single", _no_row, _simple),
]  # fmt: skip
