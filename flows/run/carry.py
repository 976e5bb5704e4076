"""The worklist before in: what people typed into it and what was not read yet, for the next one, out. Called by the worklist
of the month.

A row is carried where its claim and its reasons are as they were (its token). What cannot be carried stays in a copy of
the file.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from henrei import labels
from henrei.errors import HenreiError
from henrei.files import sha256_of
from henrei.flows.decisions.files import row_of
from henrei.flows.decisions.merge import TEXTS, Entry, Key, Outcome, apply
from henrei.home import Home
from henrei.months import month_text
from henrei.publication import WORKLIST_BESIDE, WORKLIST_NAME
from henrei.reports.worklist.cells import Cells, OtherReturn, Typed
from henrei.reports.worklist.read_decisions import DECISIONS, FilledRow, read
from henrei.store import journal


@dataclass(frozen=True)
class Book:
    """What was read already: the entries that hold, and the decisions of open conflicts by claim or sheet."""

    entries: Mapping[Key, Entry]
    conflicts: Mapping[Key, Collection[str]]


@dataclass
class Carried:
    """For the next list: rows and rows «その他の返戻» that were not read yet. notes: what could not be carried."""

    typed: dict[Key, Typed] = field(default_factory=dict)
    others: list[OtherReturn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.typed) + len(self.others)


def carry(home: Home, month: date, municipality_no: str, book: Book, tokens: Mapping[Key, str]) -> Carried:
    """What the lists of the month hold that was not read yet. `tokens`: of the rows of the next list."""
    carried = Carried()
    for path in _lists(home, month):
        if not _is_ours(home, month, path):
            _carry(carried, path, (month_text(month), municipality_no), book, tokens)
    return carried


def unread_count(home: Home, month: date, municipality_no: str, book: Book) -> int:
    """How many rows of the month's lists hold what was not read yet. Raises HenreiError where one is no list."""
    keys: set[object] = set()
    for path in _lists(home, month):
        if _is_ours(home, month, path):
            continue
        rows = _rows(path, (month_text(month), municipality_no)) or ()
        keys |= {row.other or row.key or (path, row.number) for row in rows if _is_unread(row, book)}
    return len(keys)


def _lists(home: Home, month: date) -> Iterator[Path]:
    """The month's list, and the one beside it that was written while it was open."""
    return (path for path in (home.out(month) / name for name in (WORKLIST_NAME, WORKLIST_BESIDE)) if path.is_file())


def _is_ours(home: Home, month: date, path: Path) -> bool:
    """True for a list as a command wrote it, with nothing carried in it: nobody typed anything."""
    digest = sha256_of(path)
    return any(one.get("worklist") == digest and not one.get("untaken") for one in journal.of_month(home, month))


def _rows(path: Path, expected: tuple[str, str]) -> list[FilledRow] | None:
    """The rows into which someone wrote; None where it is the list of another month. Raises HenreiError where it is none."""
    filled = read(path, path.name)
    return filled.rows if (filled.review_month, filled.municipality_no) == expected else None


def _carry(carried: Carried, path: Path, expected: tuple[str, str], book: Book, tokens: Mapping[Key, str]) -> None:
    try:
        rows = _rows(path, expected)
    except HenreiError:
        rows = None
    if rows is None:
        carried.notes.append(f"{path.name} はこの月の一覧ではないため、{_keep(path)} として残しました")
        return
    changed = otherwise = 0
    for row in rows:
        if not _is_unread(row, book):
            continue
        if row.other:
            if row.other not in carried.others:
                carried.others.append(row.other)
        elif row.key is None or tokens.get(row.key) != row.token:
            changed += 1
        elif carried.typed.setdefault(row.key, typed := _typed(row, book.entries.get(row.key, Entry()))) != typed:
            otherwise += 1
    for count, cause in ((changed, "請求か指摘が変わった"), (otherwise, f"{WORKLIST_NAME} に別のことが書かれている")):
        if count:
            carried.notes.append(
                f"{path.name} に書いて取り込んでいない{count}件は、{cause}ため移せません: {_keep(path)} に残しました"
            )


def _keep(path: Path) -> str:
    """Copies a list out of the way of the next; returns the copy's name."""
    kept = path.with_name(f"worklist-kept-{sha256_of(path)[:6]}.xlsx")
    shutil.copyfile(path, kept)
    return kept.name


def _is_unread(row: FilledRow, book: Book) -> bool:
    """True where decide would make something of the row, or could not read it."""
    if row.key is None or (row.cells.decision and row.cells.decision not in DECISIONS):
        return True
    entry = book.entries.get(row.key, Entry())
    as_row = row_of(row, entry)
    after, outcome = apply(entry, as_row, as_row.handed_out or "")
    if outcome is Outcome.CONFLICT:
        return as_row.decision not in book.conflicts.get(row.key, ()) or after != entry
    return after != entry


def _typed(row: FilledRow, entry: Entry) -> Typed:
    """The row in the next list: what was changed, against what it was handed out with; else what the book has."""
    book = Cells(labels.DECISIONS.get(entry.decision, ""), *(getattr(entry, name) for name in TEXTS))
    base = row.known_base(entry.answer, entry.note) or row.base
    cells, bases = {}, {}
    for name in ("decision", *TEXTS):
        typed, was, there = (getattr(one, name) for one in (row.cells, base, book))
        unchanged = typed in (was, there) or (name == "decision" and not typed)
        cells[name], bases[name] = (there, there) if unchanged else (typed, was)
    return Typed(replace(row.cells, **cells), replace(base, **bases))
