"""Families whose cap is 0 have nothing to manage (contract 5, CAP311)."""

from __future__ import annotations

from .sheets import Sheet
from .town import Expected, Town


def sheet_of_a_family_that_pays_nothing(town: Town) -> Expected:
    """Cap 0, a sheet comes and both claims name manager and result: a look at all three, no CAP305 and no CAP306."""
    child, manager = town.child(cap=0), town.house()
    own, other = town.use(child, manager, (1, 2)), town.use(child, town.house(), (7, 8))
    sheet = town.manage(manager, own, other)
    other.managed = (manager.number, "2", 0)
    return [("CAP311", "review", who) for who in (sheet, own, other)]


def cancelled_sheet_of_a_family_that_pays_nothing(town: Town) -> Expected:
    """The decided sheet is cancelled (作成区分 3): it is no live sheet, nothing."""
    child, manager = town.child(cap=0), town.house()
    town.history("利", "2025-10", manager.number, child.number, "2025-09", "決定")
    town.sheets.append(Sheet(manager, child, "2025-09", 0, "1", kind="3"))
    return []


def manager_named_though_nothing_is_paid(town: Town) -> Expected:
    """Cap 0, one facility, no sheet: the claim names a manager; nothing to manage (CAP311), and no sheet to it (CAP310)."""
    manager = town.house()
    claim = town.use(town.child(cap=0), manager, (1, 2))
    claim.managed = (manager.number, "1", 0)
    return [("CAP310", "return", claim), ("CAP311", "review", claim)]


def manager_named_for_a_free_child(town: Town) -> Expected:
    """The same for a child in its free years: item 12 is 0 for another reason; only the missing sheet is looked at."""
    manager = town.house("61")
    claim = town.use(town.child(cap=0, grants={"611000": 20}, 無償化対象="2", 生年月日="2021-06-06"), manager, (1, 2))
    claim.managed = (manager.number, "1", 0)
    return [("CAP310", "review", claim)]
