"""What follows a command's decisive step: the journal entry in, the finished home out. Called by run, remind, inquire, answers,
decide, close and reopen once their step is made, and by recovery for a command that was cut off.

The decisive step of a run is that its copy of the database takes the database's place; of inquire, answers, decide and close a file of
books/ that comes; of reopen the one that goes. remind decides nothing: its step is that its intent is written.
"""

from __future__ import annotations

import duckdb

from henrei.flows.derived import note_official, update_derived
from henrei.home import Home
from henrei.months import month_of
from henrei.publication import (
    APPROVAL,
    CASEBOOK,
    INQUIRIES,
    REMINDERS,
    RUN,
    publish_casebook,
    publish_worklist,
    remove_beside,
)
from henrei.store import books, journal, pending

_PUBLISHED = {"run": RUN, "inquire": INQUIRIES, "remind": REMINDERS}


def finish(con: duckdb.DuckDBPyConnection | None, home: Home, entry: journal.Entry) -> None:
    """Does everything that follows the decisive step of the command in `entry`. Doing it twice comes to the same.

    `con` is the home's store; a run, whose store has just come, needs none.
    """
    month = month_of(entry["month"])
    if publication := _PUBLISHED.get(entry["command"]):
        publication.publish(home.out(month))
    if entry["command"] == "run":
        remove_beside(home.out(month))
    if entry["command"] in ("decide", "close"):
        APPROVAL.publish(home.out(month))
    if entry["command"] in ("run", "answers", "reopen"):
        APPROVAL.withdraw(home.out(month))
    publish_worklist(home.out(month))
    publish_casebook(home.out(month))
    books.publish(home, month)
    replaced = {}
    if entry["command"] in ("close", "reopen"):
        assert con is not None
        replaced = update_derived(con, home)
    if entry["command"] == "reopen":
        books.remove_results(home, month)
        CASEBOOK.withdraw(home.out(month))  # it shows outcomes that are none any more
    journal.append(home, entry)
    note_official(home, month, replaced)
    pending.end(home)
