"""National record layouts: from the tables in this folder to `Record` and `Item`, for every reader and writer of records.

`layouts.csv` has a row for each edition of a record: the folder its table is in (the edition of the specification) and
the first and last service month it holds for, empty where the end is open. A changed record is one new table and its
row; the row of the edition before gets its last month. `cuts`: behind which items a line of the record is cut, beside
the cut behind its keys. Many lines of a month are alike from there on, and what is alike is looked at once: it changes
how fast lines are read, never what is read of them. Times to the minute differ from day to day, what follows them hardly.

`<folder>/<record>.csv` (`K122-01` …) has a row for each item: number, label, type (英数, 数値, コード値, 漢字), width in
CP932 bytes, whether it is required, its format and its codes; `column`: the name henrei keeps the item under, empty
where it is not kept; `role`: what the reader uses the item for (`ROLES`); `read`, in tables that have it: `no` where
an item is kept to be shown alone. Items with a column or a role that are not such are those that a key, a check or the frame
reads: a fault in one refuses its record, a fault in any other is a remark. Nothing else in the program knows an item number.

The specification of April 2025 keeps for older service months the items it marks with their first month
(「平成24年4月以降」, 「H25.4以降」), so it holds from 2013-04 on. A record sent today has today's items whatever its service
month, K611 too; which of them K611 requires is specified for service months from 2024-04 on, and used for older ones
as well.
"""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEADING_ITEMS = 2  # record type and record number come before the items of every data record
CONTROL_ITEMS = 11
END_ITEMS = 2
# Cells of every data record, counted from 0, that say what it is; its table has them as items 1 and 2.
FAMILY_CELL, PART_CELL = LEADING_ITEMS, LEADING_ITEMS + 1

# What an item is to the reader. `family` and `part` are the first two items of every record and name it (K122, 01); the
# others, `variant` aside, are the keys by which lines become groups, and `month` decides on the edition.
ROLES = {
    "family": "識別番号",
    "part": "レコード種別",
    "month": "the service month; of a return list the month it was accepted in",
    "municipality": "the municipality that pays",
    "facility": "the facility that sent it",
    "recipient": "受給者証番号, of a household's sheet that of its first child",
    "child": "受給者証番号 of the child that a line of a household's sheet is about",
    "form": "様式種別番号, the same in all lines of an attendance record",
    "kind": "作成区分 of a sheet",
    "variant": "chooses among the columns `required=VALUE` of the table",
}
# Those that the beginning of a line has; a child's number comes far behind and is rarely asked for.
HEAD_ROLES = tuple(role for role in ROLES if role not in ("child", "variant"))

FOLDER = Path(__file__).parent
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, eq=False)
class Item:
    """One item of a record.

    `required` maps a variant (the value of the record's variant item; "" where there is none) to ◎ ○ △ — ×;
    `codes` maps a variant ("" for all others) to the values allowed, empty where any value fits.
    """

    no: int
    label: str
    type: str
    width: int
    required: dict[str, str]
    format: str
    codes: dict[str, tuple[str, ...]]
    column: str
    roles: tuple[str, ...] = ()
    shown: bool = False  # kept, but no key, check or frame reads it

    @property
    def read(self) -> bool:
        """True where a key, a check or the frame reads the item: a fault in it refuses the record."""
        return bool(self.column or self.roles) and not self.shown

    def used(self, variant: str = "") -> bool:
        """True where the item may hold something; the others are not looked at."""
        return self.required.get(variant, "—") not in ("—", "×")

    def needed(self, variant: str = "") -> bool:
        """True where the item must hold something."""
        return self.required.get(variant, "—") == "◎"

    def allowed(self, variant: str = "") -> tuple[str, ...]:
        """The values the item may have; empty where any value fits."""
        return self.codes.get(variant, self.codes.get("", ()))


@dataclass(frozen=True, eq=False)
class Record:
    """The layout of one record in one edition: `items` in their order.

    `valid_from` and `valid_to` are its first and last service month, YYYY-MM, the last one empty where it is open.
    `cuts`: the numbers of the items behind which its lines are cut.
    """

    record: str
    items: tuple[Item, ...]
    edition: str = ""
    valid_from: str = ""
    valid_to: str = ""
    cuts: tuple[int, ...] = ()

    @property
    def months(self) -> tuple[str, str]:
        """First and last service month as records write them, YYYYMM; the last one 999999 where it is open."""
        return self.valid_from.replace("-", ""), self.valid_to.replace("-", "") or "999999"

    @property
    def cells(self) -> int:
        """How many cells a line of this record has: record type and number, then the items."""
        return LEADING_ITEMS + len(self.items)

    @property
    def variants(self) -> tuple[str, ...]:
        """The values of the variant item that the table knows; ("",) where there is no such item."""
        return tuple(self.items[0].required)

    @property
    def kept(self) -> dict[str, Item]:
        """Our column names and the items they come from, in item order."""
        return {item.column: item for item in self.items if item.column}

    @property
    def variant_item(self) -> int | None:
        """The number of the item whose value is the variant; None where there is only one."""
        item = self.with_role("variant")
        return item.no if item else None

    def item(self, no: int) -> Item:
        """The item with a number of the specification, from 1."""
        return self.items[no - 1]

    def with_role(self, role: str) -> Item | None:
        """The item that has a role in this record."""
        return next((item for item in self.items if role in item.roles), None)


def _codes(text: str) -> dict[str, tuple[str, ...]]:
    """`1 2` → {"": (1, 2)}; `0101=1 2 3|1` → {"0101": (1, 2, 3), "": (1,)}."""
    codes = {}
    for part in filter(None, text.split("|")):
        variant, _, values = part.rpartition("=")
        codes[variant] = tuple(values.split())
    return codes


def _items(text: str) -> tuple[Item, ...]:
    items = []
    for row in csv.DictReader(text.splitlines()):
        required = {k.partition("=")[2]: v for k, v in row.items() if k.startswith("required")}
        items.append(
            Item(
                no=int(row["no"]),
                label=row["label"],
                type=row["type"],
                width=int(row["width"]),
                required=required,
                format=row["format"],
                codes=_codes(row["codes"]),
                column=row["column"],
                roles=tuple(row["role"].split()),
                shown=row.get("read") == "no",
            )
        )
    return tuple(items)


def _edition(folder: Path, row: dict[str, str]) -> Record:
    table = folder / row["folder"] / f"{row['record']}.csv"
    if not table.is_file():
        raise ValueError(f"layouts.csv names {row['folder']}/{row['record']}.csv, which is not there")
    for name in ("valid_from", "valid_to"):
        if not _MONTH.fullmatch(row[name]) and (name == "valid_from" or row[name]):
            raise ValueError(
                f"layouts.csv, {row['record']} of {row['folder']}: {name} {row[name]!r} is no month YYYY-MM"
            )
    return Record(
        record=row["record"],
        items=_items(table.read_text(encoding="utf-8")),
        edition=row["folder"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        cuts=tuple(int(no) for no in row.get("cuts", "").split()),
    )


def _next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"


def _require_sequence(editions: list[Record]) -> None:
    """Each edition of a record, oldest first, begins in the month after the one before it ends."""
    for layout in editions:
        if layout.valid_to and layout.valid_to < layout.valid_from:
            raise ValueError(f"layouts.csv, {layout.record}: the edition {layout.edition} ends before it begins")
    for older, newer in itertools.pairwise(editions):
        begins = _next_month(older.valid_to) if older.valid_to else ""
        if newer.valid_from != begins:
            fault = f"ends with {older.valid_to}" if older.valid_to else "has no last month"
            raise ValueError(
                f"layouts.csv, {older.record}: the edition {older.edition} {fault}, the next one, {newer.edition}, begins "
                f"with {newer.valid_from}: the months of a record's editions must follow one another"
            )


def _places(layout: Record) -> dict[str, int]:
    """Role → number of the item that has it. Raises ValueError where a role is unknown or given twice."""
    places: dict[str, int] = {}
    for item in layout.items:
        for role in item.roles:
            if role not in ROLES or role in places:
                raise ValueError(
                    f"{layout.edition}/{layout.record}.csv, item {item.no}: role {role!r} is unknown or there twice"
                )
            places[role] = item.no
    if (places.get("family"), places.get("part")) != (1, 2):
        raise ValueError(f"{layout.edition}/{layout.record}.csv: family and part must be its items 1 and 2")
    return places


def _require_places(editions: list[Record]) -> None:
    """The keys of a line are read before its edition is known, so they are the same items in all editions."""
    for older, newer in itertools.pairwise(editions):
        before, after = ({r: no for r, no in _places(layout).items() if r != "variant"} for layout in (older, newer))
        if before != after:
            roles = ", ".join(sorted({role for role, _ in before.items() ^ after.items()}))
            raise ValueError(
                f"{newer.edition}/{newer.record}.csv: {roles} must be the same item as in the edition {older.edition}"
            )
    _places(editions[-1])


@cache
def read_layouts(folder: Path) -> dict[str, tuple[Record, ...]]:
    """All editions by record, oldest first, of a folder with `layouts.csv` and the tables it names.

    Raises ValueError where a table is missing or named by no row, where the months of a record's editions leave a gap or
    overlap, and where a key is another item than in the edition before.
    """
    tables: dict[str, list[Record]] = {}
    for row in csv.DictReader((folder / "layouts.csv").read_text(encoding="utf-8").splitlines()):
        tables.setdefault(row["record"], []).append(_edition(folder, row))
    for editions in tables.values():
        editions.sort(key=lambda layout: layout.valid_from)
        _require_sequence(editions)
        _require_places(editions)
    named = {(layout.edition, f"{layout.record}.csv") for editions in tables.values() for layout in editions}
    for place in folder.iterdir():
        for table in place.iterdir() if place.is_dir() else ():
            if table.name.endswith(".csv") and (place.name, table.name) not in named:
                raise ValueError(f"{place.name}/{table.name} has no row in layouts.csv")
    return {record: tuple(editions) for record, editions in tables.items()}


def layouts(record: str) -> tuple[Record, ...]:
    """Every edition of a record (`K122-01`), oldest first; empty for a record henrei does not read."""
    return read_layouts(FOLDER).get(record, ())


def layout_of(record: str, month: str) -> Record | None:
    """The edition of a record that holds for a service month (YYYYMM); None where none does."""
    for layout in layouts(record):
        first, last = layout.months
        if first <= month <= last:
            return layout
    return None


@cache
def _cells(folder: Path) -> dict[str, dict[str, int]]:
    cells: dict[str, dict[str, int]] = {role: {} for role in ROLES}
    for record, editions in read_layouts(folder).items():
        for role, no in _places(editions[-1]).items():
            cells[role][record] = LEADING_ITEMS + no - 1
    return cells


def cells_with(role: str) -> dict[str, int]:
    """Record → the cell of its lines, counted from 0, that has a role; without the records that have no such item."""
    return _cells(FOLDER)[role]


def key_cells() -> int:
    """So many cells, from the beginning of a line, hold its keys, but for the child of a household's sheet."""
    return 1 + max(cell for role in HEAD_ROLES for cell in cells_with(role).values())


def records() -> tuple[str, ...]:
    """The names of all records henrei reads: K112-01, K112-02, …"""
    return tuple(sorted(read_layouts(FOLDER)))
