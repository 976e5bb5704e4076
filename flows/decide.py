"""`henrei decide`: worklist.xlsx and decisions.csv of one or several clerks in, books/<month>/decisions.csv out, and the
month's worklist anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei.checks.findings import findings_of
from henrei.files import csv_bytes, sha256, sha256_of, write_atomic
from henrei.flows import approval, commit, next_step
from henrei.flows.decisions import conflicts, files, lines
from henrei.flows.decisions.merge import Entry, Key, entries_of, merge, rows_of
from henrei.flows.month_state import open_month, require_open, still_valid, valid_decisions
from henrei.flows.run.worklist import Decided, beside_note, new_worklist, require_place
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.machine import now, user
from henrei.months import month_dates, month_texts
from henrei.publication import APPROVAL
from henrei.reports.worklist.decision_rows import row_tokens
from henrei.store import books, journal, pending
from henrei.store.fingerprints import fingerprints
from henrei.store.tables import SUBJECT_KEY


@dataclass(frozen=True)
class Report:
    """How many claims and sheets have the decision that a file gave them; lines: what else to say, without a name; left:
    what is to be decided yet."""

    count: int
    lines: list[str]
    left: next_step.Counts


def decide(home: Home, month: date, paths: list[Path], settings: Settings) -> Report:
    """Reads the decisions of all files, or none: then everything that is wrong is listed, and HenreiError raised.

    A decision that was made against another one than there is now is a conflict: it alone is left out.
    """
    require_open(home, month)
    labelled = files.labelled(paths)
    with open_month(home, month, settings) as con:
        before = Decided.of(home, month)
        valid = still_valid(con, before.decisions)
        book = entries_of(valid)
        read = files.read(labelled, month, settings, book)
        known = _known(con, month, [row.key for row in read.rows], valid)
        rows, changed_since = files.judge(read, known, month)
        at, who = now(), user()
        merged = merge(book, rows, at, who)
        after = _decided(before, merged.book, valid)
        open_conflicts = conflicts.still_open(
            still_valid(con, before.conflicts), merged.conflicts, merged.settled, at, who
        )
        require_place(home, month)
        APPROVAL.refuse_if_open(home.out(month))
        made = new_worklist(con, home, month, settings, Decided(after, open_conflicts))
        made.stage(home, month)
        books.stage_conflicts(home, month, open_conflicts)
        data = csv_bytes(after)
        entry = journal.entry(
            "decide",
            month,
            inputs=journal.by_name({label: sha256_of(path) for label, path in labelled.items()}),
            conflicts=len(merged.conflicts),
            outcome=dict(sorted(Counter(merged.book[key].decision for key in merged.decided).items())),
            **made.of_entry,
        )
        of = approval.Month(con, home, month, settings, entry)
        approval.stage_of_decisions(of, still_valid(con, after), sha256(data))
        pending.begin(home, entry, sha256(data))
        write_atomic(home.books(month) / "decisions.csv", data)
        commit.finish(con, home, entry)
        notes = [*lines.of_merge(merged, changed_since), *made.lines, *beside_note(home, month)]
        held, _ = valid_decisions(con, home, month)
        return Report(len(merged.decided), notes, next_step.count(con, held))


def _known(con: duckdb.DuckDBPyConnection, month: date, keys: list[Key], valid: pl.DataFrame) -> files.Known:
    """The claims and sheets of the files, of the findings and of the book, as they are now."""
    findings = findings_of(con, month)
    assert findings is not None
    as_date = month_dates(pl.col("service_month"), strict=False)
    given = pl.DataFrame(keys, schema=dict.fromkeys(SUBJECT_KEY, pl.String), orient="row")
    subjects = [
        given.with_columns(as_date),
        findings.select(SUBJECT_KEY).with_columns(as_date),
        valid.select(SUBJECT_KEY),
    ]
    table = fingerprints(con, pl.concat(subjects)).with_columns(month_texts(pl.col("service_month")))
    of_keys = {(s, f, r, m): text for s, f, r, m, text in table.select(*SUBJECT_KEY, "fingerprint").iter_rows()}
    return files.Known(of_keys, row_tokens(table, findings))


def _decided(before: Decided, book: dict[Key, Entry], valid: pl.DataFrame) -> pl.DataFrame:
    """decisions.csv afterwards: the book, and the rows of before that do not hold and that nobody has replaced."""
    now = rows_of(book)
    stale = before.decisions.join(valid, on=list(SUBJECT_KEY), how="anti").join(now, on=list(SUBJECT_KEY), how="anti")
    return pl.concat([now, stale]).sort(SUBJECT_KEY)
