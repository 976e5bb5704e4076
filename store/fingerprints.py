"""Fingerprints of claims and sheets: a decision holds for the content it was given on."""

from __future__ import annotations

import duckdb
import polars as pl

from henrei.store.database import query
from henrei.store.tables import SUBJECT_KEY

# The content, without the places where it stands in the files.
_PLACES = ("review_month", "file", "line", "group_line", "last_line")
_CONTENT = {
    "claim": ("claims", "claim_days", "claim_lines", "claim_totals", "contracts"),
    "sheet": ("sheets", "sheet_rows"),
}
_WITH_LAST_LINE = ("claims", "sheets")


def fingerprints(con: duckdb.DuckDBPyConnection, wanted: pl.DataFrame) -> pl.DataFrame:
    """The fingerprints of the wanted claims and sheets of the current review month: SUBJECT_KEY and fingerprint.

    `wanted` has SUBJECT_KEY, service_month a date. A city has many claims and few with a finding or a decision, so only
    those are looked at.
    """
    texts = []
    for subject, tables in _CONTENT.items():
        for table in tables:
            places = ", ".join(p for p in _PLACES if p != "last_line" or table in _WITH_LAST_LINE)
            texts.append(
                f"SELECT '{subject}' AS subject, facility_no, recipient_no, service_month, c::VARCHAR AS text FROM ("
                f"SELECT * EXCLUDE ({places}) FROM {table} x WHERE review_month = review_month() AND EXISTS ("
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
