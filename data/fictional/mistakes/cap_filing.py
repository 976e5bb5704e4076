"""Mistakes about cap management and its sheets within a month: CAP301, CAP302, SUB403, SUB404."""

from __future__ import annotations

from ..case import Case, paying
from ..ledgers import Outcome
from ..model import Child
from ..months import shift
from .registry import mistake, near


def managed(child: Child, month: str) -> bool:
    return paying(child, month) and bool(child.managers)


@mistake("CAP301", "no_manager", "pair", managed)
@mistake("CAP301", "no_manager_trio", "trio", managed)
@mistake("CAP301", "no_manager_of_household", "joint", managed)
def _no_manager(case: Case) -> bool:
    """The filing ended with the month before and begins again with the next. A sibling goes to one facility alone."""
    if len(case.plan.facilities()) < 2:
        return False
    case.without_manager(1, case.end())
    for plan in case.plans:
        plan.manager = ""
    case.expect_everywhere("CAP301")
    return True


@mistake("CAP302", "no_sheet", "pair", managed, comes_again=True, marked=True)
@mistake("CAP302", "unmanaged", "pair", managed, marked=False)
def _no_sheet(case: Case, marked: bool) -> bool:
    """Managed as the claims say (`marked`) or not at all: no sheet came."""
    case.plan.sheets = ()
    if not marked:
        case.plan.manager = ""
    case.expect_everywhere("CAP302")
    return True


@mistake("CAP302", "no_household_sheet", "joint", managed, marked=True)
@mistake("CAP302", "household_unmanaged", "joint", managed, marked=False)
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


@mistake("SUB403", "correction_first", "pair", managed, span=(0, 1))
def _correction_first(case: Case) -> bool:
    """修正 for a month that never had a sheet; next month it comes correctly as 新規, alone."""
    case.plan.sheets = ("2",)
    case.plan.sheets_end = "返戻"
    _sheet(case, "SUB403")
    case.again(case.plan, ("1",), claims=False, later=True)
    return True


@mistake("SUB403", "cancelled_first", "pair", managed)
def _cancelled_first(case: Case) -> bool:
    """取消 of nothing: it is no live sheet either."""
    case.plan.sheets = ("3",)
    case.plan.sheets_end = "返戻"
    _sheet(case, "SUB403")
    case.expect_everywhere("CAP302")
    return True


@mistake("SUB404", "sheet_twice", "pair", managed)
def _twice(case: Case) -> bool:
    case.plan.sheets = ("1", "1")
    _sheet(case, "SUB404")
    return True


@mistake("SUB404", "cancelled_and_new", "pair", managed)
def _cancelled_and_new(case: Case) -> bool:
    """取消 and 新規 of one key together; the 取消 cancels nothing."""
    case.plan.sheets = ("3", "1")
    case.plan.sheets_end = "返戻"
    _sheet(case, "SUB403")
    _sheet(case, "SUB404")
    return True


@near("CAP302", "household_sheet_on_paper", "joint", managed, span=(-1, 0), before="hold")
def _on_paper(case: Case) -> bool:
    """The household's sheet came on paper last month, in the sibling's name; the claims come late and name its result."""
    review = shift(case.review, -1)
    if case.books.with_closing and case.k > 0:
        return False  # henrei's own outcomes are all there is
    case.before.sheets = ()
    row = Outcome("利", review, case.before.manager, case.plans[1].number, case.before.month, "決定", None)
    case.books.history.append(row)
    return True
