"""From the plans of a month to claims and cap management sheets whose amounts add up; city.py calls `settle`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .codes import RATED, base_code, half_up, improvement, is_base, line_code, price, time_class, units_of
from .model import Claim, Plan, Sheet, SheetRow, Stay, Sum


def settle(plans: Sequence[Plan]) -> tuple[list[Claim], list[Sheet]]:
    """The claims of a group's month, and the sheet where somebody manages its cap."""
    claims = []
    for plan in plans:
        for number in plan.facilities():
            claims.append(_claim(plan, [s for s in plan.stays if s.facility.number == number]))
    manager = next((p.manager for p in plans if p.manager), "")
    sheets = _managed(plans, claims, manager) if manager and claims else []
    for plan in plans:
        for tweak in plan.tweaks:
            tweak(claims, sheets)
    return claims, sheets


def _claim(plan: Plan, stays: list[Stay]) -> Claim:
    facility = stays[0].facility
    burden = plan.child.burden(plan.month)
    cap = plan.cap
    if burden and burden.free:
        cap = burden.cap if facility.index % 2 else 0  # both are right for a child in its free years
    claim = Claim(plan, facility, cap, [], [], stays)
    for stay in stays:
        classes = sorted({v.heavy for v in stay.visits if v.use}) or [
            plan.child.heavy and not facility.mixed(stay.service_type)
        ]
        parts = [_counts(plan, stay, heavy, heavy == classes[0]) for heavy in classes]
        counts: dict[str, int] = {}
        for part in parts:
            for code, n in part.items():
                counts[code] = counts.get(code, 0) + n
        lines = [(c, units_of(c, plan.month), n, units_of(c, plan.month) * n) for c, n in sorted(counts.items())]
        rated = _rated(plan, stay, lines)
        claim.lines += lines + rated
        for i, (heavy, part) in enumerate(zip(classes, parts, strict=True)):
            units = sum(units_of(c, plan.month) * n for c, n in part.items()) + (
                sum(r[3] for r in rated) if i == 0 else 0
            )
            days = len({v.day for v in stay.visits if v.heavy == heavy or not v.use})
            class_no = "7" if heavy and facility.mixed(stay.service_type) else "1"
            unit_price = stay.price or price(
                facility.region, heavy, stay.service_type, facility.unit(stay.service_type).center
            )
            claim.sums.append(_sum(claim, stay.service_type, class_no, days, units, unit_price))
    within_cap(claim)
    return claim


def _counts(plan: Plan, stay: Stay, heavy: bool, main: bool) -> dict[str, int]:
    """How often each code is billed. What is not bound to a unit of the facility goes with the `main` part."""
    kind, facility = stay.service_type, stay.facility
    visits = [v for v in stay.visits if v.use and v.heavy == heavy]
    used = {v.day: v for v in visits}
    fee_heavy = heavy if stay.fee_heavy is None else stay.fee_heavy
    capacity = stay.fee_capacity or facility.unit(kind, heavy).fee_capacity
    codes: dict[str, int] = {}
    for visit in used.values():
        hours = time_class(kind, stay.pace, visit.holiday)
        code = base_code(kind, capacity, fee_heavy, visit.holiday, stay.reduced, hours, stay.care)
        codes[code] = codes.get(code, 0) + 1
    keys: dict[str, int] = {}
    if kind in ("61", "63"):
        keys["staffing_plus"] = len(used) * facility.staffing
        keys["pickup"] = sum(v.out + v.back for v in visits)
        for visit in visits:
            for key in visit.marks:
                keys[key] = keys.get(key, 0) + 1
        if main:
            keys["absence"] = sum(v.absent for v in stay.visits)
            keys["family_support_1"] = sum(v.family in (1, 2, 3, 4) for v in stay.visits)
            keys["family_support_2"] = sum(v.family in (5, 6) for v in stay.visits)
        if stay.individual:
            keys[stay.individual] = len(used)
    if main:
        here = [s for s in plan.stays if s.facility is facility]
        manages = plan.manager == facility.number and plan.main and len(plan.facilities()) > 1
        if manages and stay is here[0]:
            keys["cap_management"] = 1
        for key, n in stay.extra.items():
            keys[key] = keys.get(key, 0) + n
    return codes | {line_code(kind, key): n for key, n in keys.items() if n > 0 and key not in RATED}


def _rated(plan: Plan, stay: Stay, lines: list[tuple[str, int, int, int]]) -> list[tuple[str, int, int, int]]:
    """Lines of a rate: reductions of the base fee, then 処遇改善 of all lines of the type."""
    kind, facility = stay.service_type, stay.facility
    rated: list[tuple[str, int, int, int]] = []
    keys = {key for key, n in stay.extra.items() if n > 0 and key in RATED}
    if facility.bcp and kind in ("61", "63"):
        keys.add("reduction_bcp")
    base = sum(product for code, _, _, product in lines if is_base(code))
    for key in sorted(keys):
        units = -half_up(base, RATED[key][1])
        if base:
            rated.append((line_code(kind, key), units, 1, units))
    if facility.improvement:
        code, units = improvement(kind, sum(line[3] for line in [*lines, *rated]), plan.month)
        rated.append((code, units, 1, units))
    return rated


def _sum(
    claim: Claim, kind: str, class_no: str, days: int, units: int, unit_price: int, cost: int | None = None
) -> Sum:
    """A K122-04 row; `cost` where it is not what units and price make."""
    if cost is None:
        cost = units * unit_price // 1000
    tenth = burden = cost // 10
    row = claim.plan.child.burden(claim.plan.month)
    if row and kind != "63":
        if row.free or row.rank == "2":
            burden = 0
        elif row.rank == "1":
            burden = cost * 5 // 100
    capped = min(burden, claim.cap)
    return Sum(
        kind, class_no, min(days, 31), units, unit_price, cost, tenth, burden, capped,
        adjusted=None, managed=None, decided=capped, benefit=cost - capped,
    )  # fmt: skip


def within_cap(claim: Claim) -> None:
    """Where the rows of one claim are together above the cap, they are adjusted to it in their order."""
    left = claim.cap
    above = sum(row.capped for row in claim.sums) > left
    for row in claim.sums:
        if above:
            row.adjusted = min(row.capped, left)
            left -= row.adjusted
        row.decided = row.capped if row.adjusted is None else row.adjusted
        row.benefit = row.cost - row.decided


def resum(claim: Claim, units: int | None = None, cost: int | None = None, keep: bool = False) -> None:
    """Computes the one K122-04 row of an unmanaged claim again: from its lines, or from the units or the cost given.

    `keep`: the line of 処遇改善 stays as it is, else it follows the others.
    """
    (old,) = claim.sums
    claim.sums.clear()
    if claim.facility.improvement and not keep:
        *claim.lines, (code, *_) = claim.lines
        _, rate = improvement(old.service_type, sum(line[3] for line in claim.lines), claim.plan.month)
        claim.lines.append((code, rate, 1, rate))
    units = sum(line[3] for line in claim.lines) if units is None else units
    claim.sums.append(_sum(claim, old.service_type, old.class_no, old.days, units, old.price, cost))
    within_cap(claim)


def _managed(plans: Sequence[Plan], claims: list[Claim], manager: str) -> list[Sheet]:
    """The sheet's result and shares, written into the claims too."""
    for claim in claims:
        if claim.facility.fills_adjusted:
            for part in claim.sums:
                part.adjusted = part.capped if part.adjusted is None else part.adjusted
    ordered = sorted(claims, key=lambda c: c.facility.number != manager)
    rows = [SheetRow(c.facility.number, c.plan.child, c.plan.number, c.cost, c.burden) for c in ordered]
    sheet = Sheet(plans[0], manager, plans[0].cap, rows, 0, len(plans) > 1)
    divide(sheet)
    apply_sheet(claims, sheet)
    if sheet.result == 1 and ordered[0].facility.index % 2:
        # With result 1 the others' amounts may be left out.
        for row in rows:
            if row.facility_no != manager:
                row.cost = row.burden = 0
    return [replace(sheet, kind=kind) for kind in plans[0].sheets]


def divide(sheet: Sheet) -> None:
    """Sets the result, and the shares after management in the order of the rows."""
    own = sum(r.burden for r in sheet.rows if r.facility_no == sheet.manager)
    sheet.result = 1 if own >= sheet.cap else 2 if sum(r.burden for r in sheet.rows) <= sheet.cap else 3
    for row in sheet.rows:
        row.managed = row.burden if sheet.result == 2 else 0
    if sheet.result == 1:
        share([r for r in sheet.rows if r.facility_no == sheet.manager], sheet.cap)
    elif sheet.result == 3:
        share(sheet.rows, sheet.cap)


def share(rows: Sequence[SheetRow], cap: int) -> None:
    """Each bears what the cap leaves, in this order."""
    left = cap
    for row in rows:
        row.managed = min(row.burden, left)
        left -= row.managed


def apply_sheet(claims: Sequence[Claim], sheet: Sheet) -> None:
    """Writes a sheet's manager, result and shares into the claims in its rows."""
    rows = {(row.facility_no, row.number): row for row in sheet.rows}
    for claim in claims:
        row = rows.get((claim.facility.number, claim.plan.number))
        if row:
            claim.manager, claim.result, claim.managed = sheet.manager, sheet.result, row.managed
            _decide(claim, row.managed)


def clear_sheet(claim: Claim) -> None:
    """As if nobody managed the child's cap."""
    claim.manager, claim.result, claim.managed = "", None, None
    for row in claim.sums:
        row.adjusted = None
    _decide(claim, None)
    within_cap(claim)


def _decide(claim: Claim, managed: int | None) -> None:
    left = managed
    for row in claim.sums:
        most = row.capped if row.adjusted is None else row.adjusted
        row.managed = row.decided = most
        if left is None:
            row.managed = None
        else:
            row.managed = row.decided = min(most, left)
            left -= row.decided
        row.benefit = row.cost - row.decided
