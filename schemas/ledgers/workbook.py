"""An Excel workbook of a ledger in, the lines of each of its sheets out, as the lines of a CSV. Called by `read` and
`item_list`."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import polars as pl
from openpyxl.utils.exceptions import InvalidFileException

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
        with warnings.catch_warnings():  # of formats that only Excel needs
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return [(sheet.title, _rows(sheet)) for sheet in book.worksheets]
    except BROKEN:
        return None


def _rows(sheet: Any) -> list[list[str]]:
    sheet.reset_dimensions()  # other programs write wrong ones
    rows = []
    for values in sheet.iter_rows(values_only=True):
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
