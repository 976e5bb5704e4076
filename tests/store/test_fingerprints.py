"""A claim or sheet has the same fingerprint as long as it says the same, wherever in the files it is."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from henrei.store.fingerprints import fingerprints
from henrei.store.tables import SUBJECT_KEY as KEY
from lib.store_tables import fill

CLAIM = """
claims
| facility_no | recipient_no | file | line | benefit_yen |
|---|---|---|---|---|
| A | 1 | 0 | 2 | 9000 |
claim_days
| facility_no | recipient_no | file | line | service_type | billed_days |
|---|---|---|---|---|---|
| A | 1 | 0 | 3 | 63 | 2 |
"""
SHEET = """
sheets
| facility_no | recipient_no | file | cap_result |
|---|---|---|---|
| A | 1 | 0 | 3 |
sheet_rows
| facility_no | recipient_no | file | row_facility_no | row_cost |
|---|---|---|---|---|
| A | 1 | 0 | B | 10000 |
"""


def wanted(*subjects: str, facility: str = "A") -> pl.DataFrame:
    rows = [(subject, facility, "1", date(2026, 4, 1)) for subject in subjects]
    return pl.DataFrame(
        rows, schema=dict(zip(KEY, (pl.String, pl.String, pl.String, pl.Date), strict=True)), orient="row"
    )


def fingerprint(con: duckdb.DuckDBPyConnection, tables: str, subject: str = "claim") -> str:
    """Of the one claim or sheet in the tables, which are emptied again."""
    names = [line for line in tables.splitlines() if line and not line.startswith("|")]
    fill(con, tables)
    [row] = fingerprints(con, wanted(subject)).to_dicts()
    for table in (*names, "current_review", "ledgers_used"):
        con.execute(f"DELETE FROM {table}")
    return row["fingerprint"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("| 0 | 2 | 9000 |", "| 7 | 41 | 9000 |"), ("| 0 | 3 | 63 | 2 |", "| 9 | 3 | 63 | 2 |")],
)
def test_the_place_does_not_matter(store: duckdb.DuckDBPyConnection, before: str, after: str) -> None:
    moved = CLAIM.replace(before, after)
    assert moved != CLAIM
    assert fingerprint(store, moved) == fingerprint(store, CLAIM)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("| 9000 |", "| 9001 |"),
        ("| 63 | 2 |", "| 63 | 3 |"),
        ("| 63 | 2 |", "| 61 | 2 |"),
        ("| 63 | 2 |\n", "| 63 | 2 |\n| A | 1 | 0 | 4 | 61 | 1 |\n"),
    ],
)
def test_every_value_of_every_record_does(store: duckdb.DuckDBPyConnection, before: str, after: str) -> None:
    assert fingerprint(store, CLAIM.replace(before, after)) != fingerprint(store, CLAIM)


def test_a_sheet_is_its_heading_and_its_rows(store: duckdb.DuckDBPyConnection) -> None:
    first = fingerprint(store, SHEET, "sheet")
    assert len(first) == 16
    assert fingerprint(store, SHEET.replace("| 0 | 3 |", "| 5 | 3 |"), "sheet") == first
    assert fingerprint(store, SHEET.replace("| 0 | 3 |", "| 0 | 1 |"), "sheet") != first
    assert fingerprint(store, SHEET.replace("10000", "20000"), "sheet") != first


def test_only_what_is_asked_for_and_there_has_one(store: duckdb.DuckDBPyConnection) -> None:
    fill(store, CLAIM + SHEET)
    assert fingerprints(store, wanted("claim", "claim", "sheet")).sort(KEY)["subject"].to_list() == ["claim", "sheet"]
    assert fingerprints(store, wanted("claim", facility="B")).is_empty()
    assert fingerprints(store, wanted()).is_empty()


def test_other_review_months_are_not_looked_at(store: duckdb.DuckDBPyConnection) -> None:
    fill(store, CLAIM)
    store.execute("UPDATE current_review SET review_month = DATE '2026-06-01'")
    assert fingerprints(store, wanted("claim")).is_empty()


def test_a_column_that_a_later_version_keeps_does_not_matter(store: duckdb.DuckDBPyConnection) -> None:
    fill(store, CLAIM)
    before = fingerprints(store, wanted("claim"))["fingerprint"].to_list()
    store.execute("ALTER TABLE claims ADD COLUMN kept_later VARCHAR DEFAULT 'x'")
    assert fingerprints(store, wanted("claim"))["fingerprint"].to_list() == before
