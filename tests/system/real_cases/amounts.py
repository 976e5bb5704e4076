"""Sums of claims and invoices: units, costs, what the family and the city pay (contract 5, AMT)."""

from __future__ import annotations

from .codes import USUAL
from .town import MONTH, Expected, Town


def line_that_is_not_units_times_count(town: Town) -> Expected:
    """A line of 600 × 3 says 1810: AMT701, and the type's units are no longer its lines' (AMT703)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), items={"K122-03": {10: 1810}})
    return [("AMT701", "return", claim), ("AMT703", "return", claim)]


def units_of_an_older_table(town: Town) -> Expected:
    """590 units where the table has 600, everything else fits: AMT702."""
    claim = town.use(town.child(), town.house(), (1, 2, 3))
    claim.parts[0].lines[USUAL] = (590, 3)
    return [("AMT702", "return", claim)]


def cost_rounded_up(town: Town) -> Expected:
    """1803 units at 10.6 yen are 19111.8: 19112 is rounded up (AMT704), 19111 is right."""
    house = town.house()
    claims = [town.use(town.child(), house, (1, 2, 3), off=off) for off in (0, 1)]
    for claim in claims:
        claim.parts[0].lines["63Y003"] = (3, 1)
    town.row("service_codes", サービスコード="63Y003", 名称="架空", 単位数=3, 種別="加算", 有効開始日="2024-04-01")
    return [("AMT704", "return", claims[1])]


def benefit_that_is_not_cost_less_burden(town: Town) -> Expected:
    """The claim asks for ten yen more than cost less burden: AMT705, and the invoice is no longer the sum (AMT706)."""
    house = town.house()
    claim = town.use(town.child(), house, (1, 2, 3), items={"K122-01": {28: 19080 - 1908 + 10}})
    return [("AMT705", "return", claim), ("AMT706", "review", house)]


def code_that_the_table_does_not_hold(town: Town) -> Expected:
    """A code of another year: a look (AMT708)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3))
    claim.parts[0].lines["63Y999"] = (12, 1)
    return [("AMT708", "review", claim)]


def invoice_that_counts_services(town: Town) -> Expected:
    """One claim of day service and school visits: an invoice may count one or two, three is a look (AMT706)."""
    houses = []
    for off in (0, 1, 2):
        child, house = town.child(grants={"631000": 20, "641000": 4}, cap=37200), town.house()
        town.use(child, house, (1, 2, 3))
        town.use(child, town.house("64", number=house.number), (9,))
        town.invoices_off[house.number, MONTH] = {17: off}
        houses.append(house)
    return [("AMT706", "review", houses[2])]


def invoice_of_a_city_that_pays_a_share(town: Town) -> Expected:
    """The city pays 800 yen of the burden: an invoice that takes it off its burden is right, others are looked at (AMT706)."""
    houses = []
    for off in ({}, {22: 800}, {23: -800}):
        house = town.house()
        town.use(town.child(), house, (1, 2, 3)).aid = 800
        town.invoices_off[house.number, MONTH] = off
        houses.append(house)
    return [("AMT706", "review", houses[1]), ("AMT706", "review", houses[2])]


def share_of_a_second_child(town: Town) -> Expected:
    """A second child pays five per cent of 61; one whose facility takes ten is looked at (AMT707)."""
    house, small = town.house("61"), {"grants": {"611000": 20}, "生年月日": "2022-06-06", "多子軽減区分": "1"}
    town.use(town.child(**small), house, (1, 2))
    child = town.child(**small)._replace(share=10)
    return [("AMT707", "review", town.use(child, house, (1, 2)))]


def share_of_a_second_child_after_school(town: Town) -> Expected:
    """多子軽減 is for the years before school: after-school service takes ten per cent, nothing."""
    town.use(town.child(多子軽減区分="1"), town.house(), (1, 2))
    return []


def free_child_that_pays(town: Town) -> Expected:
    """A child in its free years pays ten per cent of 61: a look (AMT707). One that pays nothing: nothing."""
    house, free = town.house("61"), {"grants": {"611000": 20}, "生年月日": "2021-06-06", "無償化対象": "2"}
    town.use(town.child(cap=0, **free), house, (1, 2))
    child = town.child(cap=9300, **free)._replace(share=10)
    return [("AMT707", "review", town.use(child, house, (1, 2)))]


def share_that_the_city_lowered(town: Town) -> Expected:
    """The city lets a family pay three per cent (独自負担割合): three and ten pass, five is looked at (AMT707)."""
    found: Expected = []
    house = town.house("61")
    for share in (3, 10, 5):
        child = town.child(grants={"611000": 20}, 生年月日="2022-06-06", 独自負担割合="3")
        found = [("AMT707", "review", town.use(child._replace(share=share), house, (1, 2)))]
    return found
