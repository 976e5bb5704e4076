"""Mistakes against the facility ledger's own rows: FAC501 to FAC503. `house`: all children of one facility."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from .case import LONE, Scene, Step, steady
from .codes import base_code, price
from .model import Child, Claim, Facility, Sheet
from .months import first, last, on
from .rows import Designation, cut, overlaps

_REGIONS = ("11", "12", "13", "14", "15", "16", "17", "23")


def _used(scene: Scene) -> list[int]:
    """Days on which any child of the house was there."""
    return sorted({d for p in scene.plans for s in p.stays for d in s.use_days()})


def _outside(scene: Scene, low: int, high: int) -> bool:
    """Finds the use days of all from low to high."""
    for plan in scene.plans:
        days = [d for s in plan.stays for d in s.use_days() if low <= d <= high]
        if days:
            scene.found("FAC501", scene.stay.facility.number, days, plan=plan)
    return True


def _undesignated(scene: Scene, low: int, high: int) -> bool:
    facility = scene.stay.facility
    facility.designations = cut(facility.designations, on(scene.month, low), on(scene.month, high))
    return _outside(scene, low, high)


def _ended(scene: Scene) -> bool:
    """The designation ended within the month, and begins again with the next."""
    return _undesignated(scene, scene.dice.pick(_used(scene)[:-1]) + 1, scene.end())


def _begins_later(scene: Scene) -> bool:
    return _undesignated(scene, 1, scene.dice.pick(_used(scene)[1:]) - 1)


def _paused(scene: Scene, low: int, high: int) -> bool:
    (row,) = change_month(scene)
    scene.stay.facility.designations.append(replace(row, pause=(on(scene.month, low), on(scene.month, high))))
    return _outside(scene, low, high)


def change_month(scene: Scene) -> list[Designation]:
    """Takes the facility's rows out of the month, and gives them back to be written otherwise."""
    facility, low, high = scene.stay.facility, first(scene.month), last(scene.month)
    rows = [replace(d, start=low, end=high) for d in facility.designations if overlaps(d, low, high)]
    facility.designations = cut(facility.designations, low, high)
    return rows


def _paused_while_used(scene: Scene) -> bool:
    low, high = sorted((scene.dice.pick(_used(scene)), scene.dice.pick(_used(scene))))
    return _paused(scene, low, high)


def _edges(scene: Scene) -> bool:
    """Designated from the first to the last day of use, or closed between two of them."""
    used = _used(scene)
    gaps = [(a, b) for a, b in pairwise(used) if b - a > 1]
    if gaps and scene.dice.chance(0.5):
        low, high = scene.dice.pick(gaps)
        return _paused(scene, low + 1, high - 1)
    if used[0] > 1:
        _undesignated(scene, 1, used[0] - 1)
    return used[-1] == scene.end() or _undesignated(scene, used[-1] + 1, scene.end())


def _class(capacity: int) -> str:
    return base_code("63", capacity, False, False)


def _other_class(scene: Scene) -> bool:
    """The base fee of a smaller or larger facility."""
    unit = scene.stay.facility.unit(scene.stay.service_type)
    scene.stay.fee_capacity = scene.dice.pick([c for c in (10, 20, 30) if _class(c) != _class(unit.fee_capacity)])
    scene.found("FAC502", scene.stay.facility.number)
    return True


def _own_capacity(scene: Scene) -> bool:
    """Billed by the capacity of the one service, where that of both together stands."""
    scene.stay.fee_capacity = scene.stay.facility.unit(scene.stay.service_type).capacity
    scene.found("FAC502", scene.stay.facility.number)
    return True


def _ordinary_fee(scene: Scene) -> bool:
    """The ordinary base fee at a facility for severe disabilities alone."""
    scene.stay.fee_heavy = False
    scene.found("FAC502", scene.stay.facility.number)
    return True


def _grown(scene: Scene) -> bool:
    """The ledger has another capacity for the month; the facility goes on billing by the old one."""
    rows = change_month(scene)
    scene.stay.facility.designations += [replace(d, capacity=d.capacity + 10) for d in rows]
    for plan in scene.plans:
        scene.found("FAC502", scene.stay.facility.number, plan=plan)
    return True


def _grown_within(scene: Scene) -> bool:
    """Within the month: one child is billed by the old capacity, the other by the new one."""
    day = scene.dice.between(2, scene.end())
    for row in change_month(scene):
        before = replace(row, end=on(scene.month, day - 1))
        scene.stay.facility.designations += [before, replace(row, capacity=20, start=on(scene.month, day))]
    scene.plans[-1].stays[0].fee_capacity = 20
    return True


def _other_price(scene: Scene, heavy: bool) -> bool:
    """The price of another region, or that of severe disabilities."""
    region = scene.stay.facility.region
    own = price(region, False)
    found = [price(r, False) for r in _REGIONS if price(r, False) != own]
    if heavy and price(region, True) != own:
        found = [price(region, True)]
    scene.stay.price = scene.dice.pick(found)
    scene.found("FAC503", scene.stay.facility.number)
    return True


def _say_region(scene: Scene, region: str) -> None:
    """The claim of the first child's first facility names a region."""
    key = scene.stay.facility.number, scene.plan.number

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        next(c for c in claims if (c.facility.number, c.plan.number) == key).region = region

    scene.plan.tweaks += (tweak,)


def _other_region(scene: Scene) -> bool:
    _say_region(scene, scene.dice.pick([r for r in _REGIONS if r != scene.stay.facility.region]))
    scene.found("FAC503", scene.stay.facility.number)
    return True


def _region_of_ledger(scene: Scene, day: int) -> str:
    """From a day of the month on the ledger has another region."""
    region = scene.dice.pick([r for r in _REGIONS if price(r, False) != price(scene.stay.facility.region, False)])
    for row in change_month(scene):
        if day > 1:
            scene.stay.facility.designations.append(replace(row, end=on(scene.month, day - 1)))
        scene.stay.facility.designations.append(replace(row, region=region, start=on(scene.month, day)))
    return region


def _moved(scene: Scene) -> bool:
    _region_of_ledger(scene, 1)
    for plan in scene.plans:
        scene.found("FAC503", scene.stay.facility.number, plan=plan)
    return True


def _moved_within(scene: Scene) -> bool:
    """One child is billed by the old region, the other by the new one."""
    region = _region_of_ledger(scene, scene.dice.between(2, scene.end()))
    scene.stay.price = price(region, False)
    _say_region(scene, region)
    return True


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


PLANTS = {
    "FAC501": [
        Step("designation_ended", "house", _ended, steady),
        Step("designated_later", "house", _begins_later, steady),
        Step("paused", "house", _paused_while_used, steady),
        Step("not_designated", "house", lambda s: _undesignated(s, 1, s.end()), steady),
    ],
    "FAC502": [
        Step("other_class", LONE, _other_class, ordinary),
        Step("own_capacity", LONE, _own_capacity, _shared),
        Step("grown", "house", _grown, steady),
        Step("ordinary_fee", "heavy", _ordinary_fee, severe_alone),
    ],
    "FAC503": [
        Step("other_price", LONE, lambda s: _other_price(s, heavy=False), ordinary),
        Step("other_region", LONE, _other_region, ordinary),
        Step("moved", "house", _moved, steady),
        Step("price_of_severe", LONE, lambda s: _other_price(s, heavy=True), ordinary),
    ],
}
RIGHT = [
    Step("designation_edges", "house", _edges, steady),
    Step("grown_within", "house", _grown_within, steady),
    Step("moved_within", "house", _moved_within, steady),
]
