"""Mistakes that show only with the records of an earlier month: the second facility's claim comes late.

The first facility's claim is decided by then, so the finding stands on the late claim alone.
"""

from __future__ import annotations

from dataclasses import replace

from .case import Scene, Step
from .model import Child, Plan
from .months import principle_days
from .plant_caps import managed
from .plant_days import exceedable
from .plant_sheets import told


def _second(scene: Scene, manager: bool) -> tuple[Plan, str]:
    """The plan of the month before, to be sent by its second facility alone."""
    plan = scene.before.clone()
    late = plan.stays[1].facility.number
    plan.only, plan.manager = late, plan.manager if manager else ""
    return plan, late


def _same_day(scene: Scene) -> bool:
    plan, late = _second(scene, manager=True)
    one, two = plan.stays[:2]
    older = replace(scene, plans=[plan])
    days = older.with_room(two, one.use_days())
    if not days:
        return False
    day = scene.dice.pick(days)
    older.move(two, next(v for v in two.visits if v.use), day)
    scene.again(plan, ())
    scene.found("DAY201", late, [day], plan=plan)
    return True


def _too_many(scene: Scene) -> bool:
    plan, late = _second(scene, manager=True)
    one, two = plan.stays[:2]
    most = plan.child.allowance(one.service_type, plan.month, principle_days(plan.month))
    older = replace(scene, plans=[plan])
    if not older.use_exactly(two, most + 1 - len(one.use_days())):
        return False
    scene.again(plan, ())
    scene.found("DAY202", late, plan=plan)
    if told(plan)[late] != told(scene.before)[late]:  # the sheet was decided on the smaller amount
        scene.found("CAP306", late, plan=plan)
    if len(two.use_days()) > two.contract:
        scene.found("DAY207", late, plan=plan)
    return True


def _no_manager(scene: Scene) -> bool:
    plan, late = _second(scene, manager=False)
    older = replace(scene, plans=[plan])
    older.without_manager(1, older.end())
    scene.again(plan, ())
    scene.found("CAP301", late, plan=plan)
    return True


def _no_sheet(scene: Scene) -> bool:
    plan, late = _second(scene, manager=False)
    scene.again(plan, ())
    scene.found("CAP302", late, plan=plan)
    return True


def _partner_of_core(scene: Scene) -> bool:
    """The core facility billed alone; with the late claim all is right."""
    plan, _ = _second(scene, manager=True)
    scene.again(plan, ())
    return True


def _agreed(child: Child, month: str) -> bool:
    """A plan of the family's own names a core facility, and the other one belongs to another corporation."""
    care = child.own_plan(month)
    return (
        managed(child, month)
        and bool(care and care.core)
        and len({e.facility.corporation for e in child.enrolments}) > 1
    )


_SPAN = (-1, 0)
# Of the month before only the first facility's claim came: `part` with the sheet, `core` as the core facility too,
# `alone` without a sheet, unmanaged.
PLANTS = {
    "DAY201": [Step("late_same_day", "pair", _same_day, managed, _SPAN, "part", written=True)],
    "DAY202": [
        Step(
            "late_too_many",
            "pair",
            _too_many,
            lambda c, m: managed(c, m) and exceedable(c, m),
            _SPAN,
            "part",
            written=True,
        )
    ],
    "ADD603": [Step("late_partner_of_core", "pair", _partner_of_core, _agreed, _SPAN, "core", written=True)],
    "CAP301": [Step("late_no_manager", "pair", _no_manager, managed, _SPAN, "alone", written=True)],
    "CAP302": [Step("late_no_sheet", "pair", _no_sheet, managed, _SPAN, "alone", written=True)],
}
