"""The household's monthly cap over several facilities: filing, sheet, claims that follow it (contract 5, CAP)."""

from __future__ import annotations

from .billing import Claim, House
from .codes import CAP
from .sheets import Row, Sheet
from .town import Expected, Town

TEN, SIX = range(1, 11), range(14, 20)


def _two(town: Town, cap: int = 4600) -> tuple[House, Claim, Claim]:
    """A manager's claim with its add-on, and one of another facility: 6519 and 3816 yen before the cap."""
    child, manager = town.child(cap=cap), town.house()
    own = town.use(child, manager, TEN, lines={CAP: 1})
    return manager, own, town.use(child, town.house(), SIX)


def cap_reached_at_the_manager(town: Town) -> Expected:
    """The manager's own burden reaches the cap: result 1, all is right."""
    manager, own, other = _two(town)
    town.manage(manager, own, other)
    return []


def cap_reached_together(town: Town) -> Expected:
    """Only both together reach the cap of 9300: result 3, shared out in order, all is right."""
    manager, own, other = _two(town, cap=9300)
    assert town.manage(manager, own, other).result == "3"
    return []


def manager_with_nothing_but_its_add_on(town: Town) -> Expected:
    """The child did not come to its manager, but to two others who had to be managed: no record, one day: nothing."""
    child, manager = town.child(cap=4600), town.house()
    own = town.use(child, manager, (), lines={CAP: 1}, days=1, record=False)
    town.manage(manager, own, town.use(child, town.house(), TEN), town.use(child, town.house(), SIX))
    return []


def cap_met_to_the_yen_as_shared_out(town: Town) -> Expected:
    """The burdens are the cap to the yen: 2 is meant, the program says 3, all amounts are the same: a look (CAP305)."""
    manager, own, other = _two(town, cap=6519 + 3816)
    sheet = town.manage(manager, own, other)
    sheet.result = "3"
    own.managed, other.managed = (manager.number, "3", 6519), (manager.number, "3", 3816)
    return [("CAP305", "review", sheet)]


def one_yen_below_the_cap_as_shared_out(town: Town) -> Expected:
    """One yen less than the cap: result 2 is the only right one; 3 goes back (CAP305)."""
    manager, own, other = _two(town, cap=6519 + 3816 + 1)
    sheet = town.manage(manager, own, other)
    sheet.result = "3"
    own.managed, other.managed = (manager.number, "3", 6519), (manager.number, "3", 3816)
    return [("CAP305", "return", sheet)]


def result_3_where_the_manager_reaches_the_cap(town: Town) -> Expected:
    """The manager's own burden is the cap, so the result is 1; the sheet and the claims say 3 (CAP305)."""
    manager, own, other = _two(town)
    sheet = town.manage(manager, own, other)
    sheet.result = "3"
    own.managed, other.managed = (manager.number, "3", 4600), (manager.number, "3", 0)
    return [("CAP305", "return", sheet)]


def shares_in_another_order(town: Town) -> Expected:
    """Result and totals are right, but the other facility's share was filled first: a look (CAP305)."""
    manager, own, other = _two(town, cap=9300)
    sheet = town.manage(manager, own, other)
    sheet.rows[0].managed, sheet.rows[1].managed = 9300 - 3816, 3816
    own.managed, other.managed = (manager.number, "3", 9300 - 3816), (manager.number, "3", 3816)
    return [("CAP305", "review", sheet)]


def claim_that_does_not_follow_the_sheet(town: Town) -> Expected:
    """The other facility bills its whole burden where the sheet leaves 2781 yen: CAP306 on its claim."""
    manager, own, other = _two(town, cap=9300)
    town.manage(manager, own, other)
    other.managed = (manager.number, "3", 3816)
    return [("CAP306", "return", other)]


def burden_on_the_sheet_is_not_the_claims(town: Town) -> Expected:
    """The sheet has a wrong cost for the other facility: CAP304; its amounts are right by themselves."""
    manager, own, other = _two(town, cap=9300)
    sheet = town.manage(manager, own, other)
    sheet.rows[1].cost -= 1000
    return [("CAP304", "return", sheet)]


def others_are_not_compared_with_result_1(town: Town) -> Expected:
    """With result 1 the manager need not know what the others bill: the same error is none."""
    manager, own, other = _two(town)
    town.manage(manager, own, other).rows[1].cost -= 1000
    return []


def facility_that_the_sheet_forgot(town: Town) -> Expected:
    """A third facility has a claim and is not on the sheet: CAP303."""
    manager, own, other = _two(town, cap=37200)
    town.use(own.child, town.house(), (21, 22))
    return [("CAP303", "return", town.manage(manager, own, other))]


def facility_on_the_sheet_without_a_claim(town: Town) -> Expected:
    """The sheet has a facility that sends its claim late: a look (CAP303)."""
    manager, own, other = _two(town, cap=37200)
    late = town.use(own.child, town.house(), (21, 22), record=False)
    sheet = town.manage(manager, own, other, late)
    town.claims.remove(late)
    return [("CAP303", "review", sheet)]


def facility_on_the_sheet_with_zeros(town: Town) -> Expected:
    """The sheet lists a facility where the child did not come, with 0, 0 and 0: nothing."""
    manager, own, other = _two(town, cap=9300)
    sheet = town.manage(manager, own, other)
    sheet.rows.append(Row(town.house().number, 0, 0, 0, own.child.number))
    return []


def manager_that_was_not_filed(town: Town) -> Expected:
    """Another facility manages than the one filed: CAP307 on its sheet, CAP308 for its add-on."""
    manager, own, other = _two(town, cap=9300)
    town.filed(own.child, town.house())
    sheet = town.manage(manager, own, other, filed=False)
    return [("CAP307", "return", sheet), ("CAP308", "return", own)]


def sheet_with_another_cap(town: Town) -> Expected:
    """The sheet goes by a cap of 4600 where the certificate says 9300: CAP309; sheet and claims fit each other."""
    manager, own, other = _two(town, cap=9300)
    return [("CAP309", "return", town.manage(manager, own, other, cap=4600))]


def no_sheet_of_an_only_child(town: Town) -> Expected:
    """Two facilities, a manager is filed, no sheet came, there is no other child: CAP302 on both claims."""
    manager, own, other = _two(town)
    town.filed(own.child, manager)
    return [("CAP302", "return", own), ("CAP302", "return", other)]


def no_sheet_where_a_sister_has_a_claim(town: Town) -> Expected:
    """The same, and a sister has a claim: the household's sheet may lie on paper at the desk, a look (CAP302)."""
    child, manager = town.child(cap=4600, 世帯番号="S-DESK"), town.house()
    own, other = town.use(child, manager, TEN, lines={CAP: 1}), town.use(child, town.house(), SIX)
    town.filed(child, manager)
    town.use(town.child(cap=4600, 世帯番号="S-DESK"), town.house(), (1, 2))
    return [("CAP302", "review", own), ("CAP302", "review", other)]


def manager_named_by_siblings_whose_sheet_is_on_paper(town: Town) -> Expected:
    """Brother and sister at one facility each name manager and result; the sheet came on paper: a look at both (CAP310)."""
    manager = town.house()
    brother = town.use(town.child(cap=4600, 世帯番号="S-PAPER"), manager, TEN)
    sister = town.use(town.child(cap=4600, 世帯番号="S-PAPER"), town.house(), SIX)
    brother.managed, sister.managed = (manager.number, "1", 4600), (manager.number, "1", 0)
    return [("CAP310", "review", brother), ("CAP310", "review", sister)]


def manager_named_by_an_only_child(town: Town) -> Expected:
    """The same for a child without brother or sister: there is nothing to manage, CAP310 returns it."""
    manager = town.house()
    claim = town.use(town.child(cap=4600), manager, TEN)
    claim.managed = (manager.number, "1", 4600)
    return [("CAP310", "return", claim)]


def free_brother_left_out_of_the_household_sheet(town: Town) -> Expected:
    """A brother in his free years names the family's manager and pays 0; the household's sheet leaves him out: a look."""
    manager, own, other = _two(town)
    town.ledgers["recipients"][-1] = {**town.ledgers["recipients"][-1], "世帯番号": "S-FREE"}
    town.manage(manager, own, other).household = True
    free = town.child(cap=0, grants={"611000": 20}, 無償化対象="2", 世帯番号="S-FREE", 生年月日="2021-06-06")
    claim = town.use(free, town.house("61"), (1, 2, 3))
    claim.managed = (manager.number, "1", 0)
    return [("CAP310", "review", claim)]


def sheet_of_a_household(town: Town) -> Expected:
    """Two brothers at one facility each and one sheet (K421) over both with the household's cap: nothing."""
    manager = town.house()
    first = town.use(town.child(cap=4600, 世帯番号="S-BOTH"), manager, SIX, lines={CAP: 1})
    second = town.use(town.child(cap=4600, 世帯番号="S-BOTH"), town.house(), SIX)
    sheet = town.manage(manager, first, second)
    sheet.household = True
    town.filed(second.child, manager)
    return []


def cap_exceeded_and_no_manager_filed(town: Town) -> Expected:
    """Two facilities, together above the cap, and no filing: a look at both (CAP301). Below the cap it is a notice."""
    child = town.child(cap=9300)
    claims = town.use(child, town.house(), TEN), town.use(child, town.house(), SIX)
    return [("CAP301", "review", claim) for claim in claims]


def management_billed_for_one_facility(town: Town) -> Expected:
    """The management add-on for a child who uses no other facility: CAP308; its brother is at the same facility."""
    house = town.house()
    claim = town.use(town.child(世帯番号="S-ONE"), house, (1, 2), lines={CAP: 1})
    town.filed(claim.child, house)
    town.use(town.child(世帯番号="S-ONE"), house, (1, 2))
    return [("CAP308", "return", claim)]


def management_billed_where_a_brother_is_elsewhere(town: Town) -> Expected:
    """The same where the brother is at another facility: the household may be managed, a look (CAP308)."""
    house = town.house()
    claim = town.use(town.child(世帯番号="S-ELSE"), house, (1, 2), lines={CAP: 1})
    town.filed(claim.child, house)
    town.use(town.child(世帯番号="S-ELSE"), town.house(), (1, 2))
    return [("CAP308", "review", claim)]


def cancelled_sheet_is_compared_with_nothing(town: Town) -> Expected:
    """A sheet decided for September is cancelled (作成区分 3): no check of its amounts; the state was decided: nothing."""
    child, manager = town.child(cap=4600), town.house()
    town.history("利", "2025-10", manager.number, child.number, "2025-09", "決定")
    town.filed(child, manager)
    town.sheets.append(Sheet(manager, child, "2025-09", 4600, "1", kind="3"))
    return []
