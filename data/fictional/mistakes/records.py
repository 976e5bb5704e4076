"""Mistakes of the record against what is billed and contracted: DAY210 to DAY215, CRT109."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ..case import LONE, PLAIN, Case, steady
from ..claims import resum
from ..codes import base_code, time_class
from ..model import Child, Claim, Stay, Visit
from ..months import first, last, on
from .amounts import change
from .facility import ordinary, severe_alone
from .registry import mistake, near

_REACHED = {2: 150, 3: 300}  # hundredths of an hour, from which a class is reached


def _school(child: Child, month: str) -> bool:
    return ordinary(child, month) and "63" in child.enrolments[0].contracts and child.pace == 2


def _hourly(child: Child, month: str) -> bool:
    """Every day is billed in a class above the first."""
    return ordinary(child, month) and child.pace >= 2


def _long(child: Child, month: str) -> bool:
    return _hourly(child, month) and "61" in child.enrolments[0].contracts and child.pace == 3


def _uses(stay: Stay) -> list[Visit]:
    return [v for v in stay.visits if v.use]


def classes(stay: Stay) -> list[int]:
    """時間区分 of what is billed, a day each; none of the fee for severe disabilities."""
    days = {v.day: v for v in _uses(stay) if not v.heavy}
    return [time_class(stay.service_type, stay.pace, v.holiday) for v in days.values()]


def over_hours(billed: Sequence[int], hours: Sequence[int]) -> bool:
    """More days of a class than days that reach it."""
    return any(sum(c >= k for c in billed) > sum(h >= low for h in hours) for k, low in _REACHED.items())


def base_lines(case: Case, stay: Stay, rows: Sequence[Visit]) -> None:
    """Finds what the base lines of a stay say, where these rows of use are on record."""
    number, billed = stay.facility.number, len(stay.use_days())
    if billed != len(rows):
        case.expect("DAY210", number, severity="return" if billed > len(rows) else "notice")
    if stay.service_type in ("61", "63") and over_hours(classes(stay), [_hours(stay, v) for v in rows]):
        case.expect("DAY215", number)
    if stay.service_type == "63" and classes(stay).count(3) > sum(v.holiday for v in rows):
        case.expect("DAY213", number)


@mistake("DAY210", "base_line_more", PLAIN, ordinary, 1)
@mistake("DAY210", "base_line_fewer", PLAIN, ordinary, -1)
def _one_line(case: Case, more: int) -> bool:
    """A base line too many, or one too few."""
    stay = case.stay
    least = min(classes(stay))
    day = next(v for v in _uses(stay) if time_class(stay.service_type, stay.pace, v.holiday) == least)
    capacity = stay.facility.unit(stay.service_type).fee_capacity
    wanted = base_code(stay.service_type, capacity, False, day.holiday, stay.reduced, least, stay.care)

    def apply(claim: Claim) -> None:
        at = next(i for i, line in enumerate(claim.lines) if line[0] == wanted)
        code, units, count, _ = claim.lines[at]
        claim.lines[at] = code, units, count + more, units * (count + more)
        if count + more == 0:
            del claim.lines[at]
        resum(claim)

    if len(stay.use_days()) < 2:
        return False
    hours = [_hours(stay, v) for v in _uses(stay)]
    if more > 0 and over_hours([*classes(stay), least], hours):
        case.expect("DAY215", stay.facility.number)
    if more > 0 and least == 3 and stay.service_type == "63":
        case.expect("DAY213", stay.facility.number)
    change(case, apply)
    case.expect("DAY210", stay.facility.number, severity="return" if more > 0 else "notice")
    return True


def _hours(stay: Stay, visit: Visit) -> int:
    usual = {1: 150, 2: 300, 3: 500}[time_class(stay.service_type, stay.pace, visit.holiday)]
    return int(visit.times[2] or 0) if visit.times else usual


def _begins(case: Case, started: date) -> bool:
    """開始年月日 is late: after the month, or after the first day of use."""
    stay = case.stay
    stay.started = started
    outside = [d for d in stay.use_days() if on(case.month, d) < started]
    late = started > last(case.month)
    if outside or late:
        case.expect("DAY211", stay.facility.number, outside, severity="return" if late else "review")
    return True


def _ends(case: Case, ended: date) -> bool:
    """終了年月日 is early: before the month, or before the last day of use."""
    stay = case.stay
    stay.ended = ended
    outside = [d for d in stay.use_days() if on(case.month, d) > ended]
    gone = ended < first(case.month) or ended < stay.started
    if outside or gone:
        case.expect("DAY211", stay.facility.number, outside, severity="return" if gone else "review")
    return True


@mistake("DAY211", "starts_within", LONE, ordinary, begins=True)
@mistake("DAY211", "ends_within", LONE, ordinary, begins=False)
def _inner(case: Case, begins: bool) -> bool:
    """A date between two days of use."""
    used = case.stay.use_days()
    if len(used) < 2:
        return False
    day = on(case.month, case.rng.pick(used[1:] if begins else used[:-1]))
    return _begins(case, day) if begins else _ends(case, day)


@near("DAY211", "starts_and_ends_with_use", LONE, ordinary)
def _just(case: Case) -> bool:
    """From the first day of use to the last."""
    used = case.stay.use_days()
    return _begins(case, on(case.month, used[0])) and _ends(case, on(case.month, used[-1]))


@mistake("DAY211", "ends_before_it_starts", LONE, ordinary)
def _ends_before_begin(case: Case) -> bool:
    used = case.stay.use_days()
    if len(used) < 2:
        return False
    case.stay.started = on(case.month, used[-1])
    case.stay.ended = case.stay.started - timedelta(days=1)
    case.expect("DAY211", case.stay.facility.number, used)
    return True


@mistake("DAY212", "hours_in_total", LONE, ordinary, 19, 100)
@mistake("DAY212", "pickups_in_total", LONE, ordinary, 34, 2)
@mistake("DAY212", "visits_in_total", "visit|elsewhere", steady, 37, 1)
def _total(case: Case, item: int, more: int) -> bool:
    stay = next((s for s in case.plan.stays if (item == 37) == (s.service_type in ("64", "65")) and s.visits), None)
    if stay is None:
        return False
    stay.totals[item] = more
    case.expect("DAY212", stay.facility.number, subject="attendance")
    return True


@near("DAY212", "no_hours_recorded", LONE, ordinary)
def _no_hours(case: Case) -> bool:
    """A program that writes no hours: neither of a day nor their sum."""
    for visit in _uses(case.stay):
        visit.times = ("1000", "1700", "")
    return True


@mistake("DAY213", "holiday_as_school_day", LONE, _school, holiday=True)
@near("DAY213", "school_day_as_holiday", LONE, _school, holiday=False)
def _school_day(case: Case, holiday: bool) -> bool:
    """A holiday is recorded as a school day and billed as what it was; or the other way, which costs nothing."""
    days = [v for v in _uses(case.stay) if v.holiday == holiday and "extension" not in v.marks]
    if case.stay.pace != 2:
        return False
    if holiday and not days:  # or it is billed as a holiday, and was none
        days = [v for v in _uses(case.stay) if "extension" not in v.marks]
    if not days:
        return False
    visit = case.rng.pick(days)
    visit.day_kind, visit.holiday = (1, True) if holiday else (2, False)
    if holiday:
        case.expect("DAY213", case.stay.facility.number)
    return True


@mistake("DAY214", "short_by_a_minute", LONE, ordinary, "1029", True)
@mistake("DAY214", "ends_before_begin", LONE, ordinary, "0959", True)
@near("DAY214", "half_an_hour", LONE, ordinary, "1030", False)
@near("DAY214", "short_at_severe", "heavy", severe_alone, "1020", False)
def _short(case: Case, ends: str, found: bool) -> bool:
    """A day from ten on; its hours are those that were planned."""
    visit = case.rng.pick(_uses(case.stay))
    hours = f"{_hours(case.stay, visit):04d}"
    visit.times = ("1000", ends, hours)
    visit.marks = tuple(key for key in visit.marks if key != "extension")
    if found:
        case.expect("DAY214", case.stay.facility.number, [visit.day])
    return True


@mistake("DAY215", "hours_below_second_class", LONE, _hourly, 2, 1)
@mistake("DAY215", "hours_below_third_class", LONE, _long, 3, 1)
@near("DAY215", "hours_just_enough", LONE, _school, 2, 0)
@near("DAY215", "hours_of_third_class", LONE, _long, 3, 0)
def _hours_of(case: Case, k: int, less: int) -> bool:
    """One of the days has on record the hours from which the class that is billed is reached, or fewer."""
    days = [v for v in _uses(case.stay) if less or not v.holiday or case.stay.service_type == "61"]
    if not days:
        return False
    case.rng.pick(days).times = ("1000", "1600", f"{_REACHED[k] - less:04d}")
    if less:
        case.expect("DAY215", case.stay.facility.number)
    return True


@mistake("CRT109", "contract_ended", LONE, ordinary, True, False)
@mistake("CRT109", "contract_begins_later", LONE, ordinary, False, True)
@near("CRT109", "contract_edges", LONE, ordinary, True, True)
def _contract(case: Case, from_first: bool, until_last: bool) -> bool:
    """A contract that begins and ends with the days of use, or within them."""
    stay = case.stay
    if len(stay.use_days()) < 3 and not case.use_exactly(stay, 3):
        return False
    used = stay.use_days()
    low, high = (used[0] if from_first else used[1]), (used[-1] if until_last else used[-2])
    stay.contract_from = stay.started = on(case.month, low)
    stay.contract_to = on(case.month, high)
    outside = [d for d in used if not low <= d <= high]
    if outside:
        case.expect("CRT109", stay.facility.number, outside)
    if low > used[0]:
        case.expect("DAY211", stay.facility.number, [d for d in used if d < low], severity="review")
    return True


@near("CRT109", "contract_made_anew", LONE, ordinary)
def _new_contract(case: Case) -> bool:
    """The contract was made anew within the month; only the newest is sent, the service began before."""
    used = case.stay.use_days()
    before = case.stay.started < on(case.month, used[0])
    if before:
        case.stay.contract_from = on(case.month, used[-1])
    return before


mistake("DAY211", "starts_next_month", LONE, ordinary)(lambda s: _begins(s, last(s.month) + timedelta(days=1)))
mistake("DAY211", "ended_before", LONE, ordinary)(lambda s: _ends(s, first(s.month) - timedelta(days=1)))
