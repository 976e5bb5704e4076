"""worklist.xlsx: what the team decides on, and everything it wants to see while deciding. Made by every run.

The room: `data` holds what the sheets show, `decision_rows` puts the findings of a claim or sheet together into the rows
of sheet 1, `sheets/` has a module per sheet, `labels` their column heads, `read_decisions` reads the filled-in file.
"""

from __future__ import annotations

from henrei.months import month_text
from henrei.reports.workbook import Book
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CheckText, TodayRow, WorklistData
from henrei.reports.worklist.decision_rows import decision_rows
from henrei.reports.worklist.sheets import SHEETS

__all__ = ["CheckText", "TodayRow", "WorklistData", "build"]


def build(data: WorklistData) -> bytes:
    """The workbook; the same data gives the same bytes."""
    month = month_text(data.review_month)
    book = Book(data.review_month, f"{month} 審査一覧 {data.city_name}".strip())
    rows = decision_rows(data)
    for sheet in SHEETS:
        sheet.add(book, data, rows)
    book.hidden(labels.HIDDEN, [("review_month", month), ("municipality_no", data.municipality_no)])
    return book.bytes()
