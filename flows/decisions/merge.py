"""The decisions of a month and rows that clerks filled in, one after the other, in; the decisions afterwards out, and what
met another decision. Nothing here reads or writes a file. Called by decide, and by the worklist for what is not read yet.

A row knows the decision it was made against. If somebody else has decided meanwhile, it is a conflict: the decision that
is there stays. Texts of several clerks are joined, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, fields, replace
from enum import Enum

import polars as pl

from henrei.months import month_dates, month_texts
from henrei.store import books
from henrei.store.tables import SUBJECT_KEY

Key = tuple[str, str, str, str]  # claim or sheet, facility, recipient, service month as YYYY-MM
TEXTS = ("answer", "note", "message")
JOINT = " / "


@dataclass(frozen=True)
class Entry:
    """What the book has of a claim or sheet (books.DECISION_COLUMNS without its key). `decision` is empty where there are
    texts alone; file, at and who are those of the decision."""

    decision: str = ""
    note: str = ""
    answer: str = ""
    message: str = ""
    fingerprint: str = ""
    handed_out: str = ""
    file: str = ""
    at: str = ""
    who: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a file. `decision`: empty where none was chosen. `texts`: those that the file has; `base`: what they were
    when it was handed out, where that is known. `handed_out`: the decision then; None: the book as it is now. `saved`:
    when the file was saved."""

    key: Key
    place: str
    decision: str
    texts: Mapping[str, str] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)
    handed_out: str | None = ""
    fingerprint: str = ""
    file: str = ""
    saved: str = ""


_COLUMNS = tuple(one.name for one in fields(Entry))


class Outcome(Enum):
    """What becomes of a row's decision. LEFT: it has none, and what is there stays."""

    MADE = "made"
    SAME = "same"
    CONFLICT = "conflict"
    LEFT = "left"


@dataclass(frozen=True)
class Meeting:
    """A row, and what the book had when it came."""

    row: Row
    entry: Entry


@dataclass
class Merged:
    """`book`: all entries afterwards. decided: keys whose decision is now that of a row; settled: those of them where it is
    not the very row again that decided before; noted: other keys of which a text changed. conflicts: rows whose decision
    was not made. changed: rows that do not say against what they were made, and changed a decision. emptied: rows that were
    decided and are empty; removed: texts that someone took away."""

    book: dict[Key, Entry]
    decided: set[Key] = field(default_factory=set)
    settled: set[Key] = field(default_factory=set)
    noted: set[Key] = field(default_factory=set)
    conflicts: list[Meeting] = field(default_factory=list)
    changed: list[Meeting] = field(default_factory=list)
    emptied: int = 0
    removed: int = 0


def merge(book: Mapping[Key, Entry], rows: Iterable[Row], at: str, who: str) -> Merged:
    """Puts the rows into the book, in their order; `at` and `who` go to the decisions that are made."""
    merged, noted = Merged(dict(book)), set()
    for row in rows:
        before = merged.book.get(row.key, Entry())
        handed_out = book.get(row.key, Entry()).decision if row.handed_out is None else row.handed_out
        entry, outcome = apply(before, row, handed_out)
        if outcome is Outcome.MADE:
            entry = replace(entry, handed_out=handed_out, file=row.file, at=at, who=who)
            if row.handed_out is None and before.decision:
                merged.changed.append(Meeting(row, before))
        elif outcome is Outcome.CONFLICT:
            merged.conflicts.append(Meeting(row, before))
        elif outcome is Outcome.LEFT and before.decision and handed_out:
            merged.emptied += 1
        if outcome in (Outcome.MADE, Outcome.SAME):
            merged.decided.add(row.key)
            if outcome is Outcome.MADE or (row.file, handed_out) != (before.file, before.handed_out):
                merged.settled.add(row.key)
        if _texts(entry) != _texts(before):
            noted.add(row.key)
            merged.removed += sum(bool(old) and not new for old, new in zip(_texts(before), _texts(entry), strict=True))
        if entry != before:
            merged.book[row.key] = replace(entry, fingerprint=row.fingerprint)
    merged.noted = noted - merged.decided
    return merged


def apply(before: Entry, row: Row, handed_out: str) -> tuple[Entry, Outcome]:
    """What the row makes of an entry: its decision, if nobody has decided otherwise since it was handed out, and its texts."""
    if not row.decision:
        outcome = Outcome.LEFT
    elif row.decision == before.decision:
        outcome = Outcome.SAME
    elif before.decision != handed_out:
        outcome = Outcome.CONFLICT
    else:
        outcome = Outcome.MADE
    if not row.decision and not any(row.texts.values()):
        return before, outcome  # a row that was wiped out says nothing
    texts = {name: _text(getattr(before, name), text, row.base.get(name)) for name, text in row.texts.items()}
    entry = replace(before, **texts)
    return (replace(entry, decision=row.decision) if outcome is Outcome.MADE else entry), outcome


def _text(there: str, typed: str, base: str | None) -> str:
    """A text of the book after a clerk's. Who was handed out the very text that is there has changed it; who was not adds
    to it."""
    if typed == base:
        return there
    if there == base:
        return typed
    parts = there.split(JOINT) if there else []
    more = [part for part in typed.split(JOINT) if part and part not in parts]
    return JOINT.join(dict.fromkeys([*parts, *more]))


def _texts(entry: Entry) -> tuple[str, ...]:
    return tuple(getattr(entry, name) for name in TEXTS)


def entries_of(rows: pl.DataFrame) -> dict[Key, Entry]:
    """Rows of books.DECISION_COLUMNS by their key."""
    table = rows.with_columns(month_texts(pl.col("service_month"))).select(*SUBJECT_KEY, *_COLUMNS)
    return {(s, f, r, m): Entry(*more) for s, f, r, m, *more in table.iter_rows()}


def rows_of(entries: Mapping[Key, Entry]) -> pl.DataFrame:
    """Entries as books.DECISION_COLUMNS, service_month as date, in the order of their keys."""
    rows = [(*key, *astuple(entry)) for key, entry in sorted(entries.items())]
    table = pl.DataFrame(rows, schema=dict.fromkeys((*SUBJECT_KEY, *_COLUMNS), pl.String), orient="row")
    return table.with_columns(month_dates(pl.col("service_month"))).select(books.DECISION_COLUMNS)
