"""Ledgers that went through Excel: zeros are gone, and one number is a power of ten (contract 3.2, 5)."""

from __future__ import annotations

from .billing import Subject
from .town import Expected, Town


def prepare(town: Town) -> None:
    """Excel writes the ledgers of recipients and grants."""
    town.export = dict.fromkeys(("recipients", "grants"), _without_zeros)


def _without_zeros(text: str) -> str:
    return "\r\n".join(line.lstrip("0") for line in text.split("\r\n"))


def child_whose_zeros_are_gone(town: Town) -> Expected:
    """The zeros come back: nothing."""
    town.use(town.child(), town.house(), (1, 2, 3))
    return []


def child_whose_number_became_a_power(town: Town) -> Expected:
    """7.3E+09 is refused (FMT109), and may have been this child's row: unknown, but only a look (CRT101)."""
    child = town.child(number="7300000000", known=False, grants={})
    town.child(number="7.3E+09", grants={})
    row = Subject("row", "", "7.3E+09", "")
    return [("FMT109", "refused", row), ("CRT101", "review", town.use(child, town.house(), (1, 2)))]


def another_child_that_is_unknown(town: Town) -> Expected:
    """Nobody can say whose row was refused: every unknown number is only looked at."""
    return [("CRT101", "review", town.use(town.child(known=False, grants={}), town.house(), (1, 2)))]


def cap_that_is_not_the_certificates(town: Town) -> Expected:
    """The refused row might be a second one of this child with this cap: CRT104 is a look."""
    claim = town.use(town.child(cap=9300), town.house(), (1, 2))
    claim.cap = 4600
    return [("CRT104", "review", claim)]


def certificate_that_ended(town: Town) -> Expected:
    """No row of grants was refused: CRT102 goes back as ever, and so does a day too many (DAY203)."""
    child = town.child(grants={})
    town.grant(child.number, "631000", 23, until="2025-10-07")
    claim = town.use(child, town.house(), (7, 8), days=3)
    return [("CRT102", "return", claim, (8,)), ("DAY203", "return", claim)]
