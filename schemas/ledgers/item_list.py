"""An item list of a municipal standard (基本データリスト, .xlsx) in, its items and code lists out. Called by `henrei columns`.

The form is the Digital Agency's: a sheet whose header has データ項目ID and データ項目 (a second line has the parts of グループ
and クラス分類; the id may have two cells, business and number), and a sheet with コードID, コード値 and what it means, where a
code list's id and name are in its first row only. Columns are found by their headers, wherever they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from henrei.schemas.ledgers import workbook
from henrei.schemas.ledgers.likeness import pairs, roman

_HEADER_ROWS = 30  # of a sheet, among which the header is
_ID, _NAME = "データ項目ID", "データ項目"
_CODE_ID, _CODE_VALUE = "コードID", "コード値"
OWN_CODES = "999"  # the code list of whatever the city chooses itself

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class ListItem:
    """An item. type and length as they are written (X, N, 9, DATE …; 10); code: id of its code list, "" where it has none;
    repeats: how many values it may have, as written; classes: LV1–3."""

    id: str
    name: str
    romaji: str = ""
    group: str = ""
    type: str = ""
    length: str = ""
    code: str = ""
    repeats: str = ""
    classes: tuple[str, ...] = ()

    @property
    def shape(self) -> str:
        """Type and length, for people: X10."""
        return f"{self.type}{self.length}"


@dataclass(frozen=True)
class CodeList:
    """What the values of a code mean: value → text."""

    name: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemList:
    items: list[ListItem]
    codes: dict[str, CodeList]

    @cached_property
    def by_pair(self) -> dict[str, list[int]]:
        """Two letters that follow one another in a bare name → the places of the items that have them."""
        found: dict[str, list[int]] = {}
        for place, item in enumerate(self.items):
            for pair in pairs(item.name):
                found.setdefault(pair, []).append(place)
        return found

    @cached_property
    def sounding(self) -> list[tuple[int, list[str]]]:
        """The places of the items that have a name in kana or romaji, with these names."""
        texts = ([text for text in (item.romaji, item.name, item.id) if roman(text)] for item in self.items)
        return [(place, heard) for place, heard in enumerate(texts) if heard]

    @property
    def groups(self) -> list[str]:
        return list(dict.fromkeys(item.group for item in self.items if item.group))

    def code_of(self, item: ListItem) -> CodeList | None:
        """The item's code list; None where it has none, or the list does not say what its values mean."""
        return self.codes.get(item.code) if item.code and item.code != OWN_CODES else None


def read_item_list(data: bytes) -> ItemList | None:
    """None where the file is no workbook that can be read. A list without items is one without items."""
    tables = workbook.tables_of(data)
    if tables is None:
        return None
    items: list[ListItem] = []
    codes: dict[str, CodeList] = {}
    for _, rows in tables:
        items += _items(rows)
        for code, more in _code_lists(rows).items():
            codes.setdefault(code, more)
    return ItemList(list(dict.fromkeys(items)), codes)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""


def _header(rows: Rows, *needed: str) -> tuple[int, list[tuple[str, str]]] | None:
    """The row below the header, and of each column the text of its header's line and of the line below, if that belongs
    to it: a text that stands over several columns is that of each."""
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        names = [_plain(cell) for cell in row]
        if not all(any(name.startswith(text) for name in names) for text in needed):
            continue
        below = [_plain(cell) for cell in rows[number + 1]] if number + 1 < len(rows) else []
        first = next(at for at, name in enumerate(names) if name.startswith(needed[0]))
        two = not _cell(below, first) and any(below)
        width = max(len(names), len(below) if two else 0)
        columns, over = [], ""
        for at in range(width):
            over = _cell(names, at) or (over if two and _cell(below, at) else "")
            columns.append((over, _cell(below, at) if two else ""))
        return number + (2 if two else 1), columns
    return None


def _find(columns: Sequence[tuple[str, str]], *beginnings: str, part: str = "", but: str = "ローマ字|ID") -> int | None:
    """The first column whose header begins so, in the order of the beginnings; the shortest such header."""
    for beginning in beginnings:
        fitting = [
            (len(over), at)
            for at, (over, below) in enumerate(columns)
            if over.startswith(beginning)
            and (not but or not re.search(but, over[len(beginning) :]))
            and (not part or part in over + below)
        ]
        if fitting:
            return min(fitting)[1]
    return None


def _items(rows: Rows) -> Iterator[ListItem]:
    found = _header(rows, _ID, _NAME)
    if found is None:
        return
    begin, columns = found
    name = _find(columns, _NAME)
    if name is None:
        return
    id_at = next(at for at, (over, _) in enumerate(columns) if over.startswith(_ID))
    # An id of two cells has one header over both.
    id_places = [id_at]
    while id_places[-1] + 1 < name and not columns[id_places[-1] + 1][0]:
        id_places.append(id_places[-1] + 1)
    romaji = next((at for at, (over, below) in enumerate(columns) if re.search("ローマ字|英字", over + below)), None)
    group = _find(columns, "グループ", part="名", but="キー") or _find(columns, "グループ", but="キー|ID")
    places = {
        key: _find(columns, text, but="")
        for key, text in (("type", "データ型"), ("length", "桁数"), ("repeats", "繰り返し"))
    }
    code = next((at for at, (over, _) in enumerate(columns) if over in ("コード", "コードID")), None)
    classes = [at for at, (over, _) in enumerate(columns) if over.startswith("クラス")]
    for row in rows[begin:]:
        parts = [_plain(_cell(row, at)) for at in id_places]
        if not parts[0] or not _cell(row, name):
            continue
        yield ListItem(
            id=_joined(parts),
            name=_cell(row, name),
            romaji=_cell(row, romaji),
            group=_cell(row, group),
            code=_code_id(_cell(row, code)),
            classes=tuple(text for at in classes if (text := _cell(row, at))),
            **{key: _plain(_cell(row, at)) for key, at in places.items()},
        )


def _joined(parts: list[str]) -> str:
    """031 and 1 → 03100001: the number has five digits, the whole eight."""
    return parts[0] + "".join(part.zfill(5) if part.isdecimal() else part for part in parts[1:])


def _code_id(text: str) -> str:
    """002 and 2 are one code list."""
    plain = _plain(text)
    return plain.lstrip("0") or plain if plain.isdecimal() else plain


def _code_lists(rows: Rows) -> dict[str, CodeList]:
    found = _header(rows, _CODE_ID, _CODE_VALUE)
    if found is None:
        return {}
    begin, columns = found
    id_at = _find(columns, _CODE_ID, but="")
    name_at = _find(columns, "コード名", but="")
    value_at = next(at for at, (over, _) in enumerate(columns) if over == _CODE_VALUE or over.startswith(_CODE_VALUE))
    text_at = _find(columns, "コード値の内容", "内容", "コード内容", "意味", but="")
    lists: dict[str, CodeList] = {}
    current = ""
    for row in rows[begin:]:
        if named := _cell(row, id_at):
            current = _code_id(named)
            lists.setdefault(current, CodeList(_cell(row, name_at)))
        value, text = _plain(_cell(row, value_at)), _cell(row, text_at)
        if current and value and text:
            lists[current].values.setdefault(value, text)
    return {code: one for code, one in lists.items() if one.values}
