"""Mistakes between cap management sheets and claims: CAP303, CAP304, CAP306 and CAP309."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..case import Case
from ..claims import apply_sheet, clear_sheet, divide, settle
from ..model import Claim, Plan, Sheet, SheetRow
from .cap_filing import managed
from .registry import mistake, near

Change = Callable[[Sequence[Claim], Sheet], None]
SEVERAL = "pair|trio|sister"


def change(case: Case, apply: Change, *codes: str, severity: str = "") -> bool:
    """Changes the sheet, or what the claims say of it, once both are computed; finds the sheet."""
    if not case.plan.manager or len({s.facility.number for p in case.plans for s in p.stays}) < 2:
        return False

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        fill(claims, sheets[0])
        apply(claims, sheets[0])

    case.plan.tweaks += (tweak,)
    for code in codes:
        case.expect(code, case.plan.manager, subject="sheet", severity=severity)
    return True


def settled(case: Case) -> tuple[list[Claim], Sheet | None]:
    """Claims and sheet as they would be."""
    claims, sheets = settle(case.plans)
    if sheets:
        fill(claims, sheets[0])
    return claims, sheets[0] if sheets else None


def fill(claims: Sequence[Claim], sheet: Sheet) -> None:
    """Amounts also where result 1 let them be left out."""
    for row in sheet.rows:
        claim = _claim(claims, row)
        row.cost, row.burden = claim.cost, claim.burden


def _claim(claims: Sequence[Claim], row: SheetRow) -> Claim:
    return next(c for c in claims if (c.facility.number, c.plan.number) == (row.facility_no, row.number))


def _judged(sheet: Sheet) -> SheetRow:
    """A row that is compared: with result 1 only the manager's are."""
    return sheet.rows[0] if sheet.result == 1 else sheet.rows[-1]


def _again(claims: Sequence[Claim], sheet: Sheet) -> None:
    divide(sheet)
    apply_sheet(claims, sheet)


@mistake("CAP303", "not_on_sheet", SEVERAL, managed)
@mistake("CAP303", "not_on_household_sheet", "joint", managed)
def _left_out(case: Case) -> bool:
    """The last facility of the child, whose sheet it is, is not on it, and its claim knows of none."""

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        gone = [r for r in sheet.rows if r.number == sheet.main.number][-1]
        clear_sheet(_claim(claims, gone))
        sheet.rows[:] = [r for r in sheet.rows if r is not gone]
        _again(claims, sheet)

    return len(case.plan.facilities()) > 1 and change(case, apply, "CAP303")


@mistake("CAP303", "stranger_on_sheet", SEVERAL, managed)
def _stranger(case: Case) -> bool:
    """A third facility on the sheet, from which nothing came."""
    facility = next(f for f in case.books.pool.all if f.number not in case.plan.facilities())

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        sheet.rows.append(SheetRow(facility.number, case.child, case.plan.number, 5000, 500))
        _again(claims, sheet)

    return change(case, apply, "CAP303", severity="review")


@mistake("CAP303", "partner_never_came", SEVERAL, managed)
def _partner_never_came(case: Case) -> bool:
    case.plan.only = case.stay.facility.number
    return change(case, lambda claims, sheet: None, "CAP303", severity="review")


@mistake("CAP303", "sibling_never_came", "joint", managed)
def _sibling_never_came(case: Case) -> bool:
    """The second child's claim is on the household's sheet alone."""
    if len(case.plans[1].stays) == 0 or not change(case, lambda claims, sheet: None, "CAP303", severity="review"):
        return False
    case.plans[1].sends_claims = False
    return True


@mistake("CAP304", "cost_on_sheet", SEVERAL, managed)
@mistake("CAP304", "cost_on_household_sheet", "joint", managed)
def _cost_differs(case: Case) -> bool:
    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        _judged(sheet).cost += 1000

    return change(case, apply, "CAP304")


@mistake("CAP304", "burden_on_sheet", SEVERAL, managed)
def _burden_differs(case: Case) -> bool:
    """The sheet counts less than the claim asks; all follows the sheet."""

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        row = _judged(sheet)
        row.burden -= min(100, row.burden)
        _again(claims, sheet)

    _, sheet = settled(case)
    return sheet is not None and _judged(sheet).burden > 0 and change(case, apply, "CAP304")


def _relieve(claim: Claim, burden: int) -> None:
    """The city bears a part: item 25 is below item 22."""
    left = burden
    for row in claim.sums:
        row.adjusted = min(row.capped, left)
        left -= row.adjusted


@mistake("CAP304", "relief_not_on_sheet", SEVERAL, managed, on_sheet=False)
@near("CAP304", "relief_on_sheet", SEVERAL, managed, on_sheet=True)
@near("CAP305", "exactly_the_cap", SEVERAL, managed, on_sheet=True, exact=True)
def _relief(case: Case, on_sheet: bool, exact: bool = False) -> bool:
    """A burden relieved after item 22: the sheet counts item 25, or forgets it. `exact`: all make up the cap."""
    _, sheet = settled(case)
    if sheet is None or _judged(sheet).burden < 200:
        return False
    rest = sheet.cap - sum(r.burden for r in sheet.rows[:-1])
    if exact and not 0 < rest < sheet.rows[-1].burden:
        return False

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        row = _judged(sheet)
        _relieve(_claim(claims, row), rest if exact else row.burden // 2)
        if on_sheet:
            fill(claims, sheet)
            divide(sheet)
        apply_sheet(claims, sheet)

    if on_sheet:
        return change(case, apply)
    row = _judged(sheet)
    wrong = row.managed > row.burden // 2  # the claim itself does not pay what the sheet gives it
    if wrong:
        case.expect("AMT709", row.facility_no, plan=next(p for p in case.plans if p.number == row.number))
    return change(case, apply, "CAP304", severity="review" if wrong else "")


@mistake("CAP306", "claim_says_other_result", SEVERAL, managed, "result")
@mistake("CAP306", "claim_says_other_amount", SEVERAL, managed, "amount")
@mistake("CAP306", "claim_says_other_manager", SEVERAL, managed, "manager")
@mistake("CAP306", "claim_says_nothing", SEVERAL, managed, "nothing")
@mistake("CAP306", "sibling_claim_says_nothing", "joint", managed, "nothing")
def _claim_says(case: Case, what: str) -> bool:
    """The claim in the sheet's last row names another result, amount or manager, or nothing."""

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        claim = _claim(claims, sheet.rows[-1])
        if what == "nothing":
            clear_sheet(claim)
        elif what == "result":
            claim.result = 3 if sheet.result != 3 else 2
        elif what == "amount":
            claim.managed = (claim.managed or 0) + 100
        else:
            claim.manager = next(n for n in (claim.facility.number, "1170000004") if n != sheet.manager)

    _, sheet = settled(case)
    if sheet is None or not change(case, apply):
        return False
    row = sheet.rows[-1]
    for code in ("CAP306", "AMT709") if what == "amount" else ("CAP306",):
        case.expect(code, row.facility_no, plan=next(p for p in case.plans if p.number == row.number))
    return True


def cap_management_of(plan: Plan) -> dict[str, tuple[str, int | None, int | None]]:
    """What each facility's claim says of cap management."""
    return {c.facility.number: (c.manager, c.result, c.managed) for c in settle([plan])[0]}


@mistake("CAP306", "reclaimed_against_sheet", "pair", managed, span=(-1, 0), before="決定", written=True)
def _reclaimed(case: Case) -> bool:
    """After a petition with a day or two of use alone; the sheet that was decided stays as it was."""
    plan = case.before.clone()
    for stay in plan.stays:
        keep = set(stay.use_days()[:1])
        stay.visits = [v for v in stay.visits if not v.use or v.day in keep]
    new, old = cap_management_of(plan), cap_management_of(case.before)
    differ = [number for number in new if new[number] != old[number]]
    if not differ:
        return False
    case.petition_all(plan)
    case.again(plan, ())
    for number in differ:
        case.expect("CAP306", number, plan=plan)
    return True


@mistake("CAP309", "other_cap_on_sheet", SEVERAL, managed)
@mistake("CAP309", "other_cap_on_household_sheet", "joint", managed)
def _other_cap(case: Case) -> bool:
    """The sheet goes by a cap that is not on the certificate."""

    def apply(claims: Sequence[Claim], sheet: Sheet) -> None:
        sheet.cap = 37200 if sheet.cap == 4600 else 4600
        _again(claims, sheet)

    return change(case, apply, "CAP309")
