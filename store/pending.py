"""books/pending.json, the intent of the running command: written before its one decisive step, gone when all is done.
Called by every command that changes a home, and by recovery.

A command that changes a home prepares everything, writes this file, takes the step that decides (the database
is replaced, a file in books/ that appears or goes), and then makes what follows from it. If the machine stops in between,
the next command finds the file and finishes or forgets what it says, by whether the step was taken.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from henrei.errors import HenreiError
from henrei.files import write_atomic
from henrei.home import Home
from henrei.months import month_of
from henrei.store.journal import Entry


def path_of(home: Home) -> Path:
    return home.books() / "pending.json"


def begin(home: Home, entry: Entry, proof: str = "") -> None:
    """`entry` is the journal's line; `proof` the SHA-256 of the file in books/ whose coming (or going) decides."""
    write_atomic(path_of(home), json.dumps({"entry": entry, "proof": proof}, ensure_ascii=False).encode("utf-8"))


def read(home: Home) -> tuple[Entry, str, date] | None:
    """The line, the proof and the month of a command that was cut off. Raises HenreiError where the file is damaged."""
    path = path_of(home)
    if not path.is_file():
        return None
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        entry: Entry = data["entry"]
        return entry, data["proof"], month_of(entry["month"])
    except (ValueError, KeyError, TypeError):
        raise HenreiError(f"{path} が壊れています。控えから戻すか、保守担当へ知らせてください") from None


def end(home: Home) -> None:
    path_of(home).unlink(missing_ok=True)
