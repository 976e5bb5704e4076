"""Tables of the store, made from the layouts and ledgers."""

from __future__ import annotations

import hashlib

import polars as pl

from henrei.schemas import ledgers
from henrei.schemas.exchange import parse
from henrei.schemas.layouts import layouts

# Which records a table takes; K421 is the K411 of a household.
RECORDS = {
    "invoices": ("K112-01",),
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
# What the last run of a month found, as far as close needs it; `lowered`: the brake took a return finding down.
FOUND: dict[str, pl.DataType] = {
    "check_code": pl.String(),
    "subject": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "severity": pl.String(),
    "lowered": pl.Boolean(),
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
    found: dict[str, pl.DataType] = {"record": pl.String()}
    for record in RECORDS[table]:
        for layout in layouts(record):
            found |= parse.schema(layout)
    found = {("group_line" if name == "group" else name): dtype for name, dtype in found.items()}
    if table in BASES:
        found["last_line"] = pl.Int64()
    return found


def all_tables() -> dict[str, dict[str, pl.DataType]]:
    """Every table of a review month and its columns, without `review_month`, which each begins with."""
    found = {table: record_columns(table) for table in RECORDS}
    for name, ledger in ledgers.ledgers().items():
        found[name] = {"file": pl.UInt32(), "line": pl.Int64(), **ledger.schema}
    found |= {"files": FILES, "refused_groups": REFUSED_GROUPS, "ledgers_used": LEDGERS_USED}
    return found


# Tables that a run or a close fills after the month's records are in.
LATER: dict[str, dict[str, pl.DataType]] = {
    "found": FOUND,
    "undetermined": UNDETERMINED,
    "run_state": RUN_STATE,
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
    return hashlib.sha256(ddl().encode("utf-8")).hexdigest()[:16]
