"""The examples of all checks in one store, and the casebook of what they find: what the test of the casebook's cards goes by.

Each example keeps to itself: its numbers of people and facilities begin with its own, and its rows are of a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import polars as pl

from henrei.checks import examples
from henrei.checks.catalogue import Check, catalogue
from henrei.schemas.ledgers import ledgers
from henrei.store import tables
from lib.casebook_cases import finding_row

_NUMBERED = (
    "recipient_no",
    "child_recipient_no",
    "facility_no",
    "row_facility_no",
    "cap_manager_no",
    "core_facility_no",
)
_NUMBERED += ("control_facility_no", "household_no", "child_code", "other_facilities")
Given = list[tuple[str, dict[str, str]]]  # a table's name and a row of it


@dataclass(frozen=True)
class Shown:
    """An example with a finding, renumbered; `number` of the file that its rows are of."""

    check: Check
    example: examples.Example
    number: int

    @property
    def path(self) -> str:
        return f"{self.check.code}-{self.number}.csv"

    @cached_property
    def given(self) -> Given:
        """The rows that are given, each with its file, and of a ledger its line."""
        rows: Given = []
        for table, listed in self.example.given.items():
            for line, row in enumerate(listed, start=1):
                own = self._own(row)
                if table != "refused_groups":  # that has a file of its own, by its number
                    own |= {"file": str(100 * self.number + int(row.get("file", 0)))}
                own |= {"group_line": str(line)} if table == "sheets" else {}
                own |= {"sheet": self._sheet_of(row)} if table == "sheet_rows" and "sheet" not in row else {}
                rows.append((table, {"line": str(line), **own}))
        return rows

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """The findings that are expected, as rows of findings.csv; what the example does not speak of is empty."""
        return [self._finding(at, self._own(row)) for at, row in enumerate(self.example.expect or []) if _found(row)]

    def _sheet_of(self, row: dict[str, str]) -> str:
        """The sheet with the row's key; the first one where an example has none."""
        key = ("review", "facility_no", "recipient_no", "service_month")
        sheets = enumerate(self.example.given.get("sheets", []), start=1)
        fitting = (line for line, sheet in sheets if all(sheet.get(name) == row.get(name) for name in key))
        return str(next(fitting, 1))

    def _own(self, row: dict[str, str]) -> dict[str, str]:
        return {
            name: ";".join(f"{self.number}-{part}" for part in value.split(";"))
            if name in _NUMBERED and value
            else value
            for name, value in row.items()
        }

    def _finding(self, at: int, row: dict[str, str]) -> dict[str, Any]:
        month = row.get("service_month", "" if _without_month(self.check, row) else examples.SERVICE)
        days = examples.days(row.get("use_dates", ""), examples.month_of(month or examples.SERVICE))
        given = {name: row.get(name) for name in ("service_type", "observed", "expected", "other_facilities")}
        return finding_row(
            self.check.code, row["facility_no"], row.get("recipient_no"), row["verdict"], **given,
            finding_id=f"{self.number}-{at}", subject=row.get("subject", self.check.subject), service_month=month or None,
            use_dates=";".join(day.isoformat() for day in days), group_id=None,
        )  # fmt: skip


def _found(row: dict[str, str]) -> bool:
    return row["verdict"] != "undetermined"


def _without_month(check: Check, row: dict[str, str]) -> bool:
    """A finding on all that a facility is paid is of no month."""
    return check.subject == "facility" and "petitions" in check.needs and "recipient_no" not in row


def all_shown() -> Iterator[Shown]:
    number = 10
    for check in catalogue().values():
        for example in examples.parse(examples.text_of(check) or ""):
            if any(_found(row) for row in example.expect or []):
                yield Shown(check, example, number)
                number += 1


def load(con: duckdb.DuckDBPyConnection, shown: list[Shown]) -> None:
    """Puts all examples into an empty store, with the names of their files."""
    together = examples.Example("all")
    for one in shown:
        for table, row in one.given:
            together.given.setdefault(table, []).append(
                {k: v for k, v in row.items() if table in ledgers() or k != "line"}
            )
    examples.load(con, together)
    months = {row.get("review", examples.REVIEW) for one in shown for _, row in one.given}
    files = {(int(row["file"]), one.path) for one in shown for name, row in one.given if name != "refused_groups"}
    rows = [[f"{month}-01", number, path] for number, path in sorted(files) for month in sorted(months)]
    con.register("example_files", pl.DataFrame(rows, ["review_month", "file", "path"], orient="row"))
    con.execute("INSERT INTO files BY NAME FROM example_files")
    con.unregister("example_files")


def concerned(one: Shown, finding: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The given rows that the card of a finding must hold: of what its check reads, those of its child, its facility, its
    claim."""
    reads = {need.partition(".")[0] for need in one.check.needs} | set(one.check.refused)
    for table, row in one.given:
        if table in ledgers():
            wanted = table in reads and _of_ledger(one, finding, table, row)
        else:
            wanted = table in tables.RECORDS and table != "notices" and _of_record(one, finding, table, row)
        if wanted:
            yield table, row


def _of_ledger(one: Shown, finding: dict[str, Any], table: str, row: dict[str, str]) -> bool:
    month = row.get("service_month", finding["service_month"])
    if table == "service_codes":
        return row["service_code"] in {
            line["service_code"] for name, line in one.given if name == "claim_lines" and _same_key(line, finding)
        }
    if table in ("facilities", "facility_addons"):
        return row["facility_no"] == finding["facility_no"] and row.get("recipient_no") in (
            None,
            finding["recipient_no"],
        )
    if finding["recipient_no"] is None:  # a facility
        return row.get("facility_no") == finding["facility_no"]
    if table in ("recipients", "grants", "plans", "cap_managers"):
        return row["recipient_no"] == finding["recipient_no"] and one.check.role not in CAUSES
    return row["recipient_no"] == finding["recipient_no"] and month == finding["service_month"]


def _of_record(one: Shown, finding: dict[str, Any], table: str, row: dict[str, str]) -> bool:
    month = row.get("service_month", examples.SERVICE)
    if row.get("review", examples.REVIEW) != examples.REVIEW or month != (finding["service_month"] or month):
        return False
    if table == "attendance":  # a row a day
        if one.check.role == "day_of_facility":
            return row["facility_no"] == finding["facility_no"]
        return "attendance" in one.check.refused and _same_key(row, finding)
    if table in ("claim_lines", "claim_days", "contracts", "sheets", "sheet_rows") and finding["recipient_no"] is None:
        return False
    return row["facility_no"] == finding["facility_no"] and finding["recipient_no"] in (None, row.get("recipient_no"))


def _same_key(row: dict[str, str], finding: dict[str, Any]) -> bool:
    key = (row["facility_no"], row.get("recipient_no"), row.get("service_month", examples.SERVICE))
    return key == (finding["facility_no"], finding["recipient_no"], finding["service_month"])


CAUSES = ("day_of_facility", "state_of_facility")
