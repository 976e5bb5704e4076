"""Rows as finished XML are those that xlsxwriter writes cell by cell."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from henrei.reports.row_sheet import Cells, RowSheet

TEXTS = ("=1+1", " blank before", "after ", "a\nb", "<b>&\"'", "_x0041_", "\x01\x0b", "\t", "😀", "0000000001", "1e5")
ROWS = [*([text, number, ""] for text, number in zip(TEXTS, [0, -3, 1_234_567, 2.5, 1 / 3, *[None] * 6], strict=True))]
HEIGHTS = [15.0, 30.0, 409.0, *[15.0] * 8]


def parts(write: Callable[[xlsxwriter.Workbook, Worksheet], None], sheet_class: type[Worksheet]) -> dict[str, bytes]:
    """The parts of a book with one sheet, which has a row of its own above and one below."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("表", sheet_class)
    sheet.write_row(0, 0, ["番号", "円", "文"])
    write(book, sheet)
    sheet.write_row(len(ROWS) + 1, 0, ["終わり", 1, 2])
    book.close()
    archive = zipfile.ZipFile(stream)
    return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}  # has the clock


def cell_by_cell(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    style = book.add_format({"border": 1})
    for row, (values, height) in enumerate(zip(ROWS, HEIGHTS, strict=True), start=1):
        sheet.set_row(row, height)
        for place, value in enumerate(values):
            write = sheet.write_number if isinstance(value, int | float) else sheet.write_string
            write(row, place, value, style) if value else sheet.write_blank(row, place, None, style)
        if values[1] == 0:
            sheet.write_number(row, 1, 0, style)


def in_bulk(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    assert isinstance(sheet, RowSheet)
    style = book.add_format({"border": 1})
    columns = [Cells(values, [0] * len(ROWS)) for values in zip(*ROWS, strict=True)]
    sheet.put(1, columns, HEIGHTS, lambda *_: style)


def test_the_file_is_the_same_byte_for_byte() -> None:
    assert parts(in_bulk, RowSheet) == parts(cell_by_cell, Worksheet)


@pytest.mark.parametrize("text", ["<r>", "<r></r>", "<r><t>&amp;</r>", "<r>\n<x/></r>"])
def test_a_text_in_the_tags_of_a_formatted_run_stays_text(text: str) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("表", RowSheet)
    assert isinstance(sheet, RowSheet)
    sheet.put(0, [Cells([text], [0])], [15.0], lambda *_: book.add_format())
    book.close()
    assert openpyxl.load_workbook(stream).active["A1"].value == text


def test_a_sheet_without_such_rows_is_xlsxwriter_s() -> None:
    assert parts(lambda *_: None, RowSheet) == parts(lambda *_: None, Worksheet)


def test_a_number_that_is_none_is_refused() -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet("表", RowSheet)
    with pytest.raises(ValueError, match="nan is no number of Excel's"):
        sheet.put(0, [Cells([math.nan], [0])], [15], lambda *_: book.add_format())
