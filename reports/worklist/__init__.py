"""worklist.xlsx: what the team decides on, and everything it wants to see while deciding.

A module a sheet (`deciding`, `children`, `totals`, `listing`, `unjudged`, `changed`, `keying`, `about`); `rows` puts
the findings of a claim or sheet together, `reading` takes the decisions back.
"""

from __future__ import annotations

from henrei.months import month_text
from henrei.reports.workbook import Book
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CheckText, WorklistData
from henrei.reports.worklist.decision_rows import rows
from henrei.reports.worklist.sheets import (
    about,
    changes,
    children,
    decisions,
    findings,
    return_entry,
    totals,
    undetermined,
)

__all__ = ["CheckText", "WorklistData", "build"]


def build(data: WorklistData) -> bytes:
    """The workbook; the same data gives the same bytes."""
    book = Book(data.review_month, f"{month_text(data.review_month)} 審査一覧 {data.city_name}".strip())
    to_decide = rows(data)
    decisions.add(book, data, to_decide)
    children.add(book, data)
    totals.add(book, data, to_decide)
    findings.add(book, data)
    undetermined.add(book, data)
    changes.add(book, data)
    return_entry.add(book, data, to_decide)
    about.add(book, data)
    book.hidden(
        labels.HIDDEN,
        [("review_month", month_text(data.review_month)), ("municipality_no", data.municipality_no)],
    )
    return book.bytes()
