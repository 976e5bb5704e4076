"""`henrei purge`: a month in; the names and numbers of every month before it removed everywhere in the home. Counts and
hashed states stay.

First everything that is to stay is prepared beside its place; then, from the moment pending.json names it, it takes its
place, the old files go and the database is made anew (the old file would still hold deleted rows). A purge that was cut off
goes on with the next command.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei.errors import HenreiError
from henrei.files import csv_bytes, is_open_elsewhere, staged_name, write_atomic
from henrei.flows import inbox
from henrei.flows.month_state import require_held
from henrei.flows.rebuild import rebuild
from henrei.flows.settings import Settings, load
from henrei.home import SETTINGS, Home
from henrei.months import month_of, month_text
from henrei.schemas.ledgers import ledgers
from henrei.store import books, journal, pending, pseudonyms
from henrei.store.database import open_store, query, set_current_month

_STAYS_IN_OUT = ("summary.json", "payments.csv")
_STAYS_IN_BOOKS = ("outcomes.csv", "official.csv", "purged.json", SETTINGS)


@dataclass(frozen=True)
class Purged:
    """months: whose data went; kept: ledgers of theirs that later months still use (paths below the home)."""

    months: list[date]
    kept: list[str]


def purge(home: Home, before: date, settings: Settings) -> Purged:
    """Raises HenreiError, with nothing removed, where one of the months is open or a file cannot be removed."""
    months = [m for m in _months(home) if m < before and not _is_clean(home, m, settings, before)]
    if still := [m for m in books.runs(home) if m < before and not books.is_closed(home, m)]:
        raise HenreiError(
            f"{month_text(still[0])} が締まっていません。先に henrei close {month_text(still[0])} を実行してください"
        )
    if not months:
        return Purged([], [])
    kept = _kept_ledgers(home, before, settings)
    _refuse_if_open(home, months)
    secret = pseudonyms.key(home, make=True)
    with open_store(home) as con:
        books.copy_into(con, home)
        closed = books.closed(home)
        if closed:
            require_held(con, home, closed[-1])
            set_current_month(con, closed[-1])
        for month in closed:
            if month in months and not books.is_purged(home, month):
                _prepare(con, home, month, closed, secret)
    entry = journal.entry("purge", before, months=[month_text(m) for m in months], kept=len(kept), outcome={})
    pending.begin(home, entry)
    carry_out(home, entry)
    return Purged(months, [home.name_of(path) for path in sorted(kept)])


def carry_out(home: Home, entry: journal.Entry) -> None:
    """All that follows once a purge has been begun; may be done twice."""
    settings = load(home)
    kept = _kept_ledgers(home, month_of(entry["month"]), settings)
    for month in map(month_of, entry["months"]):
        for stays in _STAYS_IN_BOOKS:
            staged = home.books(month) / staged_name(stays)
            if staged.is_file():
                staged.replace(home.books(month) / stays)
        _remove_all(home.books(month), _staying(home, month))
        _remove_all(home.out(month), _staying(home, month))
        _remove_all(home.inbox(month), kept)
    rebuild(home)
    journal.append(home, entry)
    pending.end(home)


def _months(home: Home) -> list[date]:
    """Every month of which the home holds anything, oldest first."""
    return sorted({*home.inbox_months(), *home.out_months(), *home.books_months()})


def _staying(home: Home, month: date) -> set[Path]:
    """The files of out/ and books/ that stay of a purged month."""
    stays = {home.books(month) / name for name in _STAYS_IN_BOOKS}
    return stays | {home.out(month) / name for name in _STAYS_IN_OUT}


def _is_clean(home: Home, month: date, settings: Settings, before: date) -> bool:
    """True where an earlier purge has left nothing to remove."""
    there = {path for folder in _folders(home, month) for path in folder.rglob("*") if path.is_file()}
    stays = _staying(home, month) | _kept_ledgers(home, before, settings)
    return there <= stays and (books.is_purged(home, month) or not books.is_closed(home, month))


def _folders(home: Home, month: date) -> tuple[Path, ...]:
    return home.inbox(month), home.out(month), home.books(month)


def _kept_ledgers(home: Home, before: date, settings: Settings) -> set[Path]:
    """Ledgers of purged months that count for months that stay, because those have none of their own (contract 3.2)."""
    later = [m for m in _months(home) if m >= before and home.inbox(m).is_dir()]
    first = later[0] if later else before
    kept: set[Path] = set()
    for name in ledgers():
        folder = home.inbox(first)
        own = any(name in inbox.ledgers_of(p, settings) for p in folder.rglob("*")) if folder.is_dir() else False
        if not own and (source := inbox.source_of(home, first, settings, name)) and source.month:
            kept |= set(source.paths)
    return kept


def _refuse_if_open(home: Home, months: list[date]) -> None:
    """On Windows a file that a program holds cannot be removed: refused before anything is."""
    paths = (path for month in months for folder in _folders(home, month) for path in folder.rglob("*"))
    for path in filter(is_open_elsewhere, (path for path in paths if path.is_file())):
        raise HenreiError(f"{path} を消せません。開いているプログラムを閉じてください(何も消していません)")


def _prepare(con: duckdb.DuckDBPyConnection, home: Home, month: date, closed: list[date], secret: bytes) -> None:
    """What stays of a closed month, beside its place: counts, and outcomes without numbers."""
    from henrei.reports.dashboard import combine, facts

    counts = query(con, "FROM return_counts WHERE review_month = $month", {"month": month})
    whole = facts.collect(con, [m for m in closed if not books.is_purged(home, m)])
    facts_of_month = combine.of_month(whole, month_text(month))
    data = {"counts": counts.drop("review_month").to_dicts(), "facts": facts_of_month}
    own = pseudonyms.hashed(con, secret, books.read_outcomes(home, month))
    official = query(
        con,
        "SELECT kind, facility_no, recipient_no, service_month, accepted_month FROM notices "
        "WHERE review_month = $month AND kind IN ('明', '利')",
        {"month": month},
    )
    contents = {
        "purged.json": json.dumps(data, ensure_ascii=False).encode("utf-8"),
        "outcomes.csv": csv_bytes(_in_order(own)),
        "official.csv": csv_bytes(pseudonyms.hashed(con, secret, official)),
    }
    for name, text in contents.items():
        write_atomic(home.books(month) / staged_name(name), text)


def _in_order(own: pl.DataFrame) -> pl.DataFrame:
    """As close writes them: the withdrawal of a key before its other outcome."""
    first = (pl.col("outcome") != "取下げ").alias("place")
    return own.sort("kind", "facility_no", "recipient_no", "service_month", first)


def _remove_all(folder: Path, kept: set[Path]) -> None:
    """Everything below the folder but `kept`, and the folder where nothing is left."""
    if not folder.is_dir():
        return
    try:
        if not any(path.is_relative_to(folder) and path.exists() for path in kept):
            shutil.rmtree(folder)
            return
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in kept:
                path.unlink()
    except OSError as problem:
        raise HenreiError(
            f"{problem.filename} を消せません。開いているプログラムを閉じてください。次に henrei を実行したとき続きを消します"
        ) from None
