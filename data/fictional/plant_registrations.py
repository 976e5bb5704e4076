"""Mistakes about add-ons and reductions that the ledger registers: FAC504, FAC505, FAC509 to FAC511."""

from __future__ import annotations

from datetime import date, timedelta

from .case import LONE, Scene, Step, steady
from .facilities import REVISION
from .model import Plan, Stay
from .months import first, holidays, last, on, shift
from .plant_facility import ordinary
from .rows import Registration

_FILED = ("specialist_system", "nurse_plus", "qualified_staff", "care_needs")
_STAFFING = ("staffing_plus", "specialist_system", "nurse_plus")
_OF_ALL = (
    "reduction_bcp", "reduction_self_evaluation", "reduction_disclosure", "reduction_abuse_prevention",
    "reduction_restraint", "reduction_program", "reduction_staff_shortage", "reduction_manager_shortage",
)  # fmt: skip
# From which month of a staged reduction on half is paid.
_HALF_FROM = {"reduction_staff_shortage": 3, "reduction_manager_shortage": 5, "reduction_plan_missing": 3}


def deadline(month: str) -> date:
    """The day by which an add-on must be filed in the month to count from the next: the 15th or the open day before."""
    day = on(month, 15)
    while day.weekday() >= 5 or day in holidays(day.year):
        day -= timedelta(days=1)
    return day


def _register(scene: Scene, stay: Stay, key: str, start: date, end: date, filed: date | None = None) -> None:
    """A row that the ledger has from this review month on."""
    stay.facility.registered.append(Registration(stay.service_type, key, start, end, filed, known=scene.review))


def _bill(stay: Stay, key: str) -> None:
    """On every day of use."""
    stay.extra[key] = stay.extra.get(key, 0) + len(stay.use_days())


def _own_key(scene: Scene, keys: tuple[str, ...] = _FILED) -> str:
    """An add-on of which no other mistake at the facility speaks in this month or the next, or nothing."""
    number, months = scene.stay.facility.number, (scene.month, shift(scene.month, 1))
    for key in scene.dice.shuffled(keys):
        if not any(("add-on", number, key, month) in scene.books.taken for month in months):
            scene.books.taken.update(("add-on", number, key, month) for month in months)
            return key
    return ""


def _unregistered(scene: Scene, when: str) -> bool:
    """Never registered, until the month before, from the month after, or for another service only."""
    stay, key = scene.stay, _own_key(scene)
    if not key:
        return False
    low, high = first(scene.month), last(scene.month)
    if when == "ended":
        _register(scene, stay, key, REVISION, low - timedelta(days=1), date(2024, 3, 10))
    elif when == "later":
        _register(scene, stay, key, high + timedelta(days=1), last(shift(scene.month, 1)), low)
    elif when == "elsewhere":
        row = Registration("64", key, REVISION, high, date(2024, 3, 10))
        stay.facility.registered.append(row)
    _bill(stay, key)
    scene.found("FAC504", stay.facility.number)
    return True


def _for_a_day(scene: Scene) -> bool:
    """Registered until the first of the month, or from its last day on, and filed in time."""
    stay, key = scene.stay, _own_key(scene)
    if not key:
        return False
    low, high = first(scene.month), last(scene.month)
    if scene.dice.chance(0.5):
        _register(scene, stay, key, REVISION, low, date(2024, 3, 10))
    else:
        _register(scene, stay, key, high, high, deadline(shift(scene.month, -1)))
    _bill(stay, key)
    return True


def _filed(scene: Scene, how: str) -> bool:
    """Effective by its own word; by the deadline too early, or just in time."""
    stay, key = scene.stay, _own_key(scene)
    if not key:
        return False
    low, high = first(scene.month), last(scene.month)
    before = shift(scene.month, -1)
    day = {
        "late": deadline(before) + timedelta(days=1),
        "sixteenth": on(before, 16),
        "in_the_month": on(scene.month, scene.dice.between(1, 28)),
        "in_time": deadline(before),
        "two_months_before": on(shift(scene.month, -2), 16),
    }.get(how)
    _register(scene, stay, key, low, high, day)
    if how == "once_more":  # a change is filed late, but the old registration stands
        _register(scene, stay, key, low, high, on(before, 28))
    _bill(stay, key)
    if how in ("late", "sixteenth", "in_the_month"):
        scene.found("FAC509", stay.facility.number)
    return True


def _whole_house(scene: Scene) -> list[tuple[Plan, Stay]]:
    return [(plan, stay) for plan in scene.plans for stay in plan.stays if stay.use_days()]


def _forgotten(scene: Scene, how: str) -> bool:
    """A reduction of the whole facility: nobody's claim, some, or a wrong reduction."""
    key = scene.dice.pick(_OF_ALL)
    used = sorted({d for _, stay in _whole_house(scene) for d in stay.use_days()})
    begin, end = first(shift(scene.month, -scene.dice.between(0, 6))), last(scene.month)
    if how == "from_within":
        begin = on(scene.month, scene.dice.pick(used[1:]))
    elif how == "until_within":
        end = on(scene.month, scene.dice.pick(used[:-1]))
    _register(scene, scene.stay, key, begin, end)
    for i, (plan, stay) in enumerate(_whole_house(scene)):
        if how == "by_one" and i > 0:
            _bill(stay, _stage(scene, key, begin))
            continue
        if how == "for_another":
            _bill(stay, next(k for k in _OF_ALL if k != key))
        if any(begin <= on(scene.month, d) <= end for d in stay.use_days()):
            scene.found("FAC505", stay.facility.number, plan=plan)
    return True


def _stage(scene: Scene, key: str, begin: date) -> str:
    """The key that is right in the month."""
    number = (int(scene.month[:4]) - begin.year) * 12 + int(scene.month[5:]) - begin.month + 1
    return f"{key}_half" if number >= _HALF_FROM.get(key, 999) else key


def _no_plan(scene: Scene, by: int) -> date:
    """The child has had no 個別支援計画 since so many months before this one."""
    begin = on(shift(scene.month, -by), scene.dice.pick((1, 15, 28)) if by else 1)
    stay = scene.stay
    row = Registration(
        stay.service_type, "reduction_plan_missing", begin, last(scene.month), recipient_no=scene.plan.number,
        known=scene.review,
    )  # fmt: skip
    stay.facility.registered.append(row)
    return begin


def _no_plan_forgotten(scene: Scene) -> bool:
    _no_plan(scene, scene.dice.between(0, 4))
    scene.found("FAC505", scene.stay.facility.number)
    return True


def _stages(stay: Stay, key: str, wrong: str) -> None:
    if wrong in ("plain", "both"):
        _bill(stay, key)
    if wrong in ("half", "both"):
        _bill(stay, f"{key}_half")


def _since(key: str, wrong: str) -> int:
    """Months since the reduction began: the stage has just changed, or changes next month."""
    return _HALF_FROM[key] - (1 if wrong == "plain" else 2)


def _no_plan_stage(scene: Scene, wrong: str) -> bool:
    key = "reduction_plan_missing"
    _no_plan(scene, _since(key, wrong))
    _stages(scene.stay, key, wrong)
    scene.found("FAC510", scene.stay.facility.number)
    return True


def _shortage(scene: Scene, key: str, by: int, wrong: str = "", of_all: bool = False) -> date:
    """Staff is short since so many months: the first child's claim, or everybody's, has the wrong stage."""
    begin = on(shift(scene.month, -by), scene.dice.pick((1, 16, 28)) if by else 1)
    _register(scene, scene.stay, key, begin, last(scene.month))
    for i, (plan, stay) in enumerate(_whole_house(scene)):
        if wrong and (of_all or i == 0):
            _stages(stay, key, wrong)
            scene.found("FAC510", stay.facility.number, plan=plan)
        else:
            _bill(stay, _stage(scene, key, begin))
    return begin


def _wrong_stage(scene: Scene, key: str, wrong: str, of_all: bool = False) -> bool:
    return bool(_shortage(scene, key, _since(key, wrong), wrong, of_all))


def _right_stage(scene: Scene) -> bool:
    """In the last month of 70 %, or the first of 50 %."""
    key = scene.dice.pick(("reduction_staff_shortage", "reduction_manager_shortage"))
    return bool(_shortage(scene, key, _since(key, scene.dice.pick(("plain", "half")))))


def _no_plan_right(scene: Scene) -> bool:
    begin = _no_plan(scene, _since("reduction_plan_missing", scene.dice.pick(("plain", "half"))))
    _bill(scene.stay, _stage(scene, "reduction_plan_missing", begin))
    return True


def _staffed(scene: Scene, for_a_day: bool) -> bool:
    """An add-on for more staff than asked, in a month with too few: all of it, or its first day alone."""
    plus = _own_key(scene, _STAFFING)
    if not plus:
        return False
    stay = scene.stay
    key = scene.dice.pick(("reduction_staff_shortage", "reduction_manager_shortage"))
    if for_a_day:
        for _, other in _whole_house(scene):
            scene.drop(other, {1})
        _register(scene, stay, key, first(scene.month), first(scene.month))
    else:
        _shortage(scene, key, scene.dice.between(0, 5))
    _register(scene, stay, plus, REVISION, last(scene.month), date(2024, 3, 10))
    for plan, other in _whole_house(scene):
        _bill(other, plus)
        scene.found("FAC511", other.facility.number, plan=plan)
    return True


def _reduced_within_the_fee(scene: Scene) -> bool:
    """The base code holds the reduction, or two of them, already."""
    keys = scene.dice.pick(("reduction_staff_shortage", "reduction_self_evaluation;reduction_bcp"))
    for key in keys.split(";"):
        _register(scene, scene.stay, key, first(scene.month), last(scene.month))
    for _, stay in _whole_house(scene):
        stay.reduced = keys
    return True


def _reductions_of_no_one(scene: Scene) -> bool:
    """Rows that ask nothing of these claims: of counted days, of another child, of days without use, of no child."""
    stay, low, high = scene.stay, first(scene.month), last(scene.month)
    for key in ("reduction_over_capacity", "reduction_opening_hours", "reduction_plan_missing"):
        _register(scene, stay, key, low, high)
    other = Registration(
        stay.service_type, "reduction_plan_missing", low, high, recipient_no=f"{int(scene.plan.number) + 90000000:010d}"
    )  # no child of these
    stay.facility.registered.append(other)
    used = {d for _, s in _whole_house(scene) for d in s.use_days()}
    for day in [d for d in range(1, scene.end() + 1) if d not in used][:3]:
        _register(scene, stay, scene.dice.pick(_OF_ALL[:6]), on(scene.month, day), on(scene.month, day))
    return True


PLANTS = {
    "FAC504": [
        Step("never_registered", LONE, lambda s: _unregistered(s, "never"), ordinary),
        Step("registered_until_then", LONE, lambda s: _unregistered(s, "ended"), ordinary),
        Step("registered_later", LONE, lambda s: _unregistered(s, "later"), ordinary),
        Step("registered_elsewhere", LONE, lambda s: _unregistered(s, "elsewhere"), ordinary),
    ],
    "FAC505": [
        Step("reduction_forgotten", "house", lambda s: _forgotten(s, "by_all"), steady),
        Step("no_plan_forgotten", LONE, _no_plan_forgotten, ordinary),
        Step("reduction_from_within", "house", lambda s: _forgotten(s, "from_within"), steady),
        Step("reduction_until_within", "house", lambda s: _forgotten(s, "until_within"), steady),
        Step("reduction_forgotten_by_one", "house", lambda s: _forgotten(s, "by_one"), steady),
        Step("reduction_for_another", "house", lambda s: _forgotten(s, "for_another"), steady),
    ],
    "FAC509": [
        Step("filed_late", LONE, lambda s: _filed(s, "late"), ordinary),
        Step("filed_on_the_sixteenth", LONE, lambda s: _filed(s, "sixteenth"), ordinary),
        Step("filed_in_the_month", LONE, lambda s: _filed(s, "in_the_month"), ordinary),
    ],
    "FAC510": [
        Step("staff_half_too_late", "house", lambda s: _wrong_stage(s, "reduction_staff_shortage", "plain"), steady),
        Step("no_plan_half_too_late", LONE, lambda s: _no_plan_stage(s, "plain"), ordinary),
        Step(
            "manager_half_too_early", "house",
            lambda s: _wrong_stage(s, "reduction_manager_shortage", "half", of_all=True), steady,
        ),
        Step("no_plan_half_too_early", LONE, lambda s: _no_plan_stage(s, "half"), ordinary),
        Step("staff_both_stages", "house", lambda s: _wrong_stage(s, "reduction_staff_shortage", "both"), steady),
        Step("manager_half_too_late", "house", lambda s: _wrong_stage(s, "reduction_manager_shortage", "plain"), steady),
    ],
    "FAC511": [
        Step("staffed_while_short", "house", lambda s: _staffed(s, for_a_day=False), steady),
        Step("staffed_while_short_for_a_day", "house", lambda s: _staffed(s, for_a_day=True), steady),
    ],
}  # fmt: skip
RIGHT = [
    Step("registered_for_a_day", LONE, _for_a_day, ordinary),
    Step("right_stage", "house", _right_stage, steady),
    Step("filed_in_time", LONE, lambda s: _filed(s, "in_time"), ordinary),
    Step("no_plan_right", LONE, _no_plan_right, ordinary),
    Step("reduced_within_the_fee", "house", _reduced_within_the_fee, steady),
    Step("filed_two_months_before", LONE, lambda s: _filed(s, "two_months_before"), ordinary),
    Step("reductions_of_no_one", "house", _reductions_of_no_one, steady),
    Step("filed_once_more", LONE, lambda s: _filed(s, "once_more"), ordinary),
]
