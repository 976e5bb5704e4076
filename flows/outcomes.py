"""Decisions to outcomes: the open month and the team's decisions in, rows of books/<month>/outcomes.csv out. Called by
close and verify.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from henrei import labels
from henrei.errors import HenreiError
from henrei.flows.month_state import valid_decisions
from henrei.home import Home
from henrei.months import month_text, month_texts
from henrei.store.database import query
from henrei.store.tables import CLAIM_KEY, SUBJECT_KEY

# Of the current month: what a finding is the reason of, and what the federation itself returned.
_REASONS = """
SELECT subject, facility_no, recipient_no, service_month FROM findings
WHERE review_month = review_month() AND (severity IN ('return', 'review') OR downgraded)
"""
_FEDERATION = """
SELECT kind, facility_no, recipient_no, service_month FROM notices
WHERE accepted_month = review_month() AND review_month <= review_month() AND kind IN ('明', '利')
"""


@dataclass(frozen=True)
class Decided:
    """outcomes: rows of outcomes.csv; by_undecided: how many claims and sheets the decision for the rest decided."""

    outcomes: pl.DataFrame
    by_undecided: int


def decided_outcomes(con: duckdb.DuckDBPyConnection, home: Home, month: date, undecided: str | None) -> pl.DataFrame:
    """The outcomes of `decide_all` alone."""
    return decide_all(con, home, month, undecided).outcomes


def decide_all(con: duckdb.DuckDBPyConnection, home: Home, month: date, undecided: str | None) -> Decided:
    """What the team's decisions make of the current review month; `undecided` is the decision for the rest.

    Prints what keeps the month open, and raises HenreiError, where a decision is missing or a claim is on hold.
    """
    held, _ = valid_decisions(con, home, month)
    held = held.select(*SUBJECT_KEY, "decision")
    missing = undecided_subjects(con, held)
    rest = missing.height if undecided else 0
    if undecided and missing.height:
        held = pl.concat([held, missing.select(*SUBJECT_KEY, decision=pl.lit(undecided))])
        missing = missing.clear()
    _refuse_undecided(missing, on_hold(held), month)
    return Decided(outcomes_of(con, held), rest)


def undecided_subjects(con: duckdb.DuckDBPyConnection, decisions: pl.DataFrame) -> pl.DataFrame:
    """Claims and sheets of the current month on which a person must decide and has not: SUBJECT_KEY, sorted."""
    decided = decisions.select(SUBJECT_KEY)
    return query(con, "FROM decision_needed").join(decided, on=list(SUBJECT_KEY), how="anti").sort(SUBJECT_KEY)


def on_hold(decisions: pl.DataFrame) -> pl.DataFrame:
    """The decisions that keep a month open, sorted."""
    return decisions.filter(pl.col("decision") == "hold").sort(SUBJECT_KEY)


def _refuse_undecided(missing: pl.DataFrame, on_hold: pl.DataFrame, month: date) -> None:
    """Lists everything that keeps the month open, then raises."""
    kept_open = ((missing, "決まっていません"), (on_hold, "保留のままです"))
    for rows, state in kept_open:
        for row in rows.iter_rows(named=True):
            label = labels.SHORT_SUBJECTS[row["subject"]]
            print(f"{label} {row['facility_no']} {row['recipient_no']} {month_text(row['service_month'])} {state}")
    counts = "、".join(f"{rows.height}件が{state}" for rows, state in kept_open if rows.height)
    if counts:
        raise HenreiError(
            f"{counts}。henrei decide {month_text(month)} で返戻か支払に決めてください"
            "(決まっていないものだけは --undecided return / accept でもまとめて決められます)"
        )


def returned_without_reason(
    con: duckdb.DuckDBPyConnection, own: pl.DataFrame, messages: Collection[tuple[str, str, str, str]]
) -> int:
    """How many of the claims and sheets that close returns (`own`: rows of outcomes.csv) have no reason that the facility
    could read: no finding that is one, no return by the federation, and no 事業所への一言 (`month_state.messages`)."""
    as_text = month_texts(pl.col("service_month"))
    explained = set(query(con, _REASONS).with_columns(as_text).iter_rows()) | set(messages)
    federation = query(con, _FEDERATION).with_columns(as_text)
    returned = own.filter(pl.col("outcome") == labels.RETURNED).with_columns(as_text)
    explained |= _keys(federation)
    return len(_keys(returned) - explained)


def _keys(rows: pl.DataFrame) -> set[tuple[str, ...]]:
    """SUBJECT_KEY of rows that have the kind of outcomes."""
    return {(labels.SUBJECT_OF_KIND[kind], *key) for kind, *key in rows.select("kind", *CLAIM_KEY).iter_rows()}


def say_without_reason(count: int) -> str:
    """The line that close and its preview say first where `returned_without_reason` is not 0."""
    return f"理由の書かれていない返戻 {count}件 (1 決定の「事業所への一言」に書けます)"


def outcomes_of(con: duckdb.DuckDBPyConnection, decisions: pl.DataFrame) -> pl.DataFrame:
    """What close writes for `decisions` (SUBJECT_KEY and decision): withdrawals by petition first, then claims and sheets;
    sorted."""
    con.register("decided", decisions)
    returned = (
        "COALESCE((SELECT any_value(d.decision) FROM decided d WHERE d.subject = '{0}' AND "
        + " AND ".join(f"d.{name} = x.{name}" for name in CLAIM_KEY)
        + "), 'accept') = 'return'"
    )
    try:
        return query(
            con,
            f"""
            SELECT kind, facility_no, recipient_no, service_month, outcome, benefit_yen FROM (
                SELECT '明' AS kind, facility_no, recipient_no, service_month, '取下げ' AS outcome, benefit_yen,
                       0 AS place FROM withdrawals_due
                UNION ALL
                SELECT '明', facility_no, recipient_no, service_month,
                       CASE WHEN {returned.format("claim")} THEN '返戻' ELSE '決定' END, benefit_yen, 1
                FROM claims_now x
                UNION ALL
                SELECT '利', facility_no, recipient_no, service_month,
                       CASE WHEN {returned.format("sheet")} THEN '返戻'
                            WHEN cancels THEN '取下げ' ELSE '決定' END, NULL, CASE WHEN cancels THEN 0 ELSE 1 END
                FROM (SELECT DISTINCT facility_no, recipient_no, service_month, submission_kind = '3' AS cancels
                      FROM sheets_now) x
            ) GROUP BY ALL
            ORDER BY kind, facility_no, recipient_no, service_month, min(place)
            """,
        )
    finally:
        con.unregister("decided")
