"""worklist.xlsx: what the team decides on, and everything it wants to see while deciding.

A module a sheet (`deciding`, `children`, `totals`, `listing`, `unjudged`, `changed`, `keying`, `about`); `rows` puts
the findings of a claim or sheet together, `reading` takes the decisions back.
"""

from __future__ import annotations

from henrei.months import month_text
from henrei.reports.workbook import Book
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CheckText, Material
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

__all__ = ["CheckText", "Material", "build"]


def build(material: Material) -> bytes:
    """The workbook; the same material gives the same bytes."""
    book = Book(material.review_month, f"{month_text(material.review_month)} 審査一覧 {material.city_name}".strip())
    to_decide = rows(material)
    decisions.add(book, material, to_decide)
    children.add(book, material)
    totals.add(book, material, to_decide)
    findings.add(book, material)
    undetermined.add(book, material)
    changes.add(book, material)
    return_entry.add(book, material, to_decide)
    about.add(book, material)
    book.hidden(
        labels.HIDDEN,
        [("review_month", month_text(material.review_month)), ("municipality_no", material.municipality_no)],
    )
    return book.bytes()
