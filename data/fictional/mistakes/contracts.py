"""Mistakes about contracts, school age and records without a claim: CRT106, CRT107 and DAY209."""

from __future__ import annotations

from datetime import date

from ..case import LONE, Case, steady
from ..codes import HEAVY_GRANT
from ..model import Visit
from ..months import first, fiscal_year
from .facility import ordinary
from .registry import mistake, near


@mistake("CRT106", "other_contract", LONE, ordinary)
def _other_contract(case: Case, code: str = "") -> bool:
    """A contract for what is not granted, or in the name of an add-on."""
    case.stay.code = code or HEAVY_GRANT[case.stay.service_type]
    case.expect("CRT106", case.stay.facility.number)
    return True


@mistake("CRT106", "add_on_contract", LONE, ordinary)
def _add_on_contract(case: Case) -> bool:
    return _other_contract(case, f"{case.stay.service_type}0926")


@mistake("CRT106", "no_contract_of_visits", "visit", steady)
@mistake("CRT106", "no_contract", LONE, ordinary)
def _no_contract(case: Case) -> bool:
    """The last service of the claim is in no contract."""
    stay = case.plan.stays[-1]
    stay.contracted = False
    case.expect("CRT106", stay.facility.number)
    return True


@mistake("CRT107", "just_another_class", LONE, ordinary, 1)
@mistake("CRT107", "far_from_school", LONE, ordinary, 3)
@near("CRT107", "class_of_its_age", LONE, ordinary, 0)
def _birthday(case: Case, years: int) -> bool:
    """By this month's ledger the child entered school just too early, or will just too late, for what it used.

    Who was born on 1 April enters with the class before. `years` 0: that is the class it belongs to.
    """
    year = fiscal_year(first(case.month)) - 6
    school = case.stay.service_type == "63"
    old, young = date(year, 4, 1), date(year, 4, 2)  # in school since this April, and from next
    if years == 0:
        case.child.birthdays[case.review] = old if school else young
        return True
    wrong = young if school else old
    case.child.birthdays[case.review] = wrong.replace(year=wrong.year + (years - 1) * (1 if school else -1))
    case.expect("CRT107", case.stay.facility.number, case.stay.use_days())
    return True


@mistake("DAY209", "claim_forgotten", "single", steady, comes_later=False)
@mistake("DAY209", "claim_comes_later", "single", steady, span=(0, 1), comes_later=True)
@mistake("DAY209", "claims_forgotten", "free_pair|zero_pair", steady, comes_later=False)
def _claim_forgotten(case: Case, comes_later: bool) -> bool:
    """Only the attendance came."""
    plan = case.plan
    if comes_later:
        case.again(plan, (), later=True)
    plan.records_only = True
    for number in plan.facilities():
        case.expect("DAY209", number, subject="attendance")
    return True


@mistake("DAY209", "record_of_returned", "single", steady, span=(-1, 0), before="返戻", returned=True)
@near("DAY209", "record_again", "single", steady, span=(-1, 0), before="決定", returned=False)
def _record_again(case: Case, returned: bool) -> bool:
    """The attendance of the month before comes once more, alone: its claim was returned, or decided."""
    case.again(case.before, (), records_only=True)
    if returned:
        for number in case.before.facilities():
            case.expect("DAY209", number, subject="attendance", plan=case.before)
    return True


@near("CRT106", "add_on_contract_beside", LONE, ordinary)
def _add_on_beside(case: Case) -> bool:
    """A contract of an add-on that is not granted is beside the right one: add-ons are not looked at."""
    case.stay.also = f"{case.stay.service_type}0926"
    return True


@near("CRT107", "birthday_unknown", LONE, ordinary)
def _birthday_unknown(case: Case) -> bool:
    case.child.birthdays[case.review] = None
    return True


@near("DAY209", "absences_recorded_alone", "single", ordinary)
def _absences_recorded(case: Case) -> bool:
    """A record of absences alone needs no claim."""
    stay = case.stay
    days = case.rng.sample([v.day for v in stay.visits], 2)
    case.drop(stay, stay.use_days())
    stay.visits = [Visit(d, use=False, absent=True) for d in sorted(set(days))]
    case.plan.records_only = True
    return True
