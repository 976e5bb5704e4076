"""books/<month>/: what people decided and what close made of it. The truth; the database holds a copy.

- `decisions.csv`: the team's word, with a fingerprint of the claim or sheet it was given on;
- `inputs.csv`: the files that the last run read, with their SHA-256;
- `outcomes.csv`: what close decided. The month is closed when, and only when, this file is there;
- `henrei.toml`: the settings it was closed under;
- `purged.json`, `official.csv`: what purge leaves (store.forgotten).

Beside them stand journal.jsonl (store.journal) and, while a command works, pending.json (store.pending).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from henrei.store import journal, tables

DECISION_COLUMNS = (
    "subject",
    "facility_no",
    "recipient_no",
    "service_month",
    "decision",
    "note",
    "answer",
    "fingerprint",
)

# Files of books/ that a command prepares before its decisive step, and what they are called until then.
_STAGED = {"inputs.csv": ".inputs.run.new", "henrei.toml": ".henrei.close.new"}


def folder(home: Path, month: date) -> Path:
    return home / "books" / month.strftime("%Y-%m")


def months(home: Path) -> list[date]:
    """Every month that has books, oldest first."""
    root = home / "books"
    names = sorted(p.name for p in root.iterdir() if p.is_dir()) if root.is_dir() else []
    return [date.fromisoformat(f"{n}-01") for n in names if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", n)]


def runs(home: Path) -> list[date]:
    """Every month that was run, oldest first."""
    ran = {entry.get("month") for entry in journal.read(home) if entry.get("command") == "run"}
    return [month for month in months(home) if month.strftime("%Y-%m") in ran]


def run_id(home: Path, month: date) -> str:
    """The id of the month's last run in the journal; empty where there is none."""
    return next((e.get("id", "") for e in reversed(journal.of_month(home, month)) if e["command"] == "run"), "")


def is_closed(home: Path, month: date) -> bool:
    return (folder(home, month) / "outcomes.csv").is_file()


def is_purged(home: Path, month: date) -> bool:
    """True where purge has removed the month's personal data: what is left are counts and hashed states."""
    return (folder(home, month) / "purged.json").is_file()


def read_kept(home: Path, month: date) -> dict[str, Any] | None:
    """What purge kept of the month: counts (rows of return_counts) and facts (of the dashboard); None where it is whole."""
    path = folder(home, month) / "purged.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def purged(home: Path) -> list[date]:
    return [month for month in months(home) if is_purged(home, month)]


def closed(home: Path) -> list[date]:
    return [month for month in months(home) if is_closed(home, month)]


def write_whole(path: Path, data: bytes) -> None:
    """The file as it was or as it shall be, also if the machine stops in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # Windows writes names through by itself
        place = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """A CSV for Excel: UTF-8 with BOM, CRLF; months as YYYY-MM."""
    shown = frame.with_columns(pl.selectors.date().dt.strftime("%Y-%m"))
    text = io.BytesIO()  # once in memory, not as text and bytes and their sum
    text.write(b"\xef\xbb\xbf")
    shown.write_csv(text, line_terminator="\r\n")
    return text.getvalue()


def read_outcomes(home: Path, month: date) -> pl.DataFrame:
    """What close decided, with the columns of tables.OWN_OUTCOMES; empty where the month is open."""
    path = folder(home, month) / "outcomes.csv"
    if not path.is_file():
        return pl.DataFrame(schema=tables.OWN_OUTCOMES)
    frame = pl.read_csv(path.read_bytes(), infer_schema=False)
    return frame.select(
        "kind",
        "facility_no",
        "recipient_no",
        (pl.col("service_month") + "-01").str.to_date("%Y-%m-%d"),
        "outcome",
        pl.col("benefit_yen").cast(pl.Int64),
    )


def read_decisions(home: Path, month: date) -> pl.DataFrame:
    """The decisions taken so far: DECISION_COLUMNS, service_month as date."""
    path = folder(home, month) / "decisions.csv"
    if not path.is_file():
        return pl.DataFrame(schema=dict.fromkeys(DECISION_COLUMNS, pl.String)).with_columns(
            pl.col("service_month").cast(pl.Date)
        )
    frame = pl.read_csv(path.read_bytes(), infer_schema=False)
    if "answer" not in frame.columns:  # taken by an older version
        frame = frame.with_columns(answer=pl.lit(""))
    return frame.select(DECISION_COLUMNS).with_columns(
        (pl.col("service_month") + "-01").str.to_date("%Y-%m-%d"), pl.col("note", "answer").fill_null("")
    )


def read_inputs(home: Path, month: date) -> pl.DataFrame:
    """What the last run of the month read: file (path below the home), bytes, sha256; empty where it was never run."""
    path = folder(home, month) / "inputs.csv"
    schema = {"file": pl.String(), "bytes": pl.Int64(), "sha256": pl.String()}
    if not path.is_file():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(path.read_bytes(), schema=schema, encoding="utf8")


def stage_inputs(home: Path, month: date, rows: pl.DataFrame) -> None:
    """Prepares inputs.csv of a run that is about to stand."""
    write_whole(folder(home, month) / _STAGED["inputs.csv"], csv_bytes(rows))


def stage_settings(home: Path, month: date, settings: Path) -> str:
    """Prepares a copy of henrei.toml as it is now, for a close that is about to stand; returns its SHA-256."""
    data = settings.read_bytes()
    write_whole(folder(home, month) / _STAGED["henrei.toml"], data)
    return hashlib.sha256(data).hexdigest()


def publish(home: Path, month: date) -> None:
    """What was prepared takes its place; nothing where nothing was."""
    for name, staged in _STAGED.items():
        path = folder(home, month) / staged
        if path.is_file():
            path.replace(path.with_name(name))


def fingerprint(home: Path, before: date) -> str:
    """Changes when the books of a month before `before` change."""
    digest = hashlib.sha256()
    for month in closed(home):
        if month < before:
            digest.update(month.isoformat().encode() + (folder(home, month) / "outcomes.csv").read_bytes())
    return digest.hexdigest()[:16]


def copy_into(con: duckdb.DuckDBPyConnection, home: Path, before: date = date.max) -> None:
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
