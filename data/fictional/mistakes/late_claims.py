"""Mistakes that show only with the records of an earlier month: the second facility's claim comes late.

The first facility's claim is decided by then, so the finding is on the late claim alone.
"""

from __future__ import annotations

from dataclasses import replace

from ..case import Case
from ..model import Child, Plan
from ..months import principle_days
from .cap_filing import managed
from .cap_sheets import cap_management_of
from .days import exceedable
from .registry import mistake

_SPAN = (-1, 0)


def _agreed(child: Child, month: str) -> bool:
    """A plan of the family's own names a core facility, and the other one belongs to another corporation."""
    care = child.own_plan(month)
    return (
        managed(child, month)
        and bool(care and care.core)
        and len({e.facility.corporation for e in child.enrolments}) > 1
    )


def _second(case: Case, manager: bool) -> tuple[Plan, str]:
    """The plan of the month before, to be sent by its second facility alone."""
    plan = case.before.clone()
    late = plan.stays[1].facility.number
    plan.only, plan.manager = late, plan.manager if manager else ""
    return plan, late


@mistake("DAY201", "late_same_day", "pair", managed, span=_SPAN, before="part", written=True)
def _same_day(case: Case) -> bool:
    plan, late = _second(case, manager=True)
    one, two = plan.stays[:2]
    older = replace(case, plans=[plan])
    days = older.with_room(two, one.use_days())
    if not days:
        return False
    day = case.rng.pick(days)
    older.move(two, next(v for v in two.visits if v.use), day)
    case.again(plan, ())
    case.expect("DAY201", late, [day], plan=plan)
    return True


@mistake(
    "DAY202",
    "late_too_many",
    "pair",
    lambda c, m: managed(c, m) and exceedable(c, m),
    span=_SPAN,
    before="part",
    written=True,
)
def _too_many(case: Case) -> bool:
    plan, late = _second(case, manager=True)
    one, two = plan.stays[:2]
    most = plan.child.allowance(one.service_type, plan.month, principle_days(plan.month))
    older = replace(case, plans=[plan])
    if not older.use_exactly(two, most + 1 - len(one.use_days())):
        return False
    case.again(plan, ())
    case.expect("DAY202", late, plan=plan)
    if (
        cap_management_of(plan)[late] != cap_management_of(case.before)[late]
    ):  # the sheet was decided on the smaller amount
        case.expect("CAP306", late, plan=plan)
    if len(two.use_days()) > two.contract:
        case.expect("DAY207", late, plan=plan)
    return True


@mistake("CAP301", "late_no_manager", "pair", managed, span=_SPAN, before="alone", written=True)
def _no_manager(case: Case) -> bool:
    plan, late = _second(case, manager=False)
    older = replace(case, plans=[plan])
    older.without_manager(1, older.end())
    case.again(plan, ())
    case.expect("CAP301", late, plan=plan)
    return True


@mistake("CAP302", "late_no_sheet", "pair", managed, span=_SPAN, before="alone", written=True)
def _no_sheet(case: Case) -> bool:
    plan, late = _second(case, manager=False)
    case.again(plan, ())
    case.expect("CAP302", late, plan=plan)
    return True


@mistake("ADD603", "late_partner_of_core", "pair", _agreed, span=_SPAN, before="core", written=True, besides=True)
def _partner_of_core(case: Case) -> bool:
    """The core facility billed alone; with the late claim all is right."""
    plan, _ = _second(case, manager=True)
    case.again(plan, ())
    return True
