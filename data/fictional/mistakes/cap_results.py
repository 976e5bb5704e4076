"""Mistakes in the arithmetic of a cap management sheet (CAP305), and two sheets of which one is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..case import Case
from ..claims import apply_sheet, share
from ..model import Claim, Sheet
from .cap_filing import managed
from .cap_sheets import SEVERAL, change, fill, settled
from .registry import mistake, near


def _other_order(sheet: Sheet) -> bool:
    """The last facility's burden is counted first."""
    if sheet.result == 3:
        share(sheet.rows[::-1], sheet.cap)
    return sheet.result == 3


def _manager_last(sheet: Sheet) -> bool:
    """The manager is listed last, and its burden counted last too."""
    if sheet.result != 3 or sheet.rows[0].facility_no != sheet.manager:
        return False
    sheet.rows.append(sheet.rows.pop(0))
    share(sheet.rows, sheet.cap)
    return True


def _wrong_shares(sheet: Sheet) -> bool:
    row = next((r for r in reversed(sheet.rows) if r.managed), None)
    if row is None:
        return False
    row.managed -= min(row.managed, 100)
    return True


def _wrong_totals(sheet: Sheet) -> bool:
    if sheet.result == 1:
        return False
    cost, burden, shared = (sum(getattr(r, what) for r in sheet.rows) for what in ("cost", "burden", "managed"))
    sheet.totals = cost + 1000, burden, shared
    return True


def _wrong_result(sheet: Sheet) -> bool:
    sheet.result = 2 if sheet.result == 3 else 3
    return True


@mistake("CAP305", "shares_in_other_order", SEVERAL, managed, _other_order)
@mistake("CAP305", "wrong_shares", SEVERAL, managed, _wrong_shares)
@mistake("CAP305", "wrong_totals", SEVERAL, managed, _wrong_totals)
@mistake("CAP305", "manager_counted_last", SEVERAL, managed, _manager_last)
@mistake("CAP305", "wrong_result", SEVERAL, managed, _wrong_result)
@mistake("CAP305", "wrong_household_result", "joint", managed, _wrong_result)
@mistake("CAP305", "wrong_household_shares", "joint", managed, _wrong_shares)
def _inconsistent(case: Case, mistake: Callable[[Sheet], bool]) -> bool:
    """The sheet's own arithmetic; the claims follow it. Where the mistake cannot be made the result is wrong."""

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        if not mistake(sheet):
            _wrong_result(sheet)
        apply_sheet(claims, sheet)

    _, sheet = settled(case)
    if sheet is None:
        return False
    made = mistake(sheet)
    order = mistake in (_other_order, _manager_last)
    three_for_two = not made and sheet.result == 2 and sum(r.burden for r in sheet.rows) == sheet.cap
    return change(case, apply, "CAP305", severity="review" if (made and order) or three_for_two else "")


@mistake("SUB404", "two_sheets_differ", SEVERAL, managed)
def _two_sheets(case: Case) -> bool:
    """The first sheet says another result; the claims agree with the second."""
    if not case.plan.manager:
        return False

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        fill(claims, sheets[1])
        sheets[0].rows = [replace(row) for row in sheets[1].rows]
        _wrong_result(sheets[0])

    case.plan.sheets = ("1", "1")
    case.plan.tweaks += (tweak,)
    for code in ("CAP305", "SUB404"):
        case.expect(code, case.plan.manager, subject="sheet")
    return True


@near("CAP304", "idle_rows", SEVERAL, managed, totals=False)
@near("CAP305", "idle_totals", SEVERAL, managed, totals=True)
def _idle(case: Case, totals: bool) -> bool:
    """With result 1 neither the totals nor the others' amounts have to be right."""
    _, sheet = settled(case)
    if sheet is None or sheet.result != 1:
        return False

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        if totals:
            sheet.totals = sheet.rows[0].cost, sheet.cap, sheet.cap
        else:
            sheet.rows[-1].cost += 777

    return sheet.rows[-1].facility_no != sheet.manager and change(case, apply)


@near("CAP305", "manager_listed_last", SEVERAL, managed)
def _listed_last(case: Case) -> bool:
    """The manager is last on the sheet; its burden is counted first all the same."""

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        sheet.rows.sort(key=lambda r: r.facility_no == sheet.manager)

    return change(case, apply)
