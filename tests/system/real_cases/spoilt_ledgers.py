"""Rows of ledgers that were refused: what they could have removed is left open, and nothing else (contract 5)."""

from __future__ import annotations

from .billing import Child, Subject
from .codes import CAP, CORE, OTHER, STAFF_PLUS
from .resubmission import OCTOBER, SEPTEMBER
from .town import Expected, Town

BAD = "2025-02-30"  # no date


def _row(key: str) -> tuple[str, str, Subject]:
    return ("FMT109", "refused", Subject("row", "", key, ""))


def _filed(town: Town, facility: str, since: str) -> None:
    town.row("facility_addons", 事業所番号=facility, サービス種類コード="63", 区分="加算", 加算キー="staffing_plus", 有効開始日=since)  # fmt: skip


def only_grant_of_a_child(town: Town) -> Expected:
    """The child's only grant has no readable start: whether service and contract were granted is open (CRT103, CRT106)."""
    child = town.child(grants={})
    town.grant(child.number, "631000", 20, since=BAD)
    claim = town.use(child, town.house(), (1, 2))
    return [_row(child.number), ("CRT103", "undetermined", claim), ("CRT106", "undetermined", claim)]


def grant_that_was_never_there(town: Town) -> Expected:
    """Another child's grant is missing altogether: nothing of this child was refused, CRT103 and CRT106 as ever."""
    claim = town.use(town.child(grants={}), town.house(), (1, 2))
    return [("CRT103", "return", claim), ("CRT106", "review", claim)]


def second_grant_of_a_child(town: Town) -> Expected:
    """Three days are granted, a second row of the child was refused, which may grant more: four days are open (DAY202, DAY206)."""
    child = town.child(grants={"631000": 3})
    town.grant(child.number, "631000", 20, since=BAD)
    claim = town.use(child, town.house(), (1, 2, 3, 6))
    return [_row(child.number), ("DAY202", "undetermined", claim), ("DAY206", "undetermined", claim)]


def second_grant_that_is_not_needed(town: Town) -> Expected:
    """The same with three days: there is nothing that the refused row could remove."""
    child = town.child(grants={"631000": 3})
    town.grant(child.number, "631000", 20, since=BAD)
    town.use(child, town.house(), (1, 2, 3))
    return [_row(child.number)]


def only_row_of_a_recipient(town: Town) -> Expected:
    """The child's row has no readable cap: whether the number is known is open (CRT101)."""
    child = town.child(利用者負担上限月額="4千6百円")
    claim = town.use(child, town.house(), (1, 2))
    return [_row(child.number), ("CRT101", "undetermined", claim)]


def second_row_of_a_recipient(town: Town) -> Expected:
    """Another row of the child was refused, which may have the claim's cap: CRT104 is open."""
    child = town.child()
    town.child(number=child.number, grants={}, 利用者負担上限月額="4千6百円")
    claim = town.use(child, town.house(), (1, 2))
    claim.cap = 4600
    return [_row(child.number), ("CRT104", "undetermined", claim)]


def filing_of_a_manager(town: Town) -> Expected:
    """The filing has no readable start: that none was filed is open (CAP301)."""
    child, manager = town.child(), town.house()
    town.row("cap_managers", 受給者証番号=child.number, 上限額管理事業所番号=manager.number, 有効開始日=BAD)
    claims = town.use(child, manager, (1, 2)), town.use(child, town.house(), (7, 8))
    return [_row(child.number), *(("CAP301", "undetermined", claim) for claim in claims)]


def filing_of_the_one_who_bills_management(town: Town) -> Expected:
    """The facility that bills the management may be the filed one: CAP308 is open, beside CAP301 of both claims."""
    child, manager = town.child(cap=37200), town.house()
    town.row("cap_managers", 受給者証番号=child.number, 上限額管理事業所番号=manager.number, 有効開始日=BAD)
    own, other = town.use(child, manager, (1, 2), lines={CAP: 1}), town.use(child, town.house(), (7, 8))
    open_ones: Expected = [("CAP301", "undetermined", own), ("CAP301", "undetermined", other)]
    return [_row(child.number), *open_ones, ("CAP308", "undetermined", own)]


def second_row_of_a_facility(town: Town) -> Expected:
    """Suspended on the 7th by one row; another row of the facility was refused: FAC501 is open."""
    house = town.house(休止開始日="2025-10-07", 休止終了日="2025-10-07")
    town.house(number=house.number, 指定開始日=BAD)
    return [_row(house.number), ("FAC501", "undetermined", town.use(town.child(), house, (1, 7)))]


def filing_of_an_add_on(town: Town) -> Expected:
    """The filing of 加配 was refused: FAC504 is open. A facility that filed none is found as ever."""
    house, other = town.house(), town.house()
    _filed(town, house.number, BAD)
    first = town.use(town.child(), house, (1, 2), lines={STAFF_PLUS: 2})
    second = town.use(town.child(), other, (1, 2), lines={STAFF_PLUS: 2})
    return [_row(house.number), ("FAC504", "undetermined", first), ("FAC504", "return", second)]


def row_of_a_code(town: Town) -> Expected:
    """The row of a code on the claim was refused: whether the table holds the code is open (AMT708)."""
    town.owners["63Y777"] = town.situation
    town.row("service_codes", サービスコード="63Y777", 名称="架空", 単位数=10, 種別="加算", 有効開始日=BAD)
    claim = town.use(town.child(), town.house(), (1, 2))
    claim.parts[0].lines["63Y777"] = (10, 1)
    return [_row("63Y777"), ("AMT708", "undetermined", claim)]


def petition_of_a_claim(town: Town) -> Expected:
    """The petition for a claim that comes again has no readable month: SUB405 is open."""
    claim = town.use(town.child(), town.house(), (1, 2), month=SEPTEMBER)
    town.history("明", OCTOBER, claim.facility, claim.child.number, SEPTEMBER, "決定", 11448)
    town.row("petitions", 申立年月="先月", 事業所番号=claim.facility, 受給者証番号=claim.child.number, サービス提供年月=SEPTEMBER, 申立事由コード="1001")  # fmt: skip
    return [_row(claim.facility), ("SUB405", "undetermined", claim)]


def _together(town: Town, consent: str) -> tuple[Child, Expected]:
    child, core = town.child(cap=0), town.house()
    town.row("plans", 受給者証番号=child.number, 計画区分="2", コア連携事業所番号=core.number, 保護者同意日=consent, 記録受領日="2025-10-21", 適用開始日="2025-04-01")  # fmt: skip
    first = town.use(child, core, (1, 2), lines={CORE: 1})
    second = town.use(child, town.house(), (7, 8), lines={OTHER: 1})
    codes = (
        ("ADD603", first),
        ("ADD603", second),
        ("ADD604", first),
        ("ADD605", first),
        ("ADD605", second),
        ("ADD611", first),
    )
    return child, [(code, "undetermined", claim) for code, claim in codes]


def plan_of_a_child(town: Town) -> Expected:
    """The child's plan has no readable date of consent, so all that hangs on the plan is open."""
    child, open_ones = _together(town, BAD)
    return [_row(child.number), *open_ones]


def plan_of_another_child(town: Town) -> Expected:
    """A plan that was read, beside the refused one: nothing."""
    _together(town, "2025-09-20")
    return []
