"""Compares two files, or two databases, of homes that two versions of henrei left; same_homes.py calls it.

Left out is what differs from run to run: seconds, times, ids and SHA-256 of workbooks and of the rule set, and what is
computed from them (the chain of the journal).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import openpyxl
import pypdf

_NOT_IN_SUMMARY = {"seconds", "ruleset"}
_NOT_IN_JOURNAL = {"id", "at", "who", "previous", "ruleset", "worklist", "inputs", "settings"}
_NOT_IN_TABLE = {"run_state": {"ruleset", "settings", "run", "inputs"}}
_TABLES_LEFT_OUT = {"store_version"}


class Difference(NamedTuple):
    place: str
    what: str


def same_content(one: Path, other: Path) -> bool:
    """Whether two files of the same name say the same."""
    if one.read_bytes() == other.read_bytes():
        return True
    reader = _READERS.get(one.name) or _READERS.get(one.suffix)
    return reader is not None and reader(one) == reader(other)


def _summary(path: Path) -> object:
    summary = json.loads(path.read_bytes())
    return {name: value for name, value in summary.items() if name not in _NOT_IN_SUMMARY}


def _journal(path: Path) -> object:
    entries = map(json.loads, path.read_bytes().splitlines())
    return [{name: value for name, value in entry.items() if name not in _NOT_IN_JOURNAL} for entry in entries]


def _dashboard(path: Path) -> object:
    return re.sub(rb'content="[0-9a-f]{16}"', b"", path.read_bytes())


def _without_times(path: Path) -> object:
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", b"", path.read_bytes())


def _approval(path: Path) -> object:
    """The words of the page to sign, without when it was made and the SHA-256 of what holds times."""
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return re.sub(r"作成.*?分|SHA-256[0-9a-f]{64}", "", "".join(text.split()))


def _workbook(path: Path) -> object:
    """The cells of every sheet, without the SHA-256 among them."""
    book = openpyxl.load_workbook(path)
    cells = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    return re.sub(r"[0-9a-f]{64}", "", json.dumps(cells, ensure_ascii=False, default=str))


_READERS: dict[str, Callable[[Path], object]] = {
    "summary.json": _summary,
    "journal.jsonl": _journal,
    "decisions.csv": _without_times,
    "conflicts.csv": _without_times,
    "dashboard.html": _dashboard,
    "approval.pdf": _approval,
    ".xlsx": _workbook,
}


def differing_tables(label: str, one: Path, other: Path) -> Iterator[Difference]:
    """Tables and columns that only one database has, and how many rows of the common columns differ."""
    if not (one.is_file() and other.is_file()):
        if one.is_file() or other.is_file():
            yield Difference(label, f"only {'before' if one.is_file() else 'after'}")
        return
    with duckdb.connect() as con:
        for name, path in (("before", one), ("after", other)):
            literal = path.as_posix().replace("'", "''")
            con.execute(f"ATTACH '{literal}' AS \"{name}\" (READ_ONLY)")
        here, there = _columns(con, "before"), _columns(con, "after")
        for table in sorted((here.keys() | there.keys()) - _TABLES_LEFT_OUT):
            what = _table_difference(con, table, here.get(table, set()), there.get(table, set()))
            if what:
                yield Difference(f"{label}/{table}", what)


def _table_difference(con: duckdb.DuckDBPyConnection, table: str, here: set[str], there: set[str]) -> str:
    """What differs, as text; empty where nothing does."""
    if not here or not there:
        return f"only {'before' if here else 'after'}"
    parts = [f"columns {sorted(here ^ there)} on one side"] if here ^ there else []
    common = ", ".join(f'"{name}"' for name in sorted((here & there) - _NOT_IN_TABLE.get(table, set())))
    for side, one, other in (("before", "before", "after"), ("after", "after", "before")):
        rows = f'SELECT {common} FROM "{one}"."{table}" EXCEPT ALL SELECT {common} FROM "{other}"."{table}"'
        ((count,),) = con.execute(f"SELECT count(*) FROM ({rows})").fetchall()
        if count:
            parts.append(f"{count:,} rows only {side}")
    return ", ".join(parts)


def _columns(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, set[str]]:
    columns: dict[str, set[str]] = {}
    for table, column in con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_name) "
        "WHERE database_name = ?",
        [database],
    ).fetchall():
        columns.setdefault(table, set()).add(column)
    return columns
