"""Other situations around certificates: one child with two numbers, rows that begin or end in the month, years of school."""

from __future__ import annotations

from .codes import ABSENCE, CAP, SUPPORT
from .town import Expected, Town

SMALL = {"611000": 20}


def lower_cap_where_the_other_number_is_the_same_child(town: Town) -> Expected:
    """The only "other child" of the household is the child's own old number: no brother, so CRT104 returns it."""
    house = town.house()
    old, new = (town.child(cap=4600, 世帯番号="S-SELF", 児童コード="C-S") for _ in range(2))
    first, second = town.use(old, house, (1, 2)), town.use(new, house, (15, 16))
    second.cap = 2300
    return [("CRT104", "return", second), ("CRT110", "review", first), ("CRT110", "review", second)]


def manager_named_where_the_other_number_is_the_same_child(town: Town) -> Expected:
    """The same for a claim that names a manager: no brother's sheet can be on paper, CAP310 returns it."""
    house = town.house()
    old, new = (town.child(cap=4600, 世帯番号="S-SELF2", 児童コード="C-S2") for _ in range(2))
    first, second = town.use(old, house, (1, 2)), town.use(new, house, (15, 16))
    second.managed = (house.number, "2", second.burden)
    return [("CAP310", "return", second), ("CRT110", "review", first), ("CRT110", "review", second)]


def absent_under_one_number_present_under_the_other(town: Town) -> Expected:
    """The old number is billed as absent on the day the new number came, at the same facility: DAY208."""
    house = town.house()
    old, new = (town.child(cap=0, 児童コード="C-A") for _ in range(2))
    first = town.use(old, house, (1, 2), absent=(15,), lines={ABSENCE: 1})
    second = town.use(new, house, (15, 16))
    return [("DAY208", "return", first, (15,)), ("CRT110", "review", first), ("CRT110", "review", second)]


def grant_that_ended_before_the_month(town: Town) -> Expected:
    """The grant ended on 30 September: every day goes back (CRT102), the contract has no grant (CRT106), no day is counted."""
    child = town.child(grants={})
    town.grant(child.number, "631000", 1, until="2025-09-30")
    claim = town.use(child, town.house(), (1, 2))
    return [("CRT102", "return", claim, (1, 2)), ("CRT106", "review", claim)]


def only_an_add_on_was_granted(town: Town) -> Expected:
    """630924 is an add-on grant and lets nobody come: CRT103, and CRT106."""
    claim = town.use(town.child(grants={"630924": ""}), town.house(), (1, 2), lines={SUPPORT: 2})
    return [("CRT103", "return", claim, (1, 2)), ("CRT106", "review", claim)]


def grant_without_days(town: Town) -> Expected:
    """The days were left empty in the ledger: how many are too many cannot be judged (DAY202, DAY206)."""
    claim = town.use(town.child(grants={"631000": ""}), town.house(), (1, 2))
    return [("DAY202", "undetermined", claim), ("DAY206", "undetermined", claim)]


def two_grants_of_one_service(town: Town) -> Expected:
    """Five plain days and eight of 重心 are granted: the larger is the limit, eight days pass, nine do not."""
    house = town.house()
    town.use(town.child(grants={"631000": 5, "632000": 8}), house, range(1, 9))
    claim = town.use(town.child(grants={"631000": 5, "632000": 8}), house, range(1, 10))
    return [("DAY202", "return", claim), ("DAY206", "review", claim)]


def early_support_in_the_first_year_of_school(town: Town) -> Expected:
    """Born on 1 April 2019, in school since April 2025: 児童発達支援 is over (CRT107). Born a day later: not yet in school."""
    house = town.house("61")
    claim = town.use(town.child(grants=SMALL, 生年月日="2019-04-01"), house, (1, 2))
    town.use(town.child(grants=SMALL, 生年月日="2019-04-02"), house, (1, 2))
    return [("CRT107", "review", claim, (1, 2))]


def after_school_service_before_school(town: Town) -> Expected:
    """Born on 2 April 2019, in school from April 2026: after-school service is too early (CRT107)."""
    return [("CRT107", "review", town.use(town.child(生年月日="2019-04-02"), town.house(), (1, 2)), (1, 2))]


def certificate_from_the_middle_of_the_month(town: Town) -> Expected:
    """The recipient's row begins on the 10th: the share of 61 on the 1st is not known (AMT707 open), of 63 it is."""
    small = town.child(grants=SMALL, 適用開始日="2025-10-10")
    claim = town.use(small, town.house("61"), (13, 14))
    town.use(town.child(適用開始日="2025-10-10"), town.house(), (13, 14))
    return [("AMT707", "undetermined", claim)]


def manager_filed_from_next_month(town: Town) -> Expected:
    """The filing begins on 1 November: none for October (CAP301, a notice below the cap). One that ended on 1 October counts."""
    found: Expected = []
    for since, until in (("2025-11-01", ""), ("2025-04-01", "2025-10-01")):
        child, manager = town.child(cap=37200), town.house()
        town.row("cap_managers", 受給者証番号=child.number, 上限額管理事業所番号=manager.number, 有効開始日=since, 有効終了日=until)  # fmt: skip
        claims = town.use(child, manager, (1, 2)), town.use(child, town.house(), (7, 8))
        found += [("CAP301", "notice", claim) if not until else ("CAP302", "return", claim) for claim in claims]
    return found


def manager_without_a_claim_of_its_own(town: Town) -> Expected:
    """The manager has no claim, its row is 0, 0 and 0, and the two others are shared out: nothing."""
    child, manager = town.child(cap=4600), town.house()
    sheet = town.manage(manager, town.use(child, town.house(), range(1, 11)), town.use(child, town.house(), (14, 15)))
    sheet.rows.insert(0, type(sheet.rows[0])(manager.number, 0, 0, 0, child.number))
    return []


def household_sheet_that_forgot_a_sister(town: Town) -> Expected:
    """The household's sheet is of two brothers; the sister names the manager, too, and is in no row: a look (CAP310)."""
    manager = town.house()
    first, second, third = (
        town.use(town.child(cap=4600, 世帯番号="S-THREE"), house, days)
        for house, days in ((manager, (1, 2, 3)), (town.house(), (6, 7)), (town.house(), (8, 9)))
    )
    sheet = town.manage(manager, first, second)
    sheet.household = True
    third.managed = (manager.number, "2", third.burden)
    return [("CAP310", "review", third)]


def management_of_a_household_with_an_add_on_at_the_other(town: Town) -> Expected:
    """Two brothers at one facility each; the one who is not the manager bills the management: CAP308, a look, as it is K421."""
    manager = town.house()
    first = town.use(town.child(cap=4600, 世帯番号="S-WHO"), manager, (1, 2, 3))
    second = town.use(town.child(cap=4600, 世帯番号="S-WHO"), town.house(), (6, 7), lines={CAP: 1})
    town.manage(manager, first, second).household = True
    return [("CAP308", "review", second)]
