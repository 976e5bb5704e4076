"""Spoilt workbooks given to the commands that read some; what must hold of each, and which one breaks it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from henrei import cli
from henrei.home import Home
from henrei.labels import DECISIONS
from henrei.store import journal
from lib import code_workbooks, letters_city, workbook
from lib.bad_input import valid_files, workbook_ways
from lib.bad_input.months import all_output

MAY = letters_city.MAY
_NEVER = ("予期しない", "Traceback", "panicked", "Error", "Warning")
_REFUSED = {2, 3}
STORE = "henrei.duckdb"


@dataclass
class Tally:
    """files: how many were given; accepted: of them with exit status 0; ways: how often each was used; failures: a line each."""

    files: int = 0
    accepted: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def command(*given: str) -> tuple[int, str]:
    """Exit status, and everything that was written to the screen."""
    with all_output() as output:
        status = cli.main(list(given))
    return status, output.getvalue().decode("utf-8", errors="replace")


def state(home: Path) -> dict[str, bytes]:
    """Every file of the home that lasts longer than a command; not the store, which is made again from the others."""
    paths = (path for path in home.rglob("*") if path.is_file() and ".henrei" not in path.parts and path.name != STORE)
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in paths}


def faults(status: int, output: str) -> list[str]:
    """What does not hold of any command, whatever it was given."""
    found = [f"{text} was written" for text in _NEVER if text in output]
    if status not in {0, *_REFUSED}:
        found.append(f"exit status {status}")
    if status and not output.strip():
        found.append("refused without a line")
    if max(map(len, output.splitlines()), default=0) > 2_000:
        found.append("a line that nobody can read")
    return found


class Spoiler:
    """Gives spoilt workbooks to commands in homes below `folder`, and keeps the tally of each command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tallies: dict[str, Tally] = {}

    def decide(self, numbers: range) -> None:
        """Worklists into which two clerks wrote, spoilt, for `decide`."""
        first = self.folder / "decide"
        home = letters_city.overlapping(first)
        assert cli.main(["run", MAY, "--direct", "--home", str(home)]) == 0
        worklist = home / "out" / MAY / "worklist.xlsx"
        written = {2: {"決定": "返戻", "備考": "電話で確認"}, 3: {"決定": "支払"}}
        filled = workbook.fill(worklist, first / "filled.xlsx", written).read_bytes()
        by_xlsxwriter = worklist.read_bytes()
        before, given = state(home), first / "worklist.xlsx"
        known = _keys(worklist)
        for number in numbers:
            data, way = workbook_ways.spoilt(number, filled if number % 3 else by_xlsxwriter)
            given.write_bytes(data)
            status, output = command("decide", MAY, str(given), "--home", str(home))
            found = faults(status, output)
            after = state(home)
            if status:
                found += [
                    f"{name} changed" for name in after.keys() | before.keys() if before.get(name) != after.get(name)
                ]
            else:
                found += _of_decisions(home, known)
            self._count("decide", number, way, status, found)
            if after != before:
                _restore(home, before)

    def ledgers(self, numbers: range) -> None:
        """The ten ledgers as workbooks, all spoilt, ten numbers at a time, for `check-ledgers`."""
        home = letters_city.overlapping(self.folder / "ledgers")
        place = home / "inbox" / MAY
        tables = {}
        for name, data in valid_files.ledgers().items():
            (place / name).unlink(missing_ok=True)
            rows = list(csv.reader(io.StringIO(_text(data))))
            tables[name.replace(".csv", ".xlsx")] = workbook.workbook({"台帳": rows})
        for number in range(numbers.start, numbers.stop, len(tables)):
            ways = []
            for at, (name, data) in enumerate(sorted(tables.items())):
                spoilt, way = workbook_ways.spoilt(number + at, data)
                (place / name).write_bytes(spoilt)
                ways.append(way)
            status, output = command("check-ledgers", MAY, "--home", str(home))
            for at, way in enumerate(ways):
                self._count("check-ledgers", number + at, way, status, [] if at else faults(status, output))

    def codes(self, numbers: range) -> None:
        """The ministry's workbook of service codes, spoilt, for `codes`."""
        home = letters_city.overlapping(self.folder / "codes")
        bases = list(code_workbooks.base_codes_63())[:1]
        rows = code_workbooks.header_above(code_workbooks.combined(bases, "63"))
        right = code_workbooks.workbook({"児童発達支援": rows, "表紙": code_workbooks.NO_CODES})
        given, before = self.folder / "codes" / "codes.xlsx", state(home)
        for number in numbers:
            data, way = workbook_ways.spoilt(number, right)
            given.write_bytes(data)
            status, output = command("codes", str(given), "--from", "2024-04-01", "--home", str(home))
            found, after = faults(status, output), state(home)
            if status:
                changed = {name for name in after.keys() | before.keys() if before.get(name) != after.get(name)}
                found += [
                    f"{name} changed" for name in changed if not name.startswith("out/")
                ]  # the list of what is wrong
            self._count("codes", number, way, status, found)
            if after != before:
                _restore(home, before)

    def _count(self, name: str, number: int, way: str, status: int, found: list[str]) -> None:
        tally = self.tallies.setdefault(name, Tally())
        tally.files += 1
        tally.accepted += status == 0
        tally.ways[way] += 1
        if found:
            tally.failures.append(f"{name} {number} ({way}): {'; '.join(found[:4])}")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp932")


def _keys(worklist: Path) -> set[tuple[str, str]]:
    """Facility and recipient of every row of sheet 1."""
    rows = [*workbook.rows(worklist), *workbook.other_rows(worklist).values()]
    return {(str(row["事業所番号"]), str(row["受給者証番号"])) for row in rows}


def _of_decisions(home: Path, known: set[tuple[str, str]]) -> list[str]:
    """What does not hold of a home whose decisions were read: each is of a row of the list, and the journal has a line for all."""
    with (home / "books" / MAY / "decisions.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = [f"decision {row['decision']!r}" for row in rows if row["decision"] not in {*DECISIONS, ""}]
    if strange := [row for row in rows if (row["facility_no"], row["recipient_no"]) not in known]:
        found.append(f"{len(strange)} decisions on what is not in the list")
    last = journal.read(Home(home))[-1]
    if last["command"] != "decide" or journal.broken_at(Home(home)) is not None:
        found.append("the journal has no line for it")
    return found


def _restore(home: Path, before: dict[str, bytes]) -> None:
    after = state(home)
    for name in after.keys() - before.keys():
        (home / name).unlink()
    for name, data in before.items():
        if after.get(name) != data:
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(data)
