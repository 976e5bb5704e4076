"""`henrei remind`: the review month that comes in, what will go wrong in it out: letters to facilities, and the team's list.

It goes by the ledgers that stand for the month (its own where it has an inbox already) and by the newest claims before it.
They are put into the store within a transaction that is rolled back: a reminder changes nothing but out/<month>/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from henrei.checks import reminders
from henrei.errors import HenreiError
from henrei.flows import commit, inbox, letters
from henrei.flows.month_state import require_held
from henrei.flows.run.ledgers import LedgersOfMonth
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import month_text
from henrei.publication import REMINDERS
from henrei.schemas.ledgers import ledgers
from henrei.store import books, journal, load, pending, pseudonyms, tables
from henrei.store.database import open_store


@dataclass(frozen=True)
class Written:
    """What was written. last: the review month whose claims it goes by; by_title: reminders by their title; notes: for the
    user, without a name."""

    facilities: int
    last: date
    by_title: dict[str, int]
    notes: list[str]


def remind(home: Home, month: date, settings: Settings) -> Written:
    """Writes the reminders of the month. Raises HenreiError where no month before it was run, or a file is open."""
    from henrei.reports.letters import build, reminder

    out = home.out(month)
    REMINDERS.refuse_if_open(out)
    with open_store(home) as con:
        books.copy_into(con, home)
        pseudonyms.recognise(con, home)
        require_held(con, home, month)
        notes: list[str] = []
        entry = journal.entry("remind", month)
        with _with_ledgers(con, home, month, settings, notes):
            last = con.execute("SELECT last_review()").fetchall()[0][0]
            if last is None:
                raise HenreiError(
                    f"{month_text(month)} より前に確認した月がないため、案内を作れません。"
                    "先に届いている審査月で henrei run を実行してください"
                )
            lacking = reminders.lacking(con, settings.disabled)
            notes += [
                f"「{one.title}」の案内は作れません: {lacking[one.name]}"
                for one in reminders.reminders()
                if one.name in lacking
            ]
            rows = reminders.collect(con, lacking, settings.variants)
            gathered = reminder.gather(con, letters.issuer(settings), rows, letters.day_of(entry))
            contents = reminder.LETTER.contents(gathered)
            build.stage_contents(reminder.LETTER, gathered, contents, out)
        by_title = dict(Counter(row["title"] for row in rows))
        by_check = dict(Counter(row["check_code"] or "returned" for row in rows))
        entry["outcome"] = {"facilities": len(contents), "reminders": by_check}
        pending.begin(home, entry)
        commit.finish(con, home, entry)
    return Written(len(contents), last, by_title, notes)


@contextmanager
def _with_ledgers(
    con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings, notes: list[str]
) -> Iterator[None]:
    """The store with the month as its current review month and the ledgers that count for it; afterwards it is as before."""
    files = inbox.scan(home, month, settings) if home.inbox(month).is_dir() else []
    of_month = LedgersOfMonth(home, month, settings, files)
    loaded = of_month.load_all()
    # Where the ledgers come from that a reminder reads; of the others nobody asks here.
    titles = {ledgers()[need].title for one in reminders.reminders() for need in one.needs if need in ledgers()}
    notes += [note for note in of_month.notes if note.partition(":")[0] in titles]
    used = [(name, ledger.source_month, ledger.present) for name, ledger in loaded.items()]
    con.execute("BEGIN")
    try:
        load.put_ledgers(
            con,
            month,
            {name: ledger.rows for name, ledger in loaded.items()},
            pl.DataFrame(used, schema=tables.LEDGERS_USED, orient="row"),
            pl.concat([pl.DataFrame(schema=tables.REFUSED_ROWS), *of_month.refused_rows]),
        )
        yield
    finally:
        con.execute("ROLLBACK")
