"""Subjects in, the fingerprints of their claims and sheets out: a decision holds for the content it was made on. Called by
runs, decide and close.
"""

from __future__ import annotations

import duckdb
import polars as pl

from henrei.store.database import query
from henrei.store.tables import SUBJECT_KEY

_OF_RECORD = "record, service_month, municipality_no, facility_no, recipient_no"
# The content of a claim or sheet, table → columns, as 0.1.0 fingerprinted it. A column that a later version keeps stays out:
# it would give every claim another fingerprint, and decisions and worklists of before would no longer fit.
_CONTENT = {
    "claim": {
        "claims": f"{_OF_RECORD}, region_code, burden_cap, cap_manager_no, cap_result, cap_result_yen, total_units, "
        "total_cost, capped_burden, adjusted_burden, managed_burden, decided_burden, benefit_yen",
        "claim_days": f"{_OF_RECORD}, service_type, billed_days",
        "claim_lines": f"{_OF_RECORD}, service_code, units, line_count, line_units",
        "claim_totals": f"{_OF_RECORD}, service_type, class_no, units, unit_price, total_cost, tenth, burden, "
        "capped_burden, decided_burden, benefit_yen",
        "contracts": f"{_OF_RECORD}, grant_code, contracted_days, contract_from, contract_to",
    },
    "sheet": {
        "sheets": "record, service_month, submission_kind, municipality_no, facility_no, recipient_no, burden_cap, "
        "cap_result, total_cost, total_burden, total_managed",
        "sheet_rows": f"{_OF_RECORD}, row_no, row_facility_no, row_cost, row_burden, row_managed, child_recipient_no",
    },
}


def fingerprints(con: duckdb.DuckDBPyConnection, wanted: pl.DataFrame) -> pl.DataFrame:
    """The fingerprints of the wanted claims and sheets of the current review month: SUBJECT_KEY and fingerprint.

    `wanted` has SUBJECT_KEY, service_month a date. A city has many claims and few with a finding or a decision, so only
    those are looked at.
    """
    texts = []
    for subject, tables in _CONTENT.items():
        for table, columns in tables.items():
            texts.append(
                f"SELECT '{subject}' AS subject, facility_no, recipient_no, service_month, c::VARCHAR AS text FROM ("
                f"SELECT {columns} FROM {table} x WHERE review_month = review_month() AND EXISTS ("
                f"FROM wanted_subjects w WHERE w.subject = '{subject}' AND w.facility_no = x.facility_no "
                "AND w.recipient_no = x.recipient_no AND w.service_month = x.service_month)) c"
            )
    con.register("wanted_subjects", wanted.select(SUBJECT_KEY).unique())
    try:
        return query(
            con,
            f"SELECT {', '.join(SUBJECT_KEY)}, left(md5(string_agg(text, '|' ORDER BY text)), 16) AS fingerprint "
            f"FROM ({' UNION ALL '.join(texts)}) GROUP BY ALL",
        )
    finally:
        con.unregister("wanted_subjects")
