"""Mistakes about cap management and its sheets within a month: CAP301, CAP302, SUB403, SUB404."""

from __future__ import annotations

from .case import Scene, Step, paying
from .model import Child


def _no_manager(scene: Scene) -> bool:
    """The filing ended with the month before and begins again with the next. A sibling goes to one facility alone."""
    if len(scene.plan.facilities()) < 2:
        return False
    scene.without_manager(1, scene.end())
    for plan in scene.plans:
        plan.manager = ""
    scene.found_everywhere("CAP301")
    return True


def _no_sheet(scene: Scene, marked: bool) -> bool:
    """Managed by the claims' word (`marked`) or not at all: no sheet came."""
    scene.plan.sheets = ()
    if not marked:
        scene.plan.manager = ""
    scene.found_everywhere("CAP302")
    return True


def _no_household_sheet(scene: Scene, marked: bool) -> bool:
    """No sheet came for two children, of whom one goes to several facilities; marked, also the other's claim tells."""
    if len(scene.plan.facilities()) < 2:
        return False
    scene.plan.sheets = ()
    scene.found_everywhere("CAP302")
    for plan in scene.plans:
        if not marked:
            plan.manager = ""
        elif plan is not scene.plan:
            scene.found_everywhere("CAP310", plan=plan)
    return True


def _sheet(scene: Scene, code: str) -> None:
    scene.found(code, scene.plan.manager, subject="sheet")


def _correction_first(scene: Scene) -> bool:
    """修正 for a month that never had a sheet; next month it comes rightly as 新規, alone."""
    scene.plan.sheets = ("2",)
    scene.plan.sheets_end = "返戻"
    _sheet(scene, "SUB403")
    scene.again(scene.plan, ("1",), claims=False, later=True)
    return True


def _cancelled_first(scene: Scene) -> bool:
    """取消 of nothing: it is no live sheet either."""
    scene.plan.sheets = ("3",)
    scene.plan.sheets_end = "返戻"
    _sheet(scene, "SUB403")
    scene.found_everywhere("CAP302")
    return True


def _twice(scene: Scene) -> bool:
    scene.plan.sheets = ("1", "1")
    _sheet(scene, "SUB404")
    return True


def _cancelled_and_new(scene: Scene) -> bool:
    """取消 and 新規 of one key together; the 取消 cancels nothing."""
    scene.plan.sheets = ("3", "1")
    scene.plan.sheets_end = "返戻"
    _sheet(scene, "SUB403")
    _sheet(scene, "SUB404")
    return True


def managed(child: Child, month: str) -> bool:
    return paying(child, month) and bool(child.managers)


PLANTS = {
    "CAP301": [
        Step("no_manager", "pair", _no_manager, managed),
        Step("no_manager_trio", "trio", _no_manager, managed),
        Step("no_manager_of_household", "joint", _no_manager, managed),
    ],
    "CAP302": [
        Step("no_sheet", "pair", lambda s: _no_sheet(s, marked=True), managed, mend=True),
        Step("unmanaged", "pair", lambda s: _no_sheet(s, marked=False), managed),
        Step("no_household_sheet", "joint", lambda s: _no_household_sheet(s, marked=True), managed),
        Step("household_unmanaged", "joint", lambda s: _no_household_sheet(s, marked=False), managed),
    ],
    "SUB403": [
        Step("correction_first", "pair", _correction_first, managed, span=(0, 1)),
        Step("cancelled_first", "pair", _cancelled_first, managed),
    ],
    "SUB404": [
        Step("sheet_twice", "pair", _twice, managed),
        Step("cancelled_and_new", "pair", _cancelled_and_new, managed),
    ],
}
