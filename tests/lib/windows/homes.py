"""A home after a command in, what can be compared of it out: its files by name, and what the command printed."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from henrei.publication import APPROVAL_NAME
from lib.letters_city import lasting_approval

STORE = "henrei.duckdb"
# What differs between two runs on one machine, too: seconds of a summary; who, where and when of a line of the journal, of a
# decision, an answer and a letter; and where the program's own pages are.
VOLATILE = {
    "summary.json": {"seconds"},
    "journal.jsonl": {"id", "at", "who", "machine", "previous"},
    "decisions.csv": {"at", "who"},
    "conflicts.csv": {"at", "who"},
    "answers.csv": {"read_at", "read_by"},
    "inquiry.csv": {"asked_at"},
}
_PRINTED_VOLATILE = re.compile(r"監査記録の末尾: ?[0-9a-f]+|\d+\.\d+秒|\d+日前|期限:.*|初めての方の案内.*")
_DONE_BY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d  [^\n]*?@[^\n]*?  ", re.MULTILINE)  # a line of history


@dataclass
class Done:
    """What a command left: its exit status, what it printed, every file of the home by its name."""

    status: int
    printed: str
    files: dict[str, bytes] = field(default_factory=dict)


def done(home: Path, place: str, process: subprocess.CompletedProcess[bytes]) -> Done:
    """`place`: how the system calls the home."""
    return Done(process.returncode, plain((process.stdout + process.stderr).decode("utf-8"), place), files(home))


def plain(printed: str, place: str) -> str:
    """What was printed as both systems print it: without places, times and the ends of Windows' lines."""
    beside = re.split(r"[/\\][^/\\]+$", place)[0]
    printed = printed.replace("\r\n", "\n").replace(place, "<home>").replace(beside, "<beside>")
    return _PRINTED_VOLATILE.sub("", _DONE_BY.sub("", printed)).replace("\\", "/")


def files(home: Path) -> dict[str, bytes]:
    """Every file but the database, whose tables are compared, and what lasts no longer than a command."""
    paths = (path for path in home.rglob("*") if path.is_file())
    names = {path.relative_to(home).as_posix(): path for path in paths}
    kept = {name: path for name, path in names.items() if name != STORE and not name.startswith(".henrei/")}
    return {name: _lasting(path) for name, path in kept.items()}


def _lasting(path: Path) -> bytes:
    """A file's bytes, without what differs from run to run on one machine."""
    data = path.read_bytes()
    if path.name == APPROVAL_NAME:
        return lasting_approval(path).encode("utf-8")
    if path.name not in VOLATILE:
        return data
    entries: list[dict[str, object]]
    if path.suffix == ".csv":
        entries = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    else:
        entries = [json.loads(entry) for entry in (data.splitlines() if path.suffix == ".jsonl" else [data])]
    lasting = [{name: value for name, value in entry.items() if name not in VOLATILE[path.name]} for entry in entries]
    return json.dumps(lasting, ensure_ascii=False, indent=0).encode("utf-8")


def differing(here: dict[str, bytes], there: dict[str, bytes]) -> list[str]:
    """Names of files that only one system made, and of those that differ."""
    return [name for name in sorted(here.keys() | there.keys()) if here.get(name) != there.get(name)]
