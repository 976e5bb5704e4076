"""The law as dated tables: the CSV files here in, a frame each out, which the store holds as `rule_<name>`. Called by
store.database and by what shows the law.

One CSV a rule, each row with valid_from, valid_to (inclusive, empty = open) and source; columns.toml says which columns are
numbers. A number from a notice is here and nowhere else. Checks join the tables by service month; a month that no row
covers is undetermined.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import polars as pl


def folder() -> Traversable:
    """Where the files are."""
    return resources.files(__name__)


@cache
def rules() -> dict[str, pl.DataFrame]:
    """All rule tables by name, with the types of columns.toml. valid_from and valid_to are dates; an open valid_to is
    9999-12-31."""
    integers = tomllib.loads((folder() / "columns.toml").read_text(encoding="utf-8"))["integer"]
    tables = {}
    for entry in sorted(folder().iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".csv"):
            continue
        frame = pl.read_csv(entry.read_bytes(), infer_schema=False)
        tables[entry.name.removesuffix(".csv")] = frame.with_columns(
            pl.col("valid_from").str.to_date("%Y-%m-%d"),
            pl.col("valid_to").str.to_date("%Y-%m-%d").fill_null(pl.date(9999, 12, 31)),
            *(pl.col(name).cast(pl.Int64) for name in frame.columns if name in integers),
        )
    return tables
