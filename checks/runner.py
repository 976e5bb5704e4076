"""Running checks: SQL rows to findings, one per check and subject."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from henrei.checks.catalogue import SEVERITIES, Check
from henrei.schemas.ledgers import ledgers
from henrei.store.database import query

KEY = ("facility_no", "recipient_no", "service_month")
_OPTIONAL = {
    "service_type": "VARCHAR",
    "use_date": "DATE",
    "observed": "VARCHAR",
    "expected": "VARCHAR",
    "other_facility": "VARCHAR",
    "group_key": "VARCHAR",
    "decided_part": "BOOLEAN",
    "amount_yen": "BIGINT",
    "severity": "VARCHAR",
    "reason": "VARCHAR",
    "said": "VARCHAR",
    "subject": "VARCHAR",
    "undetermined": "VARCHAR",
}
# Views that several checks read: computed once, as temporary tables of the same name, which hide the views. Their
# order is that of need.
SHARED = (
    "states",
    "claims_now",
    "claims_standing",
    "contracts_standing",
    "attendance_standing",
    "attendance_typed",
    "day_rows",
    "use_days",
    "absences",
    "claim_use_days",
    "allowances",
    "contract_peaks",
    "coded_lines",
    "cap_managers_filed",
    "several_facilities",
    "refused_now",
)

FOUND: dict[str, pl.DataType | type[pl.DataType]] = {
    "check_code": pl.String,
    "facility_no": pl.String,
    "recipient_no": pl.String,
    "service_month": pl.Date,
    "service_type": pl.String,
    "subject": pl.String,
    "said": pl.String,
    "severity": pl.String,
    "reason": pl.String,
    "use_dates": pl.List(pl.Date),
    "observed": pl.String,
    "expected": pl.String,
    "other_facilities": pl.String,
    "group_key": pl.String,
    "decided_part": pl.Boolean,
    "amount_yen": pl.Int64,
    "lowered": pl.Boolean,
}
OPEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "check_code": pl.String,
    "subject": pl.String,
    "facility_no": pl.String,
    "recipient_no": pl.String,
    "service_month": pl.Date,
    "reason": pl.String,
}


@dataclass
class Result:
    """What one check found. `not_judged` is the sentence for a check that could not be judged at all."""

    check: Check
    findings: pl.DataFrame
    undetermined: pl.DataFrame
    not_judged: str | None = None
    disabled: bool = False
    braked: bool = False


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Computes the shared views of the current review month; call once per connection before checks."""
    for name in SHARED:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {name}")


def absent(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What is not there this month: name of a ledger or `outcomes` → the sentence that says so."""
    found = {}
    present = dict(
        con.execute("SELECT ledger, present FROM ledgers_used WHERE review_month = review_month()").fetchall()
    )
    for name, ledger in ledgers().items():
        if not present.get(name):
            found[name] = f"{ledger.title}({name}.csv)がありません"
    known = con.execute("SELECT known FROM horizon").fetchone()
    if not (known and known[0]):
        found["outcomes"] = "審査履歴がありません"
    return found


def run(con: duckdb.DuckDBPyConnection, check: Check, missing: Mapping[str, str], disabled: Collection[str]) -> Result:
    """Runs one check on the current review month."""
    empty = Result(check, pl.DataFrame(schema=FOUND), pl.DataFrame(schema=OPEN))
    if check.code in disabled:
        empty.not_judged, empty.disabled = "設定(checks.disabled)により行っていません", True
        return empty
    if lacks := [missing[need] for need in check.needs if need in missing]:
        empty.not_judged = "。".join(lacks)
        return empty
    have = {name for name, *_ in con.execute(f"DESCRIBE {check.sql}").fetchall()}
    optional = ", ".join(
        f"{name}::{kind} AS {name}" if name in have else f"NULL::{kind} AS {name}" for name, kind in _OPTIONAL.items()
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE raw_rows AS SELECT {', '.join(KEY)}, {optional} FROM ({check.sql})")
    findings = query(con, _MERGE, {"severity": check.severity, "subject": check.subject})
    findings = findings.with_columns(lowered=pl.lit(False))
    undetermined = query(con, _UNDETERMINED, {"subject": check.subject})
    code = pl.lit(check.code).alias("check_code")
    return Result(
        check,
        findings.with_columns(code).select(pl.col(name).cast(kind) for name, kind in FOUND.items()),
        undetermined.with_columns(code).select(pl.col(name).cast(kind) for name, kind in OPEN.items()),
    )


_RANK = "CASE severity " + " ".join(f"WHEN '{s}' THEN {i}" for i, s in enumerate(SEVERITIES)) + " END"
# First the rows of one service type and reason, then those of one subject; the strongest severity speaks.
_MERGE = f"""
WITH rows AS (
    SELECT * REPLACE (coalesce(severity, $severity) AS severity, coalesce(reason, 'default') AS reason,
                      coalesce(subject, $subject) AS subject)
    FROM raw_rows WHERE undetermined IS NULL
), typed AS (
    SELECT subject, facility_no, recipient_no, service_month, service_type, severity, reason, {_RANK} AS rank,
           string_agg(DISTINCT said, '。' ORDER BY said) AS said,
           string_agg(DISTINCT observed, '・' ORDER BY observed) AS observed,
           string_agg(DISTINCT expected, '・' ORDER BY expected) AS expected,
           list(DISTINCT use_date) FILTER (use_date IS NOT NULL) AS dates,
           list(DISTINCT other_facility) FILTER (other_facility IS NOT NULL) AS others,
           min(group_key) AS group_key, bool_or(coalesce(decided_part, FALSE)) AS decided_part,
           max(amount_yen) AS amount_yen
    FROM rows GROUP BY ALL
)
SELECT subject, facility_no, recipient_no, service_month, string_agg(said, '。' ORDER BY rank, reason) AS said,
       string_agg(DISTINCT service_type, ';' ORDER BY service_type) AS service_type,
       arg_min(severity, (rank, reason)) AS severity, arg_min(reason, (rank, reason)) AS reason,
       list_sort(list_distinct(flatten(list(coalesce(dates, []))))) AS use_dates,
       string_agg(observed, '・' ORDER BY rank, service_type, reason) AS observed,
       string_agg(expected, '・' ORDER BY rank, service_type, reason) AS expected,
       array_to_string(list_sort(list_distinct(flatten(list(coalesce(others, []))))), ';') AS other_facilities,
       min(group_key) AS group_key, bool_or(decided_part) AS decided_part, max(amount_yen) AS amount_yen
FROM typed GROUP BY ALL
"""
_UNDETERMINED = """
SELECT coalesce(subject, $subject) AS subject, facility_no, recipient_no, service_month,
       min(undetermined) AS reason
FROM raw_rows r
WHERE undetermined IS NOT NULL AND NOT EXISTS (
    FROM raw_rows f WHERE f.undetermined IS NULL AND f.facility_no = r.facility_no
      AND f.recipient_no IS NOT DISTINCT FROM r.recipient_no
      AND f.service_month IS NOT DISTINCT FROM r.service_month
      AND f.subject IS NOT DISTINCT FROM r.subject)
GROUP BY ALL
"""


def brake(results: list[Result], claims: int, share: float, least: int) -> None:
    """Lowers the return findings of a check that hits suspiciously many claims to review: the ledger may be stale."""
    for result in results:
        hit = pl.col("severity") == "return"
        hits = result.findings.filter(hit).height
        if hits >= least and hits > share * claims:
            result.braked = True
            result.findings = result.findings.with_columns(
                lowered=hit, severity=pl.col("severity").replace("return", "review")
            )


def override(results: list[Result], severities: Mapping[str, str]) -> None:
    """The city's own severities (henrei.toml, checks.severity)."""
    for result in results:
        if severity := severities.get(result.check.code):
            result.findings = result.findings.with_columns(severity=pl.lit(severity))
