"""A month computed again: a home and a month in, its records and findings in another database out. Called by rebuild and
verify; books/ and out/ stay as they are.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from henrei.flows import inbox
from henrei.flows.month_state import run_state
from henrei.flows.run.computation import Computation
from henrei.flows.run.judged import Judged
from henrei.flows.run.pipeline import run_directly
from henrei.flows.run.summary import summary
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.store import books, load, tables


def load_records(home: Home, month: date, settings: Settings, store: Path) -> None:
    """Puts the month's records into `store` and judges nothing: enough for the months after it."""
    with Computation(home, month, settings, store, kept=True).opened() as computation:
        run_directly(computation.loading)
        load.keep_results(computation.con, month, {}, dict.fromkeys(tables.RUN_STATE, ""))


def load_closed(home: Home, month: date, settings: Settings, store: Path) -> None:
    """Puts a closed month's records into `store`, and the findings that its close kept in books/ (`books.has_results`)."""
    with Computation(home, month, settings, store, kept=True).opened() as computation:
        run_directly(computation.loading)
        _keep(computation, books.read_results(home, month))
        load.keep_summary(computation.con, month, *books.read_summary(home, month))


def recompute(home: Home, month: date, settings: Settings, store: Path) -> tuple[Judged, dict]:
    """Computes the month whole into `store`; returns what was found, and what summary.json holds but for its seconds."""
    with Computation(home, month, settings, store, kept=True).opened() as computation:
        run_directly([*computation.loading, computation.checking])
        judged = computation.judge()
        _keep(computation, judged.tables())
        summed = summary(month, settings, computation.files, judged, {})
        load.keep_summary(computation.con, month, summed, judged.ledgers)
        return judged, summed


def _keep(computation: Computation, results: load.Results) -> None:
    home, month = computation.home, computation.month
    state = run_state(home, month, inbox.digest(computation.inputs()))
    load.keep_results(computation.con, month, results, {"run": books.run_id(home, month), **state})
