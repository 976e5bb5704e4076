"""Fills facilities where this city's children alone may be too many: FAC506 to FAC508 and FAC512, and their very edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .case import Case
from .model import Plan, Visit
from .months import days_in, open_days, school_days, shift
from .plans import new_month

CODES = frozenset({"FAC506", "FAC507", "FAC508", "FAC512"})


@dataclass(frozen=True, slots=True)
class Crowd:
    """A facility of a capacity and its children, in cities of so many.

    `daily` come every day: at those always open just as many as three months allow. `over` are above the limit
    of one day, `most` are not.
    """

    capacity: int
    children: int
    city: int
    always_open: bool
    daily: int
    over: int
    most: int
    staffing: bool = False


CROWDS = {
    "crowd5": Crowd(5, 9, 100, False, 5, 9, 8, True),  # 7.5 on one day, rounded up
    "crowd8": Crowd(8, 13, 120, True, 11, 13, 12),  # 12 on one day, 11 on every day of three months
    "crowd12": Crowd(12, 19, 800, True, 15, 19, 18),  # 18, and 15
    "crowd51": Crowd(51, 78, 2000, False, 51, 78, 77),  # 51 + 0.25 + 25, rounded up
}


def crowd_month(case: Case, planted: bool) -> None:
    """Fills the days of the facility's children. Unplanted, every place is filled, and none more."""
    crowd = CROWDS[case.child.kind]
    facility = case.child.enrolments[0].facility
    days = range(1, days_in(case.month) + 1) if crowd.always_open else open_days(case.month, facility.closed)
    numbers = dict.fromkeys(days, crowd.daily if planted else crowd.capacity)
    turn = case.k % 6 if crowd.always_open else 0
    if planted and turn in (0, 5):
        one, other = case.rng.sample(days, 2)
        numbers[one] = crowd.over
        numbers[other] = crowd.most if turn == 0 else crowd.daily
    for plan in case.plans:
        plan.stays = [new_month(plan.child, plan.child.enrolments[0], facility.types[0], case.month)]
    for at, (day, number) in enumerate(numbers.items()):
        for i in range(number):
            _come(case, case.plans[(at * 2 + i) % crowd.children], day)
    for plan in case.plans:
        plan.stays = [s for s in plan.stays if s.visits]
    if planted and case.k >= 0:
        late = None
        if not crowd.always_open and case.k % 3 == 1 and case.k + 1 < len(case.books.reviews):
            late = case.plans[-1]
            case.again(late, (), later=True)
            late.sends_claims = False
        _judge(case, crowd, numbers, all_reduced=turn == 5, late=late)


def _come(case: Case, plan: Plan, day: int) -> None:
    stay = plan.stays[0]
    pickup = int(plan.child.pickup)
    stay.visits.append(Visit(day, holiday=day not in school_days(case.month), out=pickup, back=pickup))


def _judge(case: Case, crowd: Crowd, numbers: dict[int, int], all_reduced: bool, late: Plan | None) -> None:
    """The truth of the month by the plan of all its children, and of the next by the one whose claim comes `late`."""
    held = case.books.crowds.setdefault(case.child.enrolments[0].facility.number, {})
    held[case.month] = sum(numbers.values())
    before = [shift(case.month, -by) for by in (1, 2, 3)]
    limit = three_months(crowd.capacity, sum(map(days_in, before)))
    crowded = all(m in held for m in before) and sum(held[m] for m in before) > limit
    here = [p for p in case.plans if p.stays and p is not late]
    for plan in here if all_reduced else here[: 1 + case.k % 3]:
        stay = plan.stays[0]
        stay.reduced = "reduction_over_capacity"
    absent = set(late.stays[0].use_days()) if late and late.stays else set()
    now = {day: number - (day in absent) for day, number in numbers.items()}
    _find(case, crowd, now, here, crowded)
    if absent and late:
        _find(case, crowd, numbers, [late], crowded, later=1)


def _find(
    case: Case, crowd: Crowd, numbers: dict[int, int], plans: Sequence[Plan], crowded: bool, later: int = 0
) -> None:
    facility = case.child.enrolments[0].facility.number
    above = [d for d, n in numbers.items() if n > crowd.capacity]
    if above:
        nobody = Plan(case.child, case.month, [], 0, "")
        codes = ("FAC506", "FAC512") if crowd.staffing else ("FAC506",)
        for code in codes:
            case.expect(code, facility, above, subject="facility", plan=nobody, later=later)
    for plan in (p for p in plans if not p.stays[0].reduced):
        over = [d for d in plan.stays[0].use_days() if above_day_limit(numbers[d], crowd.capacity)]
        if over:
            case.expect("FAC507", facility, over, plan=plan, later=later)
        if crowded:
            case.expect("FAC508", facility, plan=plan, later=later)


def above_day_limit(children: int, capacity: int) -> bool:
    """More than 150 % of a capacity up to 50; above, more than the capacity, a quarter of what exceeds 50, and 25; the
    limit is rounded up to whole children."""
    if capacity <= 50:
        return children > (capacity * 3 + 1) // 2
    return children > capacity + (capacity - 50 + 3) // 4 + 25


def three_months(capacity: int, days: int) -> int:
    """Use days that three months allow: three more a day up to a capacity of 11, 125 % above (rounded down)."""
    return (capacity + 3) * days if capacity <= 11 else capacity * days * 5 // 4
