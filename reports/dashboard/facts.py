"""The store in, the counts behind the dashboard out: no name or number of a child. Called after close and by purge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import resources
from typing import Any

import duckdb
import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.checks.causes import causes
from henrei.months import month_text
from henrei.reports.ledger_names import service_labels
from henrei.store.database import query

# Why a claim was returned where no finding says so.
TEAM, FEDERATION = "team", "federation"
_OTHER_REASONS = {TEAM: "担当者の判断(指摘なし)", FEDERATION: "国保連の返戻"}
TABLES = (
    "facilities",
    "units",
    "received",
    "returned",
    "reasons",
    "judged",
    "causes",
    "reclaims",
    "withdrawals",
    "open",
    "unjudged",
)
# What checks say is to be returned, with the service types of the claim.
_TO_RETURN = """
SELECT f.check_code, f.severity, f.subject, f.facility_no, f.recipient_no,
       strftime(f.service_month, '%Y-%m') AS service_month, f.service_type, f.use_dates, f.observed, f.expected, f.group_id,
       m.month, coalesce(c.types, '') AS types
FROM v_findings f
JOIN closed_months m USING (review_month)
LEFT JOIN shown_claims c
  ON f.subject = 'claim' AND c.review_month = f.review_month AND c.facility_no = f.facility_no
 AND c.recipient_no = f.recipient_no AND c.service_month = f.service_month
WHERE (f.severity = 'return' OR f.downgraded) AND f.subject IN ('claim', 'sheet')
ORDER BY ALL
"""
_CAUSES = {
    "month": pl.Int64(),
    "facility_no": pl.String(),
    "types": pl.String(),
    "check_code": pl.String(),
}


def collect(con: duckdb.DuckDBPyConnection, closed: Sequence[date]) -> dict[str, Any]:
    """The facts of the closed months; the newest of them must be the current review month of the store.

    months: YYYY-MM, oldest first; types: code → label; checks: code → title; and a table for each view fact_<name>, as
    lists by column (that packs best): unit and facility are indexes into those tables, month into months.
    """
    months = pl.DataFrame({"review_month": list(closed), "month": range(len(closed))})
    con.register("closed_months", months)
    try:
        con.execute(_sql("facts.sql"))
        con.register("shown_causes", _causes(query(con, _TO_RETURN)))
        con.execute(_sql("packed.sql"))
        facts = {name: query(con, f"FROM fact_{name}").to_dict(as_series=False) for name in TABLES}
    finally:
        con.unregister("closed_months")
        con.unregister("shown_causes")
    labels = service_labels(con)
    held = sorted({code for types in facts["units"]["types"] for code in types.split()})
    codes = {code for name in ("reasons", "judged", "open", "unjudged") for code in facts[name]["check_code"]}
    titles = {code: check.title for code, check in catalogue().items()} | _OTHER_REASONS
    return {
        "months": [month_text(month) for month in closed],
        "types": {code: labels.get(code, "") for code in held},
        "checks": {code: titles.get(code, "") for code in sorted(codes)},
        **facts,
    }


def _sql(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _causes(findings: pl.DataFrame) -> pl.DataFrame:
    """How many causes there are by month, facility, check and the service types of all claims that have them (`checks.causes`:
    one day over capacity with six claims is one)."""
    rows = [
        (
            month,
            cause.facility_no,
            " ".join(sorted({t for row in cause.rows for t in row["types"].split()})),
            cause.check_code,
        )
        for (month,), part in sorted(findings.partition_by("month", as_dict=True).items())
        for cause in causes(part.iter_rows(named=True))
    ]
    return pl.DataFrame(rows, schema=_CAUSES, orient="row").group_by(*_CAUSES, maintain_order=True).len("causes")
