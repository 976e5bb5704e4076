"""The store in, the counts behind the dashboard out: no name or number of a child. Called after close and by purge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import resources
from typing import Any

import duckdb
import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.months import month_text
from henrei.reports.ledger_names import service_labels
from henrei.store.database import query

# Why a claim was returned where no finding says so.
TEAM, FEDERATION = "team", "federation"
_OTHER_REASONS = {TEAM: "担当者の判断(指摘なし)", FEDERATION: "国保連の返戻"}
TABLES = ("facilities", "units", "received", "returned", "reasons", "reclaims", "withdrawals", "open", "unjudged")


def collect(con: duckdb.DuckDBPyConnection, closed: Sequence[date]) -> dict[str, Any]:
    """The facts of the closed months; the newest of them must be the current review month of the store.

    months: YYYY-MM, oldest first; types: code → label; checks: code → title; and a table for each view fact_<name>, as
    lists by column (that packs best): unit and facility are indexes into those tables, month into months.
    """
    months = pl.DataFrame({"review_month": list(closed), "month": range(len(closed))})
    con.register("closed_months", months)
    try:
        con.execute(resources.files(__package__).joinpath("facts.sql").read_text(encoding="utf-8"))
        facts = {name: query(con, f"FROM fact_{name}").to_dict(as_series=False) for name in TABLES}
    finally:
        con.unregister("closed_months")
    labels = service_labels(con)
    held = sorted({code for types in facts["units"]["types"] for code in types.split()})
    codes = {code for name in ("reasons", "open", "unjudged") for code in facts[name]["check_code"]}
    titles = {code: check.title for code, check in catalogue().items()} | _OTHER_REASONS
    return {
        "months": [month_text(month) for month in closed],
        "types": {code: labels.get(code, "") for code in held},
        "checks": {code: titles.get(code, "") for code in sorted(codes)},
        **facts,
    }
