"""A job in, each city run on a Dask cluster through Prefect and its outcome out: a flow for the month, a task a city. Called
by run_all.

Prefect and Dask see paths, numbers of cities and counts. A city's exceptions stay in its process: `run_city` returns a
status and a line. Dask gives the city of a worker that died to another one; the home's lock ended with the worker, and
the next run of the home begins by finishing or forgetting what was left.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from henrei.errors import LOCKED, USAGE, HenreiError
from henrei.flows.cities.discover import City, Outcome
from henrei.flows.cities.run_city import Job, run_city, sharing_cores
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
    prefect_folder: Path,
    job: Job,
    scheduler: str | None,
    done: Callable[[Outcome], None],
    *,
    debug: bool = False,
) -> bool:
    """Runs every city, and gives each outcome to `done`, in the order of the cities.

    Without the address of a scheduler it starts a cluster of `job.workers` processes of this machine. False, with nothing
    done, when no Prefect server can be had. Raises HenreiError where the scheduler does not answer.
    """
    errors: list[BaseException] = []
    with connection(prefect_folder, debug=debug) as server:
        if not server.connect():
            return False
        with sharing_cores(job.workers), ExitStack() as stack:
            runner = _task_runner(scheduler, job.workers, stack)
            _flow(runner, job, done, errors)(job.month, return_state=True)
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
    except (OSError, ValueError) as error:
        raise HenreiError(
            f"Dask のスケジューラー {scheduler} に接続できません({type(error).__name__})。アドレスと、動いているかを確かめてください"
        ) from None
    return DaskTaskRunner(address=scheduler)


class CityLocked(Exception):
    """For Prefect's retry, without the home's name: a worker that Dask gave up may still be ending its run."""


def _flow(runner: Any, job: Job, done: Callable[[Outcome], None], errors: list[BaseException]) -> Any:
    """The flow of a month: what is raised in it is put into `errors`, for Prefect would write its text into states and logs."""
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
    def city(home: str, name: str, month: str, parts: str, run: bool) -> Outcome:
        outcome = run_city(home, name, month, parts, run)
        if outcome["status"] == LOCKED:
            raise CityLocked
        return outcome

    @flow(name=FLOW, flow_run_name=FLOW + "-{month}", task_runner=runner, validate_parameters=False, **plain)
    def every(month: str) -> None:
        try:
            futures = [city.submit(*job.arguments(one)) for one in job.cities]
            for one, future in zip(job.cities, futures, strict=True):
                done(_outcome(one, future))
        except BaseException as error:
            errors.append(error)

    return every


def _outcome(city: City, future: Any) -> Outcome:
    """What the city's task returned; where it returned nothing, a status and a line."""
    failed = {"name": city.name, "seconds": 0.0, "ran": False}
    try:
        result = future.result(raise_on_failure=False)
    except Exception as error:  # Dask gave the city up: its workers died one after the other
        return {**failed, "status": USAGE, "line": LOST.format(type(error).__name__)}
    if isinstance(result, CityLocked):
        return {**failed, "status": LOCKED, "line": str(locked_elsewhere(city.home))}
    if not isinstance(result, dict):
        return {**failed, "status": USAGE, "line": LOST.format(type(result).__name__)}
    return result
