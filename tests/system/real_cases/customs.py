"""A city that does otherwise: a petition is processed in its own month, a claim may hold a share of the household's cap."""

from __future__ import annotations

from .resubmission import OCTOBER, SEPTEMBER
from .town import Expected, Town

SETTINGS = """
[checks]
shared_cap = true
[rules]
petition_month = "same"
"""


def prepare(town: Town) -> None:
    """The city's settings."""
    town.settings = SETTINGS


def petition_of_this_month(town: Town) -> Expected:
    """Filed on the 5th of November and processed in November, the new claim is here: nothing (SUB405)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), month=SEPTEMBER)
    town.history("明", OCTOBER, claim.facility, claim.child.number, SEPTEMBER, "決定", 17172)
    town.row("petitions", 申立年月="2025-11", 事業所番号=claim.facility, 受給者証番号=claim.child.number, サービス提供年月=SEPTEMBER, 申立事由コード="1001")  # fmt: skip
    return []


def paid_claim_without_a_petition(town: Town) -> Expected:
    """The same without a petition: SUB405 as everywhere."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), month=SEPTEMBER)
    town.history("明", OCTOBER, claim.facility, claim.child.number, SEPTEMBER, "決定", 17172)
    return [("SUB405", "return", claim)]


def shares_of_the_household_cap(town: Town) -> Expected:
    """Brother and sister each get a part of the cap of 4600: that is how this city does it, nothing (CRT104)."""
    house = town.house()
    for share, days in ((1900, (1, 2)), (2700, (3, 6))):
        town.use(town.child(cap=4600, 世帯番号="S-SHARE"), house, days).cap = share
    return []


def more_than_the_household_cap(town: Town) -> Expected:
    """More than the cap is no share: CRT104."""
    claim = town.use(town.child(cap=4600), town.house(), (1, 2))
    claim.cap = 4601
    return [("CRT104", "return", claim)]
