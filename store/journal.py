"""books/journal.jsonl: who did what to which month, when, on which inputs, by which rules, with which result.

One line a command, only ever added to. Every line holds the SHA-256 of the line before it, so a line that was
changed, taken out or put in later breaks the chain there. Only the end can be cut off unseen: its hash is said at
every close, for people to keep elsewhere. Never a name or number of a child.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import henrei

FILE_NAME = "journal.jsonl"
Entry = dict[str, Any]


def path_of(home: Path) -> Path:
    return home / "books" / FILE_NAME


def entry(command: str, month: date, **more: Any) -> Entry:
    """A new line, not yet written. `more` are counts, hashes and words, never a name or number of a child."""
    return {
        "id": secrets.token_hex(8),
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "who": _who(),
        "command": command,
        "month": month.strftime("%Y-%m"),
        "version": henrei.__version__,
        **more,
    }


def append(home: Path, new: Entry) -> None:
    """Adds a line for good; nothing where it stands already, so that a command that was cut off can be finished."""
    path = path_of(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _adopt(home)
    lines = _lines(home)
    if any(_parsed(line).get("id") == new["id"] for line in lines[-20:]):
        return
    written = json.dumps({**new, "previous": _digest(lines[-1]) if lines else ""}, ensure_ascii=False)
    with path.open("ab") as stream:
        stream.truncate(sum(len(line) + 1 for line in lines))  # half a line that a crash left says nothing
        stream.write(written.encode("utf-8") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def read(home: Path) -> list[Entry]:
    """Every line, oldest first."""
    return [_parsed(line) for line in _lines(home)] if path_of(home).exists() else list(_older(home))


def of_month(home: Path, month: date) -> list[Entry]:
    said = month.strftime("%Y-%m")
    return [one for one in read(home) if one.get("month") == said]


def head(home: Path) -> str:
    """The hash of the last line, by which a cut-off end can be seen; empty where there is none."""
    lines = _lines(home)
    return _digest(lines[-1]) if lines else ""


def broken_at(home: Path) -> int | None:
    """The number of the first line that does not stand on the one before it; None where the chain is whole."""
    before = ""
    for number, line in enumerate(_lines(home), start=1):
        if _parsed(line).get("previous") != before:
            return number
        before = _digest(line)
    return None


def _lines(home: Path) -> list[bytes]:
    path = path_of(home)
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def _parsed(line: bytes) -> Entry:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _who() -> str:
    """The name under which the person works on this machine."""
    try:
        return getpass.getuser()
    except (OSError, ImportError, KeyError):  # no such thing on this machine
        return "不明"


def _older(home: Path) -> Iterator[Entry]:
    """Lines of henrei before 0.2, which kept a journal in every month's folder without a chain; oldest first."""
    found = []
    for path in (home / "books").glob(f"*/{FILE_NAME}"):
        if re.fullmatch(r"\d{4}-\d\d", path.parent.name):
            lines = [_parsed(line) for line in path.read_bytes().split(b"\n")]
            found += [{**line, "month": path.parent.name} for line in lines if line]
    return iter(sorted(found, key=lambda line: str(line.get("at", ""))))


def _adopt(home: Path) -> None:
    """The older lines become the beginning of the chain."""
    before, text = "", b""
    for line in _older(home):
        written = json.dumps({**line, "previous": before}, ensure_ascii=False).encode("utf-8")
        before, text = _digest(written), text + written + b"\n"
    if text:
        path_of(home).write_bytes(text)
