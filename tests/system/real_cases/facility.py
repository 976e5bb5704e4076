"""The facility ledger: designation, capacity, prices, filings, reductions, crowded days (contract 5, FAC)."""

from __future__ import annotations

from collections.abc import Iterable

from .billing import Claim, House
from .codes import FEW_STAFF, HEAVY, NO_MANAGER, STAFF_PLUS, USUAL
from .town import Expected, Town


def _filed(town: Town, house: House, sort: str, key: str, since: str, until: str = "", **more: str) -> None:
    town.row("facility_addons", 事業所番号=house.number, サービス種類コード=house.kind, 区分=sort, 加算キー=key, 有効開始日=since, 有効終了日=until, **more)  # fmt: skip


def _crowd(town: Town, house: House, children: int, **use: object) -> list[Claim]:
    """That many children on the 8th."""
    return [town.use(town.child(), house, (8,), **use) for _ in range(children)]


def use_before_the_designation(town: Town) -> Expected:
    """Designated from the 6th, a child comes on the 3rd and the 7th: FAC501 for the 3rd."""
    return [("FAC501", "return", town.use(town.child(), town.house(指定開始日="2025-10-06"), (3, 7)), (3,))]


def use_in_a_suspension(town: Town) -> Expected:
    """Suspended from the 6th to the 10th: FAC501 for the 10th, not for the 3rd and the 11th."""
    house = town.house(休止開始日="2025-10-06", 休止終了日="2025-10-10")
    return [("FAC501", "return", town.use(town.child(), house, (3, 10, 11)), (10,))]


def designation_without_a_date(town: Town) -> Expected:
    """An empty start of the designation is open: nothing."""
    town.use(town.child(), town.house(指定開始日=""), (3, 7))
    return []


def code_of_a_larger_facility(town: Town) -> Expected:
    """The cheaper code of 11 to 20 places at a facility of ten: FAC502."""
    return [("FAC502", "return", town.use(town.child(), town.house(), (1, 2), base={"63A202": 2}))]


def code_by_the_capacity_the_fee_goes_by(town: Town) -> Expected:
    """A 多機能型 of ten places here and fifteen together (算定定員) bills that code: nothing."""
    town.use(town.child(), town.house(算定定員="15"), (1, 2), base={"63A202": 2})
    return []


def plain_code_at_a_severe_facility(town: Town) -> Expected:
    """A facility for 重心 bills a plain child by the plain code: a look (FAC502)."""
    child, house = town.child(grants={"631000": 10}), town.house(定員="5", 重心区分="2")
    claim = town.use(child, house, (1, 2), items={"K122-05": {7: "631000"}})
    return [("FAC502", "review", claim)]


def severe_code_at_a_plain_facility(town: Town) -> Expected:
    """A plain facility bills a 重心 child by the 重心 code: FAC502 returns it."""
    child = town.child(grants={"631000": 10, "632000": 10})
    return [("FAC502", "return", town.use(child, town.house(), (1, 2), base={HEAVY: 2}))]


def price_of_another_region(town: Town) -> Expected:
    """The price of the next better region: FAC503."""
    return [("FAC503", "return", town.use(town.child(), town.house(), (1, 2), price=10720))]


def region_of_another_place(town: Town) -> Expected:
    """The right price, but the claim names another region: FAC503."""
    claim = town.use(town.child(), town.house(), (1, 2), items={"K122-01": {10: "14"}})
    return [("FAC503", "return", claim)]


def school_visits_at_the_price_of_day_support(town: Town) -> Expected:
    """Visits to schools have a price of their own (10620); the ordinary one is a look, as the value is sure by one source."""
    house = town.house("64")
    town.use(town.child(grants={"641000": 5}), house, (9,))
    return [("FAC503", "review", town.use(town.child(grants={"641000": 5}), house, (9,), price=10600))]


def price_of_a_center(town: Town) -> Expected:
    """A 児童発達支援センター bills its own price: nothing; the ordinary one is a look."""
    house = town.house("61", センター区分="1")
    small = {"grants": {"611000": 20}, "生年月日": "2021-06-06"}
    town.use(town.child(**small), house, (1, 2))
    return [("FAC503", "review", town.use(town.child(**small), house, (1, 2), price=10600))]


def price_where_nobody_knows_of_a_center(town: Town) -> Expected:
    """センター区分 empty: either price fits; one that is neither goes back (FAC503)."""
    house = town.house("61", センター区分="")
    prices = [
        town.use(town.child(grants={"611000": 20}, 生年月日="2021-06-06"), house, (1, 2), price=price)
        for price in (10600, 10620, 10720)
    ]
    return [("FAC503", "return", prices[2])]


def filed_add_on_and_one_that_was_not(town: Town) -> Expected:
    """加配 needs a filing: with it nothing, after its end in September FAC504."""
    filed, ended = town.house(), town.house()
    _filed(town, filed, "加算", "staffing_plus", "2025-04-01")
    _filed(town, ended, "加算", "staffing_plus", "2025-04-01", "2025-09-30")
    town.use(town.child(), filed, (1, 2), lines={STAFF_PLUS: 2})
    return [("FAC504", "return", town.use(town.child(), ended, (1, 2), lines={STAFF_PLUS: 2}))]


def filed_on_the_last_open_day(town: Town) -> Expected:
    """15 September 2025 is a holiday: who files on the 12th is in time for October, on the 15th not before November."""
    early, late = town.house(), town.house()
    _filed(town, early, "加算", "staffing_plus", "2025-10-01", 届出日="2025-09-12")
    _filed(town, late, "加算", "staffing_plus", "2025-10-01", 届出日="2025-09-15")
    town.use(town.child(), early, (1, 2), lines={STAFF_PLUS: 2})
    return [("FAC509", "notice", town.use(town.child(), late, (1, 2), lines={STAFF_PLUS: 2}))]


def reduction_that_was_not_applied(town: Town) -> Expected:
    """The self-evaluation was not published: FAC505. A reduction that ended in September: nothing."""
    house, ended = town.house(), town.house()
    _filed(town, house, "減算", "reduction_self_evaluation", "2025-10-01")
    _filed(town, ended, "減算", "reduction_self_evaluation", "2025-04-01", "2025-09-30")
    town.use(town.child(), ended, (1, 2))
    return [("FAC505", "return", town.use(town.child(), house, (1, 2)))]


def reduction_of_one_child(town: Town) -> Expected:
    """No plan was made for one child: FAC505 on that child's claim, not on the other's."""
    house, child = town.house(), town.child()
    _filed(town, house, "減算", "reduction_plan_missing", "2025-10-01", 受給者証番号=child.number)
    town.use(town.child(), house, (1, 2))
    return [("FAC505", "return", town.use(child, house, (1, 2)))]


def two_shortages_one_reduction(town: Town) -> Expected:
    """Staff and manager are short at once: one reduction is billed, the greater one; a claim with none goes back (FAC505)."""
    house = town.house()
    for key in ("reduction_staff_shortage", "reduction_manager_shortage"):
        _filed(town, house, "減算", key, "2025-10-01")
    town.use(town.child(), house, (1, 2), base={NO_MANAGER: 2})
    town.use(town.child(), house, (1, 2), base={FEW_STAFF: 2})
    return [("FAC505", "return", town.use(town.child(), house, (1, 2)))]


def reduction_in_its_fifth_month(town: Town) -> Expected:
    """No manager since July: 30 % to October (month 4). Since June: 50 % from October (month 5), so 30 % goes back (FAC510)."""
    july, june = town.house(), town.house()
    _filed(town, july, "減算", "reduction_manager_shortage", "2025-07-01")
    _filed(town, june, "減算", "reduction_manager_shortage", "2025-06-01")
    town.use(town.child(), july, (1, 2), base={NO_MANAGER: 2})
    return [("FAC510", "return", town.use(town.child(), june, (1, 2), base={NO_MANAGER: 2}))]


def more_staff_while_staff_is_short(town: Town) -> Expected:
    """加配 beside a shortage of staff: FAC511."""
    house = town.house()
    _filed(town, house, "減算", "reduction_staff_shortage", "2025-10-01")
    _filed(town, house, "加算", "staffing_plus", "2025-04-01")
    claim = town.use(town.child(), house, (1, 2), base={FEW_STAFF: 2}, lines={STAFF_PLUS: 2})
    return [("FAC511", "return", claim)]


def as_full_as_it_may_be(town: Town) -> Expected:
    """Three places and three children: nothing."""
    _crowd(town, town.house(定員="3"), 3)
    return []


def crowded_up_to_the_rounded_limit(town: Town) -> Expected:
    """Three places, five children: 4.5 is rounded up to 5, so only the notice that there were more than three (FAC506)."""
    house = town.house(定員="3")
    _crowd(town, house, 5)
    return [("FAC506", "notice", house)]


def crowded_above_the_rounded_limit(town: Town) -> Expected:
    """Six children: the lower fee is due, all six claims go back (FAC507)."""
    house = town.house(定員="3")
    return [("FAC506", "notice", house), *(("FAC507", "return", c, (8,)) for c in _crowd(town, house, 6))]


def crowded_with_another_reduction(town: Town) -> Expected:
    """Six children, and the reduction for the missing manager is billed: the two never come together, nothing but FAC506."""
    house = town.house(定員="3")
    _filed(town, house, "減算", "reduction_manager_shortage", "2025-10-01")
    _crowd(town, house, 6, base={NO_MANAGER: 1})
    return [("FAC506", "notice", house)]


def children_who_stayed_away_do_not_crowd(town: Town) -> Expected:
    """Three children came on the 8th, two were absent: nothing."""
    house = town.house(定員="3")
    _crowd(town, house, 3)
    for _ in range(2):
        town.use(town.child(), house, (9,), absent=(8,), lines={"63N001": 1})
    return []


def facility_unknown_to_the_city(town: Town) -> Expected:
    """The ledger does not hold the facility at all: its checks are left open, none accuses it."""
    house = House("1359000001")
    town.owners[house.number] = town.situation
    claim = town.use(town.child(), house, (1, 2), base={USUAL: 2})
    return [("FAC506", "undetermined", house), *(_open(claim, ("FAC501", "FAC502", "FAC503", "FAC507")))]


def _open(claim: Claim, codes: Iterable[str]) -> Expected:
    return [(code, "undetermined", claim) for code in codes]
