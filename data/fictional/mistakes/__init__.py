"""The mistakes that a city may bear, by group of checks; a module here is found by being there.

A maker says by a decorator of registry.py what it plants, or what is right beside it. schedule.py reads them.
"""

from __future__ import annotations

from importlib import import_module
from itertools import zip_longest
from pkgutil import iter_modules

from ..case import Step
from .registry import NEAR, WAYS

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
# What of every city is right beside a check already, where no maker plants a neighbour.
USUAL = {
    "ADD602": "absences that are billed as often as they are recorded",
    "ADD604": "the core facility that the plan names, and its partners",
    "ADD607": "a partner beside its core facility",
    "ADD608": "add-ons of every kind that a record shows",
    "AMT701": "every line",
    "AMT702": "lines of a rate, and codes whose units change from a day on",
    "AMT703": "types with two sums, and claims of two types",
    "AMT704": "costs that are rounded down",
    "AMT705": "claims of several sums within one cap",
    "AMT708": "codes whose units change from a day on",
    "AMT710": "every line of 処遇改善, also beside a reduction of a rate",
    "AMT711": "classes of 処遇改善 that are in force",
    "CAP303": "rows of 0, 0, 0 of a facility with a claim",
    "CAP306": "every managed claim",
    "CAP308": "the manager's add-on, also where its partner is on the sheet alone",
    "CAP310": "claims of a household's sheet",
    "CRT101": "children of other municipalities with one of our numbers",
    "CRT103": "visits to school that are granted",
    "DAY205": "a visit to school on a day of use",
    "DAY207": "a month with all days of its contract",
    "DAY210": "days with nothing but an add-on",
    "FAC506": "a day with every place taken",
    "FAC507": "a day with just the limit",
    "FAC508": "three months with just the limit",
    "FAC512": "a crowd without the add-on",
    "SUB404": "two sheets of one child in two months",
}


def ways() -> dict[str, list[Step]]:
    """The ways to plant each check."""
    return WAYS


def near() -> list[Step]:
    """What is right beside the mistakes, by turns of the checks: a small city has not children for all."""
    return [step for turn in zip_longest(*(NEAR[code] for code in sorted(NEAR))) for step in turn if step]
