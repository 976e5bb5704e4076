"""Sheet 6: findings that are new, gone or the same against the month's previous run."""

from __future__ import annotations

import polars as pl

from henrei.reports.workbook import Book, Column
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import WHOSE, Material

COLUMNS = (
    Column("変化", 8, centre=True),
    Column("確認", 9),
    Column("内容", 30, wrap=True),
    Column("区分", 10),
    *WHOSE,
    Column("給付費", 11, "number"),
    Column("説明", 60, wrap=True),
    Column("指摘番号", 18),
)
_MORE = ("finding_id", "severity", "subject", "service_month", "amount_yen", "message")
_ORDER = {"new": 0, "gone": 1, "same": 2}


def add(book: Book, material: Material) -> None:
    told = [frame.select(_MORE) for frame in (material.findings, material.before) if frame is not None]
    more = pl.concat(told, how="vertical_relaxed").unique("finding_id", keep="first")
    rows = (
        material.changes.join(more, on="finding_id", how="left", maintain_order="left")
        .with_columns(place=pl.col("change").replace_strict(_ORDER))
        .sort("place", maintain_order=True)
        .iter_rows(named=True)
    )
    book.table(labels.CHANGED, COLUMNS, (_cells(material, row) for row in rows), freeze=2)


def _cells(material: Material, row: dict) -> list[object]:
    check = material.checks.get(row["check_code"])  # of the run before, a check may be gone since
    return [
        labels.CHANGES[row["change"]],
        row["check_code"],
        check.title if check else "",
        labels.SEVERITIES[row["severity"]],
        *material.whose(row),
        row["amount_yen"],
        row["message"],
        row["finding_id"],
    ]
