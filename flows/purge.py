"""`henrei purge`: a month in; the names and numbers of every month before it removed everywhere in the home. Counts and
hashed states stay.

First it is seen what would go and what would stay (`purge_plan`), and a person agrees; then everything that is to stay is
prepared beside its place; then, from the moment pending.json names it, it takes its place, the old files go and the database
is made anew (the old file would still hold deleted rows). A purge that was cut off goes on with the next command.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei.errors import HenreiError
from henrei.files import csv_bytes, is_open_elsewhere, staged_name, write_atomic
from henrei.flows import purge_plan as plans
from henrei.flows import traces
from henrei.flows.month_state import require_held
from henrei.flows.purge_plan import Plan
from henrei.flows.rebuild import rebuild
from henrei.flows.settings import Settings, load
from henrei.home import SETTINGS, Home
from henrei.months import month_of, month_text
from henrei.store import books, journal, pending, pseudonyms
from henrei.store.database import open_store, query, set_current_month


def purge(home: Home, before: date, settings: Settings, *, force: bool, agree: Callable[[Plan], None]) -> Plan | None:
    """Removes what `agree` was shown; None where there is nothing to remove.

    `agree` raises HenreiError where a person does not want it. `force`: also months that the city must still keep.
    Raises HenreiError, with nothing removed, where one of the months is open or too young, or a file cannot be removed.
    """
    kept = plans.kept_ledgers(home, before, settings)
    elsewhere = {path: month for path, month in plans.elsewhere(home).items() if month < before}
    there = {*plans.months_of(home), *elsewhere.values()}
    files = {m: plans.going(home, m, kept) for m in sorted(there) if m < before}
    months = [m for m, own in files.items() if own or m in elsewhere.values()]  # else an earlier purge has left nothing
    if still := [m for m in books.runs(home) if m < before and not books.is_closed(home, m)]:
        raise HenreiError(
            f"{month_text(still[0])} が締まっていません。先に henrei close {month_text(still[0])} を実行してください"
        )
    if not months:
        return None
    if not force:
        _refuse_too_young(home, months, settings.retention_months)
    _refuse_if_open([*(path for month in months for path in files[month]), *elsewhere])
    with open_store(home) as con:
        books.copy_into(con, home)
        closed = books.closed(home)
        if closed:
            require_held(con, home, closed[-1])
            set_current_month(con, closed[-1])
        ran = set(books.runs(home))
        plan = Plan(
            before=before,
            months=[plans.MonthFiles(m, len(files[m]), sum(path.stat().st_size for path in files[m])) for m in months],
            elsewhere=[home.name_of(path) for path in elsewhere],
            kept=[home.name_of(path) for path in sorted(kept)],
            found=traces.search(home, months, traces.people_of(con, months), set(elsewhere)),
            never_run=[m for m in months if m not in ran and home.inbox(m).is_dir()],
            staying=any(m >= before for m in plans.months_of(home)),
        )
        agree(plan)
        secret = pseudonyms.key(home, make=True)
        for month in closed:
            if month in months and not books.is_purged(home, month):
                _prepare(con, home, month, closed, secret)
    left = len(plan.found.traces) + len(plan.found.unread)
    names = [month_text(m) for m in months]
    entry = journal.entry("purge", before, months=names, kept=len(kept), left=left, outcome={})
    pending.begin(home, entry)
    carry_out(home, entry)
    return plan


def carry_out(home: Home, entry: journal.Entry) -> None:
    """All that follows once a purge has been begun; may be done twice."""
    settings = load(home)
    kept = plans.kept_ledgers(home, month_of(entry["month"]), settings)
    months = [month_of(name) for name in entry["months"]]
    for month in months:
        for stays in plans.STAYS_IN_BOOKS:
            staged = home.books(month) / staged_name(stays)
            if staged.is_file():
                staged.replace(home.books(month) / stays)
        _remove_all(home.books(month), plans.staying_of(home, month))
        _remove_all(home.out(month), plans.staying_of(home, month))
        _remove_all(home.inbox(month), kept)
    for path in (path for path, month in plans.elsewhere(home).items() if month in months):
        try:
            path.unlink()
        except OSError:
            raise _cannot_remove(path) from None
    shutil.rmtree(home.database_temporary, ignore_errors=True)  # what a killed command left of its rows there
    rebuild(home)
    journal.append(home, entry)
    pending.end(home)


def _refuse_too_young(home: Home, months: list[date], least: int) -> None:
    """The rule: a month may go when it lies at least `least` months before the newest closed month."""
    newest = max(books.closed(home), default=None)
    if young := plans.too_young(months, newest, least):
        since = (
            f"いちばん新しい締めた月 {month_text(newest)} より" if newest else "締めた月がまだありません。締めた月より"
        )
        raise HenreiError(
            f"{month_text(young)} は保存年限に達していません({since}{least}か月以上前の月だけを消せます。年限は "
            f"{SETTINGS} の [retention] months)。それでも消すときは --force を付けてください(何も消していません)"
        )


def _refuse_if_open(paths: Iterable[Path]) -> None:
    """On Windows a file that a program holds cannot be removed: refused before anything is."""
    for path in filter(is_open_elsewhere, paths):
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
        raise _cannot_remove(problem.filename) from None


def _cannot_remove(path: object) -> HenreiError:
    return HenreiError(
        f"{path} を消せません。開いているプログラムを閉じてください。次に henrei を実行したとき続きを消します"
    )
