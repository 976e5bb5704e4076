"""Extensions, add-ons that exclude each other, the core facility's record, staff on crowded days (ADD609–611, FAC512)."""

from __future__ import annotations

from .billing import House
from .codes import COOPERATION_1, COOPERATION_2, COOPERATION_3, CORE, EXTENSION, OTHER, STAFF_PLUS
from .town import Expected, Town


def extension_after_school(town: Town) -> Expected:
    """After school an extension follows three hours: 2 h 59 are worth a look (ADD609), three hours pass."""
    house, right = town.house(), {1: {111: 1}}
    town.use(town.child(), house, (1, 2), rows=right, lines={EXTENSION: 1})
    claim = town.use(town.child(), house, (1, 2), rows={1: {111: 1, 15: "1729"}}, lines={EXTENSION: 1})
    return [("ADD609", "review", claim, (1,))]


def extension_on_a_holiday(town: Town) -> Expected:
    """On a day without school it follows five hours: 4 h 59 are worth a look (ADD609), five hours pass."""
    house, day = town.house(), {34: 2, 14: "1000", 15: "1500", 16: "0500", 111: 1}
    town.use(town.child(), house, (1,), rows={1: day}, lines={EXTENSION: 1})
    claim = town.use(town.child(), house, (1,), rows={1: {**day, 15: "1459"}}, lines={EXTENSION: 1})
    return [("ADD609", "review", claim, (1,))]


def cooperation_of_two_kinds(town: Town) -> Expected:
    """関係機関連携(Ⅰ) and (Ⅱ) are not billed in one month: a look (ADD610). (Ⅰ) and (Ⅲ) are."""
    house = town.house()
    town.use(town.child(), house, (1, 2), lines={COOPERATION_1: 1, COOPERATION_3: 1})
    return [("ADD610", "review", town.use(town.child(), house, (1, 2), lines={COOPERATION_1: 1, COOPERATION_2: 1}))]


def _plan(town: Town, number: str, core: House, record: str, kind: str = "2") -> None:
    town.row("plans", 受給者証番号=number, 計画区分=kind, コア連携事業所番号=core.number, 保護者同意日="2025-09-20", 記録受領日=record, 適用開始日="2025-04-01")  # fmt: skip


def record_of_the_meeting(town: Town) -> Expected:
    """The city has the record of 1 October: right. One of 30 September or none is worth a look at the core's claim (ADD611)."""
    found: Expected = []
    for record in ("2025-10-01", "2025-09-30", ""):
        child, core = town.child(cap=0), town.house()
        _plan(town, child.number, core, record)
        claim = town.use(child, core, (1, 2), lines={CORE: 1})
        town.use(child, town.house(), (7, 8), lines={OTHER: 1})
        if record != "2025-10-01":
            found.append(("ADD611", "review", claim))
    return found


def facilities_of_a_child_without_a_self_plan(town: Town) -> Expected:
    """The child's plan is made by a consultation office: neither may bill (ADD603), and what hangs on a self plan is missing."""
    child, core = town.child(cap=0), town.house()
    _plan(town, child.number, core, "2025-10-20", kind="1")
    first = town.use(child, core, (1, 2), lines={CORE: 1})
    second = town.use(child, town.house(), (7, 8), lines={OTHER: 1})
    return [
        *(("ADD603", "return", claim) for claim in (first, second)),
        ("ADD604", "return", first),
        *(("ADD605", "review", claim) for claim in (first, second)),
        ("ADD611", "review", first),
    ]


def more_staff_on_a_crowded_day(town: Town) -> Expected:
    """Four children at three places, and more staff is billed: some of it may be needed as basic staff (FAC512, a notice)."""
    houses = []
    for children in (3, 4):
        house = town.house(定員="3")
        town.row("facility_addons", 事業所番号=house.number, サービス種類コード="63", 区分="加算", 加算キー="staffing_plus", 有効開始日="2025-04-01")  # fmt: skip
        for _ in range(children):
            town.use(town.child(), house, (8,), lines={STAFF_PLUS: 1})
        houses.append(house)
    return [("FAC506", "notice", houses[1]), ("FAC512", "notice", houses[1])]
