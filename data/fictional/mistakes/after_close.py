"""Steps only for a city whose months are closed: returns of every kind, 国保連's reviews, and what comes after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..case import Case, Step, steady
from ..claims import settle
from ..model import Child, Plan
from .cap_filing import managed

_CODES = ("EE01", "EG13", "PD07")
_TEXTS = {"警告": "算定回数を確認してください", "返戻予定": "台帳に該当する届出がありません"}


def _lines(case: Case, *lines: tuple[str, str]) -> None:
    """Lines of 国保連's first review (明, 実 or 利; grade); they find the claim or sheet once, by the gravest."""
    sheet = lines[0][0] == "利"
    number = case.plan.manager if sheet else case.stay.facility.number
    for kind, grade in lines:
        row = (kind, number, case.plan.number, case.month, grade, case.rng.pick(_CODES), _TEXTS[grade])
        case.books.first_review.setdefault(case.review, []).append(row)
    severity = "return" if "返戻予定" in [grade for _, grade in lines] else "review"
    case.expect("KHR901", number, subject="sheet" if sheet else "claim", severity=severity)


def _warned(case: Case) -> bool:
    """About the claim and its record; a third line is about a month that does not come here."""
    _lines(case, ("明", "警告"), ("実", "警告"))
    row = ("明", case.stay.facility.number, case.plan.number, case.books.long_gone(), "警告", "EE01", _TEXTS["警告"])
    case.books.first_review[case.review].append(row)
    return True


def _planned_but_paid(case: Case) -> bool:
    _lines(case, ("明", "警告"), ("明", "返戻予定"))
    return True


def _planned_never_again(case: Case) -> bool:
    _lines(case, ("明", "返戻予定"))
    case.plan.claims_end = "返戻"
    return True


def _returned_once_more(case: Case) -> bool:
    _lines(case, ("明", "返戻予定"))
    case.plan.claims_end = "返戻"
    case.again(case.plan, (), later=1, claims_end="返戻")
    case.again(case.plan, (), later=2)
    return True


def _two_months_later(case: Case) -> bool:
    """Returned without any finding."""
    case.plan.claims_end = "返戻"
    case.again(case.plan, (), later=2)
    return True


def _reclaim_returned(case: Case) -> bool:
    """The petition took the old claim, its re-claim goes back and comes again."""
    case.petition_all(case.before)
    case.again(case.before, (), claims_end="返戻")
    case.again(case.before, (), later=1)
    return True


def _otherwise(plan: Plan) -> Iterator[Plan]:
    """The plan with fewer pickups at one of its facilities, where the sheet's shares stay as they were."""

    def shares(of: Plan) -> list[tuple[int | None, int | None]]:
        return [(claim.result, claim.managed) for claim in settle([of])[0]]

    for i, stay in enumerate(plan.stays):
        if sum(v.out + v.back for v in stay.visits if v.use) > 1:
            other = plan.clone()
            other.stays[i].extra["pickup"] = -1
            if shares(other) == shares(plan):
                yield other


def _without_sheet(case: Case) -> bool:
    """Re-claims of another amount, and the corrected sheet comes a month too late."""
    plan = next(_otherwise(case.before), None)
    if plan is None:
        return False
    case.petition_all(plan)
    case.again(plan, ())
    case.again(plan, ("2",), claims=False, later=1)
    return True


def _reclaims_too_late(case: Case) -> bool:
    """The petitions took the claims back; a month later they come with another amount and no sheet."""
    plan = next(_otherwise(case.before), None)
    if plan is None:
        return False
    case.petition_all(plan)
    for number in plan.facilities():
        case.expect("SUB406", number, subject="petition", plan=plan)
    case.again(plan, (), later=1)
    return True


def _cancelled_then_corrected(case: Case) -> bool:
    """The decided sheet is cancelled; 修正 of it goes back a month later, 新規 is right."""
    plan = case.before
    case.again(plan, ("3",), claims=False)
    case.again(plan, ("2",), claims=False, later=1, sheets_end="返戻")
    case.expect("SUB403", plan.manager, subject="sheet", plan=plan, later=1)
    case.again(plan, ("1",), claims=False, later=2)
    return True


def _sheet_swapped(case: Case) -> bool:
    """取消 and 新規 together, accepted all the same: first the one, then the other."""
    plan = next(_otherwise(case.before), case.before)
    case.petition_all(plan)
    case.again(plan, ("3", "1"))
    for code in ("SUB401", "SUB404"):
        case.expect(code, plan.manager, subject="sheet", plan=plan)
    return True


def _sheet_warned(case: Case) -> bool:
    _lines(case, ("利", "警告"))
    return True


def _sheet_planned(case: Case) -> bool:
    _lines(case, ("利", "返戻予定"))
    case.plan.sheets_end = "返戻"
    case.again(case.plan, ("1",), claims=False, later=1)
    return True


def _federation(case: Case, kind: str, by: str, later: int) -> bool:
    """国保連 returns what henrei decided, and reports it in the month itself or one later."""
    again = case.plan.clone()
    case.plan.federation_return = (kind, by, later)
    case.again(again, ("1",) if kind == "利" else (), claims=kind == "明", later=1 + later)
    return True


def _reclaim_of_federation(case: Case) -> bool:
    """国保連 returns a re-claim: the old claim stays withdrawn."""
    case.petition_all(case.before)
    case.again(replace(case.before, federation_return=("明", "K72", 0)), ())
    case.again(case.before, (), later=1)
    return True


def _carried(child: Child, month: str) -> bool:
    return managed(child, month) and child.pickup


_TWO, _NEXT, _THREE = (0, 1, 2), (0, 1), (-1, 0, 1)

AFTER_CLOSE = [
    Step("reclaims_without_sheet", "pair", _without_sheet, _carried, _THREE, "決定"),
    Step("first_review_sheet_returned", "pair", _sheet_planned, managed, _NEXT),
    Step("first_review_warned", "single", _warned, steady),
    Step("returned_two_months_later", "single", _two_months_later, steady, _TWO),
    Step("reclaim_returned", "single", _reclaim_returned, steady, _THREE, "決定"),
    Step("first_review_never_again", "single", _planned_never_again, steady),
    Step("first_review_paid", "single", _planned_but_paid, steady),
    Step("first_review_sheet", "pair", _sheet_warned, managed),
    Step("returned_once_more", "single", _returned_once_more, steady, _TWO),
    Step("reclaims_too_late", "pair", _reclaims_too_late, _carried, _THREE, "決定"),
    Step("cancelled_then_corrected", "pair", _cancelled_then_corrected, managed, (-1, 0, 1, 2), "決定", written=True),
    Step("sheet_swapped", "pair", _sheet_swapped, managed, _THREE, "決定"),
]
# What 国保連 returns by itself, by review month.
FEDERATION = {
    1: [
        Step("federation_returned", "single", lambda s: _federation(s, "明", "K72", 0), steady, _NEXT),
        Step("federation_returned_late", "single", lambda s: _federation(s, "明", "K72", 1), steady, _TWO),
        Step("federation_returned_reclaim", "single", _reclaim_of_federation, steady, _THREE, "決定"),
        Step("federation_returned_sheet", "pair", lambda s: _federation(s, "利", "K72", 0), managed, _NEXT),
    ],
    3: [
        Step("federation_in_history", "single", lambda s: _federation(s, "明", "history", 0), steady, _NEXT),
        Step("federation_in_history_late", "single", lambda s: _federation(s, "明", "history", 1), steady, _TWO),
    ],
}
