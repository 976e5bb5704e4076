"""Sheet 0: what is wrong with the month's inputs and what to do about it, what is left to decide, and by when."""

from __future__ import annotations

from henrei.reports.workbook import Book, Column, Marked, TableOptions
from henrei.reports.worklist.data import TodayRow, WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow

TITLE = "0 今日すること"
COLUMNS = (Column("項目", 18), Column("内容", 80, wrap=True), Column("すること", 60, wrap=True))


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    book.table(TITLE, COLUMNS, (_cells(row) for row in data.today), TableOptions(freeze=1))


def _cells(row: TodayRow) -> list[object]:
    cells = (row.kind, row.text, row.to_do)
    return [Marked(cell) for cell in cells] if row.grave else list(cells)
