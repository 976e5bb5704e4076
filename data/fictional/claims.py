"""Claims and cap management sheets that add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .codes import base_code, improvement, line_code, price, units_of
from .model import Claim, Plan, Sheet, SheetRow, Stay, Sum


def settle(plans: Sequence[Plan]) -> tuple[list[Claim], list[Sheet]]:
    """The claims of a group's month, and the sheet where somebody manages its cap."""
    claims = []
    for plan in plans:
        for number in plan.facilities():
            claims.append(_claim(plan, [s for s in plan.stays if s.facility.number == number]))
    manager = next((p.manager for p in plans if p.manager), "")
    if not manager or not claims:
        return claims, []
    return claims, _managed(plans, claims, manager)


def _claim(plan: Plan, stays: list[Stay]) -> Claim:
    facility = stays[0].facility
    burden = plan.child.burden(plan.month)
    cap = plan.cap
    if burden and burden.free:
        cap = burden.cap if facility.index % 2 else 0  # both are right for a child in its free years
    claim = Claim(plan, facility, cap, [], [], stays)
    for stay in stays:
        classes = {v.heavy for v in stay.visits if v.use} or {
            plan.child.heavy and not facility.mixed(stay.service_type)
        }
        for heavy in sorted(classes):
            lines = list(_lines(plan, stay, heavy, heavy == min(classes)))
            if facility.improvement:
                units = improvement(stay.service_type, sum(line[3] for line in lines))
                code = line_code(stay.service_type, "treatment_improvement")
                lines.append((code, units, 1, units))
            claim.lines += lines
            units = sum(line[3] for line in lines)
            days = len({v.day for v in stay.visits if v.heavy == heavy or not v.use})
            class_no = "7" if heavy and facility.mixed(stay.service_type) else "1"
            claim.sums.append(_sum(claim, stay, class_no, days, units, price(facility.region, heavy)))
    return claim


def _lines(plan: Plan, stay: Stay, heavy: bool, main: bool) -> Iterable[tuple[str, int, int, int]]:
    """Code, units, count, product. What is not bound to a unit of the facility goes with the `main` part."""
    kind, facility = stay.service_type, stay.facility
    unit = facility.unit(kind, heavy)
    used = {v.day: v for v in stay.visits if v.use and v.heavy == heavy}
    counts: dict[str, int] = {}
    for visit in used.values():
        code = base_code(kind, unit.fee_capacity, heavy, visit.holiday)
        counts[code] = counts.get(code, 0) + 1

    def count(key: str, n: int) -> None:
        if n > 0:
            counts[line_code(kind, key)] = counts.get(line_code(kind, key), 0) + n

    if kind in ("61", "63"):
        count("staffing_plus", len(used) * facility.staffing)
        count("reduction_bcp", len(used) * facility.bcp)
        pickups = sum(v.out + v.back for v in stay.visits if v.use and v.heavy == heavy)
        count("pickup", pickups - stay.fewer_pickups * main)
        if main:
            count("absence", sum(v.absent for v in stay.visits))
            count("family_support_1", sum(v.family for v in stay.visits))
        if stay.individual:
            count(stay.individual, len(used))
    if main:
        for key, n in stay.extra.items():
            count(key, n)
        here = [s for s in plan.stays if s.facility is facility]
        if plan.manager == facility.number and plan.main and stay is here[0]:
            count("cap_management", 1)
    for code, n in sorted(counts.items()):
        yield code, units_of(code), n, units_of(code) * n


def _sum(claim: Claim, stay: Stay, class_no: str, days: int, units: int, unit_price: int) -> Sum:
    cost = units * unit_price // 1000
    tenth = burden = cost // 10
    row = claim.plan.child.burden(claim.plan.month)
    if row and stay.service_type != "63":
        if row.free or row.rank == "2":
            burden = 0
        elif row.rank == "1":
            burden = cost * 5 // 100
    capped = max(0, min(burden, claim.cap - sum(s.capped for s in claim.sums)))
    return Sum(
        stay.service_type, class_no, min(days, 31), units, unit_price, cost, tenth, burden, capped,
        adjusted=None, managed=None, decided=capped, benefit=cost - capped,
    )  # fmt: skip


def _managed(plans: Sequence[Plan], claims: list[Claim], manager: str) -> list[Sheet]:
    """The sheet's result and shares, written into the claims too."""
    joint = len(plans) > 1
    ordered = sorted(claims, key=lambda c: c.facility.number != manager)
    cap = plans[0].cap
    rows = [SheetRow(c.facility.number, c.plan.child, c.plan.number, c.cost, c.capped) for c in ordered]
    own = sum(r.burden for r in rows if r.facility_no == manager)
    result = 1 if own >= cap else 2 if sum(r.burden for r in rows) <= cap else 3
    left = cap
    for row, claim in zip(rows, ordered, strict=True):
        if result == 2:
            row.managed = row.burden
        elif result == 3 or row.facility_no == manager:
            row.managed = min(row.burden, left)
        left -= row.managed
        _share(claim, manager, result, row.managed)
    if result == 1 and ordered[0].facility.index % 2:
        # With result 1 the others' amounts may be left out.
        for row in rows:
            if row.facility_no != manager:
                row.cost = row.burden = 0
    return [Sheet(plans[0], manager, cap, rows, result, joint, kind) for kind in plans[0].sheets]


def _share(claim: Claim, manager: str, result: int, managed: int) -> None:
    claim.manager, claim.result, claim.managed = manager, result, managed
    if claim.facility.fills_adjusted:
        claim.adjusted = claim.capped
    left = managed
    for row in claim.sums:
        if claim.facility.fills_adjusted:
            row.adjusted = row.capped
        row.managed = row.decided = min(row.capped, left)
        row.benefit = row.cost - row.decided
        left -= row.managed
