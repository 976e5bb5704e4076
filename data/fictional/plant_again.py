"""What comes again: mistakes SUB401 to SUB406, and the same things done rightly."""

from __future__ import annotations

from .case import Scene, Step, steady
from .model import Plan
from .plant_caps import managed


def _claim_decided(scene: Scene) -> bool:
    """Sent again without a word, though decided."""
    scene.again(scene.before, (), claims_end="返戻")
    scene.found_everywhere("SUB405", plan=scene.before)
    return True


def _petition_too_late(scene: Scene) -> bool:
    """Sent again a month before its petition is processed; in that month it comes rightly."""
    for number in scene.before.facilities():
        scene.petition(scene.before, number, process=scene.next_review(), again="有")
    scene.again(scene.before, (), claims_end="返戻")
    scene.found_everywhere("SUB405", plan=scene.before)
    scene.again(scene.before, (), later=True)
    return True


def _reclaim_missing(scene: Scene) -> bool:
    """The petition is processed and nothing comes: all is taken back. Next month it comes as a new claim."""
    for number in scene.before.facilities():
        scene.petition(scene.before, number, again=scene.dice.pick(("有", "")))
        scene.found("SUB406", number, subject="petition", plan=scene.before)
        scene.withdrawn(scene.before, number)
    scene.again(scene.before, (), later=True)
    return True


def _changed(plan: Plan) -> Plan:
    """The same month with two pickups less, where there are any."""
    plan = plan.clone()
    stay = plan.stays[0]
    if sum(v.out + v.back for v in stay.visits if v.use) > 2:
        stay.extra["pickup"] = -2
    return plan


def _sheet_again(scene: Scene, sheets: tuple[str, ...], petition: bool, *codes: str) -> bool:
    """Claims and sheet of the month before come again: after petitions, or after having been returned.

    A sheet with a mistake is returned and comes rightly next month: as 修正 where an older one still stands
    (a return does not undo a decision), as 新規 where none does.
    """
    plan = _changed(scene.before) if petition else scene.before
    if petition:
        scene.petition_all(plan)
    scene.again(plan, sheets, sheets_end="返戻" if codes else "決定")
    if codes:
        scene.again(plan, ("2",) if "SUB401" in codes else ("1",), claims=False, later=True)
    for code in codes:
        if code == "CAP302":
            scene.found_everywhere(code, plan=plan)
        else:
            scene.found(code, plan.manager, subject="sheet", plan=plan)
    return True


def _petitioned(scene: Scene) -> bool:
    plan = _changed(scene.before)
    scene.petition_all(plan)
    scene.again(plan, ())
    return True


def _petitioned_for_later(scene: Scene) -> bool:
    """Nothing comes yet, and nothing has to."""
    for number in scene.before.facilities():
        scene.petition(scene.before, number, process=scene.next_review(), again="有")
    scene.again(_changed(scene.before), (), later=True)
    return True


def _taken_back(scene: Scene) -> bool:
    for number in scene.before.facilities():
        scene.petition(scene.before, number, again="無")
        scene.withdrawn(scene.before, number)
    return True


def _sheet_corrected_alone(scene: Scene) -> bool:
    """In the first month henrei does not hold the claims that the sheet is about: they come too."""
    if scene.k == 0:
        return _sheet_again(scene, ("2",), True)
    scene.again(scene.before, ("2",), claims=False)
    return True


def _sheet_cancelled(scene: Scene) -> bool:
    """The second claim was a mistake: it and the sheet go, and a month later the first comes again unmanaged."""
    plan = scene.before
    keeps, *gone = plan.facilities()
    scene.petition(plan, keeps, process=scene.next_review(), again="有")
    for number in gone:
        scene.petition(plan, number, again="無")
        scene.withdrawn(plan, number)
    scene.again(plan, ("3",), claims=False)
    alone = plan.clone()
    alone.stays = [s for s in alone.stays if s.facility.number == keeps]
    alone.manager = ""
    scene.again(alone, (), later=True)
    return True


def _returned(scene: Scene) -> bool:
    scene.again(scene.before, ())
    return True


def _nothing(scene: Scene) -> bool:
    """All is in `before`."""
    return True


_BEFORE = (-1, 0)
_THREE = (-1, 0, 1)

PLANTS = {
    "SUB401": [
        Step(
            "new_though_decided", "pair",
            lambda s: _sheet_again(s, ("1",), True, "SUB401"), managed, _THREE, "決定",
        ),
        Step(
            "cancelled_and_new_though_decided", "pair",
            lambda s: _sheet_again(s, ("3", "1"), True, "SUB401", "SUB404"), managed, _THREE, "決定",
        ),
    ],
    "SUB402": [
        Step(
            "correction_of_returned", "pair",
            lambda s: _sheet_again(s, ("2",), False, "SUB402"), managed, _THREE, "返戻",
        ),
    ],
    "SUB403": [
        Step(
            "cancelled_though_returned", "pair",
            lambda s: _sheet_again(s, ("3",), False, "SUB403", "CAP302"), managed, _THREE, "返戻",
        ),
    ],
    "SUB405": [
        Step("claim_decided", "single", _claim_decided, steady, _BEFORE, "決定"),
        Step("petition_too_late", "single", _petition_too_late, steady, _THREE, "決定"),
        Step("claims_decided", "pair", _claim_decided, managed, _BEFORE, "決定"),
    ],
    "SUB406": [
        Step("reclaim_missing", "single", _reclaim_missing, steady, _THREE, "決定"),
    ],
}  # fmt: skip

RIGHT = [
    Step("late", "single", _nothing, steady, _BEFORE, "hold"),
    Step("returned", "single", _returned, steady, _BEFORE, "返戻"),
    Step("petitioned", "single", _petitioned, steady, _BEFORE, "決定"),
    Step("sheet_returned", "pair", lambda s: _sheet_again(s, ("1",), False), managed, _BEFORE, "返戻"),
    Step("sheet_corrected", "pair", lambda s: _sheet_again(s, ("2",), True), managed, _BEFORE, "決定"),
    Step("late_pair", "pair", _nothing, managed, _BEFORE, "hold"),
    Step("petitioned_for_later", "single", _petitioned_for_later, steady, _THREE, "決定"),
    Step("taken_back", "single", _taken_back, steady, _BEFORE, "決定"),
    Step("sheet_corrected_alone", "pair", _sheet_corrected_alone, managed, _BEFORE, "決定"),
    Step("sheet_cancelled", "pair", _sheet_cancelled, managed, _THREE, "決定"),
]
