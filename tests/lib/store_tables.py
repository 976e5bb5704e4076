"""Tiny tables, written as in the examples of the checks (checks/examples.py), into an empty store. For tests of what reads them."""

from __future__ import annotations

import duckdb

from henrei.checks import examples


def fill(con: duckdb.DuckDBPyConnection, tables: str) -> None:
    """Puts the tables into the store; what they leave out is filled in, and the current review month is 2026-05."""
    [example] = examples.parse(f"## tables of a test\n{tables}\nexpect: none\n")
    examples.load(con, example)
