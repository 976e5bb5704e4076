"""Every check against its own examples (`checks/<group>/<check>.md`)."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from henrei.checks import examples, runner
from henrei.checks.catalogue import Check, catalogue

# In this order findings and expectations are held against each other; of a facility, each service type is its own.
KEY = ("facility_no", "recipient_no", "service_month", "service_type")
CASES = [
    pytest.param(check, example, id=f"{check.code}-{example.title}")
    for check in catalogue().values()
    for example in examples.parse(examples.text_of(check) or "")
]


def verdicts(con: duckdb.DuckDBPyConnection, check: Check, example: examples.Example) -> list[dict]:
    """What the check says of what the store holds: findings and subjects not judged, in order of key."""
    [result] = runner.run(con, [check], runner.absent(con), ())
    assert (result.not_judged is not None) is example.not_judged, result.not_judged
    findings = result.findings.with_columns(verdict=pl.col("severity"))
    rows = pl.concat([findings, result.undetermined.with_columns(verdict=pl.lit("undetermined"))], how="diagonal")
    return rows.sort(*KEY, nulls_last=False).to_dicts()


def as_written(row: dict, expected: dict[str, str]) -> dict[str, str]:
    """The columns an example speaks of, written as it writes them."""
    cells = {}
    for name in expected:
        value = row[name]
        if name == "use_dates":
            value = " ".join(str(day.day) for day in value)
        elif isinstance(value, date):
            value = value.strftime("%Y-%m")
        cells[name] = "" if value is None else str(value)
    return cells


@pytest.mark.parametrize(("check", "example"), CASES)
def test_example(empty_store: duckdb.DuckDBPyConnection, check: Check, example: examples.Example) -> None:
    empty_store.execute("BEGIN")
    try:
        examples.load(empty_store, example)
        rows = verdicts(empty_store, check, example)
    finally:
        empty_store.execute("ROLLBACK")
    expected = example.expect or []
    expected = sorted(expected, key=lambda row: [row.get(name, "") for name in KEY])
    assert [as_written(row, want) for row, want in zip(rows, expected, strict=False)] == expected
    assert len(rows) == len(expected), rows


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.code)
def test_every_check_has_examples_that_pass_and_fail(check: Check) -> None:
    cases = examples.parse(examples.text_of(check) or "")
    verdicts = {row["verdict"] for case in cases for row in case.expect or []}
    assert any(case.expect == [] and not case.not_judged for case in cases), "no example passes"
    assert verdicts & {"return", "review", "notice"}, "no example fails"
    if check.undetermined:
        assert "undetermined" in verdicts, "no example is undetermined"
