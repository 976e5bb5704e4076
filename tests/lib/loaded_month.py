"""Claims of two facilities as the reader gives them, and the small tables that come with them. For tests of the store."""

from __future__ import annotations

from datetime import date

import polars as pl

from henrei.store import load, tables

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
PATHS = {0: "a.CSV", 1: "b/b.CSV", 2: "broken.CSV"}
Row = tuple[int, int, str, str]  # file, line of the 01, facility, recipient
ONE: Row = (0, 2, "A", "0000000001")
TWO: Row = (0, 7, "A", "0000000002")


def claim_rows(*claims: Row) -> dict[str, list[pl.DataFrame]]:
    """Claims with the 01 and one 02 each."""
    if not claims:
        return {}
    rows = pl.DataFrame(claims, schema=["file", "group", "facility_no", "recipient_no"], orient="row")
    rows = rows.with_columns(pl.col("file").cast(pl.UInt32), service_month=pl.lit(APRIL))
    heads = rows.with_columns(line=pl.col("group"), last_line=pl.col("group") + 1, benefit_yen=pl.lit(9000))
    return {"K122-01": [heads], "K122-02": [rows.with_columns(line=pl.col("group") + 1)]}


def small_tables(month: date, ledgers: dict[str, pl.DataFrame] | None = None) -> load.Month:
    """What a month has beside its records: the files, and nothing refused."""
    files = pl.DataFrame([(n, path, "", "K11", "A") for n, path in PATHS.items()], schema=tables.FILES, orient="row")
    return load.Month(
        review_month=month,
        files=files,
        refused_groups=pl.DataFrame(schema=tables.REFUSED_GROUPS),
        refused_rows=pl.DataFrame(schema=tables.REFUSED_ROWS),
        ledgers=ledgers or {},
        ledgers_used=pl.DataFrame(schema=tables.LEDGERS_USED),
    )
