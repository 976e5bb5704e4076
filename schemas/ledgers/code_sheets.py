"""The ministry's service-code workbooks: the bytes of one in, a row a code out, as the sheets write it. Called by `henrei codes`.

Nothing is found by its place: the header is the line whose first cell is 種類, and the columns are found by their texts in
it and in the line above or below it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NamedTuple

from henrei.schemas.ledgers.workbook import Unreadable, opened, rows_of

HEADER_LINES = 12  # the first of a sheet, among which the header is
_KIND, _ITEM, _NAME, _UNITS, _PER = "種類", "項目", "略称", "合成単位", "算定単位"
_CODE = re.compile(r"[0-9A-Z]{6}")
_NUMBER = re.compile(r"([▲△-]?)(\d{1,9})(?:単位)?")
_NOTHING = frozenset({"", "-", "―", "ー"})
_NOT_ROMAN = re.compile(r"[^Ⅰ-Ⅻ]+")
_IN_BRACKETS = re.compile(r"\(([Ⅰ-Ⅻ])\)")
_RATE = re.compile(r"加算|減算|[%/]")  # what stands in place of units where a code goes by a rate


class CodeRow(NamedTuple):
    """A row of a sheet, line from 1. name: without blanks, digits and letters half-width, Roman numerals as they are;
    shown: as it is written. units: None where the row has none, which is a rate. per: 算定単位."""

    sheet: str
    line: int
    code: str
    name: str
    shown: str
    units: int | None
    per: str


class OddRow(NamedTuple):
    """A row that holds something of a code and cannot be read whole; reason in Japanese. It gives no CodeRow, except
    where only its units cannot be read."""

    sheet: str
    line: int
    code: str
    shown: str
    reason: str


@dataclass
class CodeSheets:
    """What a workbook holds. skipped: sheet → why it was not read; blank: rows below a header without a code."""

    rows: list[CodeRow] = field(default_factory=list)
    odd: list[OddRow] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    blank: int = 0


class _Columns(NamedTuple):
    """Places of the columns in a row from 0; per: None where a sheet has no such column."""

    kind: int
    item: int
    name: int
    units: int
    per: int | None


def read_codes(data: bytes) -> CodeSheets | None:
    """Every sheet of a workbook. None where the file cannot be read as one, or is larger than any such workbook is."""
    found = CodeSheets()
    try:
        with opened(data) as book:
            for sheet in book.worksheets:
                _read_sheet(sheet.title, rows_of(sheet), found)
    except Unreadable:
        return None
    return found


def plain(text: str) -> str:
    """A name in its one spelling: no blanks, digits, letters and brackets half-width, Roman numerals one character each and
    without brackets."""
    half = _NOT_ROMAN.sub(lambda match: unicodedata.normalize("NFKC", match[0]), "".join(text.split()))
    return _IN_BRACKETS.sub(r"\1", half)


def _read_sheet(title: str, rows: Iterator[Sequence[Any]], found: CodeSheets) -> None:
    head = list(islice(rows, HEADER_LINES + 1))
    at = next((n for n, cells in enumerate(head[:HEADER_LINES]) if _first(cells) == _KIND), None)
    if at is None:
        found.skipped[title] = "見出し「種類」がありません"
        return
    below = at + 1 < len(head) and _is_second_line(head[at + 1], _kind_place(head[at]))
    columns, lacking = _columns(
        head[at], [*(head[at - 1 : at] if at else ()), *(head[at + 1 : at + 2] if below else ())]
    )
    if columns is None:
        found.skipped[title] = f"見出し「{lacking}」がありません"
        return
    first = at + 1 + below
    _read_rows(title, first + 1, chain(head[first:], rows), columns, found)


def _read_rows(title: str, first: int, rows: Iterable[Sequence[Any]], columns: _Columns, found: CodeSheets) -> None:
    """The rows below a header, the first of them on line `first`."""
    last = max(place for place in columns if place is not None) + 1
    per = ""
    for line, cells in enumerate(rows, start=first):
        if len(cells) < last:
            cells = (*cells, *(None,) * (last - len(cells)))
        if columns.per is not None and (text := _text(cells[columns.per])) and _PER not in _squeezed(text):
            per = text  # merged downwards: the first cell has it, those below are empty
        _read_row(CodeRow(title, line, "", "", "", None, per), cells, columns, found)


def _read_row(row: CodeRow, cells: Sequence[Any], columns: _Columns, found: CodeSheets) -> None:
    kind, item, shown = (_text(cells[place]) for place in (columns.kind, columns.item, columns.name))
    if not item or _squeezed(kind) == _KIND or _squeezed(item) == _ITEM:
        found.blank += any(cell is not None for cell in cells)
        return
    code = _padded(kind, 2) + _padded(item, 4)
    if not kind or not _CODE.fullmatch(code):
        what = "種類・項目をつないでも6桁のコードになりません" if kind else "種類がありません"
        found.odd.append(OddRow(row.sheet, row.line, kind + item, shown, what))
        return
    if not shown:
        found.odd.append(OddRow(row.sheet, row.line, code, shown, "サービス内容略称がありません"))
        return
    units, fault = _units(cells[columns.units])
    if fault:
        found.odd.append(OddRow(row.sheet, row.line, code, shown, fault))
    found.rows.append(row._replace(code=code, name=plain(shown), shown=shown, units=units))


def _is_second_line(cells: Sequence[Any], kind: int) -> bool:
    """Whether the line below the one with 種類 belongs to the header, too: it has texts of columns, and no code."""
    texts = [_squeezed(cell) for cell in cells if cell is not None]
    return not _text(_cell(cells, kind)) and any(label in text for text in texts for label in (_NAME, _UNITS, _PER))


def _columns(line: Sequence[Any], others: Sequence[Sequence[Any]]) -> tuple[_Columns | None, str]:
    """The columns of a header, and the first one that it lacks. Its texts are in its own line or in those beside it."""
    lines = (line, *others)

    def find(holds: Callable[[str], bool], after: int = -1) -> int | None:
        places = (_place(cells, holds, after) for cells in lines)
        return next((place for place in places if place is not None), None)

    kind = _kind_place(line)
    item = _place(line, lambda text: text.startswith(_ITEM), kind)
    name = find(lambda text: _NAME in text)
    units = find(lambda text: _UNITS in text)
    for place, label in ((item, _ITEM), (name, "サービス内容略称"), (units, "合成単位数")):
        if place is None:
            return None, label
    assert item is not None and name is not None and units is not None
    per = find(lambda text: _PER in text)
    if per is None:
        per = find(lambda text: text == "単位", units)
    return _Columns(kind, item, name, units, per), ""


def _kind_place(cells: Sequence[Any]) -> int:
    """The place of the first cell of a header."""
    return next(n for n, cell in enumerate(cells) if cell is not None and _squeezed(cell))


def _place(cells: Sequence[Any], holds: Callable[[str], bool], after: int = -1) -> int | None:
    """The first cell behind place `after` whose text holds."""
    return next((n for n, cell in enumerate(cells) if n > after and cell is not None and holds(_squeezed(cell))), None)


def _cell(cells: Sequence[Any], place: int | None) -> Any:
    return cells[place] if place is not None and place < len(cells) else None


def _first(cells: Sequence[Any]) -> str:
    """The first cell of a row with something in it."""
    return next((text for cell in cells if cell is not None and (text := _squeezed(cell))), "")


def _squeezed(cell: Any) -> str:
    """A header's text: without blanks and line breaks."""
    return "".join(str(cell).split())


def _text(cell: Any) -> str:
    """A cell as text, a whole number without `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _padded(text: str, width: int) -> str:
    """A part of a code: half-width capitals, with the zeros that a number lost."""
    half = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    return half.zfill(width) if half.isdigit() else half


def _units(cell: Any) -> tuple[int | None, str]:
    """Units, None where the cell holds none, and what is wrong with it."""
    if cell is None or (isinstance(cell, int) and not isinstance(cell, bool)):
        return cell, ""
    text = unicodedata.normalize("NFKC", _text(cell)).replace(" ", "").replace(",", "").replace("−", "-")
    if match := _NUMBER.fullmatch(text):
        return (-int(match[2]) if match[1] else int(match[2])), ""
    if text in _NOTHING or _RATE.search(text):
        return None, ""
    return None, f"合成単位数「{text[:20]}」が数として読めません"
