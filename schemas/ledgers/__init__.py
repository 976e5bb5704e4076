"""The city's ledgers as tables: which columns, what each must hold (`ledgers.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

from henrei.schemas.layouts import Item, Record


@dataclass(frozen=True, eq=False)
class Ledger:
    """One ledger. `layout` has its columns as items, so that one judge serves records and ledgers alike."""

    name: str
    title: str
    layout: Record
    none_there: bool
    beside_settings: bool

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return {item.column: dtype(item) for item in self.layout.items}

    @property
    def labels(self) -> list[str]:
        return [item.label for item in self.layout.items]


def dtype(item: Item) -> pl.DataType:
    if item.format in ("ledger-date", "ledger-month"):
        return pl.Date()
    return pl.Int64() if item.format == "ledger-integer" else pl.String()


@cache
def ledgers() -> dict[str, Ledger]:
    """All ledgers by name, in the order of the contract."""
    return _read("ledgers.toml")


@cache
def decisions() -> Ledger:
    """The table the team's decisions come in; no ledger of the inbox, but read like one."""
    return _read("decisions.toml")["decisions"]


def _read(file: str) -> dict[str, Ledger]:
    text = resources.files(__name__).joinpath(file).read_text(encoding="utf-8")
    found = {}
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
        found[name] = Ledger(
            name, table["title"], layout, table.get("none_there", False), table.get("beside_settings", False)
        )
    return found
