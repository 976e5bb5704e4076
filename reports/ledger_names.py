"""The store in, names and labels that people read beside the numbers out. Called by worklist, letters and dashboard."""

from __future__ import annotations

import duckdb


def newest_names(con: duckdb.DuckDBPyConnection, key: str, name: str, ledger: str) -> dict[str, str]:
    """`key` → `name` of its newest row that has one. `ledger`: what to read, a view v_now_… and perhaps a join."""
    sql = f"SELECT {key}, arg_max({name}, valid_from) FROM {ledger} WHERE {name} IS NOT NULL GROUP BY ALL"
    return dict(con.execute(sql).fetchall())


def service_labels(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Service type → label, by the law's table of them."""
    return dict(con.execute("SELECT service_type, label FROM rule_service_types ORDER BY ALL").fetchall())
