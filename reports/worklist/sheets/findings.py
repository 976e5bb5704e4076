"""Sheet 4: every finding, with all columns of findings.csv; the gravest first."""

from __future__ import annotations

import polars as pl

from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CASE, SUBJECT_COLUMNS, WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow

TITLE = "4 指摘一覧"
COLUMNS = (
    CASE,
    Column("区分", 10),
    Column("確認", 9),
    Column("内容", 28, wrap=True),
    *SUBJECT_COLUMNS,
    Column("サービス", 16, wrap=True),
    Column("日付", 16, wrap=True),
    Column("請求・記録の内容", 18, wrap=True),
    Column("正しい内容", 18, wrap=True),
    Column("ほかの事業所", 20, wrap=True),
    Column(labels.AT_ISSUE, 10, "number"),
    Column("給付費", 11, "number"),
    Column("説明", 50, wrap=True),
    Column("事業所のすること", 50, wrap=True),
    Column("ファイル", 18, wrap=True),
    Column("行", 12, wrap=True),
    Column("組の番号", 18),
    Column("指摘番号", 18),
    Column("注意", 18),
)
_RANK = {"return": 0, "review": 1, "notice": 2}


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    rank = pl.col("severity").replace_strict(_RANK)
    ordered = data.findings.with_columns(rank=rank).sort("rank", maintain_order=True).iter_rows(named=True)
    book.table(TITLE, COLUMNS, (_cells(data, row) for row in ordered), TableOptions(freeze=3, repeated=1))


def _cells(data: WorklistData, row: dict) -> list[object]:
    return [
        data.case_cell(row),
        labels.SEVERITIES[row["severity"]],
        row["check_code"],
        data.checks[row["check_code"]].title,
        *data.subject_cells(row),
        data.service_names(row["service_type"]),
        labels.dates(row["use_dates"]),
        row["observed"],
        row["expected"],
        data.facility_names(row["other_facilities"]),
        row["at_issue_yen"],
        row["amount_yen"],
        row["message"],
        row["action"],
        row["source_file"],
        row["source_lines"],
        row["group_id"],
        row["finding_id"],
        labels.STALE if row["downgraded"] else "",
    ]
