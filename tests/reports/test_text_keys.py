"""Reports read the store through the views with keys as text (store/views/text_keys.sql), and nothing else."""

from __future__ import annotations

import re

import duckdb
import pytest

from henrei.store import tables, view_sql
from lib.paths import ROOT

KEYS = ("facility_no", "recipient_no", "cap_manager_no", "row_facility_no", "core_facility_no")
VIEWS = sorted(name for name in view_sql.statements() if name.startswith("v_"))
READERS = sorted(path for path in (ROOT / "reports").rglob("*") if path.suffix in (".py", ".sql"))


def columns(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    return {column: kind for column, kind, *_ in con.execute(f"DESCRIBE {name}").fetchall()}


@pytest.mark.parametrize("view", VIEWS)
def test_keys_are_text_and_months_are_dates(empty_store: duckdb.DuckDBPyConnection, view: str) -> None:
    kinds = columns(empty_store, view)
    assert {kinds[key] for key in KEYS if key in kinds} <= {"VARCHAR"}
    assert kinds.get("service_month", "DATE") == "DATE" or view in ("v_findings", "v_undetermined")


def test_a_report_reads_no_table_with_keys_but_through_them(empty_store: duckdb.DuckDBPyConnection) -> None:
    stored = {*tables.all_tables(), *tables.RESULTS, *(set(view_sql.statements()) - set(VIEWS))}
    macros = {name for name, one in view_sql.statements().items() if " MACRO " in one.sql}
    keyed = {name for name in stored - macros if columns(empty_store, name).keys() & set(KEYS)}
    read = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in READERS
        for name in re.findall(r"\b(?:FROM|JOIN) +(\w+)", path.read_text(encoding="utf-8"))
    }
    assert {(path, name) for path, name in read if name in keyed} == set()
    assert {name for _, name in read} >= {"v_claims_now", "v_findings"}
