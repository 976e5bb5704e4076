"""What follows from the books: the database's copy of the outcomes, and in out/ the outcomes, payments, notices, rates
and the dashboard. Made again whenever the books have changed; nothing here decides anything.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei.flows import dashboard
from henrei.publication import NOTICES
from henrei.store import books, journal, pseudonyms
from henrei.store.database import query

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


def set_current(con: duckdb.DuckDBPyConnection, month: date) -> None:
    con.execute("BEGIN")
    con.execute("DELETE FROM current_review")
    con.execute("INSERT INTO current_review VALUES (?)", [month])
    con.execute("COMMIT")


def settle(con: duckdb.DuckDBPyConnection, home: Path, *, dashboard_anew: bool = False) -> dict[date, int]:
    """Makes everything that follows from the books: the database's copy, and the files in out/.

    Returns per closed month how many outcomes of close gave way to official ones. The newest closed month, by whose
    folder official outcomes are known, becomes the current review month.
    """
    books.copy_into(con, home)
    pseudonyms.recognise(con, home)
    closed = books.closed(home)
    replaced = {}
    if closed:
        set_current(con, closed[-1])
    for month in (m for m in closed if not books.is_purged(home, m)):
        folder = home / "out" / month.strftime("%Y-%m")
        outcomes = standing(con, month)
        _write_changed(folder / "outcomes.csv", books.csv_bytes(outcomes))
        _write_changed(folder / "payments.csv", books.csv_bytes(payments(con, month)))
        NOTICES.publish(folder)
        own = books.read_outcomes(home, month)
        same = outcomes.select(pl.col(name).cast(kind) for name, kind in own.schema.items())
        replaced[month] = own.join(same, on=own.columns, how="anti", nulls_equal=True).height
    for path in (home / "out").glob("????-??"):
        if path.name not in {month.strftime("%Y-%m") for month in closed}:
            for name in ("outcomes.csv", "payments.csv"):
                (path / name).unlink(missing_ok=True)
            NOTICES.withdraw(path)
    if closed or (home / "out" / "return_rates.csv").exists():
        _write_changed(home / "out" / "return_rates.csv", books.csv_bytes(_rates(con, home, closed)))
    dashboard.keep(con, home, closed, anew=dashboard_anew)
    return replaced


def standing(con: duckdb.DuckDBPyConnection, month: date) -> pl.DataFrame:
    """The outcomes of a closed month as they stand, official ones in the place of close's own: rows of outcomes.csv."""
    return query(
        con,
        "SELECT * EXCLUDE (outcome_month) FROM outcomes_standing WHERE outcome_month = $month "
        "ORDER BY kind, facility_no, recipient_no, service_month, outcome <> '取下げ', outcome",
        {"month": month},
    )


def payments(con: duckdb.DuckDBPyConnection, month: date) -> pl.DataFrame:
    """What each facility is paid for a closed month, and what is taken back: rows of payments.csv."""
    return query(
        con,
        "SELECT facility_no, decided_yen, withdrawn_yen, decided_yen - withdrawn_yen AS net_yen FROM payments "
        "WHERE outcome_month = $month ORDER BY facility_no",
        {"month": month},
    )


def _write_changed(path: Path, data: bytes) -> None:
    """Leaves a file alone that says the same already: someone may have it open in Excel."""
    if not path.is_file() or path.read_bytes() != data:
        books.write_whole(path, data)


def _rates(con: duckdb.DuckDBPyConnection, home: Path, closed: list[date]) -> pl.DataFrame:
    """return_rates.csv: a row a closed month; a rate is empty where nothing was received."""
    counts = {row["review_month"]: row for row in query(con, "FROM return_counts").iter_rows(named=True)}
    rows = []
    for month in closed:
        kept = books.read_kept(home, month)
        found = counts.get(month, {}) if kept is None else next(iter(kept["counts"]), {})
        row = dict.fromkeys(RATE_COLUMNS, 0) | found
        for rate, part, whole in (
            ("rate_count", "claims_returned", "claims_received"),
            ("rate_yen", "yen_returned", "yen_received"),
            ("first_rate", "first_claims_returned", "first_claims_received"),
        ):
            row[rate] = f"{row[part] / row[whole]:.4f}" if row[whole] else ""
        row["review_month"] = month.strftime("%Y-%m")
        rows.append({name: str(row[name]) for name in RATE_COLUMNS})
    return pl.DataFrame(rows, schema=dict.fromkeys(RATE_COLUMNS, pl.String))


def note_official(home: Path, month: date, replaced: dict[date, int]) -> None:
    """Says in the journal of a closed month when official outcomes newly take the place of close's own."""
    for closed, count in replaced.items():
        said = [e for e in journal.of_month(home, closed) if e["command"] in ("official", "reopen")]
        last = said[-1]["replaced"] if said and said[-1]["command"] == "official" else 0
        if count != last:
            known = month.strftime("%Y-%m")
            journal.append(home, journal.entry("official", closed, replaced=count, known_in=known))
