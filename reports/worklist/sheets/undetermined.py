"""Sheet 5: undetermined subjects and rejected lines, with whose they are. Neither is a mistake of a facility by itself."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from henrei.labels import SUBJECTS
from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist.data import CASE, SUBJECT_COLUMNS, WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow
from henrei.reports.worklist.refused import MAX_LISTED, with_subjects

TITLE = "5 判定不能・取込不可"
COLUMNS = (
    CASE,
    Column("区分", 16),
    Column("コード", 9),
    Column("内容", 30, wrap=True),
    *SUBJECT_COLUMNS,
    Column("理由", 60, wrap=True),
    Column("ファイル", 20, wrap=True),
    Column("行", 8, "number"),
    Column("レコード", 10),
    Column("項目番号", 8, "number"),
    Column("項目名", 20, wrap=True),
    Column("元の行", 60),
    Column("給付費", 11, "number"),
)
WHOLE, REJECTED, ONE = "確認全体を判定せず", "取り込めない行", "判定できず"
MAX_REJECTED = MAX_LISTED
_SUBJECT_OF = {label: name for name, label in SUBJECTS.items()}


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    whole = data.undetermined["facility_no"].is_null()
    cells = (
        *_undetermined(data, data.undetermined.filter(whole), WHOLE),
        *_rejected(data),
        *_undetermined(data, data.undetermined.filter(~whole), ONE),
    )
    book.table(TITLE, COLUMNS, cells, TableOptions(freeze=3))


def _undetermined(data: WorklistData, frame: pl.DataFrame, kind: str) -> Iterator[list[object]]:
    for row in frame.iter_rows(named=True):
        yield [
            data.case_cell(row),
            kind,
            row["check_code"],
            data.checks[row["check_code"]].title,
            *data.subject_cells(row),
            row["reason"],
            *[None] * 7,
        ]


def _rejected(data: WorklistData) -> Iterator[list[object]]:
    for row in with_subjects(data.rejects.head(MAX_REJECTED)).iter_rows(named=True):
        places = [row[name] for name in ("reason", "file", "line", "record", "item_no", "item_name", "raw", "amount")]
        subject = [
            row["kind"],
            row["facility_no"],
            data.facilities.get(row["facility_no"] or ""),
            row["recipient_no"],
            data.children.get(row["recipient_no"] or ""),
            row["service_month"],
        ]
        yield [
            data.case_cell({**row, "subject": _SUBJECT_OF.get(row["kind"], "")}),
            REJECTED,
            row["reason_code"],
            None,
            *subject,
            *places,
        ]
    if (more := data.rejects.height - MAX_REJECTED) > 0:
        yield [None, REJECTED, *[None] * 8, f"ほか{more:,}行は rejects.csv にあります", *[None] * 7]
