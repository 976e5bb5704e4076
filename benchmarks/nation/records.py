"""Makes lines of the national format as columns of text, in the two styles of real programs, from the layout tables.

Text is made of characters U+0001 to U+00FF that stand for the CP932 bytes themselves, so that a file is written by
copying. U+0001 alone stands for the longest of all cells: 50 full-width blanks in quotes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from henrei.schemas.layouts import layouts

Values = Mapping[int, "pl.Expr | str | None"]
PADDED = b"\x01"
PADDING = ('"' + "　" * 50 + '"').encode("cp932")


def latin(text: str) -> str:
    """A text as its CP932 bytes."""
    return text.encode("cp932").decode("latin-1")


@cache
def _items(record: str) -> tuple[tuple[str, int], ...]:
    return tuple((item.type, item.width) for item in layouts(record)[-1].items)


def blank(record: str, no: int, full: bool) -> str:
    """An item that is not set."""
    kind, width = _items(record)[no - 1]
    if not full or kind == "英数":
        return ""
    if kind != "漢字":
        return "0"
    return "\x01" if width == 100 else latin('"' + "　" * (width // 2) + '"')


def _cell(record: str, no: int, value: pl.Expr | str | None, full: bool) -> pl.Expr | str:
    """An item; a text of 英数 with a blank in it is quoted in both styles."""
    kind, width = _items(record)[no - 1]
    if value is None:
        return blank(record, no, full)
    if isinstance(value, str):
        if kind == "漢字":
            return latin('"' + (value.ljust(width // 2, "　") if full else value) + '"')
        return f'"{value}"' if kind == "英数" and (full or " " in value) else value
    if kind == "英数" and full:
        value = '"' + value + '"'
    return value.fill_null(blank(record, no, full))


def line(record: str, values: Values, full: bool) -> pl.Expr:
    """A data record without its type and number. What is not among the values is blank, and so is a null."""
    cells: list[pl.Expr | str] = [f'"{record[:4]}"' if full else record[:4], record[5:]]
    cells += [_cell(record, no, values.get(no), full) for no in range(3, len(_items(record)) + 1)]
    return _joined(cells)


def opening(record: str, values: Values, full: bool, last: int) -> pl.Expr:
    """The items up to `last`."""
    cells: list[pl.Expr | str] = [f'"{record[:4]}"' if full else record[:4], record[5:]]
    cells += [_cell(record, no, values.get(no), full) for no in range(3, last + 1)]
    return _joined(cells)


def stretch(record: str, values: Mapping[int, str | None], full: bool, first: int, last: int | None = None) -> str:
    """The items from `first` to `last` (None: to the end) as a text, where all are known."""
    cells = [_cell(record, no, values.get(no), full) for no in range(first, (last or len(_items(record))) + 1)]
    return ",".join(str(cell) for cell in cells)


def _joined(cells: list[pl.Expr | str]) -> pl.Expr:
    """Cells with commas between; constant cells are put together beforehand."""
    parts: list[pl.Expr] = []
    constant = ""
    for n, cell in enumerate(cells):
        comma = "," if n else ""
        if isinstance(cell, str):
            constant += comma + cell
        else:
            parts += [pl.lit(constant + comma), cell.cast(pl.String)]
            constant = ""
    return pl.concat_str([*parts, pl.lit(constant)])
