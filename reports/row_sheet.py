"""Cells of a table in, the rows of a sheet as finished XML out, put into the sheet that xlsxwriter makes: its own way through an
object and several calls a cell takes many times as long. Called by the workbook.

What is in the file is what xlsxwriter would have written, byte for byte: texts and styles keep its numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

CHARACTERS = 32_767  # of a cell, as Excel counts: of those beyond U+FFFF two
_CUT = "…(長いため切りました)"
_USUAL_HEIGHT = 20  # pixels of a row that says nothing of its height


@dataclass(frozen=True)
class Look:
    """A style as XML: what is between the place of a cell and its value. `text` is followed by the number of a shared text;
    `numbers`: whether numbers stay numbers."""

    blank: str
    text: str
    number: str
    numbers: bool

    @classmethod
    def of(cls, style: Format, numbers: bool) -> Look:
        number = style_number(style)
        return cls(f'" s="{number}"/>', f'" s="{number}" t="s"><v>', f'" s="{number}"><v>', numbers)


def style_number(style: Format) -> int:
    """The number by which cells name a style; it gets the next one when it is asked for the first time."""
    return int(style._get_xf_index())


@dataclass
class _Rows:
    """Finished rows, and the first of them."""

    first: int
    xml: list[str] = field(default_factory=list)


class RowSheet(Worksheet):
    """A sheet whose rows from some row on are finished; those above and below are xlsxwriter's."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: _Rows | None = None
        self._names: list[str] = []  # of the columns
        self._links: dict[tuple[str, bool], Url] = {}

    def begin(self, first: int, columns: int) -> None:
        """The next `add` is row `first`, counted from 0; each row has so many cells."""
        self._rows = _Rows(first)
        self._names = [xl_col_to_name(place) for place in range(columns)]

    def add(self, values: list[object], looks: list[Look], height: float) -> None:
        """A row of texts, numbers and None, each with its look; `height` in points."""
        assert self._rows is not None
        row = self._rows.first + len(self._rows.xml) + 1
        pixels = int(height * 4 / 3 + 0.5)
        high = "" if pixels == _USUAL_HEIGHT else f' ht="{pixels * 0.75:.16g}" customHeight="1"'
        cells = [f'<row r="{row}" spans="1:{len(values)}"{high}>']
        for name, value, look in zip(self._names, values, looks, strict=True):
            if value is None or value == "":
                cells.append(f'<c r="{name}{row}{look.blank}')
            elif look.numbers and not isinstance(value, str):
                cells.append(f'<c r="{name}{row}{look.number}{_digits(value)}</v></c>')
            else:
                text = self.str_table._get_shared_string_index(_fitting(str(value)))
                cells.append(f'<c r="{name}{row}{look.text}{text}</v></c>')
        cells.append("</row>")
        self._rows.xml.append("".join(cells))

    def link(self, row: int, place: int, target: str, number: bool) -> None:
        """A cell, by its place from 0, opens the file `target`; `number` says what is in the cell."""
        if (target, number) not in self._links:
            url = Url(f"external:{target}")
            url._text, url._is_object_link = "", number
            self._links[target, number] = url
        self.hyperlinks[row][place] = self._links[target, number]
        self.hlink_count += 1

    def end(self) -> int:
        """The last row that was added, counted from 0."""
        assert self._rows is not None
        last = self._rows.first + len(self._rows.xml) - 1
        if self._rows.xml:
            self._check_dimensions(last, len(self._names) - 1)
        return last

    def _write_rows(self) -> None:
        """Called by xlsxwriter where the rows belong."""
        if self._rows is None or not self._rows.xml:
            super()._write_rows()
            return
        last = self.dim_rowmax
        self.dim_rowmax = self._rows.first - 1
        super()._write_rows()
        self.fh.write("".join(self._rows.xml))
        self.dim_rowmin, self.dim_rowmax = self._rows.first + len(self._rows.xml), last
        super()._write_rows()


def _digits(value: object) -> str:
    """A number as Excel's files have it."""
    assert isinstance(value, int | float) and math.isfinite(value), value
    return f"{value:.16G}"


def _fitting(text: str) -> str:
    if len(text) <= CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CHARACTERS:
        return text
    return units[: 2 * (CHARACTERS - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
