"""What the team's decisions make of an open month, and what keeps it open."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from henrei.errors import HenreiError
from henrei.files import csv_bytes, write_atomic
from henrei.flows.outcomes import decided_outcomes, returned_without_reason
from henrei.home import Home
from henrei.store.fingerprints import fingerprints
from henrei.store.tables import SUBJECT_KEY
from lib.store_tables import fill

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
# Child 1 has a return finding, child 2 a review finding that the brake took down, child 3 a mere review finding; the
# sheet of child 1 has a return finding.
CLAIMS = """
claims
| facility_no | recipient_no | benefit_yen |
|---|---|---|
| A | 1 | 9000 |
| A | 2 | 8000 |
| A | 3 | 7000 |
sheets
| facility_no | recipient_no |
|---|---|
| A | 1 |
"""
FINDINGS = (
    ("claim", "1", "return", False),
    ("claim", "2", "review", True),
    ("claim", "3", "review", False),
    ("sheet", "1", "return", False),
)


@pytest.fixture
def con(store: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    fill(store, CLAIMS)
    for subject, recipient, severity, downgraded in FINDINGS:
        store.execute(
            "INSERT INTO findings (review_month, check_code, subject, facility_no, recipient_no, service_month, severity, "
            "downgraded) VALUES (?, 'DAY203', ?, 'A', ?, ?, ?, ?)",
            [MAY, subject, recipient, APRIL, severity, downgraded],
        )
    return store


def decide(con: duckdb.DuckDBPyConnection, home: Home, *decisions: tuple[str, str, str]) -> None:
    """Writes decisions on claims and sheets as they are now: subject, recipient, decision."""
    rows = pl.DataFrame(
        [(subject, "A", recipient, APRIL, decision, "", "") for subject, recipient, decision in decisions],
        schema=[*SUBJECT_KEY, "decision", "note", "answer"],
        orient="row",
    )
    rows = rows.join(fingerprints(con, rows), on=list(SUBJECT_KEY))
    write_atomic(home.books(MAY) / "decisions.csv", csv_bytes(rows))


def ends(outcomes: pl.DataFrame) -> list[tuple[str, str, str]]:
    return outcomes.select("kind", "recipient_no", "outcome").rows()


def test_what_needs_a_decision_is_named_and_keeps_the_month_open(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(HenreiError) as refused:
        decided_outcomes(con, Home(tmp_path), MAY, None)
    assert str(refused.value) == (
        "3件が決まっていません。henrei decide 2026-05 で返戻か支払に決めてください"
        "(決まっていないものだけは --undecided return / accept でもまとめて決められます)"
    )
    assert capsys.readouterr().out.splitlines() == [
        "明細書 A 1 2026-04 決まっていません",
        "明細書 A 2 2026-04 決まっていません",
        "結果票 A 1 2026-04 決まっていません",
    ]


@pytest.mark.parametrize(("undecided", "outcome"), [("return", "返戻"), ("accept", "決定")])
def test_one_decision_for_all_that_is_undecided(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, undecided: str, outcome: str
) -> None:
    decide(con, Home(tmp_path), ("claim", "1", "accept"))
    assert ends(decided_outcomes(con, Home(tmp_path), MAY, undecided)) == [
        ("利", "1", outcome),
        ("明", "1", "決定"),
        ("明", "2", outcome),
        ("明", "3", "決定"),
    ]


def test_who_is_on_hold_keeps_the_month_open_whatever_becomes_of_the_rest(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(con, Home(tmp_path), ("claim", "1", "hold"), ("sheet", "1", "return"))
    with pytest.raises(HenreiError, match=r"^1件が保留のままです。"):
        decided_outcomes(con, Home(tmp_path), MAY, "accept")
    assert capsys.readouterr().out == "明細書 A 1 2026-04 保留のままです\n"
    with pytest.raises(HenreiError, match=r"^1件が決まっていません、1件が保留のままです。"):
        decided_outcomes(con, Home(tmp_path), MAY, None)


def test_a_claim_may_be_returned_without_a_finding(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    decide(con, Home(tmp_path), ("claim", "3", "return"))
    outcomes = decided_outcomes(con, Home(tmp_path), MAY, "accept")
    assert outcomes.filter(pl.col("recipient_no") == "3").rows() == [("明", "A", "3", APRIL, "返戻", 7000)]


def test_a_decision_on_what_is_another_claim_now_counts_no_more(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    decide(con, Home(tmp_path), ("claim", "1", "return"), ("claim", "2", "return"), ("sheet", "1", "return"))
    con.execute("UPDATE claims SET benefit_yen = 1 WHERE recipient_no = '1'")
    with pytest.raises(HenreiError, match=r"^1件が決まっていません"):
        decided_outcomes(con, Home(tmp_path), MAY, None)


def test_a_cancelled_sheet_is_withdrawn_unless_it_is_returned(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("UPDATE sheets SET submission_kind = '3'")
    assert ends(decided_outcomes(con, Home(tmp_path), MAY, "accept"))[0] == ("利", "1", "取下げ")
    assert ends(decided_outcomes(con, Home(tmp_path), MAY, "return"))[0] == ("利", "1", "返戻")


def test_returns_that_say_no_reason_are_counted(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A finding that was to be looked at is a reason, a notice is none; so is the federation's, and what the city says."""
    con.execute("UPDATE findings SET severity = 'notice' WHERE recipient_no IN ('1', '2')")
    con.execute("UPDATE findings SET downgraded = FALSE")
    decide(con, Home(tmp_path), *(("claim", no, "return") for no in "123"), ("sheet", "1", "return"))
    own = decided_outcomes(con, Home(tmp_path), MAY, None)
    assert returned_without_reason(con, own, {}) == 3  # claims 1 and 2, and the sheet
    assert returned_without_reason(con, own, {("claim", "A", "1", "2026-04"): "日を直して"}) == 2
    con.execute(
        "INSERT INTO notices (review_month, accepted_month, kind, facility_no, recipient_no, service_month) "
        "VALUES (?, ?, '利', 'A', '1', ?)",
        [MAY, MAY, APRIL],
    )
    assert returned_without_reason(con, own, {("claim", "A", "1", "2026-04"): "日を直して"}) == 1
    assert returned_without_reason(con, own.clear(), {}) == 0
