"""books/<month>/: what people decided and what close made of it. The truth; the database holds a copy.

- `decisions.csv`: the team's word, with a fingerprint of the claim or sheet it was given on;
- `outcomes.csv`: what close decided. The month is closed when, and only when, this file is there;
- `journal.jsonl`: one line a command: when, what, by which rules, on which inputs, with which result. Never a name
  or number of a child.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

import henrei
from henrei.store import tables

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


def folder(home: Path, month: date) -> Path:
    return home / "books" / month.strftime("%Y-%m")


def months(home: Path) -> list[date]:
    """Every month that has books, oldest first."""
    root = home / "books"
    names = sorted(p.name for p in root.iterdir() if p.is_dir()) if root.is_dir() else []
    return [date.fromisoformat(f"{n}-01") for n in names if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", n)]


def is_closed(home: Path, month: date) -> bool:
    return (folder(home, month) / "outcomes.csv").is_file()


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


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """A CSV for Excel: UTF-8 with BOM, CRLF; months as YYYY-MM."""
    shown = frame.with_columns(pl.selectors.date().dt.strftime("%Y-%m"))
    return b"\xef\xbb\xbf" + shown.write_csv(line_terminator="\r\n").encode("utf-8")


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


def fingerprint(home: Path, before: date) -> str:
    """Changes when the books of a month before `before` change."""
    digest = hashlib.sha256()
    for month in closed(home):
        if month < before:
            digest.update(month.isoformat().encode() + (folder(home, month) / "outcomes.csv").read_bytes())
    return digest.hexdigest()[:16]


def copy_into(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Brings the database's copy of the closed months' outcomes up to the books."""
    frames = [
        read_outcomes(home, month).select(pl.lit(month).alias("review_month"), pl.all()) for month in closed(home)
    ]
    con.execute("BEGIN")
    con.execute("DELETE FROM own_outcomes")
    if frames:
        con.register("books_frame", pl.concat(frames))
        con.execute("INSERT INTO own_outcomes SELECT * FROM books_frame")
        con.unregister("books_frame")
    con.execute("COMMIT")


def journal(home: Path, month: date, command: str, **more: Any) -> None:
    """Adds a line to the month's journal. `more` are counts, hashes and words, never a name or number of a child."""
    path = folder(home, month) / "journal.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": command,
        "version": henrei.__version__,
        **more,
    }
    with path.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps(entry, ensure_ascii=False) + "\n")


def read_journal(home: Path, month: date) -> list[dict[str, Any]]:
    path = folder(home, month) / "journal.jsonl"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    # A line cut off by a crash is the last one, and says nothing yet.
    return [json.loads(line) for line in lines if line.endswith("}")]
