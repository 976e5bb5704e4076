"""Fingerprints of claims and sheets: a decision holds for the content it was given on."""

from __future__ import annotations

import duckdb
import polars as pl

from henrei.store.database import query

KEY = ("subject", "facility_no", "recipient_no", "service_month")
# The content, without the places where it stands in the files.
_PLACES = ("review_month", "file", "line", "group_line", "last_line")
_CONTENT = {
    "claim": ("claims", "claim_days", "claim_lines", "claim_totals", "contracts"),
    "sheet": ("sheets", "sheet_rows"),
}
_WITH_LAST_LINE = ("claims", "sheets")


def fingerprints(con: duckdb.DuckDBPyConnection, wanted: pl.DataFrame) -> pl.DataFrame:
    """KEY and fingerprint of the wanted claims and sheets (KEY, service_month a date) of the current review month.

    A city has many claims and few that anything is said of, so only those are looked at.
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
    con.register("wanted_subjects", wanted.select(KEY).unique())
    try:
        return query(
            con,
            f"SELECT {', '.join(KEY)}, left(md5(string_agg(text, '|' ORDER BY text)), 16) AS fingerprint "
            f"FROM ({' UNION ALL '.join(texts)}) GROUP BY ALL",
        )
    finally:
        con.unregister("wanted_subjects")
