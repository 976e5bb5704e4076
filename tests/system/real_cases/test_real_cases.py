"""What billing teams meet in real months: every situation alone must bring exactly what the contract says of it.

The situations are the functions of the modules beside this one. Those of the modules in a row of TOWNS are made in one town,
each with its own children and facilities, and the town's month is run once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from henrei import cli
from lib import workbook
from lib.inputs import read_table

from . import (
    addons,
    addons_more,
    amounts,
    amounts_decided,
    caps,
    caps_of_zero,
    certificate,
    certificate_days,
    customs,
    days,
    excel,
    exported,
    facility,
    files,
    more_children,
    more_days,
    more_edges,
    more_facilities,
    more_households,
    record_days,
    refused,
    resubmission,
    spoilt_ledgers,
)
from .billing import Subject
from .town import MONTH, REVIEW, Expected, Town

TOWNS = {
    "usual": (
        certificate,
        days,
        caps,
        resubmission,
        facility,
        addons,
        amounts,
        files,
        certificate_days,
        record_days,
        caps_of_zero,
        addons_more,
        amounts_decided,
        more_children,
        more_days,
        more_facilities,
        more_households,
        more_edges,
    ),
    "refused": (refused,),
    "exported": (exported,),
    "excel": (excel,),
    "customs": (customs,),
    "spoilt": (spoilt_ledgers,),
}
Row = tuple[str, str, Subject]
# FAC508 looks three months back, which a town of one month cannot show: left open for every claim of 61 and 63.
LEFT_OUT = "FAC508"
RECORD_OF = {"K112": "invoice", "K122": "claim", "K611": "attendance", "K411": "sheet", "K421": "sheet"}


def situations(module: ModuleType) -> Iterator[tuple[str, Callable[[Town], Expected]]]:
    """The public functions that a module itself has, but for `prepare`."""
    for name, function in vars(module).items():
        own = inspect.isfunction(function) and function.__module__ == module.__name__
        if own and name[0] != "_" and name != "prepare":
            yield f"{module.__name__.rpartition('.')[2]}.{name}", function


class Outcome:
    """A town of situations after its run: what was to come, what came, and the days that findings name."""

    def __init__(self, modules: tuple[ModuleType, ...], home: Path) -> None:
        town = Town()
        self.expected: dict[str, Expected] = {}
        for module in modules:
            getattr(module, "prepare", lambda town: None)(town)
            for name, situation in situations(module):
                town.situation = name
                self.expected[name] = situation(town)
        town.write(home)
        assert cli.main(["run", REVIEW, "--direct", "--home", str(home)]) == 0
        self.came: dict[str, set[Row]] = {}
        self.dates: dict[Row, str] = {}
        self.out = home / "out" / REVIEW
        for name in ("findings", "undetermined"):
            for row in read_table(self.out / f"{name}.csv"):
                subject = Subject(row["subject"], row["facility_no"], row["recipient_no"], row["service_month"])
                self._add(
                    town, (row["check_code"], row.get("severity", "undetermined"), subject), row.get("use_dates", "")
                )
        for row in read_table(self.out / "rejects.csv"):
            if row["record"]:  # the first and the last line of a file have none
                self._add(town, (row["reason_code"], "refused", refused_subject(row["raw"])))

    def _add(self, town: Town, row: Row, dates: str = "") -> None:
        owner = town.owners.get(row[2].recipient) or town.owners.get(row[2].facility, "")
        if row[0] == LEFT_OUT:
            assert row[1] == "undetermined"
            return
        self.came.setdefault(owner, set()).add(row)
        self.dates[row] = dates


def refused_subject(raw: str) -> Subject:
    """Whose line it was that was refused: of a claim, a record, a sheet, or a ledger."""
    cells = [cell.strip('"') for cell in raw.split(",")]
    kind = RECORD_OF.get(cells[2], "row")
    if kind == "row":
        numbers = (cell for cell in cells if len(cell) == 10 and cell.isdigit())
        return Subject(kind, "", next(numbers, cells[0]), "")
    facility, recipient = cells[7:9] if kind == "sheet" and cells[3] == "01" else cells[6:8]
    recipient = "" if kind == "invoice" else recipient
    return Subject(kind, facility, recipient, f"{cells[4][:4]}-{cells[4][4:]}")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Outcome]:
    """The outcome of a town, which is run when its first situation is asked for."""
    made: dict[str, Outcome] = {}

    def of(town: str) -> Outcome:
        if town not in made:
            made[town] = Outcome(TOWNS[town], tmp_path_factory.mktemp(town) / "home")
        return made[town]

    return of


CASES = [(town, name) for town, modules in TOWNS.items() for module in modules for name, _ in situations(module)]


@pytest.mark.parametrize(("town", "name"), CASES, ids=[name for _, name in CASES])
def test_a_situation_brings_what_the_contract_says(town: str, name: str, outcome: Callable[[str], Outcome]) -> None:
    result = outcome(town)
    expected = {(code, how, getattr(who, "subject", who)): dates for code, how, who, *dates in result.expected[name]}
    assert result.came.get(name, set()) == set(expected)
    for row, dates in expected.items():
        if dates:
            assert result.dates[row] == ";".join(f"{MONTH}-{day:02}" for day in dates[0])


@pytest.mark.parametrize("town", TOWNS)
def test_nothing_came_that_belongs_to_no_situation(town: str, outcome: Callable[[str], Outcome]) -> None:
    """But that there are no lists of the first review (KHR901)."""
    others = outcome(town).came.get("", set())
    assert {row[:2] for row in others} == {("KHR901", "undetermined")}


def test_a_name_that_cannot_be_read_is_remarked(outcome: Callable[[str], Outcome]) -> None:
    """The name in full width, and nothing else; the remark with 髙 and 﨑 is right as it is."""
    remarks = read_table(outcome("refused").out / "remarks.csv")
    assert [(row["file"], row["record"], row["item_no"]) for row in remarks] == [("K11.CSV", "K122-01", "9")]


def test_the_sentence_for_a_file_names_both_months(outcome: Callable[[str], Outcome]) -> None:
    reasons = {
        row["reason"] for row in read_table(outcome("refused").out / "rejects.csv") if row["file"] == "K11_late.CSV"
    }
    assert len(reasons) == 1
    assert all(month in min(reasons) for month in ("2025年10月", "2025年11月"))


def test_a_name_is_listed_as_the_ledger_has_it(outcome: Callable[[str], Outcome]) -> None:
    """Both facilities with 髙 are in the list that the team works in."""
    rows = workbook.rows(outcome("exported").out / "worklist.xlsx")
    assert sum(any("髙い木の家" in str(cell) for cell in row.values()) for row in rows) == 2
