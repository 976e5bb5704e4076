"""Commands that were cut off: the next one finishes them, or forgets them, by whether their decisive step was taken.

The decisive step of a run is that its copy of the database takes the database's place; of decide and close a file of books/ that came; of reopen the one
that went. What follows a step is in `finish`, which the commands themselves call, so there is one way to the end.
"""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path

import duckdb

from henrei.data.rules import rules
from henrei.errors import HenreiError
from henrei.flows import derived
from henrei.flows.run.outputs import RUN
from henrei.publication import INQUIRIES, NOTICES
from henrei.store import books, journal, pending
from henrei.store.database import open_store


def finish(con: duckdb.DuckDBPyConnection | None, home: Path, entry: journal.Entry) -> None:
    """Everything that follows a command's decisive step. May be done twice: it comes to the same.

    `con` is the home's store; a run, whose store has just come, needs none.
    """
    month = date.fromisoformat(f"{entry['month']}-01")
    if entry["command"] == "run":
        RUN.publish(home / "out" / entry["month"])
    books.publish(home, month)
    replaced = {}
    if entry["command"] in ("close", "reopen"):
        assert con is not None
        replaced = derived.settle(con, home)
    journal.append(home, entry)
    derived.note_official(home, month, replaced)
    pending.end(home)


def recover(home: Path) -> str | None:
    """Finishes or forgets what a command that was cut off left; the caller holds the home's lock.

    Returns the line to say, None where nothing was left. Raises HenreiError where it cannot be finished yet.
    """
    try:
        left = pending.found(home)
    except (ValueError, KeyError, TypeError):
        raise HenreiError(
            f"{pending.path_of(home)} が壊れています。控えから戻すか、保守担当へ知らせてください"
        ) from None
    if left is None:
        _sweep(home)
        return None
    entry, proof, month = left
    said = f"{entry['command']} {entry['month']}"
    if entry["command"] == "purge":
        from henrei.flows import purge  # which stands on what this module serves

        purge.carry_out(home, entry)
        return f"前回途中で止まった {said} の残りを仕上げました"
    with open_store(home, rules()) as con:
        if taken := _taken(con, home, entry, proof, month):
            finish(con, home, entry)
    pending.end(home)
    _sweep(home)
    if taken:
        return f"前回途中で止まった {said} の残りを仕上げました"
    return f"前回の {said} は途中で止まり、何も変えていません。必要ならもう一度実行してください"


def _taken(con: duckdb.DuckDBPyConnection, home: Path, entry: journal.Entry, proof: str, month: date) -> bool:
    folder = books.folder(home, month)
    match entry["command"]:
        case "run":
            return bool(con.execute("SELECT 1 FROM run_state WHERE run = ?", [entry["id"]]).fetchall())
        case "reopen":
            return not (folder / "outcomes.csv").is_file()
        case "close":
            return _is(folder / "outcomes.csv", proof)
        case "decide":
            return _is(folder / "decisions.csv", proof)
    raise HenreiError(f"{pending.path_of(home)} を読めません。新しい版の henrei で続けてください")


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _sweep(home: Path) -> None:
    """Removes what commands that were cut off before their step had prepared: it holds names."""
    for name in ("work", "verify"):
        shutil.rmtree(home / ".henrei" / name, ignore_errors=True)
    for folder in (home / "out").glob("????-??"):
        for publication in (RUN, NOTICES, INQUIRIES):
            publication.forget(folder)
    for path in (*(home / "books").glob(".*.new"), *(home / "books").glob("*/.*.new"), *(home / "out").glob(".*.new")):
        path.unlink(missing_ok=True)
