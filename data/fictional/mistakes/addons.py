"""Mistakes about add-ons: too many (ADD601), and other than recorded (ADD602, ADD606, ADD608)."""

from __future__ import annotations

from dataclasses import replace

from ..case import LONE, Case
from ..model import Child, Stay, Visit
from ..months import open_days
from ..plans import may_be_extended
from .days import bare
from .facility import ordinary, severe_alone
from .registry import mistake, near

_RECORDED = ("extension", "medical_cooperation", "bathing", "specialist_support")
_LIMITS = {"specialist_support": 6, "bathing": 8}  # 月上限 of service_codes.csv
_USE_DAYS = {"specialist_support": 12}  # from which a child may have as many; on fewer days the limit is lower


def _often(child: Child, month: str) -> bool:
    """Comes often enough for an add-on on many days."""
    place = child.enrolments[0]
    return ordinary(child, month) and all(place.contract(t, month)[1] >= 15 for t in place.contracts)


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


@mistake("ADD601", "five_talks", LONE, ordinary, 5, 1)
@mistake("ADD601", "five_talks_in_a_group", LONE, ordinary, 5, 5)
def _talks(case: Case, n: int, code: int) -> bool:
    """Four are paid, alone and in a group each."""
    if not _talk(case, case.stay, n, code):
        return False
    if n > 4:
        case.expect("ADD601", case.stay.facility.number)
    return True


@near("ADD601", "eight_talks", LONE, ordinary)
def _eight_talks(case: Case) -> bool:
    return _talk(case, case.stay, 4, 2) and _talk(case, case.stay, 4, 6)


@mistake("ADD601", "five_absences", LONE, ordinary, 5, 4)
@mistake("ADD601", "nine_absences", "heavy", severe_alone, 9, 8)
@near("ADD601", "four_absences", LONE, ordinary, 4, 4)
@near("ADD601", "eight_absences", "heavy", severe_alone, 8, 8)
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


@mistake("ADD601", "seven_specialists", LONE, _often, "specialist_support", 7)
@near("ADD601", "six_specialists", LONE, _often, "specialist_support", 6)
@near("ADD601", "eight_baths", LONE, _often, "bathing", 8)
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


@mistake("ADD602", "absence_not_recorded", LONE, ordinary)
def _not_recorded(case: Case) -> bool:
    case.stay.extra["absence"] = 1
    case.expect("ADD602", case.stay.facility.number)
    return True


@mistake("ADD602", "absence_not_billed", LONE, ordinary)
def _not_billed(case: Case) -> bool:
    stay = case.stay
    if not any(v.absent for v in stay.visits):
        if not _free(case, stay):
            case.drop(stay, stay.use_days()[-1:])
        stay.visits.append(Visit(case.rng.pick(_free(case, stay)), use=False, absent=True))
    stay.extra["absence"] = -1
    case.expect("ADD602", stay.facility.number, severity="notice")
    return True


@mistake("ADD602", "absence_without_record", LONE, lambda c, m: ordinary(c, m) and not c.individual)
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


@mistake("ADD606", "three_ways", LONE, ordinary)
def _three_ways(case: Case) -> bool:
    """The record has two ways out on one day."""
    case.rng.pick(_both_ways(case.stay)).out = 2
    case.expect("ADD606", case.stay.facility.number)
    return True


@mistake("ADD606", "more_ways_than_recorded", LONE, ordinary)
def _more_ways(case: Case) -> bool:
    _both_ways(case.stay)
    case.stay.extra["pickup"] = 1
    case.expect("ADD606", case.stay.facility.number)
    case.expect("ADD608", case.stay.facility.number)
    return True


@mistake("ADD608", "pickup_not_recorded", LONE, ordinary)
def _pickup_not_recorded(case: Case) -> bool:
    _both_ways(case.stay)[0].out = 0
    case.stay.extra["pickup"] = 1
    case.expect("ADD608", case.stay.facility.number)
    return True


@mistake("ADD608", "talk_not_recorded", LONE, ordinary, "family_support_1")
@mistake("ADD608", "add_on_not_recorded", LONE, ordinary)
def _add_on_not_recorded(case: Case, key: str = "") -> bool:
    """One more than the records have."""
    key = key or case.rng.pick(_RECORDED if may_be_extended(case.stay) else _RECORDED[1:])
    if key in _RECORDED:
        used = [v for v in case.stay.visits if v.use]
        used[0].marks = (key,)
    case.stay.extra[key] = 1
    case.expect("ADD608", case.stay.facility.number)
    return True


@mistake("ADD608", "talk_of_other_kind", LONE, ordinary)
def _talk_of_other_kind(case: Case) -> bool:
    """Recorded as a talk in a group, billed as one alone."""
    stay = case.stay
    stay.visits = [replace(v, family=0) for v in stay.visits]
    if not _talk(case, stay, 1, 5):
        return False
    stay.extra |= {"family_support_2": -1, "family_support_1": 1}
    case.expect("ADD608", stay.facility.number)
    return True


@mistake("ADD609", "extended_too_early", LONE, ordinary, 1)
@near("ADD609", "extended_from_the_base", LONE, ordinary, 0)
def _extended(case: Case, less: int) -> bool:
    """A day that is extended beyond hours that are a minute short of the base, or just make it up."""
    stay = case.stay
    visit = next((v for v in stay.visits if v.use), None)
    if visit is None:
        return False
    hours = 3 if stay.service_type == "63" and not visit.holiday else 5
    end = hours * 60 + 10 * 60 - less
    if "extension" not in visit.marks:
        visit.marks = (*visit.marks, "extension")
    visit.times = ("1000", f"{end // 60:02d}{end % 60:02d}", f"{hours * 100:04d}")
    if less:
        case.expect("ADD609", stay.facility.number, [visit.day])
    return True


@mistake("ADD610", "two_agencies", LONE, ordinary, "agency_cooperation_1", "agency_cooperation_2")
@near("ADD610", "other_agencies", LONE, ordinary, "agency_cooperation_1", "agency_cooperation_3")
def _agencies(case: Case, *keys: str) -> bool:
    case.stay.extra |= dict.fromkeys(keys, 1)
    if set(keys) == {"agency_cooperation_1", "agency_cooperation_2"}:
        case.expect("ADD610", case.stay.facility.number)
    return True


near("ADD606", "both_ways_every_day", LONE, ordinary)(lambda s: bool(_both_ways(s.stay)))
