"""Mistakes about reductions: not applied (FAC505), of the wrong stage (FAC510), beside an add-on for staff (FAC511)."""

from __future__ import annotations

from datetime import date

from ..case import PLAIN, Case, steady
from ..codes import BOTH
from ..facilities import REVISION
from ..model import Plan, Stay
from ..months import first, last, on, shift
from ..rows import Registration
from .facility import ordinary
from .registrations import bill, own_key, register
from .registry import mistake, near

_STAFFING = ("staffing_plus", "specialist_system", "nurse_plus")
_OF_ALL = (
    "reduction_bcp", "reduction_self_evaluation", "reduction_disclosure", "reduction_abuse_prevention",
    "reduction_restraint", "reduction_program", "reduction_staff_shortage", "reduction_manager_shortage",
)  # fmt: skip
# From which month of a staged reduction on half is paid.
_HALF_FROM = {"reduction_staff_shortage": 3, "reduction_manager_shortage": 5, "reduction_plan_missing": 3}


def _whole_house(case: Case) -> list[tuple[Plan, Stay]]:
    return [(plan, stay) for plan in case.plans for stay in plan.stays if stay.use_days()]


@mistake("FAC505", "reduction_forgotten", "house", steady, "by_all")
@mistake("FAC505", "reduction_from_within", "house", steady, "from_within")
@mistake("FAC505", "reduction_until_within", "house", steady, "until_within")
@mistake("FAC505", "reduction_forgotten_by_one", "house", steady, "by_one")
@mistake("FAC505", "reduction_for_another", "house", steady, "for_another")
def _forgotten(case: Case, how: str) -> bool:
    """A reduction of the whole facility: nobody's claim, some, or a wrong reduction."""
    key = case.rng.pick(_OF_ALL)
    used = sorted({d for _, stay in _whole_house(case) for d in stay.use_days()})
    begin, end = first(shift(case.month, -case.rng.between(0, 6))), last(case.month)
    if how == "from_within":
        begin = on(case.month, case.rng.pick(used[1:]))
    elif how == "until_within":
        end = on(case.month, case.rng.pick(used[:-1]))
    register(case, case.stay, key, begin, end)
    for i, (plan, stay) in enumerate(_whole_house(case)):
        if how == "by_one" and i > 0:
            bill(stay, _stage(case, key, begin))
            continue
        if how == "for_another":
            bill(stay, next(k for k in _OF_ALL[:6] if k != key))
        if any(begin <= on(case.month, d) <= end for d in stay.use_days()):
            case.expect("FAC505", stay.facility.number, plan=plan)
    return True


def _stage(case: Case, key: str, begin: date) -> str:
    """The key that is right in the month."""
    number = (int(case.month[:4]) - begin.year) * 12 + int(case.month[5:]) - begin.month + 1
    return f"{key}_half" if number >= _HALF_FROM.get(key, 999) else key


def _no_plan(case: Case, by: int) -> date:
    """The child has had no 個別支援計画 since so many months before this one."""
    begin = on(shift(case.month, -by), case.rng.pick((1, 15, 28)) if by else 1)
    stay = case.stay
    row = Registration(
        stay.service_type, "reduction_plan_missing", begin, last(case.month), recipient_no=case.plan.number,
        known=case.review,
    )  # fmt: skip
    stay.facility.registered.append(row)
    return begin


@mistake("FAC505", "no_plan_forgotten", PLAIN, ordinary)
def _no_plan_forgotten(case: Case) -> bool:
    _no_plan(case, case.rng.between(0, 4))
    case.expect("FAC505", case.stay.facility.number)
    return True


def _staged(key: str, wrong: str) -> str:
    return f"{key}_half" if wrong == "half" else key


def _since(key: str, wrong: str) -> int:
    """Months since the reduction began: the stage has just changed, or changes next month."""
    return _HALF_FROM[key] - (1 if wrong == "plain" else 2)


@mistake("FAC510", "no_plan_half_too_late", PLAIN, ordinary, "plain")
@mistake("FAC510", "no_plan_half_too_early", PLAIN, ordinary, "half")
def _no_plan_stage(case: Case, wrong: str) -> bool:
    key = "reduction_plan_missing"
    _no_plan(case, _since(key, wrong))
    bill(case.stay, _staged(key, wrong))
    case.expect("FAC510", case.stay.facility.number)
    return True


def _shortage(case: Case, key: str, by: int, wrong: str = "", of_all: bool = False) -> date:
    """Staff is short since so many months: the first child's claim, or everybody's, has the wrong stage."""
    begin = on(shift(case.month, -by), case.rng.pick((1, 16, 28)) if by else 1)
    register(case, case.stay, key, begin, last(case.month))
    for i, (plan, stay) in enumerate(_whole_house(case)):
        if wrong and (of_all or i == 0):
            bill(stay, _staged(key, wrong))
            case.expect("FAC510", stay.facility.number, plan=plan)
        else:
            bill(stay, _stage(case, key, begin))
    return begin


@mistake("FAC510", "staff_half_too_late", "house", steady, "reduction_staff_shortage", "plain")
@mistake("FAC510", "manager_half_too_early", "house", steady, "reduction_manager_shortage", "half", of_all=True)
@mistake("FAC510", "manager_half_too_late", "house", steady, "reduction_manager_shortage", "plain")
def _wrong_stage(case: Case, key: str, wrong: str, of_all: bool = False) -> bool:
    return bool(_shortage(case, key, _since(key, wrong), wrong, of_all))


@near("FAC510", "right_stage", "house", steady)
def _right_stage(case: Case) -> bool:
    """In the last month of 70 %, or the first of 50 %."""
    key = case.rng.pick(("reduction_staff_shortage", "reduction_manager_shortage"))
    return bool(_shortage(case, key, _since(key, case.rng.pick(("plain", "half")))))


@near("FAC505", "no_plan_right", PLAIN, ordinary)
def _no_plan_right(case: Case) -> bool:
    begin = _no_plan(case, _since("reduction_plan_missing", case.rng.pick(("plain", "half"))))
    bill(case.stay, _stage(case, "reduction_plan_missing", begin))
    return True


@mistake("FAC511", "staffed_while_short", "house", steady, for_a_day=False)
@mistake("FAC511", "staffed_while_short_for_a_day", "house", steady, for_a_day=True)
def _staffed(case: Case, for_a_day: bool) -> bool:
    """An add-on for more staff than asked, in a month with too few: all of it, or its first day alone."""
    plus = own_key(case, _STAFFING)
    if not plus:
        return False
    stay = case.stay
    key = case.rng.pick(("reduction_staff_shortage", "reduction_manager_shortage"))
    if for_a_day:
        for _, other in _whole_house(case):
            case.drop(other, {1})
        register(case, stay, key, first(case.month), first(case.month))
    else:
        _shortage(case, key, case.rng.between(0, 5))
    register(case, stay, plus, REVISION, last(case.month), date(2024, 3, 10))
    for plan, other in _whole_house(case):
        bill(other, plus)
        case.expect("FAC511", other.facility.number, plan=plan)
    return True


@near("FAC505", "reduced_within_the_fee", "house", steady)
def _reduced_within_the_fee(case: Case) -> bool:
    """The base code holds the reduction, or two of them, already."""
    keys = case.rng.pick(("reduction_staff_shortage", BOTH))
    for key in keys.split(";"):
        register(case, case.stay, key, first(case.month), last(case.month))
    for _, stay in _whole_house(case):
        stay.reduced = keys
    return True


@near("FAC505", "one_reduction_of_two", "house", steady)
def _one_of_two(case: Case) -> bool:
    """Two reductions are registered of which only one may be billed."""
    keys = case.rng.shuffled(("reduction_staff_shortage", "reduction_manager_shortage"))
    for key in keys:
        register(case, case.stay, key, first(case.month), last(case.month))
    for _, stay in _whole_house(case):
        stay.reduced = keys[0]
    return True


@near("FAC511", "staffed_after_the_shortage", "house", steady)
def _staffed_again(case: Case) -> bool:
    """The shortage ended with the month before."""
    plus = own_key(case, _STAFFING)
    if not plus:
        return False
    before = last(shift(case.month, -1))
    register(case, case.stay, "reduction_staff_shortage", before, before)
    register(case, case.stay, plus, REVISION, last(case.month), date(2024, 3, 10))
    for _, other in _whole_house(case):
        bill(other, plus)
    return True


@near("FAC505", "reductions_of_no_one", "house", steady)
def _reductions_of_no_one(case: Case) -> bool:
    """Rows that ask nothing of these claims: of counted days, of another child, of days without use, of no child."""
    stay, low, high = case.stay, first(case.month), last(case.month)
    for key in ("reduction_over_capacity", "reduction_opening_hours", "reduction_plan_missing"):
        register(case, stay, key, low, high)
    other = Registration(
        stay.service_type, "reduction_plan_missing", low, high, recipient_no=f"{int(case.plan.number) + 90000000:010d}"
    )  # no child of these
    stay.facility.registered.append(other)
    used = {d for _, s in _whole_house(case) for d in s.use_days()}
    for day in [d for d in range(1, case.end() + 1) if d not in used][:3]:
        register(case, stay, case.rng.pick(_OF_ALL[:6]), on(case.month, day), on(case.month, day))
    return True
