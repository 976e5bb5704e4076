"""Mistakes about add-ons: too many (ADD601), and other than recorded (ADD602, ADD606, ADD608)."""

from __future__ import annotations

from dataclasses import replace

from .case import LONE, Case, Step
from .model import Child, Stay, Visit
from .months import open_days
from .plant_days import bare
from .plant_facility import ordinary, severe_alone

_RECORDED = ("extension", "medical_cooperation", "bathing", "specialist_support")
_LIMITS = {"specialist_support": 6, "bathing": 8}  # 月上限 of service_codes.csv
_USE_DAYS = {"specialist_support": 12}  # from which a child may have as many; on fewer days the limit is lower


def _free(case: Case, stay: Stay) -> list[int]:
    occupied = case.occupied()
    return [d for d in open_days(case.month, stay.facility.closed) if d not in occupied]


def _talk(case: Case, stay: Stay, n: int, code: int) -> bool:
    """n talks with the family: on days of use, then on days without the child."""
    used = [v for v in stay.visits if v.use and not v.family][:n]
    alone = case.rng.sample(_free(case, stay), n - len(used))
    if len(used) + len(alone) < n:
        return False
    for visit in used:
        visit.family = code
    stay.visits += [Visit(d, use=False, family=code) for d in alone]
    stay.visits.sort(key=lambda v: v.day)
    return True


def _talks(case: Case, n: int, code: int) -> bool:
    """Four are paid, alone and in a group each."""
    if not _talk(case, case.stay, n, code):
        return False
    if n > 4:
        case.expect("ADD601", case.stay.facility.number)
    return True


def _eight_talks(case: Case) -> bool:
    return _talk(case, case.stay, 4, 2) and _talk(case, case.stay, 4, 6)


def _absences(case: Case, n: int, limit: int) -> bool:
    """Absences instead of days of use, or beside them; recorded and billed."""
    stay = case.stay
    case.drop(stay, set(stay.use_days()[2:]))
    stay.visits = [v for v in stay.visits if v.use]
    days = case.rng.sample(_free(case, stay), n)
    stay.visits += [Visit(d, use=False, absent=True) for d in days]
    stay.visits.sort(key=lambda v: v.day)
    if len(days) > limit:
        case.expect("ADD601", stay.facility.number)
    return len(days) == n


def _marked(case: Case, key: str, n: int) -> bool:
    """So many days with an add-on that the code table limits."""
    used = [v for v in case.stay.visits if v.use]
    if len(used) < max(n, _USE_DAYS.get(key, 0)):
        return False
    for visit in used[:n]:
        visit.marks = (key,)
    if n > _LIMITS[key]:
        case.expect("ADD601", case.stay.facility.number)
    return True


def _not_recorded(case: Case) -> bool:
    case.stay.extra["absence"] = 1
    case.expect("ADD602", case.stay.facility.number)
    return True


def _not_billed(case: Case) -> bool:
    stay = case.stay
    if not any(v.absent for v in stay.visits):
        if not _free(case, stay):
            case.drop(stay, stay.use_days()[-1:])
        stay.visits.append(Visit(case.rng.pick(_free(case, stay)), use=False, absent=True))
    stay.extra["absence"] = -1
    case.expect("ADD602", stay.facility.number)
    return True


def _absence_without_record(case: Case) -> bool:
    """No attendance came at all."""
    bare(case.stay)
    case.stay.record = "none"
    case.stay.extra["absence"] = 1
    case.expect("ADD602", case.stay.facility.number)
    case.expect("DAY204", case.stay.facility.number)
    return True


def _both_ways(stay: Stay) -> list[Visit]:
    """Every day is a way out and a way back."""
    used = [v for v in stay.visits if v.use]
    for visit in used:
        visit.out = visit.back = 1
    return used


def _three_ways(case: Case) -> bool:
    """The record has two ways out on one day."""
    case.rng.pick(_both_ways(case.stay)).out = 2
    case.expect("ADD606", case.stay.facility.number)
    return True


def _more_ways(case: Case) -> bool:
    _both_ways(case.stay)
    case.stay.extra["pickup"] = 1
    case.expect("ADD606", case.stay.facility.number)
    case.expect("ADD608", case.stay.facility.number)
    return True


def _pickup_not_recorded(case: Case) -> bool:
    _both_ways(case.stay)[0].out = 0
    case.stay.extra["pickup"] = 1
    case.expect("ADD608", case.stay.facility.number)
    return True


def _add_on_not_recorded(case: Case, key: str = "") -> bool:
    """One more than the records have."""
    key = key or case.rng.pick(_RECORDED)
    if key in _RECORDED:
        used = [v for v in case.stay.visits if v.use]
        used[0].marks = (key,)
    case.stay.extra[key] = 1
    case.expect("ADD608", case.stay.facility.number)
    return True


def _talk_of_other_kind(case: Case) -> bool:
    """Recorded as a talk in a group, billed as one alone."""
    stay = case.stay
    stay.visits = [replace(v, family=0) for v in stay.visits]
    if not _talk(case, stay, 1, 5):
        return False
    stay.extra |= {"family_support_2": -1, "family_support_1": 1}
    case.expect("ADD608", stay.facility.number)
    return True


def _often(child: Child, month: str) -> bool:
    """Comes often enough for an add-on on many days."""
    place = child.enrolments[0]
    return ordinary(child, month) and all(place.contract(t, month)[1] >= 15 for t in place.contracts)


PLANTS = {
    "ADD601": [
        Step("five_talks", LONE, lambda s: _talks(s, 5, 1), ordinary),
        Step("five_absences", LONE, lambda s: _absences(s, 5, 4), ordinary),
        Step("five_talks_in_a_group", LONE, lambda s: _talks(s, 5, 5), ordinary),
        Step("nine_absences", "heavy", lambda s: _absences(s, 9, 8), severe_alone),
        Step("seven_specialists", LONE, lambda s: _marked(s, "specialist_support", 7), _often),
    ],
    "ADD602": [
        Step("absence_not_recorded", LONE, _not_recorded, ordinary),
        Step("absence_not_billed", LONE, _not_billed, ordinary),
        Step("absence_without_record", LONE, _absence_without_record, lambda c, m: ordinary(c, m) and not c.individual),
    ],
    "ADD606": [
        Step("three_ways", LONE, _three_ways, ordinary),
        Step("more_ways_than_recorded", LONE, _more_ways, ordinary),
    ],
    "ADD608": [
        Step("pickup_not_recorded", LONE, _pickup_not_recorded, ordinary),
        Step("talk_not_recorded", LONE, lambda s: _add_on_not_recorded(s, "family_support_1"), ordinary),
        Step("add_on_not_recorded", LONE, _add_on_not_recorded, ordinary),
        Step("talk_of_other_kind", LONE, _talk_of_other_kind, ordinary),
    ],
}
RIGHT = [
    Step("four_absences", LONE, lambda s: _absences(s, 4, 4), ordinary),
    Step("eight_absences", "heavy", lambda s: _absences(s, 8, 8), severe_alone),
    Step("both_ways_every_day", LONE, lambda s: bool(_both_ways(s.stay)), ordinary),
    Step("eight_talks", LONE, _eight_talks, ordinary),
    Step("six_specialists", LONE, lambda s: _marked(s, "specialist_support", 6), _often),
    Step("eight_baths", LONE, lambda s: _marked(s, "bathing", 8), _often),
]
