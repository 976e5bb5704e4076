"""Layouts and ledgers in, the tables of the store out: names, columns, types, DDL. Called by database and load, and by
whoever needs a table's columns.
"""

from __future__ import annotations

import polars as pl

from henrei.files import sha256
from henrei.schemas import ledgers
from henrei.schemas.exchange import parse

# Which records a table takes; K421 is the K411 of a household.
RECORDS = {
    "invoices": ("K112-01",),
    "invoice_totals": ("K112-02",),
    "claims": ("K122-01",),
    "claim_days": ("K122-02",),
    "claim_lines": ("K122-03",),
    "claim_totals": ("K122-04",),
    "contracts": ("K122-05",),
    "sheets": ("K411-01", "K421-01"),
    "sheet_rows": ("K411-02", "K421-02"),
    "attendance": ("K611-01",),
    "attendance_rows": ("K611-02",),
    "notices": ("K721-02",),
}
# Records that open a group keep the group's last line beside their own.
BASES = ("claims", "sheets", "attendance", "invoices")

# A claim, sheet or attendance record of a review month; a facility as the subject of a finding has no recipient.
CLAIM_KEY = ("facility_no", "recipient_no", "service_month")
# The same with the kind: what a finding or a decision is about.
SUBJECT_KEY = ("subject", *CLAIM_KEY)

_SQL_TYPES = {pl.String: "VARCHAR", pl.Int64: "BIGINT", pl.Date: "DATE", pl.UInt32: "UINTEGER"}

FILES = {
    "file": pl.UInt32(),
    "path": pl.String(),
    "sha256": pl.String(),
    "kind": pl.String(),
    "control_facility_no": pl.String(),
}
REFUSED_GROUPS = {
    "file": pl.UInt32(),
    "unit": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
}
# Rows of ledgers that were refused, by what can be read of them; null where a ledger has no such column, too.
REFUSED_ROWS = {"ledger": pl.String(), **ledgers.REFUSED_KEYS}
# What the last run of a month found: the columns of findings.csv in their order; `downgraded`: the brake took a return
# finding down; `reason`: which of the check's sentences letters say; `at_issue_yen`: what the mistake concerns, where it
# can be said (checks/__init__.py).
FINDINGS: dict[str, pl.DataType] = {
    "finding_id": pl.String(),
    "check_code": pl.String(),
    "check_name": pl.String(),
    "severity": pl.String(),
    "subject": pl.String(),
    "municipality_no": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "service_type": pl.String(),
    "use_dates": pl.String(),
    "observed": pl.String(),
    "expected": pl.String(),
    "other_facilities": pl.String(),
    "group_id": pl.String(),
    "amount_yen": pl.Int64(),
    "message": pl.String(),
    "action": pl.String(),
    "source_file": pl.String(),
    "source_lines": pl.String(),
    "downgraded": pl.Boolean(),
    "reason": pl.String(),
    "at_issue_yen": pl.Int64(),
}
# Of these, what closes of earlier versions did not keep: it is not known of their months.
NEWER_COLUMNS = {"findings": ("reason", "at_issue_yen")}
# Every line that the last run of a month did not load, with what it holds: the columns of rejects.csv.
REJECTS: dict[str, pl.DataType] = {
    "file": pl.String(),
    "line": pl.Int64(),
    "record": pl.String(),
    "item_no": pl.Int64(),
    "item_name": pl.String(),
    "reason_code": pl.String(),
    "reason": pl.String(),
    "raw": pl.String(),
}
# Every fault that refused nothing, because nothing reads the item: the columns of remarks.csv.
REMARKS: dict[str, pl.DataType] = {
    "file": pl.String(),
    "line": pl.Int64(),
    "record": pl.String(),
    "item_no": pl.Int64(),
    "item_name": pl.String(),
    "reason": pl.String(),
}
# What the last run of a month could not judge: the rows of undetermined.csv. A check as a whole has no facility.
UNDETERMINED: dict[str, pl.DataType] = {
    "check_code": pl.String(),
    "subject": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "reason": pl.String(),
}
# On what the last run of a month rests: its files, the rules, the settings and the closed months before it; `run` is
# the id of its line in the journal.
RUN_STATE: dict[str, pl.DataType] = {
    "run": pl.String(),
    "inputs": pl.String(),
    "ruleset": pl.String(),
    "settings": pl.String(),
    "books": pl.String(),
}
# What the findings of the last run of a month are against those of the run before: the columns of changes.csv, and what
# people read of a finding that is gone.
CHANGES: dict[str, pl.DataType] = {
    "finding_id": pl.String(),
    "change": pl.String(),
    "check_code": pl.String(),
    "subject": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "severity": pl.String(),
    "amount_yen": pl.Int64(),
    "message": pl.String(),
    "child_name": pl.String(),  # on the claim of the run before: it may be gone with it
}
# Of the last run of a month, as JSON: summary.json, and what there is to be known of each ledger (`Judged.ledgers`).
RUN_SUMMARY: dict[str, pl.DataType] = {"summary": pl.String(), "ledgers": pl.String()}
# What close decided, per closed month; a copy of books/<month>/outcomes.csv.
OWN_OUTCOMES: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "outcome": pl.String(),
    "benefit_yen": pl.Int64(),
}
LEDGERS_USED = {"ledger": pl.String(), "source_month": pl.Date(), "present": pl.Boolean()}


def sql_type(dtype: pl.DataType) -> str:
    return "BOOLEAN" if dtype == pl.Boolean else _SQL_TYPES[type(dtype)]


def record_columns(table: str) -> dict[str, pl.DataType]:
    """file, line, group_line (line of the 01), the kept items; `record`, and `last_line` of the group at its 01."""
    columns: dict[str, pl.DataType] = {"record": pl.String()}
    for record in RECORDS[table]:
        columns |= parse.schema(record)
    columns = {("group_line" if name == "group" else name): dtype for name, dtype in columns.items()}
    if table in BASES:
        columns["last_line"] = pl.Int64()
    return columns


def all_tables() -> dict[str, dict[str, pl.DataType]]:
    """Every table of a review month and its columns, without `review_month`, which each begins with."""
    made = {table: record_columns(table) for table in RECORDS}
    for name, ledger in ledgers.ledgers().items():
        made[name] = {"file": pl.UInt32(), "line": pl.Int64(), **ledger.schema}
    return made | {
        "files": FILES,
        "refused_groups": REFUSED_GROUPS,
        "refused_rows": REFUSED_ROWS,
        "ledgers_used": LEDGERS_USED,
    }


# What a run found and could not use; each table has `position`, the place of a row in the file of the same name.
RESULTS: dict[str, dict[str, pl.DataType]] = {
    name: {"position": pl.UInt32(), **columns}
    for name, columns in (
        ("findings", FINDINGS),
        ("undetermined", UNDETERMINED),
        ("rejects", REJECTS),
        ("remarks", REMARKS),
    )
}
# The tables of a run that have `position`; close keeps all but the changes, which go by the run before.
OF_RUN: dict[str, dict[str, pl.DataType]] = {**RESULTS, "changes": {"position": pl.UInt32(), **CHANGES}}
# Tables that a run or a close fills after the month's records are in.
LATER: dict[str, dict[str, pl.DataType]] = {
    **OF_RUN,
    "run_state": RUN_STATE,
    "run_summary": RUN_SUMMARY,
    "own_outcomes": OWN_OUTCOMES,
}


def ddl() -> str:
    """The statements that make an empty store."""
    lines = [
        "CREATE TABLE store_version (fingerprint VARCHAR, rules VARCHAR);",
        "CREATE TABLE current_review (review_month DATE NOT NULL);",
    ]
    for table, columns in {**all_tables(), **LATER}.items():
        body = ", ".join(f'"{name}" {sql_type(dtype)}' for name, dtype in columns.items())
        lines.append(f"CREATE TABLE {table} (review_month DATE NOT NULL, {body});")
    return "\n".join(lines)


def fingerprint() -> str:
    """Changes when the tables change: the file is then made anew from inbox and books."""
    return sha256(ddl().encode("utf-8"))[:16]
