"""A folder in, the homes below it with their settings out. Called by run_all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from henrei.errors import HenreiError
from henrei.flows.settings import Settings, load
from henrei.home import SETTINGS, Home

# Of one city: name, status, line, seconds, ran (whether it was run now); where it has results of the month the counts of `run_city`.
Outcome = dict[str, Any]


@dataclass(frozen=True)
class City:
    """A home that can be run. `name` is its path below the folder of the homes, with `/`."""

    home: Home
    name: str
    settings: Settings

    @property
    def municipality_no(self) -> str:
        return self.settings.municipality_no


@dataclass(frozen=True)
class Failure:
    """A home that was not run, or not to the end: its name below the homes' folder, the exit status and its line."""

    name: str
    status: int
    line: str
    municipality_no: str = ""

    def outcome(self) -> Outcome:
        """The outcome of a home that was not run."""
        return {"name": self.name, "status": self.status, "line": self.line, "seconds": 0.0, "ran": False}


def chosen(cities: list[City], failures: list[Failure], only: Collection[str]) -> set[str]:
    """The names of the homes that `only` means, by name or municipality_no; of all where it is empty.

    Raises HenreiError (status 2) naming what is none, and what there is.
    """
    names = {city.name for city in cities} | {failure.name for failure in failures}
    if not only:
        return names
    by_number = {city.municipality_no: city.name for city in cities}
    unknown = [one for one in only if one not in names and one not in by_number]
    if unknown:
        raise HenreiError(
            f"--only の「{'、'.join(unknown)}」という作業フォルダーも市町村番号もありません。あるのは {'、'.join(sorted(names))} です"
        )
    return {by_number.get(one, one) if one not in names else one for one in only}


def find(homes: Path) -> tuple[list[City], list[Failure]]:
    """The homes one or two levels below `homes`, in order of path; and those whose henrei.toml cannot be read.

    Raises HenreiError (status 2) if there is none, or if two have one municipality_no: nobody could say whose a finding is.
    """
    if not homes.is_dir():
        raise HenreiError(f"{homes} がありません。市町村ごとの作業フォルダーを置いたフォルダーを指定してください")
    folders = {path.parent for path in [*homes.glob(f"*/{SETTINGS}"), *homes.glob(f"*/*/{SETTINGS}")]}
    # What lies in a home is the home's own.
    places = sorted((p for p in folders if p.parent not in folders), key=lambda p: p.relative_to(homes).as_posix())
    if not places:
        raise HenreiError(f"{homes} の下に作業フォルダー({SETTINGS} のあるフォルダー)がありません")
    cities, failures = [], []
    for place in places:
        name = place.relative_to(homes).as_posix()
        try:
            cities.append(City(Home(place), name, load(Home(place))))
        except HenreiError as error:
            failures.append(Failure(name, error.status, str(error)))
    first: dict[str, str] = {}
    for city in cities:
        if city.municipality_no in first:
            raise HenreiError(
                f"{first[city.municipality_no]} と {city.name} の municipality_no が同じ {city.municipality_no} です。"
                f"どちらかの {SETTINGS} を直してください"
            )
        first[city.municipality_no] = city.name
    return cities, failures
