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
    from henrei.flows.status import Status


@dataclass(frozen=True)
class Job:
    """The cities of a run-all. month: YYYY-MM; parts: folder of the parts to merge; workers: cities at a time."""

    cities: list[City]
    month: str
    parts: Path
    workers: int

    def arguments(self, city: City) -> tuple[str, str, str, str]:
        """What `run_city` is called with: texts, which any process can be given."""
        return str(city.home), city.name, self.month, str(self.parts / city.municipality_no)


def run_city(home: str, name: str, month: str, parts: str) -> Outcome:
    """Runs the month of a home as `henrei run --direct` does. Everything but an interruption becomes a status and a line.

    `parts` is an empty folder for what merge, capacity and dashboard put together. The outcome holds counts, never a name
    or number of a child.
    """
    from henrei import error_report

    begun = time.perf_counter()
    with owner_only_files(), error_report.discard_native_messages():
        try:
            counts = _run(Home(Path(home)), month, Path(parts))
            status, line = 0, ""
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a panic of polars is no Exception, and quotes values
            counts = {}
            line, status = error_report.line(error)
    return {"name": name, "status": status, "line": line, "seconds": round(time.perf_counter() - begun, 3), **counts}


def _run(home: Home, month: str, parts: Path) -> Outcome:
    from henrei.flows.cities import capacity, dashboard, merge
    from henrei.flows.month_state import require_open
    from henrei.flows.recovery import locked
    from henrei.flows.run.monthly_run import MonthlyRun
    from henrei.flows.run.pipeline import run_directly
    from henrei.flows.settings import load
    from henrei.flows.status import status
    from henrei.months import parse_month
    from henrei.store.database import open_store

    day, settings = parse_month(month), load(home)
    parts.mkdir(parents=True, exist_ok=True)
    with locked(home):
        require_open(home, day)
        with MonthlyRun(home, day, settings).opened() as work:
            run_directly(work.stages)
        with open_store(home) as con:
            merge.extract(con, day, parts)
            capacity.extract(con, parts)
            dashboard.extract(con, home, settings, parts)
        now = status(home, day, settings, date.today())
    return _counts(work.summary, work.notes) | _board(now)


def _board(now: Status) -> Outcome:
    """What the board shows of a city beside its counts: the same as `henrei status` of its home."""
    of_status = now.as_json()
    return {
        "state": now.state,
        "causes": [{"line": cause.line, "grave": cause.grave} for cause in now.causes],
        "checks": {"enabled": now.inputs.enabled, "unjudged": len(now.inputs.unjudged)},
        "ledgers": {
            "absent": sum(not account.present for account in now.inputs.accounts),
            "refused": sum(account.present and account.refused > 0 for account in now.inputs.accounts),
        },
        **{name: of_status[name] for name in ("decisions", "answers", "days_left", "next")},
    }


def _counts(summary: dict[str, Any], notes: list[str]) -> Outcome:
    files = summary["files"]
    return {
        "claims": summary["claims"],
        "files": {"files": len(files)}
        | {key: sum(file[key] for file in files) for key in ("lines", "loaded", "refused", "ignored")},
        "findings": sum(check["findings"] for check in summary["checks"]),
        "undetermined": sum(check["undetermined"] or 0 for check in summary["checks"]),
        "notes": notes,
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
