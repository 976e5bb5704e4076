"""Every check against its own examples (`checks/<group>/<check>.md`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import duckdb
import polars as pl
import pytest

from henrei.checks import examples, runner
from henrei.checks.catalogue import catalogue
from henrei.store.database import query

KEY = ("facility_no", "recipient_no", "service_month", "service_type")
EXAMPLES = {check.code: examples.parse(examples.text_of(check) or "") for check in catalogue().values()}
CASES = [
    pytest.param(code, number, id=f"{code}-{example.title}", marks=pytest.mark.xdist_group(f"examples of {code[:3]}"))
    for code, cases in EXAMPLES.items()
    for number, example in enumerate(cases)
]


@pytest.fixture(scope="module")
def results_of(empty_store: duckdb.DuckDBPyConnection) -> Callable[[str], list[runner.Result]]:
    """What a check makes of each of its examples.

    The raw rows of all of them are put together at once, as a run does it with those of all checks: to the runner, each
    example is a check of its own.
    """

    def raw_rows(number: int, code: str) -> tuple[runner.Result, pl.DataFrame]:
        check = replace(catalogue()[code], code=f"{code} {number}")
        empty_store.execute("BEGIN")
        try:
            examples.load(empty_store, EXAMPLES[code][number])
            [result] = runner.collect([empty_store], [check], runner.absent(empty_store), ())
            return result, query(empty_store, "FROM raw_rows")
        finally:
            empty_store.execute("ROLLBACK")

    runner.run(empty_store, (), {}, ())  # makes the table of raw rows

    @cache
    def results(code: str) -> list[runner.Result]:
        made = [raw_rows(number, code) for number in range(len(EXAMPLES[code]))]
        empty_store.register("rows_of_all", pl.concat([rows for _, rows in made]))
        empty_store.execute("DELETE FROM raw_rows; INSERT INTO raw_rows FROM rows_of_all")
        empty_store.unregister("rows_of_all")
        return runner.merge([empty_store], [result for result, _ in made])

    return results


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


@pytest.mark.parametrize(("code", "number"), CASES)
def test_example(results_of: Callable[[str], list[runner.Result]], code: str, number: int) -> None:
    example, result = EXAMPLES[code][number], results_of(code)[number]
    assert (result.not_judged is not None) is example.not_judged, result.not_judged
    findings = result.findings.with_columns(verdict=pl.col("severity"))
    rows = pl.concat([findings, result.undetermined.with_columns(verdict=pl.lit("undetermined"))], how="diagonal")
    verdicts = rows.sort(*KEY, nulls_last=False).to_dicts()
    expected = sorted(example.expect or [], key=lambda row: [row.get(name, "") for name in KEY])
    assert [as_written(row, wanted) for row, wanted in zip(verdicts, expected, strict=False)] == expected
    assert len(verdicts) == len(expected), verdicts


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_check_has_examples_that_pass_and_fail(code: str) -> None:
    verdicts = {row["verdict"] for case in EXAMPLES[code] for row in case.expect or []}
    assert any(case.expect == [] and not case.not_judged for case in EXAMPLES[code]), "no example passes"
    assert verdicts & {"return", "review", "notice"}, "no example fails"
    if catalogue()[code].undetermined:
        assert "undetermined" in verdicts, "no example is undetermined"
