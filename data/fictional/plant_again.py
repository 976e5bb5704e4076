"""Mistakes about what comes again, SUB401 to SUB406, and the same things done correctly."""

from __future__ import annotations

from .case import Case, Step, steady
from .model import Plan
from .plant_caps import managed


def _claim_decided(case: Case) -> bool:
    """Sent again without a petition, though decided."""
    case.again(case.before, (), claims_end="返戻")
    case.expect_everywhere("SUB405", plan=case.before)
    return True


def _petition_too_late(case: Case) -> bool:
    """Sent again a month before its petition is processed; in that month it comes correctly."""
    for number in case.before.facilities():
        case.petition(case.before, number, process=case.next_review(), again="有")
    case.again(case.before, (), claims_end="返戻")
    case.expect_everywhere("SUB405", plan=case.before)
    case.again(case.before, (), later=True)
    return True


def _reclaim_missing(case: Case) -> bool:
    """The petition is processed and nothing comes: all is withdrawn. Next month it comes as a new claim."""
    for number in case.before.facilities():
        case.petition(case.before, number, again=case.rng.pick(("有", "")))
        case.expect("SUB406", number, subject="petition", plan=case.before)
        case.withdrawn(case.before, number)
    case.again(case.before, (), later=True)
    return True


def _changed(plan: Plan) -> Plan:
    """The same month with two pickups less, where there are any."""
    plan = plan.clone()
    stay = plan.stays[0]
    if sum(v.out + v.back for v in stay.visits if v.use) > 2:
        stay.extra["pickup"] = -2
    return plan


def _sheet_again(case: Case, sheets: tuple[str, ...], petition: bool, *codes: str) -> bool:
    """Claims and sheet of the month before come again: after petitions, or after having been returned.

    A sheet with a mistake is returned and comes correctly next month: as 修正 where an older one is still decided
    (a return does not undo a decision), as 新規 where none does.
    """
    plan = _changed(case.before) if petition else case.before
    if petition:
        case.petition_all(plan)
    case.again(plan, sheets, sheets_end="返戻" if codes else "決定")
    if codes:
        case.again(plan, ("2",) if "SUB401" in codes else ("1",), claims=False, later=True)
    for code in codes:
        if code == "CAP302":
            case.expect_everywhere(code, plan=plan)
        else:
            case.expect(code, plan.manager, subject="sheet", plan=plan)
    return True


def _petitioned(case: Case) -> bool:
    plan = _changed(case.before)
    case.petition_all(plan)
    case.again(plan, ())
    return True


def _petitioned_for_later(case: Case) -> bool:
    """Nothing comes yet, and nothing has to."""
    for number in case.before.facilities():
        case.petition(case.before, number, process=case.next_review(), again="有")
    case.again(_changed(case.before), (), later=True)
    return True


def _withdrawn(case: Case) -> bool:
    for number in case.before.facilities():
        case.petition(case.before, number, again="無")
        case.withdrawn(case.before, number)
    return True


def _sheet_corrected_alone(case: Case) -> bool:
    """In the first month henrei does not hold the claims that the sheet is about: they come too."""
    if case.k == 0:
        return _sheet_again(case, ("2",), True)
    case.again(case.before, ("2",), claims=False)
    return True


def _sheet_cancelled(case: Case) -> bool:
    """The second claim was a mistake: it and the sheet go, and a month later the first comes again unmanaged."""
    plan = case.before
    keeps, *gone = plan.facilities()
    case.petition(plan, keeps, process=case.next_review(), again="有")
    for number in gone:
        case.petition(plan, number, again="無")
        case.withdrawn(plan, number)
    case.again(plan, ("3",), claims=False)
    alone = plan.clone()
    alone.stays = [s for s in alone.stays if s.facility.number == keeps]
    alone.manager = ""
    case.again(alone, (), later=True)
    return True


def _returned(case: Case) -> bool:
    case.again(case.before, ())
    return True


def _nothing(case: Case) -> bool:
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
    Step("withdrawn", "single", _withdrawn, steady, _BEFORE, "決定"),
    Step("sheet_corrected_alone", "pair", _sheet_corrected_alone, managed, _BEFORE, "決定"),
    Step("sheet_cancelled", "pair", _sheet_cancelled, managed, _THREE, "決定"),
]
