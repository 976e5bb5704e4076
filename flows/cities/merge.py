"""The cities' findings and outcomes in, one table of findings and one summary out. Called by run_all, `extract` by run_city.

A city's findings are in the table as they are in its own.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

import henrei
from henrei.checks.findings import COLUMNS, SORT, empty_table, findings_of
from henrei.files import csv_bytes, parquet_bytes, write_atomic
from henrei.flows.cities.capacity import MergedCapacity
from henrei.flows.cities.discover import City, Outcome

_FINDINGS = "findings.parquet"  # of a city, below its folder of parts
_SUMS = ("received", "benefit_yen", "with_return_finding", "with_return_finding_yen")


def extract(con: duckdb.DuckDBPyConnection, month: date, folder: Path) -> None:
    """Writes the findings of a city's run to `folder`."""
    table = findings_of(con, month)
    assert table is not None
    table.select(COLUMNS).write_parquet(folder / _FINDINGS)


def findings(cities: list[City], parts: Path) -> pl.DataFrame:
    """All findings of the cities, COLUMNS, in the contract's order and then by municipality."""
    frames = [pl.read_parquet(parts / city.municipality_no / _FINDINGS) for city in cities]
    return pl.concat([empty_table().select(COLUMNS), *frames]).sort(
        *SORT, "municipality_no", "finding_id", nulls_last=False
    )


def write(out: Path, name: str, table: pl.DataFrame) -> None:
    """<name>.csv and <name>.parquet, each whole or as it was."""
    write_atomic(out / f"{name}.csv", csv_bytes(table))
    write_atomic(out / f"{name}.parquet", parquet_bytes(table))


def summary(month: str, outcomes: list[Outcome], numbers: dict[str, str], more: dict[str, Any]) -> dict[str, Any]:
    """summary.json: a row a city in order of name, and the sums of those that have results. numbers: name → municipality_no."""
    cities = [
        {"home": outcome["name"], "municipality_no": numbers.get(outcome["name"], "")}
        | {key: value for key, value in outcome.items() if key != "name"}
        for outcome in sorted(outcomes, key=lambda outcome: outcome["name"])
    ]
    done = [city for city in cities if "findings" in city]
    return {
        "review_month": month,
        "version": henrei.__version__,
        "cities": cities,
        "claims": {key: sum(city["claims"][key] for city in done) for key in _SUMS},
        "files": {
            key: sum(city["files"][key] for city in done) for key in ("files", "lines", "loaded", "refused", "ignored")
        },
        **more,
    }


def write_summary(out: Path, content: dict[str, Any]) -> None:
    """summary.json, whole or as it was."""
    write_atomic(out / "summary.json", (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


def write_capacity(out: Path, merged: MergedCapacity) -> None:
    """findings_merged_fac.csv and .parquet, undetermined_merged_fac.csv."""
    write(out, "findings_merged_fac", merged.findings)
    write_atomic(out / "undetermined_merged_fac.csv", csv_bytes(merged.undetermined))
