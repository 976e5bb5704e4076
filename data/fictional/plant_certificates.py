"""Mistakes about the certificate: CRT101 to CRT105."""

from __future__ import annotations

from dataclasses import replace

from .case import Case, Step, paying, steady, unpaying
from .codes import BASE_GRANT, HEAVY_GRANT
from .model import Child
from .months import first, last, open_days
from .plans import new_stay
from .rows import Grant, cut, overlaps


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
    for stay in stays:
        outside = [d for d in stay.use_days() if (d < edge if before_start else d > edge)]
        if outside:
            case.expect("CRT102", stay.facility.number, outside)
    case.plan.claims_end = "返戻"
    return True


def _not_renewed(case: Case) -> bool:
    """No grant in the whole month: nothing can be held against its allowance either."""
    case.without_grant(case.stay.service_type, 1, case.end())
    case.expect("CRT102", case.stay.facility.number, case.stay.use_days())
    case.expect("CRT106", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


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


def _no_such_grant(child: Child, month: str) -> bool:
    return unpaying(child, month) and not any(g.code[:2] in ("64", "65") for g in child.grants)


def _wrong_cap(case: Case) -> bool:
    known = {b.cap for b in case.child.burdens if overlaps(b, first(case.month), last(case.month))}
    case.plan.cap = case.rng.pick([c for c in (0, 4600, 37200) if c not in known])
    case.expect("CRT104", case.stay.facility.number)
    return True


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


def _support(case: Case, key: str) -> bool:
    """個別サポート on every day, without the grant it needs."""
    case.stay.individual = key
    case.expect("CRT105", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


def _support_too_early(case: Case) -> bool:
    """The add-on is granted from the middle of the month, and billed from its beginning."""
    used = case.stay.use_days()
    if len(used) < 2:
        return False
    case.without_grant("63", 1, case.rng.pick(used[1:]) - 1, add_on="630924")
    case.expect("CRT105", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


def _severe_behavior(case: Case) -> bool:
    case.stay.extra["severe_behavior"] = 1
    case.expect("CRT105", case.stay.facility.number)
    case.plan.claims_end = "返戻"
    return True


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


def _plain63(child: Child, month: str) -> bool:
    return steady(child, month) and "63" in child.enrolments[0].contracts and not child.individual


def _supported(child: Child, month: str) -> bool:
    return steady(child, month) and child.individual == "individual_support_1"


PLANTS = {
    "CRT101": [Step("unknown", "single", _unknown, steady)],
    "CRT102": [
        Step("expired", "single", _expired, steady),
        Step("used_before_start", "single", lambda s: _expired(s, before_start=True), steady),
        Step("not_renewed", "single", _not_renewed, steady),
        Step("expired_pair", "pair", _expired, steady),
    ],
    "CRT103": [
        Step("visit_not_granted", "single", lambda s: _not_granted(s, "64"), _no_such_grant),
        Step("home_not_granted", "single", lambda s: _not_granted(s, "65"), _no_such_grant),
    ],
    "CRT104": [
        Step("wrong_cap", "single", _wrong_cap, paying, comes_again=True),
        Step("old_cap", "single", _old_cap, paying, span=None),
    ],
    "CRT105": [
        Step("support", "single", lambda s: _support(s, "individual_support_1"), _plain63),
        Step("support_too_early", "single", _support_too_early, _supported),
        Step("support_severe", "single", lambda s: _support(s, "individual_support_1_severe"), _supported),
        Step("severe_behavior", "single", _severe_behavior, lambda c, m: steady(c, m) and not c.individual),
        Step("heavy_fee", "heavy", _heavy_fee, steady),
    ],
}
