"""Mistakes about the certificate: CRT101 to CRT105."""

from __future__ import annotations

from dataclasses import replace

from ..case import LONE, Case, paying, steady, unpaying
from ..codes import BASE_GRANT, HEAVY_GRANT
from ..model import Child, Visit
from ..months import first, last, open_days
from ..plans import new_stay
from ..rows import Grant, cut, overlaps
from .facility import ordinary
from .registry import mistake, near


def _no_such_grant(child: Child, month: str) -> bool:
    return unpaying(child, month) and not any(g.code[:2] in ("64", "65") for g in child.grants)


def _plain63(child: Child, month: str) -> bool:
    return steady(child, month) and "63" in child.enrolments[0].contracts and not child.individual


def _supported(child: Child, month: str) -> bool:
    return steady(child, month) and child.individual == "individual_support_1"


@mistake("CRT101", "unknown", "single", steady)
def _unknown(case: Case) -> bool:
    """A digit of the number slipped: claims and attendance name a recipient that nobody is."""
    number = case.child.number
    for _ in range(1000):
        at = case.rng.between(3, 9)
        wrong = number[:at] + str(case.rng.below(10)) + number[at + 1 :]
        if wrong not in case.books.numbers:
            break
    case.books.numbers.add(wrong)
    case.plan.number, case.plan.claims_end = wrong, "返戻"
    case.expect_everywhere("CRT101")
    return True


@mistake("CRT102", "expired", "single", steady)
@mistake("CRT102", "used_before_start", "single", steady, before_start=True)
@mistake("CRT102", "expired_pair", "pair", steady)
def _expired(case: Case, before_start: bool = False) -> bool:
    kind = case.stay.service_type
    stays = [s for s in case.plan.stays if s.service_type == kind]
    used = sorted({d for s in stays for d in s.use_days()})
    if len(used) < 2:
        return False
    if before_start:
        edge = case.rng.pick(used[1:])
        case.without_grant(kind, 1, edge - 1)
    else:
        edge = case.rng.pick(used[:-1])
        case.without_grant(kind, edge + 1, case.end())
    case.expect_outside(kind, (lambda d: d < edge) if before_start else (lambda d: d > edge))
    case.plan.claims_end = "返戻"
    return True


@mistake("CRT102", "not_renewed", "single", steady)
def _not_renewed(case: Case) -> bool:
    """No grant in the whole month: nothing can be held against its allowance either."""
    case.without_grant(case.stay.service_type, 1, case.end())
    case.expect_outside(case.stay.service_type, lambda d: True)
    case.expect("CRT106", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


@mistake("CRT108", "absent_after_the_end", LONE, ordinary, absent=True, after=True)
@mistake("CRT108", "talk_after_the_end", LONE, ordinary, absent=False, after=True)
@mistake("CRT108", "absent_before_the_start", LONE, ordinary, absent=True, after=False)
def _beyond(case: Case, absent: bool, after: bool) -> bool:
    """The grant ends with the last day of use, or begins with the first; an absence or a talk lies beyond."""
    stay, used = case.stay, case.stay.use_days()
    days = [d for d in open_days(case.month, stay.facility.closed) if (d > used[-1] if after else d < used[0])]
    if not days:  # the outermost day of use was nothing but an absence then
        days = [used.pop(-1 if after else 0)]
        case.drop(stay, set(days))
    if not used:
        return False
    stay.visits = [v for v in stay.visits if used[0] <= v.day <= used[-1]]
    stay.visits.append(Visit(case.rng.pick(days), use=False, absent=absent, family=0 if absent else 2))
    stay.visits.sort(key=lambda v: v.day)
    if after:
        case.without_grant(stay.service_type, used[-1] + 1, case.end())
    else:
        case.without_grant(stay.service_type, 1, used[0] - 1)
    case.expect_outside(stay.service_type, lambda d: not used[0] <= d <= used[-1])
    return True


@near("CRT108", "absent_on_the_last_day", LONE, ordinary)
def _within(case: Case) -> bool:
    """An absence is on the last day of the grant."""
    stay, used = case.stay, case.stay.use_days()
    days = [d for d in open_days(case.month, stay.facility.closed) if d > used[-1]]
    if not days:
        return False
    stay.visits = [v for v in stay.visits if v.day <= used[-1]] + [Visit(days[0], use=False, absent=True)]
    case.without_grant(stay.service_type, days[0] + 1, case.end())
    return True


@mistake("CRT105", "care_above", "medical", lambda c, m: steady(c, m) and c.care < "3", 1)
@near("CRT105", "care_below", "medical", lambda c, m: steady(c, m) and c.care > "1", -1)
def _care_above(case: Case, more: int) -> bool:
    """The fee of a higher class of medical care than the certificate's, or of a lower one."""
    care = int(case.child.care) + more
    if not 1 <= care <= 3:
        return False
    case.stay.care = str(care)
    if more > 0:
        case.expect("CRT105", case.stay.facility.number)
    return True


@mistake("CRT103", "visit_not_granted", "single", _no_such_grant, "64")
@mistake("CRT103", "home_not_granted", "single", _no_such_grant, "65")
def _not_granted(case: Case, kind: str) -> bool:
    """A visit of a service the child has no grant for; the child pays nothing, so no cap is to be managed."""
    facility = case.books.pool.visiting() if kind == "64" else case.books.pool.take("65")
    # 64 may share a day with another service, but an absence beside it would be another mistake.
    shut = case.occupied(absent=True) if kind == "64" else case.occupied()
    free = [d for d in open_days(case.month, facility.closed) if d not in shut]
    free = [d for d in free if facility.has_room(case.month, kind, d)]
    days = case.rng.sample(free, case.rng.between(1, 2))
    if not days:
        return False
    case.plan.stays.append(new_stay(facility, kind, case.month, days))
    case.expect("CRT103", facility.number, days)
    case.expect("CRT106", facility.number)
    return True


@mistake("CRT104", "wrong_cap", "single", paying, comes_again=True)
def _wrong_cap(case: Case) -> bool:
    known = {b.cap for b in case.child.burdens if overlaps(b, first(case.month), last(case.month))}
    case.plan.cap = case.rng.pick([c for c in (0, 4600, 37200) if c not in known])
    case.expect("CRT104", case.stay.facility.number)
    return True


@mistake("CRT104", "old_cap", "single", paying, span=None)
def _old_cap(case: Case) -> bool:
    """The city set another cap from this month on; the facility still bills by the old one."""
    child, start = case.child, first(case.month)
    new = case.rng.pick([c for c in (4600, 37200) if c != case.plan.cap])
    rest = [replace(b, cap=new, start=max(b.start, start)) for b in child.burdens if b.end is None or b.end >= start]
    ended = cut(child.burdens, start, max(b.end or start for b in child.burdens))
    child.burdens = ended + rest
    case.expect("CRT104", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


@mistake("CRT105", "support", "single", _plain63, "individual_support_1")
@mistake("CRT105", "support_severe", "single", _supported, "individual_support_1_severe")
def _support(case: Case, key: str) -> bool:
    """個別サポート on every day, without the grant it needs."""
    case.stay.individual = key
    case.expect("CRT105", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


@mistake("CRT105", "support_too_early", "single", _supported)
def _support_too_early(case: Case) -> bool:
    """The add-on is granted from the middle of the month, and billed from its beginning."""
    used = case.stay.use_days()
    if len(used) < 2:
        return False
    case.without_grant("63", 1, case.rng.pick(used[1:]) - 1, add_on="630924")
    case.expect("CRT105", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


@mistake("CRT105", "severe_behavior", "single", lambda c, m: steady(c, m) and not c.individual)
def _severe_behavior(case: Case) -> bool:
    case.stay.extra["severe_behavior"] = 1
    case.expect("CRT105", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


@mistake("CRT105", "heavy_fee", "heavy", steady)
def _heavy_fee(case: Case) -> bool:
    """The fee for severe disabilities, while the grant of this month is an ordinary one."""
    kind = case.stay.service_type
    if not any(v.heavy for v in case.stay.visits if v.use):
        return False
    old = next(g for g in case.child.grants if g.code == HEAVY_GRANT[kind])
    case.without_grant(kind, 1, case.end())
    row = Grant(BASE_GRANT[kind], old.days, old.principle, first(case.month), last(case.month))
    case.child.grants.append(row)
    case.stay.code = BASE_GRANT[kind]
    case.expect("CRT105", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True
