"""A shared inbox and a month in, each city's part of it in its home out. Called by run_all."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from henrei.errors import HenreiError
from henrei.flows.cities.discover import City, Failure
from henrei.flows.cities.split import Split, split
from henrei.flows.month_state import require_open
from henrei.flows.recovery import locked
from henrei.home import Home
from henrei.publication import put_in_place


def distribute(folder: Path, month: date, cities: list[City]) -> tuple[Split, list[Failure]]:
    """Splits folder/<month>/ among the homes, whose locks are held meanwhile: each gets a folder in its inbox.

    Returns what became of the lines, and the cities that get nothing: their month is closed, or another run holds them.
    Raises HenreiError where there is no file.
    """
    withheld: list[Failure] = []
    staging: dict[str, Path] = {}  # municipality_no → the folder for its files
    with ExitStack() as stack:
        for city in cities:
            try:
                stack.enter_context(locked(city.home))
                require_open(city.home, month)
            except HenreiError as error:
                withheld.append(Failure(city.name, error.status, str(error), city.municipality_no))
                continue
            staged = city.home.split_staging
            stack.callback(shutil.rmtree, staged, ignore_errors=True)
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir()
            staging[city.municipality_no] = staged
        result = split(folder, month, cities, {one.municipality_no: one.line for one in withheld}, staging)
        for city in cities:
            if city.municipality_no in staging:
                replace(city.home, month)
    return result, withheld


def replace(home: Home, month: date) -> None:
    """Puts what was staged into the place of an earlier split of the month. The caller holds the home's lock."""
    target = home.split_inbox(month)
    target.parent.mkdir(parents=True, exist_ok=True)
    put_in_place(home.split_staging, target)
