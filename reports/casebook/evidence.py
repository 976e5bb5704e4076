"""The cases of a month as frames in, what the store holds about each out: one query a table for all of them. Called by data.

Three steps: whom the cases are about (people.sql), the shared views of those alone, where the run has not made them, and what
belongs to a case (places.sql); then the tables themselves (evidence.sql, records.sql).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources

import duckdb
import polars as pl

from henrei.store.database import query

_TABLE = re.compile(r"^-- table: (\w+) \|\s*(\w*)\s*\| (.+)$", re.M)
_WANTED = " WHERE recipient_no IN (FROM casebook_wanted)"
# Shared views, each after those it reads. A run has them all; else each is made once, of those whom the cases are about:
# to plan them anew through all views below them, for every table, takes longer than to read them.
_VIEWS = {
    "states": "",
    "keys_doubted": _WANTED,
    "claims_standing": _WANTED,
    "attendance_standing": _WANTED,
    "day_rows": "",
    "use_days": "",
    "use_counts": "",
    "contracts_standing": "",
    "contract_peaks": "",
    "allowances": "",
}


@contextmanager
def prepared(con: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame]) -> Iterator[None]:
    """The store with everything in it that the tables go by; afterwards it is as it was. `frames`: case_list, case_keys,
    case_facilities, case_checks, case_reads."""
    for name, frame in frames.items():
        con.register(name, frame)
    made: list[str] = []
    try:
        _make(con, "people.sql", made)
        ((store,),) = con.execute("SELECT current_database()").fetchall()
        there = {name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE temporary").fetchall()}
        for name, condition in _VIEWS.items():
            if name not in there:
                con.execute(f'CREATE TEMP TABLE {name} AS FROM "{store}".main.{name}{condition}')
                made.append(name)
        _make(con, "places.sql", made)
        yield
    finally:
        for name in reversed(made):
            con.execute(f"DROP TABLE temp.{name}")
        for name in frames:
            con.unregister(name)


def _make(con: duckdb.DuckDBPyConnection, file: str, made: list[str]) -> None:
    for statement in statements(file):
        con.execute(statement)
        made += re.findall(r"^CREATE OR REPLACE TEMP TABLE (\w+)", statement, re.M)


def asked(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str, pl.DataFrame]]:
    """Name, source of its labels, title and rows of every table, in their order."""
    for file in ("evidence.sql", "records.sql"):
        for statement in statements(file):
            head = _TABLE.search(statement)
            assert head is not None, statement
            yield head[1], head[2], head[3], query(con, statement)


@cache
def statements(file: str) -> list[str]:
    """The statements of a file of this folder."""
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return [part for part in re.split(r";[ \t]*$", text, flags=re.M) if part.strip()]
