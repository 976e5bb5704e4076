"""`henrei run-all`: find the homes, hand out the shared inbox, run the cities, put together what came out."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from henrei.errors import LOCKED, HenreiError
from henrei.files import csv_bytes, exclusive, write_atomic
from henrei.flows.cities import capacity, dashboard, discover, merge, processes
from henrei.flows.cities import dask as cluster
from henrei.flows.cities import split as splitting
from henrei.flows.cities.discover import City, Failure
from henrei.flows.cities.run_city import Outcome, cores
from henrei.flows.month_state import require_open
from henrei.flows.recovery import locked
from henrei.months import month_text

Line = Callable[[str], None]
NO_SERVER = "Prefect のサーバーに接続できないため、Prefect なしで、この機械のプロセスで同じ処理をします。"


@dataclass(frozen=True)
class RunAllOptions:
    """What the command line says. workers: processes at a time, None as many as cores (a given scheduler has its own)."""

    inbox: Path | None = None
    out: Path | None = None
    runner: str = "local"
    scheduler: str | None = None
    workers: int | None = None
    debug: bool = False


def run_all(homes: Path, month: date, options: RunAllOptions, *, show: Line, say: Line) -> tuple[dict[str, Any], Path]:
    """Runs the month of every home below `homes`. Returns summary.json's content and the folder of the results.

    `show` prints a line of progress, `say` one that the user must notice.
    """
    begun = time.perf_counter()
    if options.scheduler and options.runner != "dask":
        raise HenreiError("--scheduler は --runner dask とともに指定してください")
    if options.workers is not None and options.workers < 1:
        raise HenreiError("--workers は1以上の数で指定してください")
    if options.runner == "dask":
        cluster.require_installed()
    cities, failures = discover.find(homes)
    known = {city.name: city for city in cities}
    out = options.out or homes / "out" / month_text(month)
    parts = out / ".parts"
    with ExitStack() as stack:
        stack.enter_context(exclusive(out / ".lock", _running_elsewhere(out)))  # two runs into one folder would mix
        stack.callback(shutil.rmtree, parts, ignore_errors=True)
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir()
        seconds: dict[str, float] = {}
        more: dict[str, Any] = {}
        if options.inbox:
            more["split"], withheld = _hand_out(options.inbox, month, cities, out, show, say)
            failures += withheld
            seconds["split"] = round(time.perf_counter() - begun, 3)
            cities = [city for city in cities if city.name not in {one.name for one in withheld}]
        outcomes: list[Outcome] = [
            {"name": one.name, "status": one.status, "line": one.line, "seconds": 0.0} for one in failures
        ]
        at = time.perf_counter()
        _run(homes, cities, month, parts, options, outcomes, show, say)
        seconds["cities"] = round(time.perf_counter() - at, 3)
        at = time.perf_counter()
        through = {outcome["name"] for outcome in outcomes if outcome["status"] == 0}
        done = [city for city in cities if city.name in through]
        more |= _put_together(homes, month, done, parts, out)
        seconds["merge"] = round(time.perf_counter() - at, 3)
        seconds["all"] = round(time.perf_counter() - begun, 3)
        numbers = {name: city.municipality_no for name, city in known.items()}
        told = merge.summary(month_text(month), outcomes, numbers, {**more, "seconds": seconds})
        merge.write_summary(out, told)
    return told, out


def _running_elsewhere(out: Path) -> HenreiError:
    return HenreiError(f"{out} へ別の henrei run-all が実行中です。終わるのを待ってください", LOCKED)


def _hand_out(
    folder: Path, month: date, cities: list[City], out: Path, show: Line, say: Line
) -> tuple[dict[str, Any], list[Failure]]:
    """Splits the shared inbox into the homes, whose locks are held meanwhile; says who gets nothing, and why."""
    withheld: list[Failure] = []
    with ExitStack() as held:
        staging: dict[str, Path] = {}
        for city in cities:
            try:
                held.enter_context(locked(city.home))
                require_open(city.home, month)
            except HenreiError as problem:
                withheld.append(Failure(city.name, problem.status, str(problem), city.municipality_no))
                continue
            staged = city.home.split_staging
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir()
            staging[city.municipality_no] = staged
        why = {one.municipality_no: one.line for one in withheld}
        try:
            result = splitting.split(folder, month, cities, why, staging)
            for city in cities:
                if city.municipality_no in staging:
                    splitting.swap(city.home, month, staging[city.municipality_no])
        finally:
            for staged in staging.values():
                shutil.rmtree(staged, ignore_errors=True)
    write_atomic(out / "split_report.csv", csv_bytes(result.table()))
    total = result.total()
    show(
        f"共同の受付: {len(result.files):,}ファイル {total['lines']:,}行 = 渡した {total['given']:,} + 対象外 {total['ignored']:,}"
        f" + 作業フォルダーのない市町村 {total['no_home']:,} + 渡せない {total['refused']:,}"
    )
    if result.report:
        say(f"※ 共同の受付で確かめること {len(result.report):,}件: {out / 'split_report.csv'}")
    return {"total": total, "files": result.files, "report": len(result.report)}, withheld


def _run(
    homes: Path,
    cities: list[City],
    month: date,
    parts: Path,
    options: RunAllOptions,
    outcomes: list[Outcome],
    show: Line,
    say: Line,
) -> None:
    if not cities:
        return
    workers = min(options.workers or cores(), len(cities))

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        word = "終わりました" if outcome["status"] == 0 else "止まりました"
        show(f"{outcome['name']}: {word}({outcome['seconds']:.1f}秒)")

    if options.runner == "dask":
        if cluster.run(homes, cities, month_text(month), parts, workers, options.scheduler, done, debug=options.debug):
            return
        say(NO_SERVER)
    processes.run(cities, month_text(month), parts, workers, done, say)


def _put_together(homes: Path, month: date, done: list[City], parts: Path, out: Path) -> dict[str, Any]:
    table = merge.findings(done, parts)
    merge.write(out, "findings", table)
    told: dict[str, Any] = {"findings": table.height}
    judged = capacity.judge(month, done, parts)
    merge.write_judged(out, judged)
    told["merged_fac"] = {
        "findings": judged.findings.height,
        "undetermined": judged.undetermined.height,
        "notes": judged.notes,
    }
    told["dashboard"] = dashboard.write(homes / "out" / "dashboard.html", done, parts)
    return told
