"""Mistakes about cap management and its sheets within a month: CAP301, CAP302, SUB403, SUB404."""

from __future__ import annotations

from .case import Case, Step, paying
from .model import Child


def _no_manager(case: Case) -> bool:
    """The filing ended with the month before and begins again with the next. A sibling goes to one facility alone."""
    if len(case.plan.facilities()) < 2:
        return False
    case.without_manager(1, case.end())
    for plan in case.plans:
        plan.manager = ""
    case.expect_everywhere("CAP301")
    return True


def _no_sheet(case: Case, marked: bool) -> bool:
    """Managed as the claims say (`marked`) or not at all: no sheet came."""
    case.plan.sheets = ()
    if not marked:
        case.plan.manager = ""
    case.expect_everywhere("CAP302")
    return True


def _no_household_sheet(case: Case, marked: bool) -> bool:
    """No sheet came for two children, of whom one goes to several facilities; marked, the other's claim says so too."""
    if len(case.plan.facilities()) < 2:
        return False
    case.plan.sheets = ()
    case.expect_everywhere("CAP302")
    for plan in case.plans:
        if not marked:
            plan.manager = ""
        elif plan is not case.plan:
            case.expect_everywhere("CAP310", plan=plan)
    return True


def _sheet(case: Case, code: str) -> None:
    case.expect(code, case.plan.manager, subject="sheet")


def _correction_first(case: Case) -> bool:
    """修正 for a month that never had a sheet; next month it comes correctly as 新規, alone."""
    case.plan.sheets = ("2",)
    case.plan.sheets_end = "返戻"
    _sheet(case, "SUB403")
    case.again(case.plan, ("1",), claims=False, later=True)
    return True


def _cancelled_first(case: Case) -> bool:
    """取消 of nothing: it is no live sheet either."""
    case.plan.sheets = ("3",)
    case.plan.sheets_end = "返戻"
    _sheet(case, "SUB403")
    case.expect_everywhere("CAP302")
    return True


def _twice(case: Case) -> bool:
    case.plan.sheets = ("1", "1")
    _sheet(case, "SUB404")
    return True


def _cancelled_and_new(case: Case) -> bool:
    """取消 and 新規 of one key together; the 取消 cancels nothing."""
    case.plan.sheets = ("3", "1")
    case.plan.sheets_end = "返戻"
    _sheet(case, "SUB403")
    _sheet(case, "SUB404")
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
        Step("no_sheet", "pair", lambda s: _no_sheet(s, marked=True), managed, comes_again=True),
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
