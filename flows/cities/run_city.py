"""A city's home and month in, its run and an outcome out: what one process does for one city. Called by processes and dask.

Beside the run it leaves, for merge, capacity and dashboard, what the cities' common results need of the city.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from henrei.files import environment, owner_only_files
from henrei.flows.cities.discover import City, Outcome
from henrei.home import Home

if TYPE_CHECKING:
    import duckdb

    from henrei.flows.settings import Settings


Arguments = tuple[str, str, str, str, bool]  # home, name, month, parts, whether it is run


@dataclass(frozen=True)
class Job:
    """The cities of a run-all. month: YYYY-MM; parts: folder of the parts to merge; workers: cities at a time; chosen: the
    names of those that are run, of the others the results that are there are read."""

    cities: list[City]
    month: str
    parts: Path
    workers: int
    chosen: frozenset[str]

    def arguments(self, city: City) -> Arguments:
        """What `run_city` is called with: values which any process can be given."""
        return str(city.home), city.name, self.month, str(self.parts / city.municipality_no), city.name in self.chosen


def run_city(home: str, name: str, month: str, parts: str, run: bool = True) -> Outcome:
    """Runs the month of a home as `henrei run --direct` does, or reads what its last run left. Everything but an interruption
    becomes a status and a line.

    `parts` is an empty folder for what merge, capacity and dashboard put together. The outcome holds counts, never a name
    or number of a child.
    """
    from henrei import error_report

    begun = time.perf_counter()
    with owner_only_files(), error_report.discard_native_messages():
        try:
            counts = (_run if run else _read)(Home(Path(home)), month, Path(parts))
            status, line = 0, ""
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a panic of polars is no Exception, and quotes values
            counts = {}
            line, status = error_report.line(error)
    seconds = round(time.perf_counter() - begun, 3)
    return {"name": name, "status": status, "line": line, "seconds": seconds, "ran": run, **counts}


def _run(home: Home, month: str, parts: Path) -> Outcome:
    from henrei.flows.month_state import require_open
    from henrei.flows.recovery import locked
    from henrei.flows.run.monthly_run import MonthlyRun
    from henrei.flows.run.pipeline import run_directly
    from henrei.flows.settings import load
    from henrei.months import parse_month
    from henrei.store.database import open_store

    day, settings = parse_month(month), load(home)
    with locked(home):
        require_open(home, day)
        with MonthlyRun(home, day, settings).opened() as work:
            run_directly(work.stages)
        with open_store(home) as con:
            _extract(con, home, day, settings, parts)
        return _counts(work.summary) | {"notes": work.notes} | _board(home, day, settings)


def _read(home: Home, month: str, parts: Path) -> Outcome:
    """Of a home whose month this version has run what it left, of another one the board alone. Nothing in it is changed."""
    from henrei.flows.settings import load
    from henrei.months import parse_month
    from henrei.store import books
    from henrei.store import load as results
    from henrei.store.database import read_store

    day, settings = parse_month(month), load(home)
    counts: Outcome = {}
    with read_store(home, day) as con:
        if con is not None and not books.is_purged(home, day):
            summary, _ = results.read_summary(con, day)
            if summary:
                _extract(con, home, day, settings, parts)
                counts = _counts(summary) | {"notes": []}
    return counts | _board(home, day, settings)


def _extract(con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings, parts: Path) -> None:
    """Leaves for the common results what they need of the city's month, which is the current one of `con`."""
    from henrei.flows.cities import capacity, dashboard, merge

    parts.mkdir(parents=True, exist_ok=True)
    merge.extract(con, month, parts)
    capacity.extract(con, parts)
    dashboard.extract(con, home, settings, parts)


def _board(home: Home, month: date, settings: Settings) -> Outcome:
    """What the board shows of a city beside its counts: the same as `henrei status` of its home, and by which version its
    month was run last."""
    from henrei.flows.status import status
    from henrei.store import journal

    now = status(home, month, settings, date.today())
    of_status = now.as_json()
    runs = [entry for entry in journal.of_month(home, month) if entry.get("command") == "run"]
    return {
        "state": now.state,
        "version": str(runs[-1].get("version", "")) if runs else "",
        "causes": [{"line": cause.line, "grave": cause.grave} for cause in now.causes],
        "checks": {"enabled": now.inputs.enabled, "unjudged": len(now.inputs.unjudged)},
        "ledgers": {
            "absent": sum(not account.present for account in now.inputs.accounts),
            "refused": sum(account.present and account.refused > 0 for account in now.inputs.accounts),
        },
        **{name: of_status[name] for name in ("decisions", "answers", "days_left", "next")},
    }


def _counts(summary: dict[str, Any]) -> Outcome:
    files = summary["files"]
    return {
        "claims": summary["claims"],
        "files": {"files": len(files)}
        | {key: sum(file[key] for file in files) for key in ("lines", "loaded", "refused", "ignored")},
        "findings": sum(check["findings"] for check in summary["checks"]),
        "undetermined": sum(check["undetermined"] or 0 for check in summary["checks"]),
    }


@contextmanager
def sharing_cores(workers: int) -> Iterator[None]:
    """Inside, new processes take their share of the cores; polars reads this when it is imported."""
    share = str(max(1, cores() // workers))
    names = ("POLARS_MAX_THREADS", "HENREI_THREADS")
    with environment({name: share for name in names if name not in os.environ}):
        yield


def cores() -> int:
    """How many cores this machine has."""
    return os.cpu_count() or 1
