"""Mistakes that show only with the records of an earlier month: the second facility's claim comes late.

The first facility's claim is decided by then, so the finding stands on the late claim alone.
"""

from __future__ import annotations

from dataclasses import replace

from .model import Plan
from .months import principle_days
from .plant_caps import managed
from .plant_days import exceedable
from .scene import Scene, Step


def _second(scene: Scene, manager: bool) -> tuple[Plan, str]:
    """The plan of the month before, to be sent by its second facility alone."""
    plan = scene.before.clone()
    late = plan.stays[1].facility.number
    plan.only, plan.manager = late, plan.manager if manager else ""
    return plan, late


def _same_day(scene: Scene) -> bool:
    plan, late = _second(scene, manager=True)
    one, two = plan.stays[:2]
    day = scene.dice.pick(one.use_days())
    next(v for v in two.visits if v.use).day = day
    scene.again(plan, ())
    scene.found("DAY201", late, [day], plan=plan)
    return True


def _too_many(scene: Scene) -> bool:
    plan, late = _second(scene, manager=True)
    one, two = plan.stays[:2]
    most = plan.child.allowance(one.service_type, plan.month, principle_days(plan.month))
    older = replace(scene, plan=plan)
    if not older.use_exactly(two, most + 1 - len(one.use_days())):
        return False
    scene.again(plan, ())
    scene.found("DAY202", late, plan=plan)
    if len(two.use_days()) > two.contract:
        scene.found("DAY207", late, plan=plan)
    return True


def _no_manager(scene: Scene) -> bool:
    plan, late = _second(scene, manager=False)
    older = replace(scene, plan=plan)
    older.without_manager(1, older.end())
    scene.again(plan, ())
    scene.found("CAP301", late, plan=plan)
    return True


def _no_sheet(scene: Scene) -> bool:
    plan, late = _second(scene, manager=False)
    scene.again(plan, ())
    scene.found("CAP302", late, plan=plan)
    return True


_SPAN = (-1, 0)
# Of the month before only the first facility's claim came: `part` with the sheet, `alone` without, unmanaged.
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
    "CAP301": [Step("late_no_manager", "pair", _no_manager, managed, _SPAN, "alone", written=True)],
    "CAP302": [Step("late_no_sheet", "pair", _no_sheet, managed, _SPAN, "alone", written=True)],
}
