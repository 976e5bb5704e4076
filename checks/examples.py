"""Examples of a check as tiny tables: the check's `<check>.md` in, cases and a filled store out. Called by the tests, which
run them, and by `explain`, which shows them.

A case begins with `## title`; then tables, each a line with its name and a Markdown table; at the end `expect` with a
table, or `expect: none`, or `expect: not judged` (the check as a whole). Every other line is prose, for people. Names are
the tables of the store, with only the columns that matter; the rest is filled in:

- `review` (YYYY-MM, here 2026-05) is the review month a record or sheet came in; `service_month` is 2026-04;
- ledgers stand for 2026-05, in force from 2025-04-01 with open end, and a ledger that no table names is absent;
- `attendance` has `days`: days of the month (`3 4 10-12`), each a row with times, or with what its columns say;
- `refused_groups` may name `control_facility_no`, the facility of the file; `own_outcomes`: what close decided, `review` its month.

`expect` has facility_no, recipient_no and verdict (return, review, notice or undetermined) and may have any other
column of a finding (`use_dates` as days of the month; `service_type`, `observed`, `expected`, `reason` …).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources

import duckdb
import polars as pl

from henrei.checks.catalogue import Check
from henrei.months import month_of
from henrei.schemas.ledgers import ledgers
from henrei.store import tables
from henrei.store.database import set_current_month

REVIEW = "2026-05"
SERVICE = "2026-04"
_RECORD_DEFAULTS = {
    "claims": {"burden_cap": "4600", "capped_burden": "0", "benefit_yen": "10000", "decided_burden": "0"},
    "sheets": {"submission_kind": "1", "burden_cap": "4600", "record": "K411-01"},
}
_A_DAY_OF_USE = {"0301": {"start_time": "1000", "end_time": "1500", "hours": "0500"}, "0601": {"counted_day": "1"}}
_A_DAY_OF_USE |= {"0501": _A_DAY_OF_USE["0301"], "0701": _A_DAY_OF_USE["0601"]}

Row = dict[str, str]
_MANY_ROWS = 50  # from which on a frame is faster to insert than values


@dataclass
class Example:
    """One case: its title, the tables that are given, and the rows expected (none: no finding)."""

    title: str
    given: dict[str, list[Row]] = field(default_factory=dict)
    expect: list[Row] | None = None
    not_judged: bool = False


def text_of(check: Check) -> str | None:
    """The examples of a check as they are written, or None where there are none."""
    folder = resources.files(__name__.rpartition(".")[0]).joinpath(check.group)
    entry = folder.joinpath(check.file.removesuffix(".sql") + ".md")
    return entry.read_text(encoding="utf-8") if entry.is_file() else None


@dataclass
class _Table:
    """A table of an example while it is read: its rows and, from its first line on, its columns."""

    rows: list[Row]
    columns: list[str] | None = None

    def add(self, line: str) -> None:
        """A line of the Markdown table. Raises ValueError where it has other cells than columns."""
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if self.columns is None:
            self.columns = cells
        elif all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            return  # the rule below the columns
        elif len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells under {len(self.columns)} columns")
        else:
            self.rows.append({name: cell for name, cell in zip(self.columns, cells, strict=True) if cell})


def parse(text: str) -> list[Example]:
    """The cases of a text. Raises ValueError where a line is none of the format's."""
    examples: list[Example] = []
    table: _Table | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("## "):
            examples.append(Example(line[3:]))
            table = None
        elif line.startswith("|"):
            if table is None:
                raise ValueError(f"line {number}: a table without a name")
            try:
                table.add(line)
            except ValueError as problem:
                raise ValueError(f"line {number}: {problem}") from None
        elif examples and line:
            table = _begin(examples[-1], line)
    for example in examples:
        if example.expect is None:
            raise ValueError(f"{example.title}: nothing is expected")
    return examples


def _begin(example: Example, line: str) -> _Table | None:
    """The table that a line names, or None: `expect: none`, `expect: not judged`, and prose, which is for people."""
    if line in ("expect: none", "expect: not judged"):
        example.expect, example.not_judged = [], line == "expect: not judged"
        return None
    if not re.fullmatch(r"[a-z_]+", line):
        return None
    table = _Table([])
    if line == "expect":
        example.expect = table.rows
    else:
        example.given[line] = table.rows
    return table


def days(text: str, month: date) -> list[date]:
    """`3 10-12` → dates of the month, in the order written."""
    dates = []
    for part in text.split():
        first, _, last = part.partition("-")
        dates += [month.replace(day=day) for day in range(int(first), int(last or first) + 1)]
    return dates


def load(con: duckdb.DuckDBPyConnection, example: Example) -> set[str]:
    """Puts the example's tables into an empty store and returns their names; the current review month is 2026-05."""
    set_current_month(con, month_of(REVIEW))
    columns = _columns()
    content: dict[str, list[Row]] = {name: [] for name in columns}
    for name, rows in example.given.items():
        if name not in columns:
            raise ValueError(f"{example.title}: no table is called {name}")
        for row in _filled(name, rows):
            content[name].append(row)
    content["attendance"], day_rows = _attendance(content["attendance"])
    content["attendance_rows"] += day_rows
    for number, row in enumerate(content["refused_groups"], start=1000):
        row["file"] = str(number)
        file = {"file": str(number), "path": f"{number}.CSV"}
        if facility := row.pop("control_facility_no", ""):
            file["control_facility_no"] = facility
        content["files"].append(file)
    for name, ledger in ledgers().items():
        there = name in example.given or ledger.empty_means_none
        content["ledgers_used"].append({"ledger": name, "present": "true" if there else "false"})
    filled = {name for name, rows in content.items() if rows}
    for name in filled:
        _insert(con, name, columns[name], content[name])
    return filled


@cache  # examples come by the thousand
def _columns() -> dict[str, dict[str, pl.DataType]]:
    """The tables that an example may fill, and their columns."""
    return tables.all_tables() | {"own_outcomes": tables.OWN_OUTCOMES}


def _filled(name: str, rows: list[Row]) -> Iterator[Row]:
    """Rows with what an example leaves out, and with the group they belong to."""
    for number, row in enumerate(rows, start=1):
        if name in tables.RECORDS:
            row = {"service_month": SERVICE, "file": "0", **_RECORD_DEFAULTS.get(name, {}), **row}
            key = f"{row.get('review')} {row['facility_no']} {row.get('recipient_no')} {row['service_month']}"
            # Sheets may come twice with one key; everything else of a claim or record goes by its key.
            row.setdefault("group_line", str(number) if name == "sheets" else _place(key))
            if name == "sheet_rows":
                row["group_line"] = row.pop("sheet", "1")
            row.setdefault("line", row["group_line"])
            if name in tables.BASES:
                row.setdefault("last_line", row["line"])
        elif name in ledgers():
            row = {"file": "0", "line": str(number), "valid_from": "2025-04-01", **row}
        yield row


def _place(key: str) -> str:
    """A number for a key, the same in every table."""
    return str(int.from_bytes(key.encode("utf-8")[-24:], "big") % 1_000_000_007)


def _attendance(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Attendance records, one a form, and a day row for each of `days`."""
    bases: dict[str, Row] = {}
    day_rows = []
    for row in rows:
        when = row.pop("days", "")
        place = str(int(row["group_line"]) + int(row["form"]))
        base = row | {"group_line": place, "line": place, "last_line": place}
        bases.setdefault(place, base)
        usual = {} if row.get("status") or row.pop("other", "") else _A_DAY_OF_USE[row["form"]]
        for day in days(when, month_of(row["service_month"])):
            day_rows.append({**usual, **row, "group_line": place, "use_day": day.isoformat()})
    return list(bases.values()), day_rows


def _insert(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, pl.DataType], rows: list[Row]) -> None:
    named = {column for row in rows for column in row}
    # Tables are wide and an example names few columns: the others are left to be null.
    kinds = {"review_month": pl.Date(), **{column: kind for column, kind in columns.items() if column in named}}
    records = []
    for row in rows:
        values = [row.get("review", REVIEW), *(row.get(column) for column in kinds if column != "review_month")]
        dates = [kind == pl.Date for kind in kinds.values()]
        records.append([f"{v}-01" if v and d and len(v) == 7 else v for v, d in zip(values, dates, strict=True)])
    if len(records) > _MANY_ROWS:
        con.register("example_rows", pl.DataFrame(records, list(kinds), orient="row", infer_schema_length=None))
        con.execute(f"INSERT INTO {name} BY NAME FROM example_rows")
        con.unregister("example_rows")
        return
    # Not as parameters: with those a statement is planned twice, and that is most of what a few rows cost.
    literals = ", ".join(f"({', '.join(map(_literal, record))})" for record in records)
    con.execute(f"INSERT INTO {name} ({', '.join(kinds)}) VALUES {literals}")


def _literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"
