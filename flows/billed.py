"""A month's claims in, the facilities and service types that they bill out. Called by the commands that look at ledgers."""

from __future__ import annotations

from datetime import date

import polars as pl

from henrei.flows import inbox
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import record_month
from henrei.schemas.exchange import read
from henrei.store.database import open_store, query

_SCHEMA = {"facility_no": pl.String(), "service_type": pl.String()}
_TOTALS, _LINES = "K122-04", "K122-03"


def billed_services(home: Home, month: date, settings: Settings) -> pl.DataFrame:
    """facility_no and service_type of the totals and lines of this city's claims, each once, sorted.

    From the month's files, whether it was run or not; where its folder is gone, from the store. Raises HenreiError with
    status 3 where there is neither.
    """
    if not home.inbox(month).is_dir() and home.store.is_file() and (stored := _stored(home, month)).height:
        return stored
    files = inbox.scan(home, month, settings)
    found = [pl.DataFrame(schema={"file": pl.UInt32(), **_SCHEMA})]

    def keep(rows: dict[str, list[pl.DataFrame]]) -> None:
        found.extend(frame.select("file", *_SCHEMA) for frame in rows.get(_TOTALS, []))
        kind = pl.col("service_code").str.slice(0, 2).alias("service_type")
        found.extend(frame.select("file", "facility_no", kind) for frame in rows.get(_LINES, []))

    broken: set[int] = set()
    for batch in inbox.batches(files):
        paths = {file.number: file.path for file in batch}
        part = read.read_batch(paths, settings.municipality_no, record_month(month), keep)
        broken |= {number for number, frame in part.envelopes.items() if frame.fault or frame.other_business}
    return (
        pl.concat(found)
        .filter(~pl.col("file").is_in(list(broken)))
        .select(*_SCHEMA)
        .unique()
        .drop_nulls()
        .sort(*_SCHEMA)
    )


def _stored(home: Home, month: date) -> pl.DataFrame:
    with open_store(home) as con:
        return query(
            con,
            """
            SELECT facility_no, service_type FROM claim_totals WHERE review_month = $month
            UNION SELECT facility_no, service_code[:2] FROM claim_lines WHERE review_month = $month
            ORDER BY ALL
            """,
            {"month": month},
        )
