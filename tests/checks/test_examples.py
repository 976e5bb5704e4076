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
from henrei.checks.catalogue import Check, catalogue
from henrei.store import view_sql
from henrei.store.database import query

# In this order findings and expectations are held against each other; of a facility, each service type is its own.
KEY = ("facility_no", "recipient_no", "service_month", "service_type")
CASES = [
    pytest.param(check, example, id=f"{check.code}-{example.title}")
    for check in catalogue().values()
    for example in examples.parse(examples.text_of(check) or "")
]


@pytest.fixture(scope="module")
def results(empty_store: duckdb.DuckDBPyConnection) -> Callable[[str], dict[str, runner.Result]]:
    """Code of a check in, what it says of each of its examples out, by the example's title."""
    # To plan a check anew for each of 1,000 examples is most of what they cost. Without the optimizer, which looks at the
    # rows that are there, one plan serves all examples of a check. Every run, and every test of one, has it.
    empty_store.execute("PRAGMA disable_optimizer")
    runner.run(empty_store, [], {}, ())  # an empty raw_rows
    shared = SharedViews(empty_store)
    return cache(lambda code: judge(empty_store, shared, catalogue()[code]))


class SharedViews:
    """The shared views as tables of their own, as a run has them: a check reads these, and its plan stays small.

    Rolling an example back leaves them as they are of an empty store; only those that read a table with rows are filled.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        ((self._store,),) = con.execute("SELECT current_database()").fetchall()
        self._con, self._reads = con, {name: reached(name) for name in view_sql.shared()}
        for name in self._reads:
            con.execute(f"CREATE TEMP TABLE {name} AS FROM {self._store}.main.{name}")
            con.execute(f"PREPARE fill_{name} AS INSERT INTO temp.{name} FROM {self._store}.main.{name}")

    def fill(self, check: Check, filled: set[str]) -> None:
        """Of the views that the check reads those that read one of the tables `filled`."""
        names = view_sql.Statement(check.code, check.sql).identifiers
        read = names.union(*(reached(name) for name in names & view_sql.statements().keys()))
        for name, tables_read in self._reads.items():
            if name in read and tables_read & filled:
                self._con.execute(f"DELETE FROM temp.{name}")
                self._con.execute(f"EXECUTE fill_{name}")


@cache
def reached(name: str) -> frozenset[str]:
    """The views, macros and tables that a view reads, directly and through others."""
    own = view_sql.statements()[name].identifiers - {name}
    through = (reached(other) for other in own & view_sql.statements().keys())
    return frozenset(own.union(*through))


def judge(con: duckdb.DuckDBPyConnection, shared: SharedViews, check: Check) -> dict[str, runner.Result]:
    con.execute(f"PREPARE judge AS {runner.statement(check)}")
    results, rows = {}, []
    for example in examples.parse(examples.text_of(check) or ""):
        assert example.title not in results, f"{check.code}: two examples are called {example.title}"
        # By its code the rows of one example stay apart from those of the next when all are put together.
        result = results[example.title] = runner.no_result(replace(check, code=example.title))
        con.execute("BEGIN")
        try:
            filled = examples.load(con, example)
            result.not_judged = runner.what_it_lacks(check, runner.absent(con))
            if result.not_judged is None:
                shared.fill(check, filled)
                con.execute("EXECUTE judge")
                rows.append(query(con, "FROM raw_rows").with_columns(check_code=pl.lit(example.title)))
        finally:
            con.execute("ROLLBACK")
    con.execute("BEGIN")
    try:
        if rows:
            con.register("written", pl.concat(rows))
            con.execute("INSERT INTO raw_rows FROM written")
        runner.merge([con], list(results.values()), {})
    finally:
        con.execute("ROLLBACK")
    return results


def in_order_of_key(result: runner.Result) -> list[dict]:
    """Findings and subjects not judged, each with its verdict."""
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
def test_example(results: Callable[[str], dict[str, runner.Result]], check: Check, example: examples.Example) -> None:
    result = results(check.code)[example.title]
    assert (result.not_judged is not None) is example.not_judged, result.not_judged
    rows = in_order_of_key(result)
    expected = sorted(example.expect or [], key=lambda row: [row.get(name, "") for name in KEY])
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
