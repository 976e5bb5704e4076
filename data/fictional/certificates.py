"""Rows of a child's certificate (burdens, grants), its care plan, and the contracts that share a grant; for people.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from .model import Child
from .months import fiscal_year, school_entry
from .rows import Burden, CarePlan, Grant
from .seeded import SeededRandom

Amounts = list[tuple[date, int]]  # from when, how many days; 0 is 原則日数, -1 the end of the service

_ADD_ONS = {"individual_support_1": "630924", "individual_support_1_severe": "630929"}


def burden_rows(born: date, cap: int, rank: str, since: date, until: date) -> Iterator[Burden]:
    """Rows from July to June, parted where the free years before school begin and end."""
    entry = school_entry(born)
    free_from, free_to = date(entry.year - 3, 4, 1), entry - timedelta(days=1)
    start = date(fiscal_year(since) - 2, 7, 1)
    while start <= until:
        end = date(start.year + 1, 6, 30)
        parts = [start, *(d for d in (free_from, entry) if start < d <= end), end + timedelta(days=1)]
        for low, high in pairwise(parts):
            free = free_from <= low <= free_to
            yield Burden(cap, free, "" if free else rank, low, high - timedelta(days=1))
        start = end + timedelta(days=1)


def grant_rows(codes: dict[str, Amounts], individual: str, renewals: list[date]) -> Iterator[Grant]:
    """Grants from renewal to renewal without a gap, parted where the amount changes."""
    for code, amounts in codes.items():
        given = [a for a in amounts if a[1] >= 0]
        # Who gets another service from a date on has no grant for it before, and none for the old one after.
        since = max(amounts[0][0], renewals[0])
        until = min(amounts[-1][0], renewals[-1]) if amounts[-1][1] < 0 else renewals[-1]
        inner = [d for d in [*renewals, *(a[0] for a in given)] if since < d < until]
        for low, high in pairwise(sorted({since, *inner, until})):
            days = [a for a in given if a[0] <= low][-1][1]
            yield Grant(code, days or None, not days, low, high - timedelta(days=1))
    if individual:
        for low, high in pairwise(renewals):
            yield Grant(_ADD_ONS[individual], None, False, low, high - timedelta(days=1))


def shares(amounts: Amounts, places: int, service_type: str, small_first: bool) -> list[Amounts]:
    """Contracts for each place, together the allowance; the first of several gets 3 days or 60 %."""
    contracts: list[Amounts] = [[] for _ in range(places)]
    for when, days in amounts:
        if days < 0:
            continue
        total = days or 23  # the contract of a 原則日数 grant
        if service_type == "64":
            total = max(1, total - 1)
        own = total if places == 1 else 3 if small_first else total - total * 2 // 5
        rest = total - own
        for i in range(places):
            part = own if i == 0 else rest // (places - 1) + (rest % (places - 1) if i == 1 else 0)
            contracts[i].append((when, part))
    return contracts


def care_plan(child: Child, rng: SeededRandom) -> CarePlan:
    """How the plan is made; with a plan of their own and several facilities most families agree to a core."""
    since = min(g.start for g in child.grants)
    places = [e.facility for e in child.enrolments if {"61", "63"} & set(e.contracts)]
    if not rng.chance(0.6):
        return CarePlan(False, since, None)
    if len(places) < 2:
        return CarePlan(True, since, None)
    if rng.chance(0.3):
        return CarePlan(True, since, None, reason=rng.pick(("1", "2", "9", "")))
    return CarePlan(True, since, None, core=places[0].number, consent=since)
