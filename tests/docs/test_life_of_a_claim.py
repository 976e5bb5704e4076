"""The tables of docs/life-of-a-claim.md, run against the views, the checks and close itself."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from henrei.checks import runner
from henrei.checks.catalogue import catalogue
from henrei.flows.outcomes import outcomes_of
from henrei.store import tables
from lib.paths import DOCS

PAGE = DOCS / "life-of-a-claim.md"
REVIEW, SERVICE = date(2026, 6, 1), date(2026, 3, 1)
KEY = ("A", "1", SERVICE)


def table(first: str, width: int) -> list[list[str]]:
    """The rows of the page's table that has these columns, in order."""
    rows = []
    inside = False
    for text in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")] if text.startswith("|") else []
        if cells and " ".join(cells).startswith(first) and len(cells) == width:
            inside = True
        elif not cells:
            inside = False
        elif inside and not cells[0].startswith("---"):
            rows.append(cells)
    assert rows
    return rows


@pytest.fixture
def con(store: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    put(store, "current_review", review_month=REVIEW)
    for name in ("petitions", "history"):
        put(store, "ledgers_used", review_month=REVIEW, ledger=name, present=True)
    return store


def put(con: duckdb.DuckDBPyConnection, name: str, **values: object) -> None:
    columns = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    con.execute(f"INSERT INTO {name} ({columns}) VALUES ({marks})", list(values.values()))


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def remember(con: duckdb.DuckDBPyConnection, outcomes: str, kind: str) -> None:
    """History of the key, and of another one far back, so that the books reach to its first month."""
    named = dict(zip(("facility_no", "recipient_no", "service_month"), KEY, strict=True))
    for text in filter(None, outcomes.split(", ")):
        when, outcome = text.split()
        put(
            con,
            "history",
            review_month=REVIEW,
            kind=kind,
            outcome_month=month(when),
            outcome=outcome,
            benefit_yen=9,
            **named,
        )
    other = {**named, "recipient_no": "9"}
    put(con, "history", review_month=REVIEW, kind=kind, outcome_month=month("2026-01"), outcome="決定", **other)


def receive(con: duckdb.DuckDBPyConnection, name: str, number: int, **more: object) -> None:
    named = dict(zip(("facility_no", "recipient_no", "service_month"), KEY, strict=True))
    put(con, name, review_month=REVIEW, file=0, line=number, group_line=number, last_line=number, **named, **more)


def results(con: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
    """The SUB checks, except those about money, that find something, and those that could not judge something."""
    codes = ("SUB401", "SUB402", "SUB403", "SUB404", "SUB405", "SUB406")
    results = runner.run(con, [catalogue()[code] for code in codes], {}, ())
    found = [result.check.code for result in results if result.findings.height]
    return found, [result.check.code for result in results if result.undetermined.height]


def findings(con: duckdb.DuckDBPyConnection) -> list[str]:
    found, unjudged = results(con)
    assert unjudged == []
    return found


def accepted(con: duckdb.DuckDBPyConnection) -> list[str]:
    nobody = pl.DataFrame(schema=dict.fromkeys((*tables.SUBJECT_KEY, "decision"), pl.String)).cast(
        {"service_month": pl.Date}
    )
    return outcomes_of(con, nobody)["outcome"].to_list()


@pytest.mark.parametrize("row", table("outcomes so far state", 3), ids=" ".join)
def test_states(con: duckdb.DuckDBPyConnection, row: list[str]) -> None:
    outcomes, state, _ = row
    remember(con, outcomes, "明")
    found = con.execute("SELECT state FROM claim_states WHERE recipient_no = '1'").fetchall()
    assert [name for (name,) in found] == ([] if state == "none" else [state])


@pytest.mark.slow
@pytest.mark.parametrize("row", table("outcomes so far petition", 5), ids=" ".join)
def test_claims(con: duckdb.DuckDBPyConnection, row: list[str]) -> None:
    outcomes, petition, again, finding, gives = row
    remember(con, outcomes, "明")
    if petition:
        named = dict(zip(("facility_no", "recipient_no", "service_month"), KEY, strict=True))
        put(con, "petitions", review_month=REVIEW, petition_month=SERVICE, process_month=month(petition), **named)
    if again == "yes":
        receive(con, "claims", 1, benefit_yen=9)
    assert findings(con) == finding.split()
    assert accepted(con) == gives.split()


@pytest.mark.slow
@pytest.mark.parametrize("row", table("refused petition", 6), ids=" ".join)
def test_refused(con: duckdb.DuckDBPyConnection, row: list[str]) -> None:
    refused, petition, again, finding, undetermined, gives = row
    named = dict(zip(("facility_no", "recipient_no", "service_month"), KEY, strict=True))
    remember(con, "2026-05 決定", "明")
    if petition:
        put(con, "petitions", review_month=REVIEW, petition_month=SERVICE, process_month=month(petition), **named)
    if again == "yes":
        receive(con, "claims", 1, benefit_yen=9)
    if refused in ("claim", "notice"):
        put(con, "files", review_month=REVIEW, file=7, path="7.CSV")
        put(con, "refused_groups", review_month=REVIEW, file=7, unit=refused, **named)
    else:
        put(con, "refused_rows", review_month=REVIEW, ledger=refused, **named)
    assert results(con) == (finding.split(), undetermined.split())
    assert accepted(con) == gives.split()


@pytest.mark.slow
@pytest.mark.parametrize("row", table("outcomes so far 作成区分", 4), ids=" ".join)
def test_sheets(con: duckdb.DuckDBPyConnection, row: list[str]) -> None:
    outcomes, kinds, finding, gives = row
    remember(con, outcomes, "利")
    for number, kind in enumerate(kinds.split(), start=1):
        receive(con, "sheets", number, submission_kind=kind)
    found = findings(con)
    assert set(finding.split()) <= set(found)
    if len(kinds.split()) == 1:
        assert found == finding.split()
    assert accepted(con) == gives.split()
