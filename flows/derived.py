"""What is computed from books/: the database's copy of the outcomes, and outcomes.csv, payments.csv, notices/,
return_rates.csv and dashboard.html in out/. Called after close and reopen, by rebuild and by `henrei dashboard`.

Idempotent; nothing here decides anything.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from henrei.files import csv_bytes, write_if_changed
from henrei.flows import dashboard_page
from henrei.home import Home
from henrei.months import month_text
from henrei.publication import NOTICES
from henrei.store import books, journal, pseudonyms
from henrei.store.database import query, set_current_month

RATE_COLUMNS = (
    "review_month",
    "claims_received",
    "claims_returned",
    "rate_count",
    "yen_received",
    "yen_returned",
    "rate_yen",
    "first_claims_received",
    "first_claims_returned",
    "first_rate",
    "returned_by_federation",
    "returned_by_city",
)
_RATES = (
    ("rate_count", "claims_returned", "claims_received"),
    ("rate_yen", "yen_returned", "yen_received"),
    ("first_rate", "first_claims_returned", "first_claims_received"),
)


def update_derived(con: duckdb.DuckDBPyConnection, home: Home, *, rewrite_dashboard: bool = False) -> dict[date, int]:
    """Brings everything that follows from the books up to them.

    Returns per closed month how many outcomes of close gave way to official ones. The newest closed month, by whose
    folder official outcomes are known, becomes the current review month.
    """
    books.copy_into(con, home)
    pseudonyms.recognise(con, home)
    closed = books.closed(home)
    if closed:
        set_current_month(con, closed[-1])
    replaced = {month: _update_month(con, home, month) for month in closed if not books.is_purged(home, month)}
    # A month that is no longer closed has no outcomes.
    for month in home.out_months():
        if month not in closed:
            for name in ("outcomes.csv", "payments.csv"):
                (home.out(month) / name).unlink(missing_ok=True)
            NOTICES.withdraw(home.out(month))
    if closed or home.return_rates.exists():
        write_if_changed(home.return_rates, csv_bytes(_rates(con, home, closed)))
    dashboard_page.update(con, home, closed, rewrite=rewrite_dashboard)
    return replaced


def _update_month(con: duckdb.DuckDBPyConnection, home: Home, month: date) -> int:
    """The files of one closed month; returns how many outcomes of close gave way to official ones."""
    folder = home.out(month)
    outcomes = official_outcomes(con, month)
    write_if_changed(folder / "outcomes.csv", csv_bytes(outcomes))
    write_if_changed(folder / "payments.csv", csv_bytes(payments(con, month)))
    NOTICES.publish(folder)
    own = books.read_outcomes(home, month)
    same = outcomes.select(pl.col(name).cast(kind) for name, kind in own.schema.items())
    return own.join(same, on=own.columns, how="anti", nulls_equal=True).height


def official_outcomes(con: duckdb.DuckDBPyConnection, month: date) -> pl.DataFrame:
    """The outcomes of a closed month, official ones in the place of close's own: rows of outcomes.csv."""
    return query(
        con,
        "SELECT * EXCLUDE (outcome_month) FROM outcomes_standing WHERE outcome_month = $month "
        "ORDER BY kind, facility_no, recipient_no, service_month, outcome <> '取下げ', outcome",
        {"month": month},
    )


def payments(con: duckdb.DuckDBPyConnection, month: date) -> pl.DataFrame:
    """What each facility is paid for a closed month, and what it owes back: rows of payments.csv."""
    return query(
        con,
        "SELECT facility_no, decided_yen, withdrawn_yen, decided_yen - withdrawn_yen AS net_yen FROM payments "
        "WHERE outcome_month = $month ORDER BY facility_no",
        {"month": month},
    )


def _rates(con: duckdb.DuckDBPyConnection, home: Home, closed: list[date]) -> pl.DataFrame:
    """return_rates.csv: a row a closed month; a rate is empty where nothing was received."""
    counts = {row["review_month"]: row for row in query(con, "FROM return_counts").iter_rows(named=True)}
    rows = []
    for month in closed:
        kept = books.read_kept(home, month)
        counted = counts.get(month, {}) if kept is None else next(iter(kept["counts"]), {})
        row = dict.fromkeys(RATE_COLUMNS, 0) | counted
        for rate, part, whole in _RATES:
            row[rate] = f"{row[part] / row[whole]:.4f}" if row[whole] else ""
        row["review_month"] = month_text(month)
        rows.append({name: str(row[name]) for name in RATE_COLUMNS})
    return pl.DataFrame(rows, schema=dict.fromkeys(RATE_COLUMNS, pl.String))


def note_official(home: Home, month: date, replaced: dict[date, int]) -> None:
    """Writes into the journal of a closed month when official outcomes newly take the place of close's own."""
    for closed, count in replaced.items():
        entries = [e for e in journal.of_month(home, closed) if e["command"] in ("official", "reopen")]
        last = entries[-1]["replaced"] if entries and entries[-1]["command"] == "official" else 0
        if count != last:
            journal.append(home, journal.entry("official", closed, replaced=count, known_in=month_text(month)))
