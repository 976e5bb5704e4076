"""Cities on a Dask cluster through Prefect: a flow for the month, a task a city.

Prefect and Dask see paths, numbers of cities and counts. A city's exceptions stay in its process: `run_city` answers with
a status and a line. Dask gives the city of a worker that died to another one; the home's lock went with the worker, and the
next run of the home begins by finishing or forgetting what was left.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from henrei.errors import LOCKED, USAGE, HenreiError
from henrei.flows.cities.discover import City
from henrei.flows.cities.run_city import Outcome, run_city, sharing_cores
from henrei.flows.prefect.connect import connection
from henrei.home import locked_elsewhere

FLOW = "henrei-run-all"
RETRIES = 2
LOST = "クラスターから結果が戻りませんでした({})。ワーカーが動いているかを確かめてください"


def require_installed() -> None:
    """Raises HenreiError where the extra is not there. Imports nothing: Prefect makes its folder when it is imported, and
    does not know yet where."""
    if not all(importlib.util.find_spec(name) for name in ("distributed", "prefect_dask")):
        raise HenreiError(
            '--runner dask には henrei[cluster] が要ります。pip install "henrei[cluster]" で入れてください'
        )


def run(
    homes: Path,
    cities: list[City],
    month: str,
    parts: Path,
    workers: int,
    scheduler: str | None,
    done: Callable[[Outcome], None],
    *,
    debug: bool = False,
) -> bool:
    """Runs every city and hands each outcome to `done`, in the order of the cities. False, with nothing done, when no
    Prefect server can be had. Raises HenreiError where the scheduler does not answer."""
    errors: list[BaseException] = []
    with connection(homes / ".prefect", debug=debug) as server:
        if not server.connect():
            return False
        with sharing_cores(workers), ExitStack() as stack:
            runner = _task_runner(scheduler, workers, stack)
            _flow(runner, cities, parts, done, errors)(month, return_state=True)
    if errors:
        raise errors[0]
    return True


def _task_runner(scheduler: str | None, workers: int, stack: ExitStack) -> Any:
    import logging

    import distributed
    from prefect_dask import DaskTaskRunner

    # Its warnings quote what a task was given and what it raised.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler is None:
        cluster = stack.enter_context(
            distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,  # a run sets its process's umask and temporary folder
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # without one its server would listen on every address
                worker_dashboard_address="127.0.0.1:0",
            )
        )
        scheduler = str(cluster.scheduler_address)
    try:
        distributed.Client(scheduler, timeout=30, set_as_default=False).close()
    except (OSError, ValueError) as problem:
        raise HenreiError(
            f"Dask のスケジューラー {scheduler} に接続できません({type(problem).__name__})。アドレスと、動いているかを確かめてください"
        ) from None
    return DaskTaskRunner(address=scheduler)


class CityLocked(Exception):
    """Nameless, for Prefect's retry: a worker that was given up may still be at its end."""


def _flow(
    runner: Any, cities: list[City], parts: Path, done: Callable[[Outcome], None], errors: list[BaseException]
) -> Any:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    plain: dict[str, Any] = {"persist_result": False, "log_prints": False}

    @task(
        name="henrei-city",
        task_run_name="{name} {month}",
        cache_policy=NO_CACHE,
        retries=RETRIES,
        retry_delay_seconds=5,
        **plain,
    )
    def city(home: str, name: str, month: str, parts: str) -> Outcome:
        outcome = run_city(home, name, month, parts)
        if outcome["status"] == LOCKED:
            raise CityLocked
        return outcome

    @flow(name=FLOW, flow_run_name=FLOW + "-{month}", task_runner=runner, validate_parameters=False, **plain)
    def every(month: str) -> None:
        try:
            futures = [
                (one, city.submit(str(one.home), one.name, month, str(parts / one.municipality_no))) for one in cities
            ]
            for one, future in futures:
                done(_answer(one, future))
        except BaseException as problem:  # Prefect would write its text into states and logs
            errors.append(problem)

    return every


def _answer(city: City, future: Any) -> Outcome:
    failed = {"name": city.name, "seconds": 0.0}
    try:
        answer = future.result(raise_on_failure=False)
    except Exception as problem:  # Dask gave the city up: its workers died one after the other
        return {**failed, "status": USAGE, "line": LOST.format(type(problem).__name__)}
    if isinstance(answer, CityLocked):
        return {**failed, "status": LOCKED, "line": str(locked_elsewhere(city.home))}
    if not isinstance(answer, dict):
        return {**failed, "status": USAGE, "line": LOST.format(type(answer).__name__)}
    return answer
