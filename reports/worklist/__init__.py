"""worklist.xlsx: what the team decides on, and everything it wants to see while deciding.

A module a sheet (`deciding`, `children`, `totals`, `listing`, `unjudged`, `changed`, `keying`, `about`); `rows` puts
the findings of a claim or sheet together, `reading` takes the decisions back.
"""

from __future__ import annotations

from henrei.reports.workbook import Book
from henrei.reports.worklist import (
    about,
    changed,
    children,
    deciding,
    keying,
    listing,
    totals,
    unjudged,
    words,
)
from henrei.reports.worklist.material import CheckText, Material
from henrei.reports.worklist.rows import rows

__all__ = ["CheckText", "Material", "build"]


def build(material: Material) -> bytes:
    """The workbook; the same material gives the same bytes."""
    book = Book(material.review_month, f"{material.review_month:%Y-%m} 審査一覧 {material.city_name}".strip())
    to_decide = rows(material)
    deciding.add(book, material, to_decide)
    children.add(book, material)
    totals.add(book, material, to_decide)
    listing.add(book, material)
    unjudged.add(book, material)
    changed.add(book, material)
    keying.add(book, material, to_decide)
    about.add(book, material)
    book.hidden(
        words.HIDDEN,
        [("review_month", f"{material.review_month:%Y-%m}"), ("municipality_no", material.municipality_no)],
    )
    return book.bytes()
