"""The sheet behind sheet 5: each undetermined subject and each refused line, with the number of its cause there. What could
not be judged of a facility's state is one row for all its claims.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from henrei.labels import SUBJECTS
from henrei.reports.reasons import for_clerks
from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist.data import CASE, SUBJECT_COLUMNS, WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow
from henrei.reports.worklist.sheets.undetermined import NUMBER
from henrei.reports.worklist.unjudged import LINES, ONE, WHOLE, Unjudged

TITLE = "5の明細"
COLUMNS = (
    CASE,
    NUMBER,
    Column("区分", 16, wrap=True),
    Column("件数", 7, "number"),
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
_ALL = "この事業所の請求"
_SUBJECT_OF = {label: name for name, label in SUBJECTS.items()}


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    found = data.unjudged
    cells = (
        *_undetermined(data, found.undetermined.filter(pl.col("kind") == WHOLE), WHOLE),
        *_refused(data, found),
        *_undetermined(data, found.undetermined.filter(pl.col("kind") == ONE), ONE),
    )
    book.table(TITLE, COLUMNS, cells, TableOptions(freeze=3))


def _undetermined(data: WorklistData, frame: pl.DataFrame, kind: str) -> Iterator[list[object]]:
    for row in frame.iter_rows(named=True):
        yield [
            data.case_cell(row),
            str(row["number"]),
            kind,
            row["claims"] or 1,
            row["check_code"],
            data.checks[row["check_code"]].title,
            *(_of_facility(data, row) if row["claims"] else data.subject_cells(row)),
            for_clerks(row["reason"]),
            *[None] * 7,
        ]


def _of_facility(data: WorklistData, row: dict) -> list[object]:
    """The cells under SUBJECT_COLUMNS: whose claims they are is in undetermined.csv."""
    what, facility, name, _, _, month = data.subject_cells(row)
    return [what, facility, name, None, _ALL, month]


def _refused(data: WorklistData, found: Unjudged) -> Iterator[list[object]]:
    for row in found.refused.iter_rows(named=True):
        places = [row[name] for name in ("reason", "file", "line", "record", "item_no", "item_name", "raw", "amount")]
        subject = [
            row["kind"],
            row["facility_no"],
            data.facilities.get(row["facility_no"] or ""),
            row["recipient_no"],
            data.children.get(row["recipient_no"] or ""),
            row["service_month"],
        ]
        case = data.case_cell({**row, "subject": _SUBJECT_OF.get(row["kind"], "")})
        yield [case, str(row["number"]), row["cause_kind"], 1, row["reason_code"], None, *subject, *places]
    if found.left_out:
        yield [
            None,
            "",
            LINES,
            found.left_out,
            *[None] * 8,
            f"ほか{found.left_out:,}行は rejects.csv にあります",
            *[None] * 7,
        ]
