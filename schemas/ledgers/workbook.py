"""An Excel workbook in, rows of cells out, whatever the file is. Called by all that read what people saved with Excel: `read` and
`item_list`, which get the lines of each sheet as the lines of a CSV, `code_sheets`, and the readers of worklists and answers.

A workbook of a few kilobytes can unpack to gigabytes, claim a million rows and sixteen thousand columns, or ask for other
files. So what it unpacks to, and of how many parts, is counted before it is read, cells beyond MAX_COLUMNS are not looked at, and nothing is followed.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import polars as pl
from openpyxl.utils.exceptions import InvalidFileException

LARGEST = 300_000_000  # bytes that a workbook may unpack to; the worklist of 20,000 children has 6 million
# Tags of XML that a workbook may have: each weighs some 75 bytes while it is read. A cell has four and two more for a text of its
# own; the worklists of the demo have one a 11 bytes, so that of 20,000 children half a million.
MOST_TAGS = 8_000_000
MAX_ROWS, MAX_COLUMNS = 1_048_576, 500  # Excel's own rows; no table of ours or of an export is as wide

# What a file can be that is no workbook, is cut off, or has a password.
BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
)


_FORMULA, _LONGEST_TAG = re.compile(rb"<(?:\w{1,20}:)?f[ >/]"), 24
_BLOCK = 1_000_000  # bytes read together


class Unreadable(Exception):
    """The file is no workbook, is cut off, or has a password."""


class TooLarge(Unreadable):
    """The workbook unpacks to more than any such workbook has; its text, in Japanese, is how much it may."""


@contextmanager
def opened(data: bytes, largest: int | None = None, *, formulas: bool = False) -> Iterator[Any]:
    """The workbook, for reading row by row within; a formula counts as the value that was stored with it, with `formulas` as
    itself. `largest`: bytes that it may unpack to, LARGEST where it is None.

    Raises Unreadable, also where that shows while it is read, and TooLarge.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _require_small(packed, LARGEST if largest is None else largest)
        with warnings.catch_warnings():  # of formats that only Excel needs
            warnings.simplefilter("ignore")
            yield openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
    except BROKEN as problem:
        raise Unreadable(type(problem).__name__) from None


def _require_small(packed: zipfile.ZipFile, largest: int) -> None:
    if sum(part.file_size for part in packed.infolist()) > largest:
        raise TooLarge(f"{largest // 1_000_000}MB まで")
    tags = 0
    for part in packed.infolist():
        with packed.open(part) as stream:
            while block := stream.read(_BLOCK):
                tags += block.count(b"<")
                if tags > MOST_TAGS:
                    raise TooLarge("およそ200万セルまで")


def rows_of(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of cells of a sheet of `opened`, each up to its last filled cell; what the sheet claims of its size is not
    asked: other programs write it wrong."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True, max_row=MAX_ROWS, max_col=MAX_COLUMNS):
        width = len(row)
        while width and row[width - 1] is None:
            width -= 1
        yield row[:width]


def formula_cells(data: bytes) -> dict[str, dict[int, set[int]]]:
    """Title of a sheet → line → the columns, from 0, that hold a formula, of which `opened` gives the value that was stored with
    it, or nothing. Raises as `opened`."""
    found: dict[str, dict[int, set[int]]] = {}
    with opened(data, formulas=True) as book:
        for sheet in book.worksheets:
            for line, values in enumerate(rows_of(sheet), start=1):
                at = {place for place, value in enumerate(values) if isinstance(value, str) and value.startswith("=")}
                if at:
                    found.setdefault(sheet.title, {})[line] = at
    return found


def has_formulas(data: bytes) -> bool:
    """True where a sheet of a workbook, that `opened` has read, holds a formula: quicker than to look which."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheets = (name for name in packed.namelist() if name.startswith("xl/worksheets/sheet"))
        return any(_has_formula(packed, name) for name in sheets)


def _has_formula(packed: zipfile.ZipFile, name: str) -> bool:
    with packed.open(name) as stream:
        end = b""
        while block := stream.read(_BLOCK):
            if _FORMULA.search(end + block):
                return True
            end = block[-_LONGEST_TAG:]
    return False


def sheets(data: bytes) -> list[pl.DataFrame] | None:
    """The sheets in their order: line, text, width (cells up to the last filled one), undecodable, overlong.

    Lines are the rows up to the last filled one; a formula counts as the value that was stored with it. None where the
    file cannot be read as a workbook.
    """
    tables = tables_of(data)
    return None if tables is None else [_lines(rows) for _, rows in tables]


def tables_of(data: bytes) -> list[tuple[str, list[list[str]]]] | None:
    """The sheets in their order: title, and rows of cells as text, each up to its last filled one. None as in `sheets`."""
    try:
        with opened(data) as book:
            return [(sheet.title, _rows(sheet)) for sheet in book.worksheets]
    except Unreadable:
        return None


def _rows(sheet: Any) -> list[list[str]]:
    rows = []
    for values in rows_of(sheet):
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _text(value: Any) -> str:
    """A cell as a CSV would hold it."""
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return " ".join(str(value).splitlines()).strip(" \u3000\t")


def _lines(rows: Sequence[Sequence[str]]) -> pl.DataFrame:
    texts = [",".join(_quoted(cell) for cell in cells) for cells in rows]
    widths = [len(cells) for cells in rows]
    schema = {"text": pl.String(), "width": pl.Int64()}
    frame = pl.DataFrame({"text": texts, "width": widths}, schema=schema)
    return frame.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"),
        "text",
        "width",
        undecodable=pl.lit(False),
        overlong=pl.lit(False),
    )


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if '"' in cell or "," in cell else cell
