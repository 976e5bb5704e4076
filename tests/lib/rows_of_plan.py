"""DuckDB's plan of a query in, whether it can give a row at all out, by which tables have rows. For tests of examples, of
which each fills few tables: what cannot give a row need not be run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb

Plan = dict[str, Any]
# What gives no row where its only or left input gives none.
_AS_FIRST = {"PROJECTION", "FILTER", "HASH_GROUP_BY", "PERFECT_HASH_GROUP_BY", "UNNEST", "WINDOW", "STREAMING_WINDOW"}
_AS_FIRST |= {"LIMIT", "STREAMING_LIMIT", "ORDER_BY", "TOP_N", "INSERT", "BATCH_INSERT"}
_JOINS = {"HASH_JOIN", "NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN", "PIECEWISE_MERGE_JOIN", "IE_JOIN"}
_AS_LEFT = {"LEFT", "ANTI", "MARK", "SINGLE"}
_AS_BOTH = {"INNER", "SEMI"}


def plan_of(con: duckdb.DuckDBPyConnection, sql: str) -> Plan:
    """The plan of a statement, which is not run."""
    ((_, text),) = con.execute(f"EXPLAIN (FORMAT JSON) {sql}").fetchall()
    (plan,) = json.loads(text)
    return plan


def may_give_rows(plan: Plan, has_rows: Callable[[str], bool]) -> bool:
    """False only where it is sure that the plan gives no row; `has_rows` is asked for `database.schema.table`."""
    return _may(plan, has_rows, {})


def _may(plan: Plan, has_rows: Callable[[str], bool], ctes: dict[str, bool]) -> bool:
    name, info = plan["name"], plan["extra_info"]
    if name == "SEQ_SCAN":
        return has_rows(info["Table"].replace('"', ""))
    if name == "CTE_SCAN":
        return ctes[info["CTE Index"]]
    if name == "CTE":
        definition, body = plan["children"]
        return _may(body, has_rows, {**ctes, info["Table Index"]: _may(definition, has_rows, ctes)})
    inputs = (_may(child, has_rows, ctes) for child in plan["children"])
    if name == "UNION":
        return any(list(inputs))
    if name == "CROSS_PRODUCT" or (name in _JOINS and info["Join Type"] in _AS_BOTH):
        return all(inputs)
    if name in _AS_FIRST or (name in _JOINS and info["Join Type"] in _AS_LEFT):
        return next(inputs)
    return True  # an aggregate over everything, constants, and whatever is not known here
