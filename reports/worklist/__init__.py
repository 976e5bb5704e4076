"""worklist.xlsx: what the team decides on, and everything it wants to see while deciding. Made by every run.

The room: `data` holds what the sheets show, `decision_rows` puts the findings of a claim or sheet together into the rows
of sheet 1, `sheets/` has a module per sheet, `labels` their column heads, `read_decisions` reads the filled-in file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from henrei.months import month_text
from henrei.reports.cases import Place
from henrei.reports.workbook import Book
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CheckText, TodayRow, WorklistData
from henrei.reports.worklist.decision_rows import decision_rows
from henrei.reports.worklist.sheets import SHEETS

__all__ = ["Built", "CheckText", "TodayRow", "WorklistData", "build"]


@dataclass(frozen=True)
class Built:
    """The workbook, and of each case (`WorklistData.cases`), by its number, the places of its rows in it."""

    book: Book
    places: Mapping[int, tuple[Place, ...]]

    @property
    def data(self) -> bytes:
        """Packed when it is asked for: who only wants the places need not wait."""
        return self.book.bytes()


def build(data: WorklistData) -> Built:
    """The same data gives the same bytes."""
    month = month_text(data.review_month)
    header = f"{data.city_name} {data.review_month.year}年{data.review_month.month}月審査 審査一覧".strip()
    book = Book(data.review_month, f"{month} 審査一覧 {data.city_name}".strip(), header)
    rows = decision_rows(data)
    for sheet in SHEETS:
        sheet.add(book, data, rows)
    book.hidden(labels.HIDDEN, [("review_month", month), ("municipality_no", data.municipality_no)])
    places: dict[int, list[Place]] = {}
    for number, title, row in book.linked:
        places.setdefault(number, []).append(Place(title, row))
    return Built(book, {number: tuple(at) for number, at in sorted(places.items())})
