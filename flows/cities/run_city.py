"""What one process does for one city: its run, under its lock, and what the cities' common results need of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from henrei.home import Home

Outcome = dict[str, Any]  # name, status, line, seconds, and of a city that is through what `_told` says


def run_city(home: str, name: str, month: str, parts: str) -> Outcome:
    """Runs the month of a home as `henrei run --direct` does. Everything but an interruption becomes a status and a line.

    `parts` is an empty folder for what merge, capacity and board put together. The answer holds counts, never a name or
    number of a child.
    """
    from henrei import error_report
    from henrei.files import owner_only_files

    begun = time.perf_counter()
    with owner_only_files(), error_report.discard_native_messages():
        try:
            told = _run(Home(Path(home)), month, Path(parts))
            status, line = 0, ""
        except KeyboardInterrupt:
            raise
        except BaseException as problem:  # a panic of polars is no Exception, and quotes values
            told = {}
            line, status = error_report.line(problem)
    return {"name": name, "status": status, "line": line, "seconds": round(time.perf_counter() - begun, 3), **told}


def _run(home: Home, month: str, parts: Path) -> Outcome:
    from henrei.flows.cities import capacity, dashboard, merge
    from henrei.flows.month_state import require_open
    from henrei.flows.recovery import locked
    from henrei.flows.run.monthly_run import MonthlyRun
    from henrei.flows.run.pipeline import run_directly
    from henrei.flows.settings import load
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
    return _told(work.summary, work.notes)


def _told(summary: dict[str, Any], notes: list[str]) -> Outcome:
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
    names = ("POLARS_MAX_THREADS", "HENREI_THREADS")
    before = {name: os.environ.get(name) for name in names}
    share = str(max(1, cores() // workers))
    for name in names:
        os.environ.setdefault(name, share)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)


def cores() -> int:
    return os.cpu_count() or 1
