"""`henrei close`: an open month and the team's decisions in, the closed month out: its outcomes, notices and rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import polars as pl

from henrei.errors import HenreiError
from henrei.files import csv_bytes, sha256, write_atomic
from henrei.flows import approval, commit, copies, letters
from henrei.flows.close_preview import ClosePreview, preview
from henrei.flows.derived import official_outcomes
from henrei.flows.month_state import (
    earlier_open_month,
    messages,
    open_month,
    require_open,
    still_valid,
    valid_decisions,
)
from henrei.flows.outcomes import decide_all, returned_without_reason, say_without_reason
from henrei.flows.ruleset import ruleset
from henrei.flows.run import casebook, worklist
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.machine import now
from henrei.months import month_text
from henrei.publication import APPROVAL, WORKLIST_NAME
from henrei.store import books, journal, load, pending, tables


def agree_to_all(_: ClosePreview) -> None:
    """Nobody is asked."""


def close(
    home: Home,
    month: date,
    undecided: str | None,
    settings: Settings,
    agree: Callable[[ClosePreview], None] = agree_to_all,
) -> pl.DataFrame:
    """Fixes the month. `undecided` is the decision for what nobody decided. Returns the month's outcomes, official ones
    in the place of close's own.

    `agree` gets what is about to be written before anything is, and raises HenreiError where a person does not want it.
    Raises HenreiError where a person's decision is missing, a claim is on hold, or an earlier month is open.
    """
    require_open(home, month)
    if earlier := earlier_open_month(home, month):
        first = month_text(earlier)
        raise HenreiError(f"{first} がまだ締まっていません。先に henrei close {first} を実行してください")
    with open_month(home, month, settings) as con:
        decided = decide_all(con, home, month, undecided)
        own, of_city = decided.outcomes, messages(con, home, month)
        for line in _left_out(con, home, month, settings):
            print(f"※ {line}")
        if count := returned_without_reason(con, own, of_city):
            print(f"※ {say_without_reason(count)}")
        APPROVAL.refuse_if_open(home.out(month))
        agree(preview(own, undecided, decided.by_undecided))
        data = csv_bytes(own)
        at = now()
        casebook.require_place(home, month)
        letters.stage_notices(con, home.out(month), own, settings, of_city, letters.day_of({"at": at}))
        casebook.stage(home, month, worklist.closed_casebook(con, home, month, settings, own))
        results = {name: load.read_result(con, name, month) for name in tables.RESULTS}
        books.stage_results(home, month, results, *load.read_summary(con, month))
        last = next(e for e in reversed(journal.of_month(home, month)) if e["command"] == "run")
        entry = journal.entry(
            "close",
            month,
            at=at,
            inputs=last.get("inputs", ""),
            ruleset=ruleset(),
            settings=books.stage_settings(home, month),
            undecided=undecided,
            sha256=sha256(data),
            outcome=_counts(own),
        )
        held, _ = valid_decisions(con, home, month)
        approval.stage_of_close(approval.Month(con, home, month, settings, entry), own, held)
        pending.begin(home, entry, sha256(data))
        # The month is closed from here on: everything after this line is made again from the books if it is missing.
        write_atomic(home.books(month) / "outcomes.csv", data)
        commit.finish(con, home, entry)
        return official_outcomes(con, month)


def _left_out(con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings) -> Iterator[str]:
    """What people wrote and the close does not use, a line each kind."""
    try:
        if count := worklist.untaken(home, month, settings, con):
            yield f"{WORKLIST_NAME} に取り込んでいない書き込みが{count:,}件あります。使わずに締めます(先に henrei decide で取り込めます)"
    except HenreiError as problem:  # what lies there is no worklist: said, and no reason not to close
        yield str(problem)
    if count := still_valid(con, books.read_conflicts(home, month)).height:
        yield f"食い違いが{count:,}件残っています。先に取り込んだ決定で締めます"
    yield from copies.notes(home, month)


def _counts(own: pl.DataFrame) -> dict[str, int]:
    pairs = own.group_by("kind", "outcome").len().sort("kind", "outcome").iter_rows()
    return {f"{kind}{outcome}": count for kind, outcome, count in pairs}
