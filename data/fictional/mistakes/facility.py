"""Mistakes against the facility ledger's own rows: FAC501 to FAC503. `house`: all children of one facility."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from ..case import PLAIN, Case, steady
from ..codes import base_code, price
from ..model import Child, Claim, Facility, Sheet
from ..months import first, last, on
from ..rows import Designation, cut, overlaps
from .registry import mistake, near

_REGIONS = ("11", "12", "13", "14", "15", "16", "17", "23")


def _center_is(child: Child, month: str, *row_says: str) -> bool:
    """Goes to a facility of 61 whose row says this of センター."""
    rows = [d for d in child.enrolments[0].facility.designations if d.service_type == "61"]
    return (
        ordinary(child, month)
        and set(child.enrolments[0].contracts) == {"61"}
        and {d.center for d in rows} == set(row_says)
    )


def ordinary(child: Child, month: str) -> bool:
    """Goes to a facility of 61 or 63, with the base fee of most children."""
    return steady(child, month) and not child.heavy and bool({"61", "63"} & set(child.enrolments[0].contracts))


def _shared(child: Child, month: str) -> bool:
    facility: Facility = child.enrolments[0].facility
    several = {"61", "63"} <= set(facility.types)
    return (
        several
        and ordinary(child, month)
        and _class(facility.units[0].capacity) != _class(facility.units[0].fee_capacity)
    )


def severe_alone(child: Child, month: str) -> bool:
    place = child.enrolments[0]
    return steady(child, month) and not place.facility.mixed(next(iter(place.contracts)))


def _used(case: Case) -> list[int]:
    """Days on which any child of the house was there."""
    return sorted({d for p in case.plans for s in p.stays for d in s.use_days()})


def _outside(case: Case, low: int, high: int) -> bool:
    """Finds the use days of all from low to high."""
    for plan in case.plans:
        days = [d for s in plan.stays for d in s.use_days() if low <= d <= high]
        if days:
            case.expect("FAC501", case.stay.facility.number, days, plan=plan)
    return True


def _undesignated(case: Case, low: int, high: int) -> bool:
    facility = case.stay.facility
    facility.designations = cut(facility.designations, on(case.month, low), on(case.month, high))
    return _outside(case, low, high)


@mistake("FAC501", "designation_ended", "house", steady)
def _ended(case: Case) -> bool:
    """The designation ended within the month, and begins again with the next."""
    return _undesignated(case, case.rng.pick(_used(case)[:-1]) + 1, case.end())


@mistake("FAC501", "designated_later", "house", steady)
def _begins_later(case: Case) -> bool:
    return _undesignated(case, 1, case.rng.pick(_used(case)[1:]) - 1)


def _paused(case: Case, low: int, high: int) -> bool:
    (row,) = change_month(case)
    case.stay.facility.designations.append(replace(row, pause=(on(case.month, low), on(case.month, high))))
    return _outside(case, low, high)


def change_month(case: Case) -> list[Designation]:
    """Takes the facility's rows out of the month, and gives them back to be written otherwise."""
    facility, low, high = case.stay.facility, first(case.month), last(case.month)
    rows = [replace(d, start=low, end=high) for d in facility.designations if overlaps(d, low, high)]
    facility.designations = cut(facility.designations, low, high)
    return rows


@mistake("FAC501", "paused", "house", steady)
def _paused_while_used(case: Case) -> bool:
    low, high = sorted((case.rng.pick(_used(case)), case.rng.pick(_used(case))))
    return _paused(case, low, high)


@near("FAC501", "designation_edges", "house", steady)
def _edges(case: Case) -> bool:
    """Designated from the first to the last day of use, or closed between two of them."""
    used = _used(case)
    gaps = [(a, b) for a, b in pairwise(used) if b - a > 1]
    if gaps and case.rng.chance(0.5):
        low, high = case.rng.pick(gaps)
        return _paused(case, low + 1, high - 1)
    if used[0] > 1:
        _undesignated(case, 1, used[0] - 1)
    return used[-1] == case.end() or _undesignated(case, used[-1] + 1, case.end())


def _class(capacity: int) -> str:
    return base_code("63", capacity, False, False)


@mistake("FAC502", "other_class", PLAIN, ordinary)
def _other_class(case: Case) -> bool:
    """The base fee of a smaller or larger facility."""
    unit = case.stay.facility.unit(case.stay.service_type)
    case.stay.fee_capacity = case.rng.pick([c for c in (10, 20, 30) if _class(c) != _class(unit.fee_capacity)])
    case.expect("FAC502", case.stay.facility.number)
    return True


@mistake("FAC502", "own_capacity", PLAIN, _shared)
def _own_capacity(case: Case) -> bool:
    """Billed by the capacity of the one service, where that of both together counts."""
    case.stay.fee_capacity = case.stay.facility.unit(case.stay.service_type).capacity
    case.expect("FAC502", case.stay.facility.number)
    return True


@mistake("FAC502", "ordinary_fee", "heavy", severe_alone)
def _ordinary_fee(case: Case) -> bool:
    """The ordinary base fee at a facility for severe disabilities alone."""
    case.stay.fee_heavy = False
    case.expect("FAC502", case.stay.facility.number, severity="review")
    return True


@mistake("FAC502", "grown", "house", steady)
def _grown(case: Case) -> bool:
    """The ledger has another capacity for the month; the facility goes on billing by the old one."""
    rows = change_month(case)
    case.stay.facility.designations += [replace(d, capacity=d.capacity + 10) for d in rows]
    for plan in case.plans:
        case.expect("FAC502", case.stay.facility.number, plan=plan)
    return True


@near("FAC502", "grown_within", "house", steady)
def _grown_within(case: Case) -> bool:
    """Within the month: one child is billed by the old capacity, the other by the new one."""
    day = case.rng.between(2, case.end())
    for row in change_month(case):
        before = replace(row, end=on(case.month, day - 1))
        case.stay.facility.designations += [before, replace(row, capacity=20, start=on(case.month, day))]
    case.plans[-1].stays[0].fee_capacity = 20
    return True


@mistake("FAC503", "other_price", PLAIN, ordinary, heavy=False)
@mistake("FAC503", "price_of_severe", PLAIN, ordinary, heavy=True)
def _other_price(case: Case, heavy: bool) -> bool:
    """The price of another region, or that of severe disabilities."""
    region = case.stay.facility.region
    own = price(region, False)
    prices = [price(r, False) for r in _REGIONS if price(r, False) != own]
    if heavy and price(region, True) != own:
        prices = [price(region, True)]
    case.stay.price = case.rng.pick(prices)
    case.expect("FAC503", case.stay.facility.number)
    return True


@mistake("FAC503", "ordinary_price_of_centre", "center", lambda c, m: _center_is(c, m, "1"), True, besides=True)
@mistake("FAC503", "price_of_centre", PLAIN, lambda c, m: _center_is(c, m, "2"), True, besides=True)
@near("FAC503", "maybe_a_centre", PLAIN, lambda c, m: _center_is(c, m, ""), False)
def _center_price(case: Case, found: bool) -> bool:
    """A centre bills the ordinary price, or an ordinary facility the price of a centre."""
    facility = case.stay.facility
    center = facility.unit("61").center
    own, other = price(facility.region, False, "61", center), price(facility.region, False, "61", not center)
    if own == other:
        return False
    case.stay.price = other
    if found:
        case.expect("FAC503", facility.number, severity="review" if center else "return")
    return True


def _say_region(case: Case, region: str) -> None:
    """The claim of the first child's first facility names a region."""
    key = case.stay.facility.number, case.plan.number

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        next(c for c in claims if (c.facility.number, c.plan.number) == key).region = region

    case.plan.tweaks += (tweak,)


@mistake("FAC503", "other_region", PLAIN, ordinary)
def _other_region(case: Case) -> bool:
    _say_region(case, case.rng.pick([r for r in _REGIONS if r != case.stay.facility.region]))
    case.expect("FAC503", case.stay.facility.number)
    return True


def _region_of_ledger(case: Case, day: int) -> str:
    """From a day of the month on the ledger has another region."""
    region = case.rng.pick([r for r in _REGIONS if price(r, False) != price(case.stay.facility.region, False)])
    for row in change_month(case):
        if day > 1:
            case.stay.facility.designations.append(replace(row, end=on(case.month, day - 1)))
        case.stay.facility.designations.append(replace(row, region=region, start=on(case.month, day)))
    return region


@mistake("FAC503", "moved", "house", steady)
def _moved(case: Case) -> bool:
    _region_of_ledger(case, 1)
    for plan in case.plans:
        case.expect("FAC503", case.stay.facility.number, plan=plan)
    return True


@near("FAC503", "moved_within", "house", steady)
def _moved_within(case: Case) -> bool:
    """One child is billed by the old region, the other by the new one."""
    region = _region_of_ledger(case, case.rng.between(2, case.end()))
    case.stay.price = price(region, False)
    _say_region(case, region)
    return True


mistake("FAC501", "not_designated", "house", steady)(lambda s: _undesignated(s, 1, s.end()))
