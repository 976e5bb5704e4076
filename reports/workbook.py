"""Columns and rows in, the bytes of an Excel workbook out. Called by the worklist and the letters.

Ids are text, no content of a cell is ever a formula, and the same content gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from henrei.reports import cell_lines, paper
from henrei.reports.row_sheet import Cells, LinkedCells, RowSheet, Value, style_number

ROWS = 1_048_576  # of a sheet; what Excel can hold
LINKS = 65_000  # of a sheet; what Excel opens
_FONT = {"font_name": "游ゴシック", "font_scheme": "none", "font_size": paper.FONT, "valign": "top"}
# Numbers of formats that every Excel has: text, which stays text also when someone edits the cell; 1,234; 1234.
_TEXT, _THOUSANDS, _PLAIN = 49, 3, 1
_LINE, _HIGHEST = 15.0, 409.0  # points of a line, and of the highest row there can be
_WIDEST = 250.0  # characters of the widest column there can be
_LINES = {"border": 1, "border_color": "#BFBFBF"}
_UNIX = 3  # what the entries of a zip say of the system they were made on
TINTS = ("#FFFFFF", "#EAF1FB", "#FFF4DF")  # plain, and two to tell neighbours apart


@dataclass(frozen=True)
class Marked:
    """A cell's value that is shown in another colour."""

    value: Any


@dataclass(frozen=True)
class Entry:
    """The value of a cell where people write, in a column where elsewhere they do not."""

    value: Any


@dataclass(frozen=True)
class Link:
    """Numbers in a cell (several with ・ between) that opens the file `target` beside the workbook."""

    numbers: tuple[int, ...]
    target: str


@dataclass(frozen=True)
class Column:
    """A column of a table. `width` in characters; `choices` make a drop-down; `entry`: people write here."""

    label: str
    width: float
    kind: Literal["text", "number"] = "text"
    wrap: bool = False
    hidden: bool = False
    entry: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""  # shown while a cell of the drop-down is chosen
    centre: bool = False


@dataclass(frozen=True)
class TableOptions:
    """How a table is shown. `above`: lines over it; `freeze`: columns that stay in view, beside the head; `tints`: of each
    row an index into TINTS. landscape, repeated, begin: as in paper.Sides."""

    above: Sequence[str] = ()
    freeze: int = 0
    tints: Sequence[int] | None = None
    filters: bool = True
    landscape: bool = True
    repeated: int = 1
    begin: Sequence[int] = ()


_USUAL = TableOptions()
_KINDS = (object, Marked, Entry, Link)
_KIND_OF = {kind: place for place, kind in enumerate(_KINDS)}


class Book:
    """A workbook in memory: no temporary file ever holds a child's name outside the home."""

    def __init__(self, created: date, title: str = "", header: str = "") -> None:
        """`created` is written into the file in place of the clock, so that the same content gives the same bytes. `header` is
        on paper over every sheet, beside its name; without it the title does."""
        self._header = header or title
        self._stream = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": dict(_FONT),  # xlsxwriter writes into it
            },
        )
        self._book.set_properties({"created": datetime(created.year, created.month, created.day), "title": title})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.linked: list[tuple[int, str, int]] = []  # a number of a Link, its sheet and row (as Excel counts it)

    def style(self, **properties: Any) -> Format:
        """A cell format over the book's font, made once for the same properties; numbered in the order in which cells need
        them."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
            style_number(self._formats[key])
        return self._formats[key]

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[object]],
        options: TableOptions = _USUAL,
    ) -> Worksheet:
        """A sheet with one table. Values are text, numbers, None or one of these as `Marked` or `Entry`, or a `Link`. More rows
        than a sheet can have are cut, and the last row says how many."""
        sheet = self._book.add_worksheet(name, RowSheet)
        rows = list(rows)
        fitting = rows[: ROWS - 2 - len(options.above)]
        values = list(zip(*fitting, strict=True)) if fitting else [()] * len(columns)
        cells = [_cells(column, own, options.tints) for column, own in zip(columns, values, strict=True)]
        columns = [_wide_enough(column, own.values) for column, own in zip(columns, cells, strict=True)]
        for at, line in enumerate(options.above):
            sheet.write_string(at, 0, line, self.style(bold=at == 0, font_size=12 if at == 0 else paper.FONT))
        top = len(options.above)
        self._write_head(sheet, top, columns)
        sheet.put(
            top + 1,
            cells,
            _heights(columns, cells),
            lambda place, look, number: self._look(columns[place], look, number),
        )
        for place, own_values in enumerate(values):
            if Link in set(map(type, own_values)):
                self._link(sheet, place, top + 1, own_values)
        last = top + len(fitting)
        if left_out := len(rows) - len(fitting):
            last += 1
            note = f"ほか{left_out:,}行は Excel に入りきらないため、CSV を見てください"
            sheet.write_string(last, 0, note, self.style(bold=True))
        sheet.freeze_panes(top + 1, options.freeze)
        if options.filters:  # hidden columns are in: sorting must carry them along
            sheet.autofilter(top, 0, last, len(columns) - 1)
        if last > top:
            sheet.ignore_errors({"number_stored_as_text": xl_range(top + 1, 0, last, len(columns) - 1)})
            for place, column in enumerate(columns):
                if column.choices:
                    add_choices(sheet, column, place, top + 1, last)
        widths = [0.0 if column.hidden else column.width for column in columns]
        paper.set_page(
            sheet, top, widths, paper.Sides(options.landscape, options.repeated, options.begin), self._header
        )
        return sheet

    def _write_head(self, sheet: Worksheet, top: int, columns: Sequence[Column]) -> None:
        """Writes the labels into row `top` and sets the columns' widths."""
        sheet.set_row(top, max(_lines(column.label, column.width) for column in columns) * _LINE)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
            look = self.style(
                bold=True,
                font_color="#FFFFFF",
                bg_color="#7F6000" if column.entry else "#1F3864",
                text_wrap=True,
                valign="vcenter",
                align="center",
                **_LINES,
            )
            sheet.write_string(top, place, column.label, look)

    def _link(self, sheet: RowSheet, place: int, first: int, values: Sequence[object]) -> None:
        """Makes the links of a column; `first`: the row of its first value, counted from 0."""
        links = [(row, link) for row, link in enumerate(values, start=first) if isinstance(link, Link)]
        self.linked += [(number, sheet.get_name(), row + 1) for row, link in links for number in link.numbers]
        ranges: list[LinkedCells] = []
        for row, link in links[:LINKS]:  # those that Excel has no room for are numbers all the same
            first_row = row
            if ranges and (ranges[-1].last, ranges[-1].target) == (row - 1, link.target):
                first_row = ranges.pop().first
            ranges.append(LinkedCells(place, first_row, row, link.target))
        sheet.link(ranges)

    def hidden(self, name: str, rows: Iterable[tuple[str, str]]) -> None:
        """A sheet that people do not see: names and values that the workbook carries back."""
        sheet = self._book.add_worksheet(name)
        sheet.very_hidden()
        for at, (key, value) in enumerate(rows):
            sheet.write_string(at, 0, key)
            sheet.write_string(at, 1, value)

    def bytes(self) -> bytes:
        """The finished workbook; nothing can be added afterwards."""
        if not self._book.fileclosed:
            self._book.close()
            _name_one_system(self._stream)
        return self._stream.getvalue()

    def _look(self, column: Column, look: int, number: bool) -> Format:
        tint, kind = divmod(look, len(_KINDS))
        properties: dict[str, Any] = {**_LINES, "num_format": _THOUSANDS if number else _TEXT}
        if _KINDS[kind] is Link:
            properties |= {"num_format": _PLAIN, "font_color": "#0563C1", "underline": 1, "align": "center"}
            properties |= {"bg_color": TINTS[tint]} if tint else {}
        elif _KINDS[kind] is Marked:
            properties |= {"bg_color": "#F8CBAD", "bold": True}
        elif column.entry or _KINDS[kind] is Entry:
            properties["bg_color"] = "#FFFBE6"
        elif tint:
            properties["bg_color"] = TINTS[tint]
        if column.wrap:
            properties["text_wrap"] = True
        if column.centre:
            properties["align"] = "center"
        return self.style(**properties)


def _cells(column: Column, values: Sequence[Any], tints: Sequence[int] | None) -> Cells:
    """What is shown of a column's values, and how: a tint and a place in _KINDS as one number."""
    kinds = [_KIND_OF.get(type(value), 0) for value in values]
    looks = [len(_KINDS) * tint + kind for tint, kind in zip(tints, kinds, strict=False)] if tints else kinds
    if {type(value) for value in values} <= {str, type(None)}:
        return Cells(values, looks)
    number = {int, float, bool} if column.kind == "number" else set()
    return Cells([_shown(value, number) for value in values], looks)


def _shown(value: Any, number: set[type]) -> Value:
    if isinstance(value, Link):
        # A number, where it is one, so that people can sort by it.
        return value.numbers[0] if len(value.numbers) == 1 else "・".join(map(str, value.numbers))
    if isinstance(value, Marked | Entry):
        value = value.value
    return value if value is None or type(value) in number else str(value)


def _wide_enough(column: Column, values: Sequence[Value]) -> Column:
    """The column, as wide as its longest text needs so that no row must be higher than there can be."""
    width = column.width
    for value in values if column.wrap else ():
        if not isinstance(value, str) or cell_lines.at_most(value, width) * _LINE <= _HIGHEST:
            continue
        while width < _WIDEST and _lines(value, width) * _LINE > _HIGHEST:
            width = min(width * 1.25, _WIDEST)
    return column if width == column.width else replace(column, width=width)


def _heights(columns: Sequence[Column], cells: Sequence[Cells]) -> list[float]:
    """Of each row, in points: not every program fits a row to its wrapped text by itself."""
    lines = [[1] * len(cells[0].values)]
    for column, own in zip(columns, cells, strict=True):
        if column.wrap:
            lines.append([_lines(value, column.width) for value in own.values])
    return [min(max(of_row) * _LINE, _HIGHEST) for of_row in zip(*lines, strict=True)]


def _lines(value: Value, width: float) -> int:
    """Lines that a text takes in a wrapped cell."""
    return cell_lines.lines(value, width) if value and isinstance(value, str) else 1


def add_choices(sheet: Worksheet, column: Column, place: int, first: int, last: int) -> None:
    """Puts the drop-down of `column` into the rows `first` to `last` of the column at `place`, all from 0."""
    sheet.data_validation(first, place, last, place, _choice(column))


def _choice(column: Column) -> dict[str, Any]:
    choices = "・".join(column.choices)
    return {
        "validate": "list",
        "source": list(column.choices),
        "input_title": column.label[:32],
        "input_message": (column.hint or f"{choices}から選びます")[:255],
        "error_title": column.label[:32],
        "error_message": f"{choices}のどれかにしてください"[:255],
    }


def _name_one_system(stream: io.BytesIO) -> None:
    """Every entry of a zip names the system it was made on; one for all, so that a home may move between systems."""
    with zipfile.ZipFile(stream, "a") as archive:
        for entry in archive.infolist():
            entry.create_system = _UNIX
        archive.comment = b""  # has the directory of the entries written anew
