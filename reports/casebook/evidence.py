"""The cases of a month as frames in, what the store holds about each out: one query a table for all of them. Called by data.

Three steps: whom the cases are about (people.sql), the shared views of those alone, where the run has not made them, and what
belongs to a case (places.sql); then the tables themselves (evidence.sql, records.sql).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources

import duckdb
import polars as pl

from henrei.schemas.ledgers import ledgers
from henrei.store.database import query

_TABLE = re.compile(r"^-- table: (\w+) \|\s*(\w*)\s*\| (.+)$", re.M)
_OF_CASES = re.compile(r"\b(?:FROM|JOIN) (case_\w+|casebook_\w+)")
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


@dataclass(frozen=True)
class Question:
    """A table of a card: `source` of its columns' labels, and the query that fills it."""

    name: str
    source: str
    title: str
    sql: str

    @property
    def cases(self) -> set[str]:
        """The tables by which its rows come to their case: where all are empty, it has none."""
        return set(_OF_CASES.findall(self.sql))


@cache
def questions() -> list[Question]:
    """Every table of a card, in their order."""
    found = []
    for file in ("evidence.sql", "records.sql"):
        for statement in statements(file):
            head = _TABLE.search(statement)
            assert head is not None, statement
            found.append(Question(head[1], head[2], head[3], statement))
    return found


def asked(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Question, pl.DataFrame]]:
    """The tables that can have a row, with their rows: to plan one takes longer than to read it. Use it within `prepared`."""
    names = sorted(set().union(*(question.cases for question in questions())))
    counts = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (FROM {name})" for name in names)
    filled = {name for (name,) in con.execute(counts).fetchall()}
    used = con.execute("SELECT ledger FROM ledgers_used WHERE review_month = review_month() AND present").fetchall()
    absent = ledgers().keys() - {name for (name,) in used}
    for question in questions():
        if question.cases & filled and question.name not in absent:
            yield question, query(con, question.sql)


@cache
def statements(file: str) -> list[str]:
    """The statements of a file of this folder."""
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return [part for part in re.split(r";[ \t]*$", text, flags=re.M) if part.strip()]
