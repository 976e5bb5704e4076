"""Reading a workbook as a person would see it, and writing into it as one would."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

DECIDE = "1 決定"


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook of sheets: title → rows of cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        for cells in content:
            sheet.append(list(cells))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


OTHER = "その他の返戻"


def rows(path: Path, sheet: str = DECIDE) -> list[dict[str, object]]:
    """The rows of a sheet, by the names of its head; an empty cell is ''. Of sheet 1 those of claims and sheets."""
    return [row for row in _all_rows(path, sheet) if row.get("要否") != OTHER]


def other_rows(path: Path) -> dict[int, dict[str, object]]:
    """The rows of sheet 1 for claims and sheets that no check found, by their number."""
    return {number: row for number, row in enumerate(_all_rows(path, DECIDE), start=2) if row["要否"] == OTHER}


def _all_rows(path: Path, sheet: str) -> list[dict[str, object]]:
    head, *body = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), ("" if cell is None else cell for cell in row), strict=True)) for row in body]


def column(path: Path, name: str, sheet: str = DECIDE) -> list[object]:
    return [row[name] for row in rows(path, sheet)]


def fill(path: Path, target: Path, written: Mapping[int, Mapping[str, object]]) -> Path:
    """A copy of the worklist in which someone wrote: sheet 1's row number (its first is 2) → head → value."""
    book = openpyxl.load_workbook(path)
    sheet = book[DECIDE]
    head = [cell.value for cell in sheet[1]]
    for row, cells in written.items():
        for name, value in cells.items():
            cell = sheet.cell(row, head.index(name) + 1, value)
            if isinstance(value, str):
                cell.data_type = "s"  # the cells are text: what is typed there is no formula
    book.save(target)
    return target


def pixels_of(sheet: Worksheet) -> list[float]:
    """How wide the columns are on a screen at 100 %: 7 pixels a character; hidden ones 0."""
    groups = sorted(sheet.column_dimensions.values(), key=lambda one: one.min)
    return [0.0 if one.hidden else 7 * one.width for one in groups for _ in range(one.min, one.max + 1)]


def points_on_paper(sheet: Worksheet) -> float:
    """How large the font of 10 points is when the sheet is printed, by its widths, its breaks and its scale."""
    wide = [0.75 * pixels for pixels in pixels_of(sheet)]
    margins = sheet.page_margins
    room = ((11.69 if sheet.page_setup.orientation == "landscape" else 8.27) - margins.left - margins.right) * 72
    if sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage:
        assert (sheet.page_setup.fitToWidth or 1, sheet.col_breaks.brk) == (1, [])
        return 10 * min(1.0, room / sum(wide))
    scale = (sheet.page_setup.scale or 100) / 100
    repeated = sum(wide[: range_boundaries(sheet.print_title_cols)[2]])
    ends = [*(one.id for one in sheet.col_breaks.brk), len(wide)]
    for begin, end in pairwise([0, *ends]):
        assert sum(wide[begin:end]) + (repeated if begin else 0) <= room / scale  # a side holds its columns
    return 10 * scale
