"""Decisions that met another one in, the open conflicts of the month out (books.CONFLICT_COLUMNS). Called by decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import polars as pl

from henrei.flows.decisions.merge import Key, Meeting
from henrei.months import month_dates, month_texts
from henrei.store import books
from henrei.store.tables import SUBJECT_KEY


def still_open(
    before: pl.DataFrame, met: Iterable[Meeting], settled: Collection[Key], at: str, who: str
) -> pl.DataFrame:
    """Those of before on whose claim or sheet nobody has decided since (`settled`), and those that were met now, given to
    decide `at` a time by `who`. The same decision of the same file is one."""
    keys = before.select(*SUBJECT_KEY[:3], month_texts(pl.col("service_month"))).rows()
    kept = before.filter(pl.Series([key not in settled for key in keys], dtype=pl.Boolean))
    rows = [(*m.row.key, m.row.decision, m.row.fingerprint, m.row.file, m.row.saved, at, who) for m in met]
    new = pl.DataFrame(rows, schema=dict.fromkeys(books.CONFLICT_COLUMNS, pl.String), orient="row")
    table = pl.concat([kept, new.with_columns(month_dates(pl.col("service_month")))])
    once = [*SUBJECT_KEY, "decision", "file"]
    return table.unique(once, keep="last", maintain_order=True).sort(once)
