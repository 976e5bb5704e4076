"""purge: removes the names and numbers of old months everywhere in the home; counts and hashed states stay.

First everything that is to stay is prepared beside its place; then, from the moment pending.json says so, it takes its
place, the old files go and the database is made anew (deleted rows would stand in the old file). A purge that was cut off
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

from henrei.data.rules import rules
from henrei.errors import HenreiError
from henrei.flows import close, derived, rebuild
from henrei.flows.run import receive
from henrei.flows.settings import Settings, load
from henrei.schemas.ledgers import ledgers
from henrei.store import books, journal, pending, pseudonyms
from henrei.store.database import open_store, query

_STAYS_IN_OUT = ("summary.json", "payments.csv")
_STAYS_IN_BOOKS = ("outcomes.csv", "official.csv", "purged.json", "henrei.toml")
_STAGED = ".purge.{}.new"


@dataclass(frozen=True)
class Purged:
    """months: whose data went; kept: ledgers of theirs that later months still use (paths below the home)."""

    months: list[date]
    kept: list[str]


def purge(home: Path, before: date, settings: Settings) -> Purged:
    """Raises HenreiError, with nothing removed, where one of the months is open or a file cannot be removed."""
    months = [m for m in _months(home) if m < before and not _is_clean(home, m, settings, before)]
    if still := [m for m in books.runs(home) if m < before and not books.is_closed(home, m)]:
        raise HenreiError(f"{still[0]:%Y-%m} が締まっていません。先に henrei close {still[0]:%Y-%m} を実行してください")
    if not months:
        return Purged([], [])
    kept = _kept_ledgers(home, before, settings)
    _refuse_if_open(home, months)
    secret = pseudonyms.key(home, make=True)
    with open_store(home, rules()) as con:
        books.copy_into(con, home)
        closed = books.closed(home)
        if closed:
            close.require_held(con, home, closed[-1])
            derived.set_current(con, closed[-1])
        for month in closed:
            if month in months and not books.is_purged(home, month):
                _prepare(con, home, month, closed, secret)
    names = [month.strftime("%Y-%m") for month in months]
    entry = journal.entry("purge", before, months=names, kept=len(kept), outcome={})
    pending.begin(home, entry)
    carry_out(home, entry)
    return Purged(months, [path.relative_to(home).as_posix() for path in sorted(kept)])


def carry_out(home: Path, entry: journal.Entry) -> None:
    """All that follows once a purge has been begun; may be done twice."""
    before = date.fromisoformat(f"{entry['month']}-01")
    settings = load(home)
    kept = _kept_ledgers(home, before, settings)
    for name in entry["months"]:
        folder = home / "books" / name
        for stays in _STAYS_IN_BOOKS:
            staged = folder / _STAGED.format(stays)
            if staged.is_file():
                staged.replace(folder / stays)
        _remove_all(folder, {folder / stays for stays in _STAYS_IN_BOOKS})
        _remove_all(home / "out" / name, {home / "out" / name / stays for stays in _STAYS_IN_OUT})
        _remove_all(home / "inbox" / name, kept)
    rebuild.rebuild(home, settings)
    journal.append(home, entry)
    pending.end(home)


def _months(home: Path) -> list[date]:
    """Every month of which the home holds anything, oldest first."""
    names = {path.name for root in ("inbox", "out", "books") for path in (home / root).glob("????-??") if path.is_dir()}
    found = []
    for name in sorted(names):
        try:
            found.append(date.fromisoformat(f"{name}-01"))
        except ValueError:  # a folder of someone's own
            continue
    return found


def _is_clean(home: Path, month: date, settings: Settings, before: date) -> bool:
    """True where an earlier purge has left nothing to remove."""
    name = month.strftime("%Y-%m")
    kept = _kept_ledgers(home, before, settings)
    stays = {home / "books" / name / one for one in _STAYS_IN_BOOKS}
    stays |= {home / "out" / name / one for one in _STAYS_IN_OUT} | kept
    there = {p for root in ("inbox", "out", "books") for p in (home / root / name).rglob("*") if p.is_file()}
    return there <= stays and (books.is_purged(home, month) or not books.is_closed(home, month))


def _kept_ledgers(home: Path, before: date, settings: Settings) -> set[Path]:
    """Ledgers of purged months that stand for months that stay, because those have none of their own (contract 3.2)."""
    later = [m for m in _months(home) if m >= before and receive.month_folder(home, m).is_dir()]
    first = later[0] if later else before
    kept: set[Path] = set()
    for name in ledgers():
        folder = receive.month_folder(home, first)
        own = any(receive.ledger_of(p, settings) == name for p in folder.rglob("*")) if folder.is_dir() else False
        if not own and (found := receive.earlier_ledgers(home, first, settings, name)):
            kept |= set(found[0][1])
    return kept


def _refuse_if_open(home: Path, months: list[date]) -> None:
    """On Windows a file that a program holds cannot be removed: said before anything is."""
    for month in months:
        for root in ("inbox", "out", "books"):
            for path in (home / root / month.strftime("%Y-%m")).rglob("*"):
                if path.is_file():
                    try:
                        with path.open("ab"):
                            pass
                    except OSError:
                        raise HenreiError(
                            f"{path} を消せません。開いているプログラムを閉じてください(何も消していません)"
                        ) from None


def _prepare(con: duckdb.DuckDBPyConnection, home: Path, month: date, closed: list[date], secret: bytes) -> None:
    """What stays of a closed month, beside its place: counts, and outcomes without numbers."""
    from henrei.reports.dashboard import combine, facts

    counts = query(con, "FROM return_counts WHERE review_month = $month", {"month": month})
    whole = facts.collect(con, [m for m in closed if not books.is_purged(home, m)])
    told = combine.of_month(whole, month.strftime("%Y-%m"))
    data = {"counts": counts.drop("review_month").to_dicts(), "facts": told}
    own = pseudonyms.hashed(con, secret, books.read_outcomes(home, month))
    official = query(
        con,
        "SELECT kind, facility_no, recipient_no, service_month, accepted_month FROM notices "
        "WHERE review_month = $month AND kind IN ('明', '利')",
        {"month": month},
    )
    contents = {
        "purged.json": json.dumps(data, ensure_ascii=False).encode("utf-8"),
        "outcomes.csv": books.csv_bytes(_in_order(own)),
        "official.csv": books.csv_bytes(pseudonyms.hashed(con, secret, official)),
    }
    for name, text in contents.items():
        books.write_whole(books.folder(home, month) / _STAGED.format(name), text)


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
    except OSError as found:
        raise HenreiError(
            f"{found.filename} を消せません。開いているプログラムを閉じてください。次に henrei を実行したとき続きを消します"
        ) from None
