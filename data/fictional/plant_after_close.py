"""What only a lived city has: returns of every kind, the federation's word, and what comes after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .case import Scene, Step, steady
from .claims import settle
from .model import Child, Plan
from .plant_caps import managed

_CODES = ("EE01", "EG13", "PD07")
_TEXTS = {"警告": "算定回数を確認してください", "返戻予定": "台帳に該当する届出がありません"}


def _line(scene: Scene, grade: str, kind: str = "明") -> None:
    """A line of 国保連's first review; finds the claim or sheet once, however many lines there are."""
    subject = "sheet" if kind == "利" else "claim"
    number = scene.plan.manager if kind == "利" else scene.stay.facility.number
    row = (kind, number, scene.plan.number, scene.month, grade, scene.dice.pick(_CODES), _TEXTS[grade])
    scene.books.first_review.setdefault(scene.review, []).append(row)
    scene.found("KHR901", number, subject=subject)


def _warned(scene: Scene) -> bool:
    """About the claim and its record; a third line is about a month that does not come here."""
    _line(scene, "警告")
    _line(scene, "警告", "実")
    row = ("明", scene.stay.facility.number, scene.plan.number, scene.books.long_gone(), "警告", "EE01", _TEXTS["警告"])
    scene.books.first_review[scene.review].append(row)
    return True


def _planned_but_paid(scene: Scene) -> bool:
    _line(scene, "警告")
    _line(scene, "返戻予定")
    return True


def _planned_never_again(scene: Scene) -> bool:
    _line(scene, "返戻予定")
    scene.plan.claims_end = "返戻"
    return True


def _returned_once_more(scene: Scene) -> bool:
    _line(scene, "返戻予定")
    scene.plan.claims_end = "返戻"
    scene.again(scene.plan, (), later=1, claims_end="返戻")
    scene.again(scene.plan, (), later=2)
    return True


def _two_months_later(scene: Scene) -> bool:
    """Returned without any finding."""
    scene.plan.claims_end = "返戻"
    scene.again(scene.plan, (), later=2)
    return True


def _reclaim_returned(scene: Scene) -> bool:
    """The petition took the old claim, its re-claim goes back and comes again."""
    scene.petition_all(scene.before)
    scene.again(scene.before, (), claims_end="返戻")
    scene.again(scene.before, (), later=1)
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


def _without_sheet(scene: Scene) -> bool:
    """Re-claims of another amount, and the corrected sheet comes a month too late."""
    plan = next(_otherwise(scene.before), None)
    if plan is None:
        return False
    scene.petition_all(plan)
    scene.again(plan, ())
    scene.again(plan, ("2",), claims=False, later=1)
    return True


def _reclaims_too_late(scene: Scene) -> bool:
    """The petitions took the claims back; a month later they come with another amount and no sheet."""
    plan = next(_otherwise(scene.before), None)
    if plan is None:
        return False
    scene.petition_all(plan)
    for number in plan.facilities():
        scene.found("SUB406", number, subject="petition", plan=plan)
    scene.again(plan, (), later=1)
    return True


def _cancelled_then_corrected(scene: Scene) -> bool:
    """The decided sheet is cancelled; 修正 of it goes back a month later, 新規 is right."""
    plan = scene.before
    scene.again(plan, ("3",), claims=False)
    scene.again(plan, ("2",), claims=False, later=1, sheets_end="返戻")
    scene.found("SUB403", plan.manager, subject="sheet", plan=plan, later=1)
    scene.again(plan, ("1",), claims=False, later=2)
    return True


def _sheet_swapped(scene: Scene) -> bool:
    """取消 and 新規 together, taken all the same: first the one, then the other."""
    plan = next(_otherwise(scene.before), scene.before)
    scene.petition_all(plan)
    scene.again(plan, ("3", "1"))
    for code in ("SUB401", "SUB404"):
        scene.found(code, plan.manager, subject="sheet", plan=plan)
    return True


def _sheet_warned(scene: Scene) -> bool:
    _line(scene, "警告", "利")
    return True


def _sheet_planned(scene: Scene) -> bool:
    _line(scene, "返戻予定", "利")
    scene.plan.sheets_end = "返戻"
    scene.again(scene.plan, ("1",), claims=False, later=1)
    return True


def _federation(scene: Scene, kind: str, by: str, later: int) -> bool:
    """国保連 returns what henrei decided, and tells it in the month itself or one later."""
    again = scene.plan.clone()
    scene.plan.told = (kind, by, later)
    scene.again(again, ("1",) if kind == "利" else (), claims=kind == "明", later=1 + later)
    return True


def _reclaim_of_federation(scene: Scene) -> bool:
    """国保連 returns a re-claim: the old claim stays withdrawn."""
    scene.petition_all(scene.before)
    scene.again(replace(scene.before, told=("明", "K72", 0)), ())
    scene.again(scene.before, (), later=1)
    return True


def _carried(child: Child, month: str) -> bool:
    return managed(child, month) and child.pickup


_TWO, _NEXT, _THREE = (0, 1, 2), (0, 1), (-1, 0, 1)

LIVED = [
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
