"""Exchange files read from bytes, and what a test asks of the batch that comes out."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from henrei.schemas.exchange import read
from lib import inputs


def read_files(folder: Path, *files: bytes, month: str = "202605") -> read.Batch:
    paths = {}
    for number, data in enumerate(files):
        paths[number] = folder / f"{number}.CSV"
        paths[number].write_bytes(data)
    return read.read_batch(paths, inputs.CITY, month)


def rows(batch: read.Batch, record: str) -> pl.DataFrame:
    return pl.concat(batch.rows[record]) if record in batch.rows else pl.DataFrame()


def refused(batch: read.Batch) -> list[tuple[int, str]]:
    frame = pl.concat(batch.rejected) if batch.rejected else pl.DataFrame(schema=read.REJECTED_LINE)
    return list(frame.sort("file", "line").select("line", "reason_code").iter_rows())


def reasons(batch: read.Batch) -> dict[int, str]:
    return dict(pl.concat(batch.rejected).select("line", "reason").iter_rows())


def remarks(batch: read.Batch) -> list[tuple[int, int]]:
    return [row for part in batch.remarks for row in part.select("line", "item_no").rows()]


def counts(batch: read.Batch) -> dict[str, int]:
    return pl.concat(batch.counts).drop("file").sum().row(0, named=True)
