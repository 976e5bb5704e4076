"""Whose a refused line is: rows of rejects.csv in, the same with what the line says of facility, child, month and amount out."""

from __future__ import annotations

import csv

import polars as pl

from henrei.schemas.exchange.envelope import as_original, with_heads
from henrei.schemas.exchange.groups import with_keys
from henrei.schemas.exchange.reject_reasons import UNIT
from henrei.schemas.layouts import LEADING_ITEMS, layouts

_CLAIM = "K122-01"  # the record with a claim's 給付費
MAX_LISTED = 50_000  # refused lines; a file that is broken as a whole has more than anyone reads
_LONGEST = 18  # digits of a number that is taken for an amount


def with_subjects(rejects: pl.DataFrame) -> pl.DataFrame:
    """Adds kind (明細書 …), facility_no, recipient_no, service_month (YYYY-MM) and amount; null where a line of an exchange file
    does not say, and for lines of ledgers."""
    lines = rejects.select("file", text=as_original(pl.col("raw").fill_null("")))
    keys = with_keys(with_heads(lines))
    ours = keys.select(pl.col("known").fill_null(False) & pl.col("is_data")).to_series()
    month = pl.col("month").str.slice(0, 4) + "-" + pl.col("month").str.slice(4)
    found = keys.select(
        kind=pl.col("family").replace_strict(UNIT, default=None, return_dtype=pl.String),
        facility_no="facility",
        recipient_no="recipient",
        service_month=pl.when(pl.col("family") != "K721").then(month),
        amount=pl.Series(
            [
                _amount(text) if known and record == _CLAIM else None
                for text, record, known in zip(lines["text"], keys["record"], ours, strict=True)
            ],
            dtype=pl.Int64,
        ),
    )
    return pl.concat([rejects, found.with_columns(pl.when(ours).then(pl.all()))], how="horizontal")


def _amount(text: str) -> int | None:
    try:
        cells = next(csv.reader([text], strict=True), [])
    except csv.Error:
        return None
    layout = layouts(_CLAIM)[-1]
    if len(cells) != layout.cells:
        return None
    amount = cells[LEADING_ITEMS + layout.kept["benefit_yen"].no - 1].strip()
    return int(amount) if amount.isascii() and amount.isdigit() and len(amount) <= _LONGEST else None
