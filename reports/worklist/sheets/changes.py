"""Sheet 6: findings that are new, solved, no longer judged or the same against the month's previous run."""

from __future__ import annotations

import polars as pl

from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CASE, SUBJECT_COLUMNS, WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow

TITLE = "6 前回との差"
COLUMNS = (
    CASE,
    Column("変化", 8, centre=True),
    Column("確認", 9),
    Column("内容", 30, wrap=True),
    Column("区分", 10),
    *SUBJECT_COLUMNS,
    Column("給付費", 11, "number"),
    Column("説明", 60, wrap=True),
    Column("指摘番号", 18),
)
_ORDER = {"new": 0, "gone": 1, "unjudged": 2, "same": 3}


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    ordered = (
        data.changes.with_columns(place=pl.col("change").replace_strict(_ORDER))
        .sort("place", maintain_order=True)
        .iter_rows(named=True)
    )
    book.table(TITLE, COLUMNS, (_cells(data, row) for row in ordered), TableOptions(freeze=3))


def _cells(data: WorklistData, row: dict) -> list[object]:
    check = data.checks.get(row["check_code"])  # of the run before, a check may be gone since
    return [
        data.case_cell(row),
        labels.CHANGES[row["change"]],
        row["check_code"],
        check.title if check else "",
        labels.SEVERITIES[row["severity"]],
        *data.subject_cells(row),
        row["amount_yen"],
        row["message"],
        row["finding_id"],
    ]
