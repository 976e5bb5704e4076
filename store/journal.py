"""books/journal.jsonl, the audit log: an entry in, a line out that nobody can change unseen, and back. Called by every
command that changes a home, and by verify.

An entry says who, on which machine, did what to which month, when, on which inputs, by which rules, with which result. One line a command,
only ever added to. Every line holds the SHA-256 of the line before it, so a line that was
changed, taken out or put in later breaks the chain there. Only the end can be cut off unseen: its hash is said at
every close, for people to keep elsewhere. Never a name or number of a child.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import henrei
from henrei.errors import HenreiError
from henrei.files import sha256
from henrei.home import Home
from henrei.machine import machine, now, user
from henrei.months import month_text

FILE_NAME = "journal.jsonl"
UNNAMED = "名前を出さないファイル"
_OURS = re.compile(r"(worklist|decisions|20\d\d-\d\d)(-新|-前\d*|[-_ (]{1,2}\d{1,2}\)?| ?- ?コピー)*\.(xlsx|csv)")
Entry = dict[str, Any]


def path_of(home: Home) -> Path:
    return home.books() / FILE_NAME


def entry(command: str, month: date, **more: Any) -> Entry:
    """A new line, not yet written. `more` are counts, hashes and codes, never a name or number of a child."""
    return {
        "id": secrets.token_hex(8),
        "at": now(),
        "who": user(),
        "machine": machine(),
        "command": command,
        "month": month_text(month),
        "version": henrei.__version__,
        **more,
    }


def file_name(label: str) -> str:
    """What the journal calls a file of decisions: people put names and numbers of children into names of files, so a name is
    kept where it can only be one of ours, a copy of it (worklist (1).xlsx), or a month (2026-05.csv)."""
    name = re.split(r"[/\\]", label)[-1]
    return name if _OURS.fullmatch(name) else UNNAMED


def by_name(digests: Mapping[str, str]) -> dict[str, str]:
    """label → SHA-256 of the files of one command, by what the journal calls them."""
    named: dict[str, str] = {}
    for label, digest in digests.items():
        name, number = file_name(label), 1
        while (key := name if number == 1 else f"{name} [{number}]") in named:
            number += 1
        named[key] = digest
    return named


def append(home: Home, new: Entry) -> None:
    """Adds a line for good; nothing where it is there already, so that a command that was cut off can be finished."""
    path = path_of(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = _lines(home)
    if any(_parsed(line).get("id") == new["id"] for line in lines[-20:]):
        return
    written = json.dumps({**new, "previous": sha256(lines[-1]) if lines else ""}, ensure_ascii=False)
    with path.open("ab") as stream:
        stream.truncate(sum(len(line) + 1 for line in lines))  # half a line that a crash left says nothing
        stream.write(written.encode("utf-8") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def read(home: Home) -> list[Entry]:
    """Every line, oldest first."""
    return [_parsed(line) for line in _lines(home)]


def of_month(home: Home, month: date) -> list[Entry]:
    return [one for one in read(home) if one.get("month") == month_text(month)]


def head(home: Home) -> str:
    """The hash of the last line, by which a cut-off end can be seen; empty where there is none."""
    lines = _lines(home)
    return sha256(lines[-1]) if lines else ""


def broken_at(home: Home) -> int | None:
    """The number of the first line that does not follow from the one before it; None where the chain is whole."""
    before = ""
    for number, line in enumerate(_lines(home), start=1):
        if _parsed(line).get("previous") != before:
            return number
        before = sha256(line)
    return None


def require_whole(home: Home) -> None:
    """Raises HenreiError naming the line where the chain is broken."""
    if (line := broken_at(home)) is not None:
        raise HenreiError(
            f"books/{FILE_NAME}:{line} 監査記録のつながりが切れています(書きかえか抜け)。控えと見比べてください"
        )


def _lines(home: Home) -> list[bytes]:
    path = path_of(home)
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def _parsed(line: bytes) -> Entry:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
