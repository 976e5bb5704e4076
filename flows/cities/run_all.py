"""A folder of homes and a month in, every city run and their common results out. Called by `henrei run-all`.

It finds the homes, splits the shared inbox among them, runs the cities and merges what came out.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from henrei.errors import LOCKED, HenreiError
from henrei.files import csv_bytes, write_atomic
from henrei.flows.cities import capacity, dashboard, dask, discover, merge, processes, shared_inbox
from henrei.flows.cities.discover import City, Outcome
from henrei.flows.cities.run_city import Job, cores
from henrei.flows.cities.split import Split
from henrei.home import Home
from henrei.lock import Holder, exclusive
from henrei.months import month_text

Line = Callable[[str], None]
NO_SERVER = "Prefect のサーバーに接続できないため、Prefect なしで、この機械のプロセスで同じ処理をします。"


@dataclass(frozen=True)
class RunAllOptions:
    """The options of the command. workers: processes at a time, None as many as cores (a given scheduler
    has its own); only: names or municipality numbers of the cities that are run, of the others the results before are read."""

    inbox: Path | None = None
    out: Path | None = None
    runner: str = "local"
    scheduler: str | None = None
    workers: int | None = None
    only: tuple[str, ...] = ()
    debug: bool = False


def run_all(homes: Path, month: date, options: RunAllOptions, *, show: Line, say: Line) -> tuple[dict[str, Any], Path]:
    """Runs the month of every home below `homes`. Returns summary.json's content and the folder of the results.

    `show` prints a line of progress, `say` one that the user must notice. Raises HenreiError where nothing can be begun; a
    city that cannot be run is a row of the summary, with its status and line.
    """
    begun = time.perf_counter()
    _require_valid(options)
    cities, failures = discover.find(homes)
    numbers = {city.name: city.municipality_no for city in cities}
    chosen = discover.chosen(cities, failures, options.only)
    failures = [failure for failure in failures if failure.name in chosen]
    place = Home(homes)  # what all cities have in common lies in their folder as a city's own in its home
    out = options.out or place.out(month)
    # Two runs into one folder would mix.
    with exclusive(out / ".lock", lambda by: _running_elsewhere(out, by)), _emptied(out / ".parts") as parts:
        seconds: dict[str, float] = {}
        results: dict[str, Any] = {}
        if options.inbox:
            split, withheld = shared_inbox.distribute(options.inbox, month, cities)
            results["split"] = _report_split(split, out, show, say)
            withheld = [failure for failure in withheld if failure.name in chosen]  # nothing is asked of the others
            failures += withheld
            cities = [city for city in cities if city.name not in {failure.name for failure in withheld}]
            seconds["split"] = _since(begun)
        at = time.perf_counter()
        workers = min(options.workers or cores(), len(cities))
        job = Job(cities, month_text(month), parts, workers, frozenset(chosen))
        outcomes = [failure.outcome() for failure in failures] + _run_cities(place, job, options, show, say)
        seconds["cities"] = _since(at)
        at = time.perf_counter()
        ended = {outcome["name"] for outcome in outcomes if outcome["status"] == 0 and "findings" in outcome}
        results |= _merge(place, month, [city for city in cities if city.name in ended], parts, out)
        seconds["merge"] = _since(at)
        seconds["all"] = _since(begun)
        summary = merge.summary(job.month, outcomes, numbers, {**results, "seconds": seconds})
        merge.write_summary(out, summary)
    return summary, out


def _require_valid(options: RunAllOptions) -> None:
    if options.scheduler and options.runner != "dask":
        raise HenreiError("--scheduler は --runner dask とともに指定してください")
    if options.workers is not None and options.workers < 1:
        raise HenreiError("--workers は1以上の数で指定してください")
    if options.runner == "dask":
        dask.require_installed()


def _running_elsewhere(out: Path, by: Holder | None) -> HenreiError:
    who = f"({by})" if by else ""
    return HenreiError(f"{out} へ別の henrei run-all が実行中です{who}。終わるのを待ってください", LOCKED)


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    """The folder, empty; it is removed afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _since(begun: float) -> float:
    return round(time.perf_counter() - begun, 3)


def _report_split(split: Split, out: Path, show: Line, say: Line) -> dict[str, Any]:
    """Writes split_report.csv; returns the split's part of the summary."""
    write_atomic(out / "split_report.csv", csv_bytes(split.table()))
    total = split.total()
    show(
        f"共同の受付: {len(split.files):,}ファイル {total['lines']:,}行 = 渡した {total['given']:,} + 対象外 {total['ignored']:,}"
        f" + 作業フォルダーのない市町村 {total['no_home']:,} + 渡せない {total['refused']:,}"
    )
    if split.report:
        say(f"※ 共同の受付で確かめること {len(split.report):,}件: {out / 'split_report.csv'}")
    return {"total": total, "files": split.files, "report": len(split.report)}


def _run_cities(place: Home, job: Job, options: RunAllOptions, show: Line, say: Line) -> list[Outcome]:
    """Runs the cities where the options say; returns their outcomes in the order in which they came."""
    outcomes: list[Outcome] = []
    if not job.cities:
        return outcomes

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        end = "終わりました" if outcome["status"] == 0 else "止まりました"
        if outcome["ran"] or outcome["status"]:
            show(f"{outcome['name']}: {end}({outcome['seconds']:.1f}秒)")

    if options.runner == "dask":
        if dask.run(place.prefect, job, options.scheduler, done, debug=options.debug):
            return outcomes
        say(NO_SERVER)
    processes.run(job, done, say)
    return outcomes


def _merge(place: Home, month: date, cities: list[City], parts: Path, out: Path) -> dict[str, Any]:
    """Writes the common results of the cities that were run to their end; returns their part of the summary."""
    table = merge.findings(cities, parts)
    merge.write(out, "findings", table)
    merged = capacity.judge(month, cities, parts)
    merge.write_capacity(out, merged)
    return {
        "findings": table.height,
        "merged_fac": {
            "findings": merged.findings.height,
            "undetermined": merged.undetermined.height,
            "notes": merged.notes,
        },
        "dashboard": dashboard.write(place.dashboard, cities, parts),
    }
