"""The columns of a table in, its rows as finished XML out, put into the sheet that xlsxwriter makes: its own way, through an object
and several calls a cell, takes many times as long. Called by the workbook.

The cells are those that xlsxwriter would have written, byte for byte: texts and styles keep its numbers.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

CHARACTERS = 32_767  # of a cell, as Excel counts: of those beyond U+FFFF two
_CUT = "…(長いため切りました)"
_USUAL_HEIGHT = 20  # pixels of a row that says nothing of its height
_BLANK, _TEXT, _NUMBER = range(3)  # what a cell holds
_OPENS = ('" s="{}"/>', '" s="{}" t="s"><v>', '" s="{}"><v>')  # of a cell that holds it, behind its place

Value = str | int | float | None


@dataclass(frozen=True)
class Cells:
    """A column: what is in its cells, and of each the number of its look, which the caller knows."""

    values: Sequence[Value]
    looks: Sequence[int]


@dataclass(frozen=True)
class LinkedCells:
    """Cells of the column at `place` that open the file `target`; rows and columns are counted from 0."""

    place: int
    first: int
    last: int
    target: str


def style_number(style: Format) -> int:
    """The number by which cells name a style; it gets the next one when it is asked for the first time."""
    return int(style._get_xf_index())


class RowSheet(Worksheet):
    """A sheet whose rows from some row on are finished; those above and below are xlsxwriter's."""

    dim_rowmin: int  # xlsxwriter's own: the rows that it writes
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._first = 0  # of the finished rows
        self._finished: list[str] = []
        self._linked: list[LinkedCells] = []

    def put(
        self,
        first: int,
        columns: Sequence[Cells],
        heights: Sequence[float],
        style: Callable[[int, int, bool], Format],
    ) -> None:
        """Rows from `first` on, counted from 0, with their `heights` in points. `style`: place of a column, number of a look
        and whether the cell holds a number → its style."""
        if not heights:
            return
        self._first = first
        contents = [[_content(value) for value in cells.values] for cells in columns]
        codes = [
            [3 * look + content for look, content in zip(cells.looks, column, strict=True)]
            for cells, column in zip(columns, contents, strict=True)
        ]
        # Styles and texts are numbered in the order of the cells, row by row.
        needed = sorted(
            (own.index(code), place, code) for place, own in enumerate(codes) for code in dict.fromkeys(own)
        )
        opens: dict[tuple[int, int], str] = {}
        for _, place, code in needed:
            look, content = divmod(code, 3)
            opens[place, code] = _OPENS[content].format(style_number(style(place, look, content == _NUMBER)))
        ends = self._ends([cells.values for cells in columns], sum(own.count(_TEXT) for own in contents))
        numbers = [str(first + row + 1) for row in range(len(heights))]
        starts = [
            f'<row r="{number}" spans="1:{len(columns)}"{_high(height)}>'
            for number, height in zip(numbers, heights, strict=True)
        ]
        written: list[list[str]] = []
        for place, (cells, own) in enumerate(zip(columns, codes, strict=True)):
            name = xl_col_to_name(place)
            of_code = {code: opens[place, code] for code in dict.fromkeys(own)}
            written.append(
                [
                    f'<c r="{name}{number}{of_code[code]}{ends[value]}'
                    for number, code, value in zip(numbers, own, cells.values, strict=True)
                ]
            )
        self._finished = ["".join(parts) for parts in zip(starts, *written, repeat("</row>"))]
        self._check_dimensions(first + len(heights) - 1, len(columns) - 1)

    def link(self, cells: Sequence[LinkedCells]) -> None:
        """What a click on these cells opens."""
        self._linked += cells

    def _ends(self, columns: Sequence[Sequence[Value]], texts: int) -> dict[Value, str]:
        """A value → what follows the opening of its cell. `texts`: how many cells hold one."""
        ends: dict[Value, str] = dict.fromkeys(chain.from_iterable(zip(*columns, strict=True)), "")
        shared = 0
        for value in ends:
            if isinstance(value, str):
                if value:
                    ends[value] = f"{self.str_table._get_shared_string_index(_stored(value))}</v></c>"
                    shared += 1
            elif value is not None:
                if not math.isfinite(value):
                    raise ValueError(f"{value} is no number of Excel's")
                ends[value] = f"{value:.16G}</v></c>"
        self.str_table.count += texts - shared
        return ends

    def _write_rows(self) -> None:
        """Called by xlsxwriter where the rows belong."""
        if not self._finished:
            super()._write_rows()
            return
        last = self.dim_rowmax
        self.dim_rowmax = self._first - 1
        super()._write_rows()
        self.fh.write("".join(self._finished))
        self.dim_rowmin, self.dim_rowmax = self._first + len(self._finished), last
        super()._write_rows()

    def _write_hyperlinks(self) -> None:
        """Called by xlsxwriter where they belong. Cells below each other have one link together."""
        if not self._linked:
            return
        self._xml_start_tag("hyperlinks")
        for cells in self._linked:
            name = xl_col_to_name(cells.place)
            ref = f"{name}{cells.first + 1}"
            if cells.last > cells.first:
                ref += f":{name}{cells.last + 1}"
            self.rel_count += 1
            self._xml_empty_tag("hyperlink", [("ref", ref), ("r:id", f"rId{self.rel_count}")])
            self.external_hyper_links.append(["/hyperlink", Url(f"external:{cells.target}")._target(), "External"])
        self._xml_end_tag("hyperlinks")


def _content(value: Value) -> int:
    if value is None or value == "":
        return _BLANK
    return _TEXT if isinstance(value, str) else _NUMBER


def _high(points: float) -> str:
    pixels = int(points * 4 / 3 + 0.5)
    return "" if pixels == _USUAL_HEIGHT else f' ht="{pixels * 0.75:.16g}" customHeight="1"'


def _stored(text: str) -> str:
    """A text as it is given to xlsxwriter, which takes one in the tags of a formatted run for finished XML."""
    text = _fitting(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        return f"<r><t>{html.escape(text, quote=False)}</t></r>"
    return text


def _fitting(text: str) -> str:
    if len(text) <= CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CHARACTERS:
        return text
    return units[: 2 * (CHARACTERS - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
