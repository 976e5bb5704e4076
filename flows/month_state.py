"""The guards of a month: a home and a month in, the open store or a clear refusal out. Called by every command that
runs, decides or closes a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import duckdb
import polars as pl

from henrei.errors import HenreiError
from henrei.files import sha256
from henrei.flows import inbox
from henrei.flows.ruleset import ruleset
from henrei.flows.settings import Settings, basis, load
from henrei.home import SETTINGS, Home
from henrei.months import month_text, month_texts
from henrei.store import books, pseudonyms
from henrei.store.database import open_store, set_current_month
from henrei.store.fingerprints import fingerprints
from henrei.store.tables import SUBJECT_KEY

# What a run rests on, as the message calls it.
_BASES = {
    "inputs": "inbox のファイル",
    "ruleset": "確認の決まり",
    "settings": SETTINGS,
    "books": "前の月の締め",
}


def run_state(home: Home, month: date, inputs: str) -> dict[str, str]:
    """What a run of the month rests on now: files (`inbox.digest`), rules, settings, the closed months before it."""
    return {
        "inputs": inputs,
        "ruleset": ruleset(),
        "settings": sha256(basis(home)),
        "books": books.fingerprint(home, month),
    }


def require_held(con: duckdb.DuckDBPyConnection, home: Home, before: date) -> None:
    """Every month before `before` that was run must be in the database. Raises HenreiError that names `rebuild`."""
    held = {row[0] for row in con.execute("SELECT review_month FROM run_state").fetchall()}
    lost = [m for m in books.runs(home) if m < before and m not in held and not books.is_purged(home, m)]
    if lost:
        raise HenreiError(f"henrei.duckdb に {month_text(lost[0])} がありません。henrei rebuild を実行してください")


def require_open(home: Home, month: date) -> None:
    """A closed month, or one before a closed month, is not run again. Raises HenreiError."""
    name = month_text(month)
    if books.is_closed(home, month):
        raise HenreiError(f"{name} は締め済みです。直すときは henrei reopen {name} で締めを取り消してください")
    later = [closed for closed in books.closed(home) if closed > month]
    if later:
        raise HenreiError(f"{month_text(later[0])} が締め済みのため、それより前の {name} は処理できません")


def earlier_open_month(home: Home, month: date) -> date | None:
    """The first month before it that was run and is not closed: months close in order."""
    return next((m for m in books.runs(home) if m < month and not books.is_closed(home, m)), None)


def changed_since_run(con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings) -> list[str] | None:
    """What of that on which the month's last run rests is another now, as messages call it; None where it was not run."""
    sql = "SELECT inputs, ruleset, settings, books FROM run_state WHERE review_month = ?"
    rows = con.execute(sql, [month]).fetchall()
    if not rows:
        return None
    now = run_state(home, month, inbox.digest(inbox.listing_now(home, month, settings)))
    return [_BASES[basis] for basis, value in zip(now, rows[0], strict=True) if now[basis] != value]


@contextmanager
def open_month(home: Home, month: date, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store with `month` as the current review month.

    Raises HenreiError where the month was not run, or where its files, the rules, the settings or an earlier month's
    close have changed since: its findings would not be those of what is there now.
    """
    with open_store(home) as con:
        books.copy_into(con, home)
        pseudonyms.recognise(con, home)
        require_held(con, home, month)
        changed = changed_since_run(con, home, month, settings)
        name = month_text(month)
        if changed is None:
            raise HenreiError(f"{name} はまだ確認していません。先に henrei run {name} を実行してください")
        if changed:
            raise HenreiError(
                f"{'・'.join(changed)}が前回の確認の後に変わっています。henrei run {name} をやり直してください"
            )
        set_current_month(con, month)
        yield con


def valid_decisions(con: duckdb.DuckDBPyConnection, home: Home, month: date) -> tuple[pl.DataFrame, int]:
    """The decisions that still hold, and how many do not: their claim or sheet is another now, or gone.

    `con` has the month as its current review month; the decisions have books.DECISION_COLUMNS. Texts without a decision
    are left out.
    """
    decided = books.read_decisions(home, month).filter(pl.col("decision") != "")
    held = still_valid(con, decided)
    return held, decided.height - held.height


def still_valid(con: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> pl.DataFrame:
    """Those rows of decisions.csv or conflicts.csv whose claim or sheet is as it was."""
    if rows.is_empty():
        return rows
    return rows.join(fingerprints(con, rows), on=[*SUBJECT_KEY, "fingerprint"], how="semi", maintain_order="left")


def messages(con: duckdb.DuckDBPyConnection, home: Home, month: date) -> dict[tuple[str, str, str, str], str]:
    """事業所への一言 by claim or sheet (SUBJECT_KEY, the month as YYYY-MM), of what is as it was."""
    held = still_valid(con, books.read_decisions(home, month).filter(pl.col("message") != ""))
    columns = held.with_columns(month_texts(pl.col("service_month"))).select(*SUBJECT_KEY, "message")
    return {(subject, facility, recipient, of): text for subject, facility, recipient, of, text in columns.iter_rows()}


def settings_of(home: Home, month: date) -> Settings:
    """The settings a month was closed under; of an open month those of now. Without passwords: whatever is computed
    again is compared, and protected letters are other bytes every time.
    """
    kept = home.books(month) / SETTINGS
    settings = load(home, kept if kept.is_file() and books.is_closed(home, month) else None)
    return settings.model_copy(update={"passwords": None})
