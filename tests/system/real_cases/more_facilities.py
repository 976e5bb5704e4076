"""Other situations around facilities: two services under one number, ledger rows that change, companies, petitions."""

from __future__ import annotations

from .billing import House
from .codes import CORE, CROWDED, OTHER, STAFF_PLUS
from .resubmission import OCTOBER, SEPTEMBER
from .sheets import Sheet
from .town import MONTH, Expected, Town


def two_services_under_one_number(town: Town) -> Expected:
    """61 and 63 under one number, 算定定員 empty: capacity, crowds and the class of the code are left open."""
    house = town.house()
    town.house("61", number=house.number)
    claim = town.use(town.child(), house, (1, 2))
    return [
        ("FAC502", "undetermined", claim),
        ("FAC507", "undetermined", claim),
        ("FAC506", "undetermined", house),
    ]


def two_services_with_the_capacity_of_the_fee(town: Town) -> Expected:
    """The same with 算定定員 20 for both: the cheaper code is right, that of ten places goes back (FAC502); crowds stay open."""
    house = town.house(算定定員="20")
    town.house("61", number=house.number, 算定定員="20")
    claims = [town.use(town.child(), house, (1, 2), base={code: 2}) for code in ("63A202", "63A102")]
    crowds = [("FAC507", "undetermined", claim) for claim in claims]
    return [("FAC502", "return", claims[1]), ("FAC506", "undetermined", house), *crowds]


def capacity_that_grew_in_the_month(town: Town) -> Expected:
    """Ten places to the 15th, twenty from the 16th: either code fits (FAC502)."""
    house = town.house(指定終了日="2025-10-15")
    town.house(number=house.number, 定員="20", 指定開始日="2025-10-16")
    for code in ("63A102", "63A202"):
        town.use(town.child(), house, (1, 20), base={code: 2})
    return []


def capacity_of_the_day(town: Town) -> Expected:
    """Three places to the 15th, five from the 16th: four children are too many on the 8th and not on the 20th (FAC506)."""
    house = town.house(定員="3", 指定終了日="2025-10-15")
    town.house(number=house.number, 定員="5", 指定開始日="2025-10-16")
    for _ in range(4):
        town.use(town.child(), house, (8, 20))
    return [("FAC506", "notice", house)]


def service_without_designation(town: Town) -> Expected:
    """Designated for 63, the facility bills visits to schools (64), too: FAC501, which says it all."""
    child, house = town.child(grants={"641000": 5}), town.house()
    claim = town.use(child, House(house.number, "64"), (8,))
    return [("FAC501", "return", claim, (8,))]


def add_on_filed_for_another_service(town: Town) -> Expected:
    """加配 is filed for 61 of the number, and billed for 63: FAC504."""
    house = town.house()
    town.row("facility_addons", 事業所番号=house.number, サービス種類コード="61", 区分="加算", 加算キー="staffing_plus", 有効開始日="2025-04-01")  # fmt: skip
    return [("FAC504", "return", town.use(town.child(), house, (1, 2), lines={STAFF_PLUS: 2}))]


def crowded_and_billed_so(town: Town) -> Expected:
    """Six children at three places, and all six are billed by the lower fee: only the notice (FAC506)."""
    house = town.house(定員="3")
    for _ in range(6):
        town.use(town.child(), house, (8,), base={CROWDED: 1})
    return [("FAC506", "notice", house)]


def company_that_nobody_knows(town: Town) -> Expected:
    """The company of one of two facilities is not in the ledger: whether they are one is open (ADD603), for both."""
    child, core = town.child(cap=0), town.house()
    town.row("plans", 受給者証番号=child.number, 計画区分="2", コア連携事業所番号=core.number, 保護者同意日="2025-09-20", 記録受領日="2025-10-21", 適用開始日="2025-04-01")  # fmt: skip
    first = town.use(child, core, (1, 2), lines={CORE: 1})
    second = town.use(child, town.house(法人番号=""), (7, 8), lines={OTHER: 1})
    return [("ADD603", "undetermined", first), ("ADD603", "undetermined", second)]


def two_files_of_one_facility(town: Town) -> Expected:
    """The facility sends two files, each with its invoice over its own claims: both fit (AMT706)."""
    house = town.house()
    for number in "67":
        town.send(f"K11_{number}.CSV", town.use(town.child(), house, (1, 2)))
    return []


def invoice_of_a_facility_with_a_wrong_service_row(town: Town) -> Expected:
    """The invoice's cost is a yen more than its claims' in the totals: a look (AMT706)."""
    house = town.house()
    town.use(town.child(), house, (1, 2))
    town.invoices_off[house.number, MONTH] = {19: 1}
    return [("AMT706", "review", house)]


def cancelled_and_sent_as_new_in_one_month(town: Town) -> Expected:
    """A decided sheet is cancelled and sent as new in one month: 修正 was right (SUB401), and two are one too many (SUB404)."""
    child, manager = town.child(cap=9300), town.house()
    own = town.use(child, manager, range(1, 11), month=SEPTEMBER)
    other = town.use(child, town.house(), range(14, 20), month=SEPTEMBER)
    for claim in (own, other):
        town.history("明", OCTOBER, claim.facility, child.number, SEPTEMBER, "返戻")
    town.history("利", OCTOBER, manager.number, child.number, SEPTEMBER, "決定")
    town.sheets.append(Sheet(manager, child, SEPTEMBER, 9300, "3", kind="3"))
    sheet = town.manage(manager, own, other)
    return [("SUB401", "return", sheet), ("SUB404", "return", sheet)]


def petition_and_a_claim_under_the_new_number(town: Town) -> Expected:
    """The old number's claim is withdrawn, the same month comes under the child's new number: SUB406 names it.

    CRT110 counts the old claim, too, which is decided so far, and lies on the new one.
    """
    old, new = (town.child(cap=0, 児童コード="C-P") for _ in range(2))
    house = town.house()
    claim = town.use(new, house, (1, 2), month=SEPTEMBER)
    town.history("明", OCTOBER, house.number, old.number, SEPTEMBER, "決定", 11448)
    town.row("petitions", 申立年月=OCTOBER, 事業所番号=house.number, 受給者証番号=old.number, サービス提供年月=SEPTEMBER, 申立事由コード="1001")  # fmt: skip
    petition = claim.subject._replace(kind="petition", recipient=old.number)
    return [("SUB406", "review", petition), ("CRT110", "review", claim)]


def totals_of_a_sheet(town: Town) -> Expected:
    """The sheet's total after management is 100 yen more than its rows: CAP305."""
    child, manager = town.child(cap=9300), town.house()
    own, other = town.use(child, manager, range(1, 11)), town.use(child, town.house(), range(14, 20))
    sheet = town.manage(manager, own, other)
    sheet.more = 100
    return [("CAP305", "return", sheet)]
