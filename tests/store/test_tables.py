"""The tables of the store come from the layouts and ledgers."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from henrei.schemas.ledgers import ledgers
from henrei.store import tables


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (pl.String(), "VARCHAR"),
        (pl.Int64(), "BIGINT"),
        (pl.Date(), "DATE"),
        (pl.UInt32(), "UINTEGER"),
        (pl.Boolean(), "BOOLEAN"),
    ],
)
def test_types(kind: pl.DataType, name: str) -> None:
    assert tables.sql_type(kind) == name


def test_a_record_that_opens_a_group_knows_where_the_group_ends() -> None:
    for table in tables.RECORDS:
        columns = tables.record_columns(table)
        assert list(columns)[:4] == ["record", "file", "line", "group_line"]
        assert ("last_line" in columns) == (table in tables.BASES)


def test_a_households_sheet_is_a_sheet() -> None:
    assert tables.RECORDS["sheets"] == ("K411-01", "K421-01")
    assert "child_recipient_no" in tables.record_columns("sheet_rows")


def test_every_ledger_has_its_table() -> None:
    for name, ledger in ledgers().items():
        assert tables.all_tables()[name] == {"file": pl.UInt32(), "line": pl.Int64(), **ledger.schema}


def test_the_statements_make_the_tables_and_every_one_begins_with_its_review_month() -> None:
    with duckdb.connect() as con:
        con.execute(tables.ddl())
        for table, columns in {**tables.all_tables(), **tables.LATER}.items():
            made = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
            assert made == ["review_month", *columns]


def test_other_columns_are_another_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables.fingerprint()
    assert tables.fingerprint() == before
    monkeypatch.setitem(tables.FILES, "received_on", pl.Date())
    assert tables.fingerprint() != before
