"""The city's ledgers: from the tables in this folder to `Ledger`, for whoever reads, stores or writes ledgers.

`ledgers.toml` and `decisions.toml` say which columns a ledger has and what each must hold; `read` reads a file of one,
`normalize` brings its values to one spelling. The rules and reasons are those of `exchange`, which knows no ledger.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import polars as pl

from henrei.schemas.layouts import Item, Record

# By what a refused row can still be known: columns of ledgers, with the type henrei keeps them in.
REFUSED_KEYS = {
    "recipient_no": pl.String(),
    "child_code": pl.String(),
    "household_no": pl.String(),
    "facility_no": pl.String(),
    "service_month": pl.Date(),
    "service_code": pl.String(),
}


@dataclass(frozen=True, eq=False)
class Ledger:
    """One ledger. `layout` has its columns as items, so that records and ledgers are validated alike.

    `empty_means_none`: a file with only its header says that there are none; of other ledgers it counts as absent.
    `beside_settings`: where the month has none, a file next to henrei.toml comes before those of earlier months.
    What an empty cell means to checks: `defaults`, column → value; `next_month_of`, column → the column after whose month;
    `month_settings`, column → the setting that may make it that very month. `examples`: header → a code that the column may
    hold, where it is not held to a list.
    """

    name: str
    title: str
    layout: Record
    empty_means_none: bool
    beside_settings: bool
    defaults: Mapping[str, str] = field(default_factory=dict)
    next_month_of: Mapping[str, str] = field(default_factory=dict)
    month_settings: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column → the type henrei keeps it in."""
        return {item.column: dtype(item) for item in self.layout.items}

    @property
    def labels(self) -> list[str]:
        """The header of a file, in the order of the contract."""
        return [item.label for item in self.layout.items]

    def label(self, column: str) -> str:
        """What the header of a file calls a column."""
        return next(item.label for item in self.layout.items if item.column == column)


def dtype(item: Item) -> pl.DataType:
    """The type henrei keeps a column in: date (of a month its first day), integer or text."""
    if item.format in ("ledger-date", "ledger-month"):
        return pl.Date()
    return pl.Int64() if item.format in ("ledger-integer", "ledger-days") else pl.String()


@cache
def ledgers() -> dict[str, Ledger]:
    """All ledgers by name, in the order of the contract."""
    return _read("ledgers.toml")


@cache
def decisions() -> Ledger:
    """The table the team's decisions come in; no ledger of the inbox, but read like one."""
    return _read("decisions.toml")["decisions"]


@cache
def guidance() -> Ledger:
    """The record of guidance that was given, for the dashboard; not of a month, but read like a ledger."""
    return _read("guidance.toml")["guidance"]


def folder() -> Traversable:
    """Where the tables of columns are."""
    return resources.files(__name__)


def _read(file: str) -> dict[str, Ledger]:
    text = folder().joinpath(file).read_text(encoding="utf-8")
    tables = {}
    for name, table in tomllib.loads(text).items():
        items = tuple(
            Item(
                no=no,
                label=column["label"],
                type="台帳",
                width=0,
                required={"": "◎" if column.get("needed") else "○"},
                format=f"ledger-{column['kind']}",
                codes={"": tuple(column["values"])} if "values" in column else {},
                column=column["column"],
            )
            for no, column in enumerate(table["columns"], start=1)
        )
        layout = Record(record=name, items=items)
        tables[name] = Ledger(
            name,
            table["title"],
            layout,
            empty_means_none=table.get("empty_means_none", False),
            beside_settings=table.get("beside_settings", False),
            defaults={c["column"]: c["default"] for c in table["columns"] if "default" in c},
            next_month_of={c["column"]: c["next_month_of"] for c in table["columns"] if "next_month_of" in c},
            month_settings={c["column"]: c["month_setting"] for c in table["columns"] if "month_setting" in c},
            examples={c["label"]: c["example"] for c in table["columns"] if "example" in c},
        )
    return tables
