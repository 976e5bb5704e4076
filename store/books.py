"""The home's folder `books/` in, decisions, inputs, outcomes and results of its months out, and back. Called by every command
that decides. It is the truth, one folder a review month; the database holds a copy.

- `decisions.csv`: the team's decisions, each with a fingerprint of the claim or sheet it was made on, what it was made
  against, from which file, when and by whom; and texts without a decision;
- `conflicts.csv`: decisions that were not made because someone else had decided meanwhile;
- `inputs.csv`: the files that the last run read, with their SHA-256;
- `outcomes.csv`: what close decided. The month is closed when, and only when, this file is there;
- `ledgers/` and `copies.csv`: copies of the ledgers from outside the month's folder that the last run read, and which
  ledger each is, with the name it had;
- `henrei.toml`: the settings it was closed under;
- `summary.json`: the summary of the run that it was closed on;
- `findings.parquet`, `undetermined.parquet`, `rejects.parquet`, `remarks.parquet`: what the run found that it was closed on;
- `purged.json`, `official.csv`: what purge leaves (store.pseudonyms).

Beside the months are journal.jsonl (store.journal) and, while a command works, pending.json (store.pending).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from henrei.errors import HenreiError
from henrei.files import csv_bytes, parquet_bytes, sha256, staged_name, write_atomic
from henrei.home import Home
from henrei.months import month_dates, month_text
from henrei.store import journal, load, tables

DECISION_COLUMNS = (
    "subject",
    "facility_no",
    "recipient_no",
    "service_month",
    "decision",
    "note",  # 備考, for the team alone
    "answer",  # 回答 of the facility
    "message",  # 事業所への一言
    "fingerprint",
    "handed_out",  # the decision that whoever made this one saw; empty: none
    "file",
    "at",
    "who",
)
# A decision that was not made. saved: when its file was saved; at, who: when and by whom it was given to decide.
CONFLICT_COLUMNS = (
    "subject",
    "facility_no",
    "recipient_no",
    "service_month",
    "decision",
    "fingerprint",
    "file",
    "saved",
    "at",
    "who",
)

# Files of books/ that a command prepares before its decisive step.
_PREPARED = ("inputs.csv", "copies.csv", "henrei.toml", "summary.json", "conflicts.csv")
# Columns of copies.csv: file is the name of the copy below `ledgers/`, source the path below the home that it had.
_KEPT_LEDGER = {"ledger": pl.String(), "file": pl.String(), "source": pl.String()}
# What close keeps of the run that it closes, as tables of the store (tables.RESULTS).
_RESULTS = {name: f"{name}.parquet" for name in tables.RESULTS}
_NEWER = ("remarks",)  # of these, what earlier versions did not keep


def runs(home: Home) -> list[date]:
    """Every month that was run, oldest first."""
    ran = {entry.get("month") for entry in journal.read(home) if entry.get("command") == "run"}
    return [month for month in home.books_months() if month_text(month) in ran]


def run_id(home: Home, month: date) -> str:
    """The id of the month's last run in the journal; empty where there is none."""
    return next((e.get("id", "") for e in reversed(journal.of_month(home, month)) if e["command"] == "run"), "")


def is_closed(home: Home, month: date) -> bool:
    return (home.books(month) / "outcomes.csv").is_file()


def is_purged(home: Home, month: date) -> bool:
    """True where purge has removed the month's personal data: what is left are counts and hashed states."""
    return (home.books(month) / "purged.json").is_file()


def read_kept(home: Home, month: date) -> dict[str, Any] | None:
    """What purge kept of the month: counts (rows of return_counts) and facts (of the dashboard); None where it is whole."""
    path = home.books(month) / "purged.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def purged(home: Home) -> list[date]:
    return [month for month in home.books_months() if is_purged(home, month)]


def closed(home: Home) -> list[date]:
    return [month for month in home.books_months() if is_closed(home, month)]


def read_outcomes(home: Home, month: date) -> pl.DataFrame:
    """What close decided, with the columns of tables.OWN_OUTCOMES; empty where the month is open."""
    path = home.books(month) / "outcomes.csv"
    if not path.is_file():
        return pl.DataFrame(schema=tables.OWN_OUTCOMES)
    frame = pl.read_csv(path.read_bytes(), infer_schema=False)
    return frame.select(
        "kind",
        "facility_no",
        "recipient_no",
        month_dates(pl.col("service_month")),
        "outcome",
        pl.col("benefit_yen").cast(pl.Int64),
    )


def read_decisions(home: Home, month: date) -> pl.DataFrame:
    """The decisions made so far: DECISION_COLUMNS, service_month as date, no null. A row with texts alone has an empty
    decision; what an earlier version did not keep is empty."""
    return _read_rows(home.books(month) / "decisions.csv", DECISION_COLUMNS)


def read_conflicts(home: Home, month: date) -> pl.DataFrame:
    """The decisions that were not made and are not settled: CONFLICT_COLUMNS, service_month as date, no null."""
    return _read_rows(home.books(month) / "conflicts.csv", CONFLICT_COLUMNS)


def _read_rows(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    frame = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    if path.is_file():
        there = pl.read_csv(path.read_bytes(), infer_schema=False)
        frame = pl.concat([frame, there.select(name for name in columns if name in there.columns)], how="diagonal")
    return frame.with_columns(pl.all().fill_null("")).with_columns(month_dates(pl.col("service_month")))


def stage_conflicts(home: Home, month: date, rows: pl.DataFrame) -> None:
    """Prepares conflicts.csv of a decide that is about to be made."""
    write_atomic(_prepared(home, month, "conflicts.csv"), csv_bytes(rows.select(CONFLICT_COLUMNS)))


def read_inputs(home: Home, month: date) -> pl.DataFrame:
    """What the last run of the month read: file (path below the home), bytes, sha256; empty where it was never run."""
    path = home.books(month) / "inputs.csv"
    schema = {"file": pl.String(), "bytes": pl.Int64(), "sha256": pl.String()}
    if not path.is_file():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(path.read_bytes(), schema=schema, encoding="utf8")


def stage_inputs(home: Home, month: date, rows: pl.DataFrame) -> None:
    """Prepares inputs.csv of a run that is about to become the month's."""
    write_atomic(_prepared(home, month, "inputs.csv"), csv_bytes(rows))


def read_kept_ledgers(home: Home, month: date) -> pl.DataFrame | None:
    """The copies of ledgers that the month's last run read: _KEPT_LEDGER; None where it was run by a version that kept
    none, or not at all."""
    path = home.books(month) / "copies.csv"
    if not path.is_file():
        return None
    return pl.read_csv(path.read_bytes(), schema=_KEPT_LEDGER, encoding="utf8")


def stage_ledgers(home: Home, month: date, rows: list[tuple[str, str, str]], copies: dict[str, bytes]) -> None:
    """Prepares the copies of a run that is about to become the month's. `rows`: as in _KEPT_LEDGER; `copies`: file → bytes."""
    for name, data in copies.items():
        write_atomic(home.kept_ledgers(month) / staged_name(name), data)
    frame = pl.DataFrame(rows, schema=_KEPT_LEDGER, orient="row")
    write_atomic(_prepared(home, month, "copies.csv"), csv_bytes(frame))


def _publish_ledgers(home: Home, month: date) -> None:
    """The prepared copies take their places, and those of a run before that copies.csv does not name go."""
    folder, kept = home.kept_ledgers(month), read_kept_ledgers(home, month)
    if kept is None or not folder.is_dir():
        return
    names = set(kept["file"])
    for name in names:
        if (staged := folder / staged_name(name)).is_file():
            staged.replace(folder / name)
    for path in list(folder.iterdir()):
        if path.name not in names:
            path.unlink()
    if not names:
        folder.rmdir()


def stage_settings(home: Home, month: date) -> str:
    """Prepares a copy of henrei.toml as it is now, for a close that is about to be decided; returns its SHA-256."""
    data = home.settings.read_bytes()
    write_atomic(_prepared(home, month, "henrei.toml"), data)
    return sha256(data)


def stage_results(
    home: Home, month: date, results: load.Results, summary: dict[str, Any], ledgers: list[dict[str, Any]]
) -> None:
    """Prepares what the last run found, for a close that is about to be decided."""
    text = json.dumps({"summary": summary, "ledgers": ledgers}, ensure_ascii=False)
    write_atomic(_prepared(home, month, "summary.json"), text.encode("utf-8"))
    for name, file in _RESULTS.items():
        write_atomic(_prepared(home, month, file), parquet_bytes(results[name]))


def has_results(home: Home, month: date) -> bool:
    """True where the month is closed and its close kept what the run found; closes of 0.1.0 did not."""
    return is_closed(home, month) and all(path.is_file() for path in result_paths(home, month).values())


def kept_by_close(home: Home, month: date) -> dict[str, Path]:
    """Where close keeps each table of what the run found."""
    return {name: home.books(month) / file for name, file in _RESULTS.items()}


def result_paths(home: Home, month: date) -> dict[str, Path]:
    """The same but for those that the close's version may not have kept."""
    paths = kept_by_close(home, month)
    return {name: path for name, path in paths.items() if name not in _NEWER or path.is_file()}


def read_results(home: Home, month: date) -> load.Results:
    """What the close of the month kept, table → rows. Raises HenreiError where a file is gone or cannot be read."""
    try:
        return {name: _whole(name, path.read_bytes()) for name, path in result_paths(home, month).items()}
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise HenreiError(
            f"books/{month_text(month)} の指摘の控えを読めません({type(problem).__name__})。控えから戻してください"
        ) from None


def _whole(name: str, data: bytes) -> pl.DataFrame:
    """A kept table, with what its close did not keep as not known."""
    frame = pl.read_parquet(data)
    lacking = (column for column in tables.NEWER_COLUMNS.get(name, ()) if column not in frame.columns)
    return frame.with_columns(pl.lit(None, tables.RESULTS[name][column]).alias(column) for column in lacking)


def read_summary(home: Home, month: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The summary of the run that the month was closed on, and what there is to be known of its ledgers; empty where its close kept none."""
    path = home.books(month) / "summary.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"summary": {}, "ledgers": []}
    return kept["summary"], kept["ledgers"]


def remove_results(home: Home, month: date) -> None:
    """Removes what close kept: the month is open again, and its next run finds anew."""
    (home.books(month) / "summary.json").unlink(missing_ok=True)
    for path in result_paths(home, month).values():
        path.unlink(missing_ok=True)


def publish(home: Home, month: date) -> None:
    """What was prepared takes its place; nothing where nothing was."""
    for name in (*_PREPARED, *_RESULTS.values()):
        path = _prepared(home, month, name)
        if path.is_file():
            path.replace(path.with_name(name))
    _publish_ledgers(home, month)


def _prepared(home: Home, month: date, name: str) -> Path:
    return home.books(month) / staged_name(name)


def fingerprint(home: Home, before: date) -> str:
    """Changes when the books of a month before `before` change."""
    digest = hashlib.sha256()
    for month in closed(home):
        if month < before:
            digest.update(month.isoformat().encode() + (home.books(month) / "outcomes.csv").read_bytes())
    return digest.hexdigest()[:16]


def copy_into(con: duckdb.DuckDBPyConnection, home: Home, before: date = date.max) -> None:
    """Brings the database's copy of the closed months' outcomes (those before `before`) up to the books."""
    frames = [
        read_outcomes(home, month).select(pl.lit(month).alias("review_month"), pl.all())
        for month in closed(home)
        if month < before
    ]
    con.execute("BEGIN")
    con.execute("DELETE FROM own_outcomes")
    if frames:
        con.register("books_frame", pl.concat(frames))
        con.execute("INSERT INTO own_outcomes SELECT * FROM books_frame")
        con.unregister("books_frame")
    con.execute("COMMIT")
