"""Every check against its own examples (`checks/<group>/<check>.md`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import duckdb
import polars as pl
import pytest

from henrei.checks import examples, findings, runner, texts
from henrei.checks.catalogue import Check, catalogue
from henrei.store import tables, view_sql
from lib import rows_of_plan

# In this order findings and expectations are held against each other; of a facility, each service type is its own.
KEY = ("facility_no", "recipient_no", "service_month", "service_type")
CASES = [
    pytest.param(check, example, id=f"{check.code}-{example.title}")
    for check in catalogue().values()
    for example in examples.parse(examples.text_of(check) or "")
]


@pytest.fixture(scope="module")
def shared(empty_store: duckdb.DuckDBPyConnection) -> SharedViews:
    """The empty store with the shared views as tables of their own."""
    # To plan a check anew for each of 1,000 examples is most of what they cost. Without the optimizer, which looks at the
    # rows that are there, one plan serves all examples of a check. Every run, and every test of one, has it.
    empty_store.execute("PRAGMA disable_optimizer")
    empty_store.execute("SET threads = 1")  # tiny tables: a second thread only waits
    runner.run(empty_store, [], {}, ())  # an empty raw_rows
    return SharedViews(empty_store)


@pytest.fixture(scope="module")
def results(shared: SharedViews) -> Callable[[str], dict[str, runner.Result]]:
    """Code of a check in, what it says of each of its examples out, by the example's title."""
    return cache(lambda code: judge(shared, catalogue()[code]))


class SharedViews:
    """The shared views as tables of their own, as a run has them: a check reads these, and its plan stays small.

    Rolling an example back leaves them as they are of an empty store. Only those are filled that read a table with rows and,
    by their plan, can have some: to set up a plan of hundreds of joins costs the same without any row.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        ((self.store,),) = con.execute("SELECT current_database()").fetchall()
        self.con, self._reads = con, {name: reached(name) for name in view_sql.shared()}
        # Of each view a statement that fills it, and its plan; several where it puts independent parts together.
        self._parts: dict[str, list[tuple[str, rows_of_plan.Plan]]] = {}
        self._never_empty: set[str] = set()
        for name in self._reads:
            con.execute(f"CREATE TEMP TABLE {name} AS FROM {self.store}.main.{name}")
            if con.execute(f"FROM temp.{name} LIMIT 1").fetchall():
                self._never_empty.add(name)
        # Only once all tables are there: a statement prepared before another table was made is planned anew at each EXECUTE.
        for name in self._reads:
            self._parts[name] = [
                self._prepared(f"fill_{name}_{number}", name, part) for number, part in enumerate(self.parts_of(name))
            ]
        of_store = {f"{self.store}.main.{name}" for name in tables.all_tables() | tables.LATER}
        self._may_be_empty = of_store | {f"temp.main.{name}" for name in self._reads}
        self._filled: set[str] = set()

    def _prepared(self, statement: str, view: str, part: str) -> tuple[str, rows_of_plan.Plan]:
        self.con.execute(f"PREPARE {statement} AS INSERT INTO temp.{view} {part}")
        return f"EXECUTE {statement}", rows_of_plan.plan_of(self.con, part)

    def parts_of(self, name: str) -> list[str]:
        """Queries that give the rows of a view between them: the arms of its UNION ALL where it is no more than that."""
        body = view_sql.statements()[name].sql.rstrip(";").partition(" AS\n")[2]
        arms = body.split("\n    UNION ALL\n")
        return arms if len(arms) > 1 and body.startswith("    SELECT") else [f"FROM {self.store}.main.{name}"]

    def read_by(self, check: Check) -> list[str]:
        """The shared views that a check reads, directly and through others, in an order in which they can be filled."""
        names = view_sql.Statement(check.code, check.sql).identifiers
        read = names.union(*(reached(name) for name in names & view_sql.statements().keys()))
        return [name for name in self._reads if name in read]

    def fill(self, check: Check, filled: set[str]) -> None:
        """Of the views that the check reads those that change by rows in the tables `filled`."""
        self._filled = {f"{self.store}.main.{name}" for name in filled}
        self._filled |= {f"temp.main.{name}" for name in self._never_empty}
        for name in self.read_by(check):
            if not self._reads[name] & filled:
                continue
            if name in self._never_empty:
                self.con.execute(f"DELETE FROM temp.{name}")
            for statement, plan in self._parts[name]:
                if self.may_give_rows(plan):
                    ((count,),) = self.con.execute(statement).fetchall()
                    if count:
                        self._filled.add(f"temp.main.{name}")

    def may_give_rows(self, plan: rows_of_plan.Plan) -> bool:
        """Whether a plan can give a row of the example that `fill` was called for; rules and what is not of a month count."""
        return rows_of_plan.may_give_rows(plan, lambda table: table in self._filled or table not in self._may_be_empty)


@cache
def reached(name: str) -> frozenset[str]:
    """The views, macros and tables that a view reads, directly and through others."""
    own = view_sql.statements()[name].identifiers - {name}
    through = (reached(other) for other in own & view_sql.statements().keys())
    return frozenset(own.union(*through))


_WRITTEN = "SELECT * EXCLUDE (check_code) FROM raw_rows"


def judge(shared: SharedViews, check: Check) -> dict[str, runner.Result]:
    con = shared.con
    con.execute(f"PREPARE judge AS {runner.statement(check)}")
    plan = rows_of_plan.plan_of(con, runner.statement(check))
    results: dict[str, runner.Result] = {}
    rows: list[tuple[object, ...]] = []
    for example in examples.parse(examples.text_of(check) or ""):
        assert example.title not in results, f"{check.code}: two examples are called {example.title}"
        # By its code the rows of one example stay apart from those of the next when all are put together.
        result = results[example.title] = runner.no_result(replace(check, code=example.title))
        con.execute("BEGIN")
        try:
            filled = examples.load(con, example)
            result.not_judged = runner.what_it_lacks(check, runner.absent(con, [check]))
            if result.not_judged is None:
                shared.fill(check, filled)
                if shared.may_give_rows(plan):
                    con.execute("EXECUTE judge")
                rows += [(example.title, *row) for row in con.execute(_WRITTEN).fetchall()]
        finally:
            con.execute("ROLLBACK")
    con.execute("BEGIN")
    try:
        if rows:
            written = pl.DataFrame(rows, schema=list(runner.RETURNED), orient="row", infer_schema_length=None)
            con.register("written", written)
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


RAW = re.compile(r"\d{4}-\d{2}|\d{4,}(?:円|単位)")  # days and amounts as no person writes them


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.code)
def test_values_in_sentences_are_as_people_write_them(
    results: Callable[[str], dict[str, runner.Result]], check: Check
) -> None:
    found = pl.concat([result.findings for result in results(check.code).values()])
    window, services = "2026年6月1日から10日まで", {"61": "児童発達支援", "63": "放課後等デイサービス"}
    said = findings.with_sentences(found, check, window, services).select("message", "action")
    lines = [text for row in said.iter_rows() for text in row]
    assert lines and all(lines)
    assert [text for text in lines if RAW.search(text) or "{" in text] == []


def test_amounts_and_days_in_sentences() -> None:
    raw = "2024-04-01から上限月額157135円、1234567円、-9300円、2026-10-31まで 12単位 123456単位(単価 11.240円)"
    (text,) = pl.select(texts.for_people(pl.lit(raw))).to_series()
    assert (
        text
        == "2024年4月1日から上限月額157,135円、1,234,567円、-9,300円、2026年10月31日まで 12単位 123,456単位(単価 11.240円)"
    )


@pytest.mark.slow
def test_what_is_not_filled_for_an_example_is_empty(shared: SharedViews) -> None:
    """SharedViews fills no view that cannot have rows by its plan: of every twentieth example each view is asked outright."""
    cases = [(check, case) for check in catalogue().values() for case in examples.parse(examples.text_of(check) or "")]
    for check, case in cases[::20]:
        shared.con.execute("BEGIN")
        try:
            shared.fill(check, examples.load(shared.con, case))
            for name in shared.read_by(check):
                outright, filled = f"FROM {shared.store}.main.{name}", f"FROM temp.{name}"
                differ = f"({outright} EXCEPT ALL {filled}) UNION ALL ({filled} EXCEPT ALL {outright})"
                assert shared.con.execute(differ).fetchall() == [], f"{check.code}: {case.title}: {name}"
        finally:
            shared.con.execute("ROLLBACK")


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.code)
def test_every_check_has_examples_that_pass_and_fail(check: Check) -> None:
    cases = examples.parse(examples.text_of(check) or "")
    verdicts = {row["verdict"] for case in cases for row in case.expect or []}
    assert any(case.expect == [] and not case.not_judged for case in cases), "no example passes"
    assert verdicts & {"return", "review", "notice"}, "no example fails"
    if check.undetermined:
        assert "undetermined" in verdicts, "no example is undetermined"
