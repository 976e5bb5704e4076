"""Mistakes about what comes again, SUB401 to SUB406, and the same things done correctly."""

from __future__ import annotations

from ..case import LONE, Case, steady
from ..model import Plan
from .cap_filing import managed
from .registry import mistake, near

_BEFORE = (-1, 0)
_THREE = (-1, 0, 1)


@mistake("SUB405", "claim_decided", LONE, steady, span=_BEFORE, before="決定")
@mistake("SUB405", "claims_decided", "pair", managed, span=_BEFORE, before="決定")
def _claim_decided(case: Case) -> bool:
    """Sent again without a petition, though decided."""
    case.again(case.before, (), claims_end="返戻")
    case.expect_everywhere("SUB405", plan=case.before)
    return True


@mistake("SUB405", "petition_too_late", LONE, steady, span=_THREE, before="決定")
def _petition_too_late(case: Case) -> bool:
    """Sent again a month before its petition is processed; in that month it comes correctly."""
    for number in case.before.facilities():
        case.petition(case.before, number, process=case.next_review(), again="有")
    case.again(case.before, (), claims_end="返戻")
    case.expect_everywhere("SUB405", plan=case.before)
    case.again(case.before, (), later=True)
    return True


@mistake("SUB406", "reclaim_missing", LONE, steady, span=_THREE, before="決定")
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


@mistake("SUB401", "new_though_decided", "pair", managed, ("1",), True, "SUB401", span=_THREE, before="決定")
@mistake(
    "SUB401",
    "cancelled_and_new_though_decided",
    "pair",
    managed,
    ("3", "1"),
    True,
    "SUB401",
    "SUB404",
    span=_THREE,
    before="決定",
)
@mistake("SUB402", "correction_of_returned", "pair", managed, ("2",), False, "SUB402", span=_THREE, before="返戻")
@mistake(
    "SUB403",
    "cancelled_though_returned",
    "pair",
    managed,
    ("3",),
    False,
    "SUB403",
    "CAP302",
    span=_THREE,
    before="返戻",
)
@near("SUB402", "sheet_returned", "pair", managed, ("1",), False, span=_BEFORE, before="返戻")
@near("SUB401", "sheet_corrected", "pair", managed, ("2",), True, span=_BEFORE, before="決定")
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


@near("SUB405", "petitioned", "single", steady, span=_BEFORE, before="決定")
def _petitioned(case: Case) -> bool:
    plan = _changed(case.before)
    case.petition_all(plan)
    case.again(plan, ())
    return True


@near("SUB406", "petitioned_for_later", "single", steady, span=_THREE, before="決定")
def _petitioned_for_later(case: Case) -> bool:
    """Nothing comes yet, and nothing has to."""
    for number in case.before.facilities():
        case.petition(case.before, number, process=case.next_review(), again="有")
    case.again(_changed(case.before), (), later=True)
    return True


@near("SUB406", "withdrawn", "single", steady, span=_BEFORE, before="決定")
def _withdrawn(case: Case) -> bool:
    for number in case.before.facilities():
        case.petition(case.before, number, again="無")
        case.withdrawn(case.before, number)
    return True


@near("SUB403", "sheet_corrected_alone", "pair", managed, span=_BEFORE, before="決定")
def _sheet_corrected_alone(case: Case) -> bool:
    """In the first month henrei does not hold the claims that the sheet is about: they come too."""
    if case.k == 0:
        return _sheet_again(case, ("2",), True)
    case.again(case.before, ("2",), claims=False)
    return True


@near("SUB403", "sheet_cancelled", "pair", managed, span=_THREE, before="決定")
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


@near("SUB405", "returned", "single", steady, span=_BEFORE, before="返戻")
def _returned(case: Case) -> bool:
    case.again(case.before, ())
    return True


@near("CAP302", "late", "single", steady, span=_BEFORE, before="hold")
@near("CAP302", "late_pair", "pair", managed, span=_BEFORE, before="hold")
def _nothing(case: Case) -> bool:
    """All is in `before`."""
    return True
