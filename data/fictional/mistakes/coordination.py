"""事業所間連携: mistakes ADD603 to ADD605 and ADD607, and the core facility's add-on billed twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from ..case import LONE, Case, steady
from ..model import Child
from ..months import first, last
from ..plans import coordinate
from ..rows import CarePlan, cut
from .facility import ordinary
from .registry import mistake, near

_TWO = "pair|trio"


def _apart(child: Child, month: str) -> bool:
    """At two facilities of different corporations."""
    return steady(child, month) and len({e.facility.corporation for e in child.enrolments}) > 1


def _care(case: Case, *rows: CarePlan) -> None:
    """Says how the child's plan is made in the month."""
    child, low, high = case.child, first(case.month), last(case.month)
    child.plans = cut(child.plans, low, high) + list(rows)


def _own(case: Case, core: str | None = None, consent: date | None = None, **change: object) -> CarePlan:
    """A plan of the family's own for the month, with the first facility as core unless another is named."""
    low, high = first(case.month), last(case.month)
    row = CarePlan(True, low, high, case.stay.facility.number if core is None else core, consent or low)
    return replace(row, **change)  # type: ignore[arg-type]


def _coordinated(case: Case, row: CarePlan | None = None) -> bool:
    """The first facility is core, the others take part."""
    _care(case, row or _own(case))
    return coordinate(case.plan)


def _claims(case: Case, key: str = "") -> list[str]:
    """The facilities that bill coordination, or one part of it."""
    keys = {key} if key else {"coordination_core", "coordination_other"}
    return [s.facility.number for s in case.plan.stays if any(s.extra.get(k) for k in keys)]


def _find(case: Case, code: str, numbers: Iterable[str], severity: str = "") -> bool:
    for number in numbers:
        case.expect(code, number, severity=severity)
    return True


@mistake("ADD601", "core_twice", _TWO, _apart)
def _core_twice(case: Case) -> bool:
    if not _coordinated(case):
        return False
    case.stay.extra["coordination_core"] = 2
    return _find(case, "ADD601", [case.stay.facility.number])


@mistake("ADD603", "with_consultant", _TWO, _apart)
def _with_consultant(case: Case) -> bool:
    """The plan is made by a consultant: nobody may bill, no facility is core and nobody agreed."""
    if not _coordinated(case):
        return False
    _care(case, CarePlan(False, first(case.month), last(case.month)))
    for code in ("ADD604", "ADD611"):
        _find(case, code, _claims(case, "coordination_core"))
    return _find(case, "ADD603", _claims(case)) and _find(case, "ADD605", _claims(case))


@mistake("ADD603", "one_corporation", "sister", steady)
def _one_corporation(case: Case) -> bool:
    if len(case.plan.stays) < 2:
        return False
    _care(case, _own(case))
    case.stay.extra["coordination_core"] = case.other().extra["coordination_other"] = 1
    return _find(case, "ADD603", _claims(case))


@mistake("ADD603", "one_facility", LONE, ordinary)
@mistake("ADD603", "beside_visits", "elsewhere", steady)
def _one_facility(case: Case) -> bool:
    """Alone, or beside visits to school, which do not count."""
    _care(case, _own(case))
    case.stay.extra["coordination_core"] = 1
    return _find(case, "ADD603", _claims(case), "review")


@mistake("ADD604", "roles_changed", _TWO, _apart)
def _roles_changed(case: Case) -> bool:
    """The core facility takes part, another one calls itself core."""
    if not _coordinated(case):
        return False
    case.stay.extra = {"coordination_other": 1}
    case.other().extra = {"coordination_core": 1}
    return _find(case, "ADD604", (s.facility.number for s in case.plan.stays[:2]))


@mistake("ADD604", "two_cores", _TWO, _apart)
def _two_cores(case: Case) -> bool:
    if not _coordinated(case):
        return False
    case.other().extra = {"coordination_core": 1}
    return _find(case, "ADD604", [case.other().facility.number])


@mistake("ADD604", "no_core_named", _TWO, _apart)
def _no_core_named(case: Case) -> bool:
    if not _coordinated(case):
        return False
    _care(case, _own(case, core=""))
    return _find(case, "ADD604", [case.stay.facility.number])


@mistake("ADD605", "no_consent", _TWO, _apart, None)
@mistake("ADD605", "consent_too_late", _TWO, _apart, 1)
@near("ADD605", "consent_on_the_last_day", _TWO, _apart, 0)
def _consent(case: Case, days_late: int | None) -> bool:
    """None at all, or so many days after the end of the month."""
    row = _own(case)
    day = None if days_late is None else last(case.month) + timedelta(days=days_late)
    if not _coordinated(case, replace(row, consent=day)):
        return False
    return bool(days_late == 0) or _find(case, "ADD605", _claims(case))


@mistake("ADD607", "without_core", _TWO, _apart)
def _without_core(case: Case) -> bool:
    if not _coordinated(case):
        return False
    del case.stay.extra["coordination_core"]
    return _find(case, "ADD607", _claims(case))


@near("ADD603", "own_plan_for_a_day", _TWO, _apart)
def _own_plan_for_a_day(case: Case) -> bool:
    """On the second of the month a consultant takes over; another core was named before."""
    low, high = first(case.month), last(case.month)
    row = _own(case, end=low)
    done = _coordinated(case, row)
    _care(case, row, CarePlan(False, low + timedelta(days=1), high))
    return done


def _record(case: Case, came: date) -> bool:
    """The core facility's newest record came on this day: none since the month began is missing."""
    if not _coordinated(case):
        return False
    case.child.records[case.review] = came
    if came < first(case.month):
        _find(case, "ADD611", _claims(case, "coordination_core"))
    return True


mistake("ADD611", "record_of_before", _TWO, _apart)(lambda s: _record(s, first(s.month) - timedelta(days=1)))
near("ADD611", "record_on_the_first", _TWO, _apart)(lambda s: _record(s, first(s.month)))
