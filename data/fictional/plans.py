"""From a child and a month to a plan: the days used at each facility. city.py calls `plan_month`."""

from __future__ import annotations

from .codes import BASE_GRANT, CARE_GRANT, EXCLUSIVE, HEAVY_GRANT
from .model import Child, Enrolment, Facility, Plan, Stay, Visit
from .months import first, last, on, open_days, principle_days, school_days
from .rows import covers
from .seeded import SeededRandom

# Add-ons that are recorded on the day, for some children on some days.
_MARKS = ("extension", "medical_cooperation", "specialist_support", "bathing", "parenting_support")
_OF_TYPE = {"61": "meal", "63": "independence_commute"}


def plan_month(child: Child, month: str, rng: SeededRandom, plain: bool) -> Plan:
    """What the child uses in the month. `plain`: at least two use days everywhere and nothing unusual."""
    burden = child.burden(month)
    plan = Plan(child, month, [], burden.cap if burden else 0, child.number)
    exclusive: set[int] = set()  # days of types that exclude one another
    seen: set[int] = set()  # days with anything
    for place in child.enrolments:
        if place.from_month <= month <= place.to_month:
            for service_type in place.contracts:
                stay = new_month(child, place, service_type, month)
                n = _count(child, place, service_type, month, plan, rng, plain)
                if not plain and len(plan.stays) != 1 and rng.chance(0.03) and service_type != "64":
                    n = 0  # only absences
                for day in _days(stay, child, month, n, set() if service_type == "64" else exclusive, rng):
                    _visit(stay, child, day, month, rng)
                    seen.add(day)
                    if service_type in EXCLUSIVE:
                        exclusive.add(day)
                plan.stays.append(stay)
    for stay in plan.stays:
        if stay.service_type in ("61", "63"):
            _others(stay, child, month, seen, rng, plain)
            if not plain and rng.chance(0.2):
                _mark(stay, rng)
    plan.stays = [s for s in plan.stays if s.visits]
    if child.managers and any(m.start <= last(month) for m in child.managers):
        plan.manager = child.managers[0].facility_no
    if child.kind != "joint" and len({s.facility.number for s in plan.stays}) < 2:
        plan.manager = ""
    if not plain and rng.chance(0.25):
        coordinate(plan)
    return plan


def new_month(child: Child, place: Enrolment, service_type: str, month: str) -> Stay:
    """A stay without a day yet."""
    since, days = place.contract(service_type, month)
    # A renewed certificate comes with a new contract for the same days.
    renewed = [g.start for g in child.base_grants(service_type, month) if g.start <= last(month)]
    return Stay(
        facility=place.facility,
        service_type=service_type,
        code=base_grant(child, service_type),
        contract=days,
        contract_from=max([since, *renewed]),
        contract_to=None,
        started=place.contracts[service_type][0][0],
        entry_no=place.entry_no,
        visits=[],
        individual=child.individual if service_type == "63" else "",
        pace=min(child.pace, 2) if service_type == "63" else child.pace,
        care=child.care if service_type == "63" else "",
    )


def base_grant(child: Child, service_type: str) -> str:
    if child.heavy and service_type in HEAVY_GRANT:
        return HEAVY_GRANT[service_type]
    return CARE_GRANT[child.care] if child.care and service_type == "63" else BASE_GRANT[service_type]


def _count(
    child: Child, place: Enrolment, service_type: str, month: str, plan: Plan, rng: SeededRandom, plain: bool
) -> int:
    """Days of use: within every contract of the month and within what the allowance leaves."""
    amounts = [days for since, days in place.contracts[service_type] if since <= first(month)][-1:]
    amounts += [days for since, days in place.contracts[service_type] if first(month) < since <= last(month)]
    most = min(amounts)
    left = min(g.limit(principle_days(month)) for g in child.base_grants(service_type, month))
    left -= sum(len(s.use_days()) for s in plan.stays if s.service_type == service_type)
    most = min(most, left)
    least = min(2 if plain else 1, most)
    return most if rng.chance(0.3) else rng.between(max(least, most - 4), most)


def _days(stay: Stay, child: Child, month: str, n: int, used: set[int], rng: SeededRandom) -> list[int]:
    """n open days, where there is room and a grant; a boundary day of a grant is always used."""
    load = stay.facility.counts(month, stay.service_type)
    grants = child.base_grants(stay.service_type, month)
    able = [
        d
        for d in open_days(month, stay.facility.closed)
        if d not in used and stay.facility.has_room(month, stay.service_type, d) and _granted(child, stay, month, d)
    ]
    edges = {d.day for g in grants for d in (g.start, g.end) if d and first(month) < d < last(month)}
    fixed = [d for d in able if d in edges][:n]
    chosen = fixed + rng.sample([d for d in able if d not in fixed], n - len(fixed))
    for d in chosen:
        load[d] += 1
    return sorted(chosen)


def _granted(child: Child, stay: Stay, month: str, day: int) -> bool:
    return any(covers(g, on(month, day)) for g in child.base_grants(stay.service_type, month))


def _visit(stay: Stay, child: Child, day: int, month: str, rng: SeededRandom) -> None:
    visit = Visit(day, holiday=day not in school_days(month))
    if child.pickup and stay.service_type in ("61", "63"):
        visit.out = int(rng.chance(0.8))
        visit.back = 1
    if child.heavy:
        visit.heavy = not stay.facility.mixed(stay.service_type) or rng.chance(0.6)
    stay.visits.append(visit)


def _others(stay: Stay, child: Child, month: str, seen: set[int], rng: SeededRandom, plain: bool) -> None:
    """Absences, and talks with the family without the child."""
    wanted = 0
    if not stay.visits:
        wanted = rng.between(1, 2)
    elif rng.chance(0.3):
        wanted = 1 if plain else rng.between(1, 3)
    free = [d for d in open_days(month, stay.facility.closed) if d not in seen and _granted(child, stay, month, d)]
    absent = rng.sample(free, wanted)
    stay.visits += [Visit(d, use=False, absent=True) for d in absent]
    seen.update(absent)
    if not plain and rng.chance(0.05):
        for d in rng.sample([d for d in free if d not in absent], 1):
            stay.visits.append(Visit(d, use=False, family=rng.between(1, 6)))
            seen.add(d)
    stay.visits.sort(key=lambda v: v.day)


def _mark(stay: Stay, rng: SeededRandom) -> None:
    """One kind of add-on on some of the days."""
    key = rng.pick((*_MARKS, _OF_TYPE[stay.service_type]))
    if key == "extension" and not may_be_extended(stay):
        key = "parenting_support"
    used = [v for v in stay.visits if v.use]
    marked = rng.sample(used, rng.between(1, 4))
    if key == "specialist_support" and len(used) < 6:
        marked = marked[:2]  # so many a month for a child that comes on few days
    for visit in marked:
        visit.marks = (key,)


def may_be_extended(stay: Stay) -> bool:
    """Comes for the whole of the hours that an extension is beyond."""
    return stay.pace == (2 if stay.service_type == "63" else 3)


def coordinate(plan: Plan) -> bool:
    """事業所間連携: the core facility and the others bill their part, where the child may have it."""
    care = plan.child.own_plan(plan.month)
    stays = [s for s in plan.stays if s.service_type in ("61", "63") and s.use_days()]
    cores = [s for s in stays if care and s.facility.number == care.core]
    others = [s for s in stays if s not in cores]
    if not cores or not others or all(s.facility.corporation == cores[0].facility.corporation for s in others):
        return False
    cores[0].extra["coordination_core"] = 1
    for stay in others:
        stay.extra["coordination_other"] = 1
    return True


def new_stay(facility: Facility, service_type: str, month: str, days: list[int]) -> Stay:
    """A stay that no enrolment knows."""
    load = facility.counts(month, service_type)
    for day in days:
        load[day] += 1
    return Stay(
        facility=facility,
        service_type=service_type,
        code=BASE_GRANT[service_type],
        contract=max(len(days), 1),
        contract_from=first(month),
        contract_to=None,
        started=on(month, min(days)),
        entry_no=9,
        visits=[Visit(d, holiday=d not in school_days(month)) for d in sorted(days)],
        pace=2 if service_type == "63" else 3,
    )
