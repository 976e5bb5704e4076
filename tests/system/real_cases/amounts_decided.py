"""The burden that was decided, and the wage add-on as a rate of the rest (contract 5, AMT709–711, CAP304)."""

from __future__ import annotations

from .billing import Claim
from .codes import CAP, ENDED_WAGES, OTHER_RATE, USUAL, WAGES
from .town import Expected, Town

ROW = {"K122-04": {16: 190}, "K122-01": {22: 190}}


def burden_of_nothing(town: Town) -> Expected:
    """1908 yen are due, 0 went out: the city pays too much (AMT709)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3))
    claim.decided = 0
    return [("AMT709", "return", claim)]


def burden_that_lost_a_digit(town: Town) -> Expected:
    """190 in place of 1908, in the row, the total and the decision: AMT709."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), items=ROW)
    claim.decided = 190
    return [("AMT709", "return", claim)]


def total_twice_the_row(town: Town) -> Expected:
    """Item 22 of the claim is twice its row's: AMT709."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), items={"K122-01": {22: 2 * 1908}})
    return [("AMT709", "return", claim)]


def family_that_pays_nothing(town: Town) -> Expected:
    """The cap is 0, so the decided burden is 0: nothing."""
    town.use(town.child(cap=0), town.house(), (1, 2, 3))
    return []


def two_services_above_the_cap(town: Town) -> Expected:
    """Two services of a claim are above the cap together, item 25 and the rows' 19 hold it: nothing."""
    child, house = town.child(cap=2500, grants={"631000": 20, "641000": 4}), town.house()
    claim = town.use(child, house, (1, 2, 3))
    assert town.use(child, town.house("64", number=house.number), (9,)) is claim
    assert claim.burden == 2500 < sum(claim.capped(part) for part in claim.parts)
    return []


def free_child_whose_row_has_its_share(town: Town) -> Expected:
    """A free child's row has ten per cent as item 15 and 0 as item 16: the first is a look (AMT707), the second is right."""
    free = town.child(grants={"611000": 20}, 無償化対象="2", 生年月日="2021-06-06")._replace(share=10)
    items = {"K122-04": {16: 0}, "K122-01": {22: 0}}
    claim = town.use(free, town.house("61"), (1, 2), items=items)
    claim.decided = 0
    return [("AMT707", "review", claim)]


def managed_amount_that_was_not_decided(town: Town) -> Expected:
    """The sheet leaves 2781 yen for the other facility, whose claim decides its whole burden all the same: AMT709."""
    child, manager = town.child(), town.house()
    own = town.use(child, manager, range(1, 11), lines={CAP: 1})
    other = town.use(child, town.house(), range(14, 20))
    town.manage(manager, own, other)
    other.decided = 3816
    return [("AMT709", "return", other)]


def sheet_right_and_claim_wrong_by_itself(town: Town) -> Expected:
    """The row lost a digit, the sheet has the right burden: AMT709 returns the claim, the sheet is only looked at (CAP304)."""
    child, manager = town.child(), town.house()
    own = town.use(child, manager, range(1, 11), lines={CAP: 1})
    other = town.use(child, town.house(), range(14, 20))
    sheet = town.manage(manager, own, other)
    other.parts[0].items = {"K122-04": {16: 381}, "K122-01": {22: 381}}
    return [("AMT709", "return", other), ("CAP304", "review", sheet)]


def _wages(town: Town, code: str, units: int, others: int = 1800) -> Claim:
    """A claim with this many other units and the wage add-on."""
    claim = town.use(town.child(), town.house(), (1, 2, 3))
    if others != 1800:
        claim.parts[0].lines |= {USUAL: (600, 3), f"63V{others - 1800:03}": (others - 1800, 1)}
        town.row("service_codes", サービスコード=f"63V{others - 1800:03}", 名称="架空", 単位数=others - 1800, 種別="加算", 有効開始日="2024-04-01")  # fmt: skip
    claim.parts[0].lines[code] = (units, 1)
    return claim


def wage_add_on_by_its_rate(town: Town) -> Expected:
    """13.4 % of 1800 units are 241.2: 241 is right, 242 goes back (AMT710)."""
    _wages(town, WAGES, 241)
    return [("AMT710", "return", _wages(town, WAGES, 242))]


def wage_add_on_of_half_a_unit(town: Town) -> Expected:
    """13.4 % of 2250 units are 301.5: rounded up to 302, 301 goes back (AMT710)."""
    _wages(town, WAGES, 302, others=2250)
    return [("AMT710", "return", _wages(town, WAGES, 301, others=2250))]


def wage_add_on_beside_another_rate(town: Town) -> Expected:
    """Another rate of the type is there, and nobody knows which comes first: a difference is worth a look (AMT710)."""
    claim = _wages(town, WAGES, 250)
    claim.parts[0].lines[OTHER_RATE] = (18, 1)
    return [("AMT710", "review", claim)]


def wage_class_that_ended(town: Town) -> Expected:
    """A class of the time before April 2025: AMT711; what it would be is not known (AMT710 is left open)."""
    claim = _wages(town, ENDED_WAGES, 205)
    return [("AMT711", "return", claim), ("AMT710", "undetermined", claim)]
