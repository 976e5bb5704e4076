"""The store in, names and labels that people read beside the numbers out. Called by worklist, letters and dashboard."""

from __future__ import annotations

import unicodedata

import duckdb

# The newest claim of a child at a facility says how the facility calls it. `{children}`: what is asked, a table.
_CLAIM_NAMES = """
SELECT facility_no, recipient_no, arg_max(child_name, (review_month, service_month)) AS name
FROM v_claims {children} WHERE child_name IS NOT NULL AND review_month <= review_month() GROUP BY ALL ORDER BY ALL
"""


def newest_names(con: duckdb.DuckDBPyConnection, key: str, name: str, ledger: str) -> dict[str, str]:
    """`key` → `name` of its newest row that has one. `ledger`: what to read, a view v_now_… and perhaps a join."""
    sql = f"SELECT {key}, arg_max({name}, valid_from) FROM {ledger} WHERE {name} IS NOT NULL GROUP BY ALL"
    return dict(con.execute(sql).fetchall())


def names_on_claims(con: duckdb.DuckDBPyConnection, children: str = "") -> dict[tuple[str, str], str]:
    """(facility, recipient) → the child's kana on its newest claim there, in full width, as ledgers have it: for a number that
    the ledger has no name of. `children`: a join that leaves those that are wanted.

    By facility: under a wrong number two facilities may send two children, and neither may read the other's.
    """
    rows = con.execute(_CLAIM_NAMES.format(children=children)).fetchall()
    return {(facility, recipient): unicodedata.normalize("NFKC", name) for facility, recipient, name in rows}


def service_labels(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Service type → label, by the law's table of them."""
    return dict(con.execute("SELECT service_type, label FROM rule_service_types ORDER BY ALL").fetchall())
