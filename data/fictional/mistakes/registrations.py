"""Mistakes about add-ons that the ledger registers: not at all (FAC504), or filed too late (FAC509)."""

from __future__ import annotations

from datetime import date, timedelta

from ..case import LONE, Case
from ..codes import in_base
from ..facilities import REVISION
from ..model import Stay
from ..months import first, holidays, last, on, shift
from ..rows import Registration
from .facility import ordinary
from .registry import mistake, near

_FILED = ("specialist_system", "nurse_plus", "qualified_staff", "care_needs")


def deadline(month: str) -> date:
    """The day by which an add-on must be filed in the month to count from the next: the 15th or the open day before."""
    day = on(month, 15)
    while day.weekday() >= 5 or day in holidays(day.year):
        day -= timedelta(days=1)
    return day


def register(case: Case, stay: Stay, key: str, start: date, end: date, filed: date | None = None) -> None:
    """A row that the ledger has from this review month on."""
    stay.facility.registered.append(Registration(stay.service_type, key, start, end, filed, known=case.review))


def bill(stay: Stay, key: str) -> None:
    """On every day of use; in the base code where it is one of those."""
    if in_base(key):
        stay.reduced = key
        return
    stay.extra[key] = stay.extra.get(key, 0) + len(stay.use_days())


def own_key(case: Case, keys: tuple[str, ...] = _FILED) -> str:
    """An add-on of which no other mistake at the facility speaks in this month or the next, or nothing."""
    number, months = case.stay.facility.number, (case.month, shift(case.month, 1))
    more = () if case.stay.facility.staffing else ("staffing_plus",)
    for key in [*case.rng.shuffled(keys), *more]:
        if not any(("add-on", number, key, month) in case.books.reserved for month in months):
            case.books.reserved.update(("add-on", number, key, month) for month in months)
            return key
    return ""


@mistake("FAC504", "never_registered", LONE, ordinary, "never")
@mistake("FAC504", "registered_until_then", LONE, ordinary, "ended")
@mistake("FAC504", "registered_later", LONE, ordinary, "later")
@mistake("FAC504", "registered_elsewhere", LONE, ordinary, "elsewhere")
def _unregistered(case: Case, when: str) -> bool:
    """Never registered, until the month before, from the month after, or for another service only."""
    stay, key = case.stay, own_key(case)
    if not key:
        return False
    low, high = first(case.month), last(case.month)
    if when == "ended":
        register(case, stay, key, REVISION, low - timedelta(days=1), date(2024, 3, 10))
    elif when == "later":
        register(case, stay, key, high + timedelta(days=1), last(shift(case.month, 1)), low)
    elif when == "elsewhere":
        row = Registration("64", key, REVISION, high, date(2024, 3, 10))
        stay.facility.registered.append(row)
    bill(stay, key)
    case.expect("FAC504", stay.facility.number)
    return True


@near("FAC504", "registered_for_a_day", LONE, ordinary)
def _for_a_day(case: Case) -> bool:
    """Registered until the first of the month, or from its last day on, and filed in time."""
    stay, key = case.stay, own_key(case)
    if not key:
        return False
    low, high = first(case.month), last(case.month)
    if case.rng.chance(0.5):
        register(case, stay, key, REVISION, low, date(2024, 3, 10))
    else:
        register(case, stay, key, high, high, deadline(shift(case.month, -1)))
    bill(stay, key)
    return True


@mistake("FAC509", "filed_late", LONE, ordinary, "late")
@mistake("FAC509", "filed_on_the_sixteenth", LONE, ordinary, "sixteenth")
@mistake("FAC509", "filed_in_the_month", LONE, ordinary, "in_the_month")
@near("FAC509", "filed_in_time", LONE, ordinary, "in_time")
@near("FAC509", "filed_two_months_before", LONE, ordinary, "two_months_before")
@near("FAC509", "filed_once_more", LONE, ordinary, "once_more")
def _filed(case: Case, how: str) -> bool:
    """Effective from the day it names; by the deadline too early, or just in time."""
    stay, key = case.stay, own_key(case)
    if not key:
        return False
    low, high = first(case.month), last(case.month)
    before = shift(case.month, -1)
    day = {
        "late": deadline(before) + timedelta(days=1),
        "sixteenth": on(before, 16),
        "in_the_month": on(case.month, case.rng.between(1, 28)),
        "in_time": deadline(before),
        "two_months_before": on(shift(case.month, -2), 16),
    }.get(how)
    register(case, stay, key, low, high, day)
    if how == "once_more":  # a change is filed late, but the old registration holds
        register(case, stay, key, low, high, on(before, 28))
    bill(stay, key)
    if how in ("late", "sixteenth", "in_the_month"):
        case.expect("FAC509", stay.facility.number)
    return True
