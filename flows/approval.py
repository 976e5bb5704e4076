"""approval.pdf of a month: the open month with what is decided in it in, the staged page out. Called by decide and close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

from henrei import labels
from henrei.files import csv_bytes, sha256
from henrei.flows.derived import official_outcomes
from henrei.flows.hidden import hidden_people
from henrei.flows.outcomes import undecided_subjects
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.publication import APPROVAL, APPROVAL_NAME
from henrei.store import books, load
from henrei.store.database import query
from henrei.store.tables import CLAIM_KEY, SUBJECT_KEY

_OF_DECISION = {"return": labels.RETURNED, "accept": labels.DECIDED, "hold": "hold"}
_NOTHING_WRITTEN = {"note": pl.lit(""), "message": pl.lit("")}


@dataclass(frozen=True)
class Month:
    """Whose page it is. `con` has the month as its current one; `entry`: the journal's line of the command."""

    con: duckdb.DuckDBPyConnection
    home: Home
    month: date
    settings: Settings
    entry: dict[str, Any]


def stage_of_decisions(of: Month, decisions: pl.DataFrame, digest: str) -> None:
    """The page of the decisions so far, marked as not final. `decisions`: those that hold (books.DECISION_COLUMNS);
    `digest`: SHA-256 of decisions.csv."""
    decided = decisions.filter(pl.col("decision") != "")
    open_rows = undecided_subjects(of.con, decided).with_columns(outcome=pl.lit("open"), **_NOTHING_WRITTEN)
    outcome = pl.col("decision").replace_strict(_OF_DECISION)
    judged = pl.concat([decided.select(*SUBJECT_KEY, outcome=outcome, note="note", message="message"), open_rows])
    flags = {"by_federation": pl.lit(False), "by_rest": pl.lit(False)}
    _stage(of, _with_yen(of.con, judged).with_columns(**flags), False, digest, "decisions.csv(取り込んだ決定)")


def stage_of_close(of: Month, own: pl.DataFrame, decisions: pl.DataFrame) -> None:
    """The page of a close that is about to be decided: `own` are the rows that it writes into books/, `decisions` what
    people decided one by one. Its outcomes are those of out/<month>/outcomes.csv, where official ones take the place of
    close's own; the database is as it was afterwards.
    """
    con = of.con
    con.execute("BEGIN")
    try:
        con.register("own_now", own)
        con.execute("INSERT INTO own_outcomes BY NAME SELECT review_month() AS review_month, * FROM own_now")
        con.unregister("own_now")
        official = official_outcomes(con, of.month)
    finally:
        con.execute("ROLLBACK")
    keys = ["kind", *CLAIM_KEY]
    returned = own.filter(pl.col("outcome") == labels.RETURNED).select(*keys, returned_here=True)
    written = decisions.filter(pl.col("decision") != "").select(*SUBJECT_KEY, "note", "message", decided=True)
    judged = (
        official.join(returned.unique(), on=keys, how="left")
        .with_columns(subject=pl.col("kind").replace_strict(labels.SUBJECT_OF_KIND))
        .join(written, on=list(SUBJECT_KEY), how="left")
        .select(
            *SUBJECT_KEY,
            "outcome",
            pl.col("benefit_yen").fill_null(0),
            by_federation=(pl.col("outcome") == labels.RETURNED) & pl.col("returned_here").is_null(),
            by_rest=pl.col("decided").is_null(),
            note=pl.col("note").fill_null(""),
            message=pl.col("message").fill_null(""),
        )
    )
    _stage(of, judged, True, sha256(csv_bytes(official)), "outcomes.csv")


def _with_yen(con: duckdb.DuckDBPyConnection, judged: pl.DataFrame) -> pl.DataFrame:
    yen = query(
        con, "SELECT 'claim' AS subject, facility_no, recipient_no, service_month, benefit_yen FROM v_claims_now"
    )
    return judged.join(yen, on=list(SUBJECT_KEY), how="left").with_columns(pl.col("benefit_yen").fill_null(0))


def _stage(of: Month, judged: pl.DataFrame, final: bool, digest: str, of_file: str) -> None:
    from henrei.reports.approval import content, pdf  # typst takes its time

    summary, _ = load.read_summary(of.con, of.month)
    made = datetime.fromisoformat(of.entry["at"])
    given = content.Given(
        city_name=of.settings.city_name,
        month=of.month,
        final=final,
        judged=judged,
        summary=summary,
        refused_claims=load.count_rejects(of.con, of.month, "K122-01"),
        last=_last(of),
        sha256=digest,
        of_file=of_file,
        made=f"{made.year}年{made.month}月{made.day}日 {made.hour}時{made.minute:02}分",
        hidden=hidden_people(of.con),
    )
    APPROVAL.stage(of.home.out(of.month), [(APPROVAL_NAME, pdf.pdf(content.content(of.con, given), made.date()))])


def _last(of: Month) -> tuple[date, dict[str, int]] | None:
    """The month that was closed before this one, and what was received and returned in it."""
    before = [month for month in books.closed(of.home) if month < of.month]
    if not before:
        return None
    kept = books.read_kept(of.home, before[-1])
    rows = query(of.con, "FROM return_counts WHERE review_month = $month", {"month": before[-1]}).to_dicts()
    counts = next(iter(kept["counts"]), None) if kept else next(iter(rows), None)
    nothing = dict.fromkeys(("claims_received", "yen_received", "claims_returned", "yen_returned"), 0)
    return before[-1], counts or nothing
