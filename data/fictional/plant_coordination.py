"""事業所間連携: mistakes ADD603 to ADD605 and ADD607, and the core facility's add-on billed twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from .case import LONE, Case, Step, steady
from .model import Child
from .months import first, last
from .plans import coordinate
from .plant_facility import ordinary
from .rows import CarePlan, cut


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


def _find(case: Case, code: str, numbers: Iterable[str]) -> bool:
    for number in numbers:
        case.expect(code, number)
    return True


def _core_twice(case: Case) -> bool:
    if not _coordinated(case):
        return False
    case.stay.extra["coordination_core"] = 2
    return _find(case, "ADD601", [case.stay.facility.number])


def _with_consultant(case: Case) -> bool:
    """The plan is made by a consultant: nobody may bill, no facility is core and nobody agreed."""
    if not _coordinated(case):
        return False
    _care(case, CarePlan(False, first(case.month), last(case.month)))
    _find(case, "ADD604", _claims(case, "coordination_core"))
    return _find(case, "ADD603", _claims(case)) and _find(case, "ADD605", _claims(case))


def _one_corporation(case: Case) -> bool:
    if len(case.plan.stays) < 2:
        return False
    _care(case, _own(case))
    case.stay.extra["coordination_core"] = case.other().extra["coordination_other"] = 1
    return _find(case, "ADD603", _claims(case))


def _one_facility(case: Case) -> bool:
    """Alone, or beside visits to school, which do not count."""
    _care(case, _own(case))
    case.stay.extra["coordination_core"] = 1
    return _find(case, "ADD603", _claims(case))


def _roles_changed(case: Case) -> bool:
    """The core facility takes part, another one calls itself core."""
    if not _coordinated(case):
        return False
    case.stay.extra = {"coordination_other": 1}
    case.other().extra = {"coordination_core": 1}
    return _find(case, "ADD604", (s.facility.number for s in case.plan.stays[:2]))


def _two_cores(case: Case) -> bool:
    if not _coordinated(case):
        return False
    case.other().extra = {"coordination_core": 1}
    return _find(case, "ADD604", [case.other().facility.number])


def _no_core_named(case: Case) -> bool:
    if not _coordinated(case):
        return False
    _care(case, _own(case, core=""))
    return _find(case, "ADD604", [case.stay.facility.number])


def _consent(case: Case, days_late: int | None) -> bool:
    """None at all, or so many days after the end of the month."""
    row = _own(case)
    day = None if days_late is None else last(case.month) + timedelta(days=days_late)
    if not _coordinated(case, replace(row, consent=day)):
        return False
    return bool(days_late == 0) or _find(case, "ADD605", _claims(case))


def _without_core(case: Case) -> bool:
    if not _coordinated(case):
        return False
    del case.stay.extra["coordination_core"]
    return _find(case, "ADD607", _claims(case))


def _own_plan_for_a_day(case: Case) -> bool:
    """On the second of the month a consultant takes over; another core was named before."""
    low, high = first(case.month), last(case.month)
    row = _own(case, end=low)
    done = _coordinated(case, row)
    _care(case, row, CarePlan(False, low + timedelta(days=1), high))
    return done


def _apart(child: Child, month: str) -> bool:
    """At two facilities of different corporations."""
    return steady(child, month) and len({e.facility.corporation for e in child.enrolments}) > 1


_TWO = "pair|trio"
PLANTS = {
    "ADD601": [Step("core_twice", _TWO, _core_twice, _apart)],
    "ADD603": [
        Step("with_consultant", _TWO, _with_consultant, _apart),
        Step("one_corporation", "sister", _one_corporation, steady),
        Step("one_facility", LONE, _one_facility, ordinary),
        Step("beside_visits", "elsewhere", _one_facility, steady),
    ],
    "ADD604": [
        Step("roles_changed", _TWO, _roles_changed, _apart),
        Step("two_cores", _TWO, _two_cores, _apart),
        Step("no_core_named", _TWO, _no_core_named, _apart),
    ],
    "ADD605": [
        Step("no_consent", _TWO, lambda s: _consent(s, None), _apart),
        Step("consent_too_late", _TWO, lambda s: _consent(s, 1), _apart),
    ],
    "ADD607": [Step("without_core", _TWO, _without_core, _apart)],
}
RIGHT = [
    Step("consent_on_the_last_day", _TWO, lambda s: _consent(s, 0), _apart),
    Step("own_plan_for_a_day", _TWO, _own_plan_for_a_day, _apart),
]
