"""The lock of a home, and what a command that was cut off left in it: finished, or forgotten, before the next command.

A home in, the locked and whole home out. Called by every command that changes a home.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from henrei.errors import HenreiError
from henrei.files import sha256_of, staged_name, temporary_files
from henrei.flows import purge
from henrei.flows.commit import finish
from henrei.home import Home
from henrei.publication import forget_staged
from henrei.store import answers, journal, pending
from henrei.store.database import open_store


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Holds the home against a second run, with what a command before left finished; temporary files stay in the home
    meanwhile. Raises HenreiError, with status 4 where another run holds the home.
    """
    with home.lock() as cut_off, temporary_files(home.temporary):
        for message in (cut_off, recover(home)):
            if message:
                print(f"※ {message}", file=sys.stderr)
        yield


def recover(home: Home) -> str | None:
    """Finishes or forgets what a command that was cut off left; the caller holds the home's lock.

    Which of the two goes by whether its decisive step was made (`commit`). Returns the line for the user, None where
    nothing was left. Raises HenreiError where it cannot be finished yet.
    """
    left = pending.read(home)
    if left is None:
        _sweep(home)
        return None
    entry, proof, month = left
    command = f"{entry['command']} {entry['month']}"
    finished = f"前回途中で止まった {command} の残りを仕上げました"
    if entry["command"] == "purge":
        purge.carry_out(home, entry)
        return finished
    with open_store(home) as con:
        if decided := _is_decided(con, home, entry, proof, month):
            finish(con, home, entry)
    pending.end(home)
    _sweep(home)
    if decided:
        return finished
    return f"前回の {command} は途中で止まり、何も変えていません。必要ならもう一度実行してください"


def _is_decided(con: duckdb.DuckDBPyConnection, home: Home, entry: journal.Entry, proof: str, month: date) -> bool:
    """True where the command had made its decisive step."""
    folder = home.books(month)
    match entry["command"]:
        case "run":
            return bool(con.execute("SELECT 1 FROM run_state WHERE run = ?", [entry["id"]]).fetchall())
        case "reopen":
            return not (folder / "outcomes.csv").is_file()
        case "close":
            return _is(folder / "outcomes.csv", proof)
        case "decide":
            return _is(folder / "decisions.csv", proof)
        case "remind":  # all is prepared when its intent is written, and nothing but letters changes
            return True
        case "inquire":
            return _is(answers.sent_path(home, month), proof)
        case "answers":
            return _is(answers.answers_path(home, month), proof)
    raise HenreiError(f"{pending.path_of(home)} を読めません。新しい版の henrei で続けてください")


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def _sweep(home: Home) -> None:
    """Removes what commands that were cut off before their step had prepared: it holds names."""
    for folder in (home.work, home.verification, home.rehearsal):
        shutil.rmtree(folder, ignore_errors=True)
    for month in home.out_months():
        forget_staged(home.out(month))
    staged = staged_name("*")
    in_books = (path for below in ("", "*/", "*/ledgers/") for path in home.books().glob(f"{below}{staged}"))
    for path in (*in_books, *home.out().glob(staged)):
        path.unlink(missing_ok=True)
