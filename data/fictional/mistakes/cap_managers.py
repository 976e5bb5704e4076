"""Mistakes about who manages a cap: CAP307, CAP308 and CAP310."""

from __future__ import annotations

from dataclasses import replace

from ..case import Case, paying, unpaying
from ..claims import apply_sheet, divide
from ..model import Child, Claim, Sheet, SheetRow
from ..months import first, last, on
from ..rows import Filing, cut, overlaps
from .cap_filing import managed
from .cap_sheets import SEVERAL, change
from .registry import mistake, near


def _child_in_free_years(child: Child, month: str) -> bool:
    burden = child.burden(month)
    return unpaying(child, month) and burden is not None and burden.free and burden.cap > 0


def _no_burden(child: Child, month: str) -> bool:
    burden = child.burden(month)
    return unpaying(child, month) and burden is not None and not burden.free


def _own_manager(child: Child, month: str) -> bool:
    """Managed by a facility the child goes to."""
    return managed(child, month) and any(e.facility.number == child.managers[0].facility_no for e in child.enrolments)


def _file(case: Case, facility_no: str, day: int = 1) -> None:
    """Another facility is filed, from a day of the month to its end."""
    case.without_manager(day, case.end())
    case.child.managers.append(Filing(facility_no, on(case.month, day), last(case.month)))


@mistake("CAP307", "manager_changed", SEVERAL, managed, billed=True)
@mistake("CAP307", "manager_changed_unbilled", SEVERAL, managed, billed=False)
@mistake("CAP307", "household_manager_changed", "joint", managed, billed=True)
def _manager_changed(case: Case, billed: bool) -> bool:
    """The family filed another manager; the old one goes on, with its add-on or without."""
    manager = case.plan.manager
    other = next((n for n in case.plan.facilities() if n != manager), "")
    if not other or not change(case, lambda claims, sheet: None, "CAP307"):
        return False
    _file(case, other)
    if manager in case.plan.facilities():
        own = next(s for s in case.plan.stays if s.facility.number == manager)
        if billed:
            case.expect("CAP308", manager)
        else:
            own.extra["cap_management"] = -1
    return True


@near("CAP307", "manager_changed_within", SEVERAL, managed)
def _changed_within(case: Case) -> bool:
    """Filed from a later day of the month on: both are right for the month."""
    other = next((n for n in case.plan.facilities() if n != case.plan.manager), "")
    if other and case.plan.manager:
        _file(case, other, case.rng.between(2, case.end()))
    return bool(other)


@mistake("CAP308", "billed_by_another", SEVERAL, managed)
def _billed_by_another(case: Case) -> bool:
    stay = next((s for s in case.plan.stays if s.facility.number != case.plan.manager), None)
    if stay is None or not case.plan.manager:
        return False
    stay.extra["cap_management"] = 1
    case.expect("CAP308", stay.facility.number)
    return True


@mistake("CAP308", "billed_for_sibling", "joint", managed)
def _billed_for_sibling(case: Case) -> bool:
    """At the second child's facility, which manages nothing."""
    plan = case.plans[1]
    stay = next((s for s in plan.stays if s.facility.number != case.plan.manager), None)
    if stay is None:
        return False
    stay.extra["cap_management"] = 1
    case.expect("CAP308", stay.facility.number, plan=plan)
    return True


@mistake("CAP308", "billed_twice", SEVERAL, _own_manager)
def _billed_twice(case: Case) -> bool:
    stay = next((s for s in case.plan.stays if s.facility.number == case.plan.manager), None)
    if stay is None:
        return False
    stay.extra["cap_management"] = 1
    case.expect("CAP308", stay.facility.number)
    case.expect("ADD601", stay.facility.number)
    return True


@mistake("CAP308", "billed_alone", "single", paying)
def _billed_alone(case: Case) -> bool:
    """Filed as manager, but the child goes nowhere else."""
    number = case.stay.facility.number
    _file(case, number)
    case.stay.extra["cap_management"] = 1
    case.expect("CAP308", number)
    return True


@mistake("CAP308", "billed_unfiled", SEVERAL, managed)
def _billed_unfiled(case: Case) -> bool:
    case.without_manager(1, case.end())
    case.plan.manager = ""
    case.stay.extra["cap_management"] = 1
    case.expect_everywhere("CAP301")
    case.expect("CAP308", case.stay.facility.number)
    return True


@mistake("CAP310", "marked_without_burden", "free_pair|zero_pair", unpaying, filed=True)
@mistake("CAP310", "marked_unfiled", SEVERAL, managed, filed=False)
def _marked(case: Case, filed: bool) -> bool:
    """The claims show a manager's result, and nobody sent a sheet."""
    plan = case.plan
    if len(plan.facilities()) < 2:
        return False
    if not filed:
        case.without_manager(1, case.end())
        case.expect_everywhere("CAP301")
    plan.manager, plan.sheets = plan.stays[0].facility.number, ()
    plan.stays[0].extra["cap_management"] = -1
    case.expect_everywhere("CAP310")
    if not plan.cap and not _free(case):
        case.expect_everywhere("CAP311")
    return True


def _free(case: Case) -> bool:
    return any(b.free and overlaps(b, first(case.month), last(case.month)) for b in case.child.burdens)


@mistake("CAP311", "nothing_to_manage", "zero_pair", _no_burden)
@near("CAP311", "managed_in_free_years", "free_pair", _child_in_free_years)
def _nothing_to_manage(case: Case) -> bool:
    """A sheet came for a child that pays nothing: of a household with a cap of 0, or in its free years."""
    plan = case.plan
    if len(plan.facilities()) < 2:
        return False
    plan.manager = plan.stays[0].facility.number
    plan.stays[0].extra["cap_management"] = -1
    if not plan.cap:
        case.expect("CAP311", plan.manager, subject="sheet")
    if not plan.cap and not _free(case):
        case.expect_everywhere("CAP311")
    return True


@mistake("CAP311", "marked_without_cap", "single", lambda c, m: paying(c, m) and not c.burdens[0].cap)
@mistake("CAP310", "marked_alone", "single", lambda c, m: paying(c, m) and c.burdens[0].cap > 0)
def _marked_alone(case: Case) -> bool:
    """A child of one facility, which fills in its own number and a result."""

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        (claim,) = claims
        row = SheetRow(claim.facility.number, case.child, case.plan.number, claim.cost, claim.burden)
        sheet = Sheet(case.plan, claim.facility.number, claim.cap, [row], 0)
        divide(sheet)
        apply_sheet(claims, sheet)

    case.plan.tweaks += (tweak,)
    case.expect("CAP310", case.stay.facility.number)
    if not case.plan.cap:
        case.expect("CAP311", case.stay.facility.number)
    return True


@near("CAP309", "two_caps", SEVERAL, managed)
def _two_caps(case: Case) -> bool:
    """Two caps in one month: claims and sheet may go by either."""
    child, low, high = case.child, on(case.month, case.rng.between(2, case.end())), last(case.month)
    row = next(b for b in child.burdens if overlaps(b, first(case.month), high))
    other = 37200 if row.cap == 4600 else 4600
    child.burdens = cut(child.burdens, low, high)
    child.burdens.append(replace(row, cap=other, start=low, end=high))
    case.plan.cap = case.rng.pick((row.cap, other))
    return True
