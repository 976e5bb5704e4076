"""The law as dated tables: one CSV a rule, each row with valid_from, valid_to (inclusive, empty = open) and source.

A number from a notice stands here and nowhere else. Checks join these tables (`rule_<name>`) by service month; a
month that no row covers is undetermined.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import polars as pl

_INTEGERS = {
    "days_off",
    "contract_days",
    "first_day",
    "last_day",
    "unit_price",
    "capacity_from",
    "capacity_to",
    "capacity_percent",
    "above",
    "above_percent",
    "plus",
    "percent",
    "half_from",
    "age",
    "entry_month",
    "entry_day",
    "deadline_day",
    "months_on_time",
    "months_late",
    "month_limit",
    "day_limit",
    "value_from",
    "value_to",
}


def folder() -> Traversable:
    """Where the tables are."""
    return resources.files(__name__)


@cache
def rules() -> dict[str, pl.DataFrame]:
    """All rule tables by name. valid_from and valid_to are dates; an open valid_to is 9999-12-31."""
    found = {}
    for entry in sorted(folder().iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".csv"):
            continue
        frame = pl.read_csv(entry.read_bytes(), infer_schema=False)
        found[entry.name.removesuffix(".csv")] = frame.with_columns(
            pl.col("valid_from").str.to_date("%Y-%m-%d"),
            pl.col("valid_to").str.to_date("%Y-%m-%d").fill_null(pl.date(9999, 12, 31)),
            *(pl.col(name).cast(pl.Int64) for name in frame.columns if name in _INTEGERS),
        )
    return found
