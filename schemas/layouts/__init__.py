"""National record layouts as dated tables.

Each `<edition>/<record>.csv` holds one record (`K122-01` …): item number, label, type (英数, 数値, コード値, 漢字),
width in CP932 bytes, whether it is required, its format and its codes, and `column`: the name henrei keeps the
item under, empty where it is checked and counted but not kept. `editions.toml` says for which service months a
folder stands. Nothing else in the program knows an item number.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

FRAME_ITEMS = 2  # record type and record number stand before the items of every data record
CONTROL_ITEMS = 11
END_ITEMS = 2


@dataclass(frozen=True, eq=False)
class Item:
    """One item of a record.

    `required` maps a variant (the value of the record's variant item; "" where there is none) to ◎ ○ △ — ×;
    `codes` maps a variant ("" stands for all others) to the values allowed, empty where any value fits.
    """

    no: int
    label: str
    type: str
    width: int
    required: dict[str, str]
    format: str
    codes: dict[str, tuple[str, ...]]
    column: str

    def used(self, variant: str = "") -> bool:
        """True where the item may hold something; the others are not looked at."""
        return self.required.get(variant, "—") not in ("—", "×")

    def needed(self, variant: str = "") -> bool:
        return self.required.get(variant, "—") == "◎"

    def allowed(self, variant: str = "") -> tuple[str, ...]:
        return self.codes.get(variant, self.codes.get("", ()))


@dataclass(frozen=True, eq=False)
class Record:
    """The layout of one record in one edition."""

    record: str
    edition: str
    valid_from: str
    valid_to: str
    items: tuple[Item, ...]
    variant_item: int | None

    @property
    def variants(self) -> tuple[str, ...]:
        return tuple(self.items[0].required)

    @property
    def kept(self) -> dict[str, Item]:
        """Our column names and the items they come from, in item order."""
        return {item.column: item for item in self.items if item.column}

    def item(self, no: int) -> Item:
        return self.items[no - 1]


def _codes(text: str) -> dict[str, tuple[str, ...]]:
    """`1 2` → {"": (1, 2)}; `0101=1 2 3|1` → {"0101": (1, 2, 3), "": (1,)}."""
    found = {}
    for part in filter(None, text.split("|")):
        variant, _, values = part.rpartition("=")
        found[variant] = tuple(values.split())
    return found


def _read(edition: dict, record: str) -> Record:
    text = resources.files(__name__).joinpath(edition["folder"], f"{record}.csv").read_text(encoding="utf-8")
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
            )
        )
    return Record(
        record=record,
        edition=edition["folder"],
        valid_from=edition["valid_from"][record.partition("-")[0]],
        valid_to=edition["valid_to"],
        items=tuple(items),
        variant_item=edition["variant_item"].get(record),
    )


@cache
def editions() -> tuple[dict, ...]:
    text = resources.files(__name__).joinpath("editions.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["edition"])


@cache
def layouts(record: str) -> tuple[Record, ...]:
    """Every edition of a record (`K122-01`), oldest first; empty for a record henrei does not read."""
    folder = resources.files(__name__)
    found = [_read(e, record) for e in editions() if folder.joinpath(e["folder"], f"{record}.csv").is_file()]
    return tuple(sorted(found, key=lambda layout: layout.valid_from))


@cache
def records() -> tuple[str, ...]:
    """The names of all records henrei reads: K112-01, K112-02, …"""
    names = set()
    for edition in editions():
        for entry in resources.files(__name__).joinpath(edition["folder"]).iterdir():
            names.add(entry.name.removesuffix(".csv"))
    return tuple(sorted(names))
