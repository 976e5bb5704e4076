"""A module per sheet of worklist.xlsx, each with TITLE and add(); SHEETS are all of them, in their order.

A new sheet is a module here and its place in SHEETS. People look up the sheets in docs/手引き.md, which a test compares.
"""

from __future__ import annotations

from typing import Protocol

from henrei.reports.workbook import Book
from henrei.reports.worklist.data import WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow
from henrei.reports.worklist.sheets import (
    about,
    changes,
    children,
    decisions,
    findings,
    return_entry,
    talks,
    today,
    totals,
    undetermined,
    undetermined_rows,
)


class Sheet(Protocol):
    """A module that adds one sheet, called TITLE, to the book. `rows`: those of sheet 1, in their order."""

    TITLE: str

    def add(self, book: Book, data: WorklistData, rows: list[DecisionRow]) -> None: ...


SHEETS: tuple[Sheet, ...] = (
    today,
    decisions,
    children,
    totals,
    findings,
    undetermined,
    undetermined_rows,
    changes,
    return_entry,
    talks,
    about,
)
