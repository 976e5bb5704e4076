"""The store with a loaded month in; connections on which the views that several checks read are tables, out. Called by `runner`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import date
from graphlib import TopologicalSorter

import duckdb
import polars as pl

from henrei.store.view_sql import read_by_shared, statements

SCHEMA = "shared"  # the database in memory with these tables
MAX_WORKERS = 4  # connections side by side
LARGE_MONTH = 1_000_000  # rows of days from which checks run one by one
_VARIANTS = "rule_variants"

Connection = duckdb.DuckDBPyConnection


def computed(con: Connection, variants: Mapping[str, str]) -> list[Connection]:
    """Computes the shared views of the current review month, each once those are tables that it reads.

    `variants`: of the rules that come in several, setting → the variant that counts. Returns `con`, and where the month
    is not large a connection for each further core, on all of which the tables hide the store's views.
    """
    chosen = pl.DataFrame({"setting": list(variants), "variant": list(variants.values())})
    # Other connections see what is in it; a temporary table they would not.
    con.execute(f"ATTACH ':memory:' AS {SCHEMA}")
    con.register("chosen", chosen)
    con.execute(f"CREATE TABLE {SCHEMA}.{_VARIANTS} AS SELECT setting, variant FROM chosen")
    con.unregister("chosen")
    sql = (
        "SELECT review_month(), current_setting('threads'), "
        "(SELECT count(*) FROM attendance_rows WHERE review_month = review_month())"
    )
    ((month, threads, rows),) = con.execute(sql).fetchall()
    workers = [con]
    # What a small month costs is planning, which is one core's work. A large month has work for all of them in every
    # statement, and memory goes by what is worked on at once.
    while rows < LARGE_MONTH and len(workers) < min(threads, MAX_WORKERS):
        workers.append(con.cursor())
    for worker in workers:
        _fix_month(worker, month)
    _compute(workers)
    return workers


def _fix_month(con: Connection, month: date) -> None:
    """Hides the macro of the review month by the month itself: each of its many uses would be a query in a query."""
    con.execute(f"CREATE OR REPLACE TEMP MACRO review_month() AS (DATE '{month}')")


def _compute(workers: Sequence[Connection]) -> None:
    """Makes the tables, as many at once as there are connections, and shows them on every connection."""
    graph = TopologicalSorter(read_by_shared(statements()))
    graph.prepare()
    made = [_VARIANTS]
    seen = dict.fromkeys(range(len(workers)), 0)  # worker → how many of those made it shows
    free, ready = list(seen), list[str]()
    running: dict[Future[None], tuple[str, int]] = {}
    with ThreadPoolExecutor(len(workers), thread_name_prefix="henrei-view") as pool:
        while graph.is_active():
            ready += graph.get_ready()
            while free and ready:
                worker, name = free.pop(0), ready.pop(0)
                new, seen[worker] = made[seen[worker] :], len(made)
                running[pool.submit(_make, workers[worker], name, new)] = name, worker
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name, worker = running.pop(future)
                future.result()
                made.append(name)
                free.append(worker)
                graph.done(name)
    for worker, count in seen.items():
        for name in made[count:]:
            _show(workers[worker], name)


def _make(con: Connection, name: str, new: Sequence[str]) -> None:
    """Makes one table. `new`: tables that are there by now and that the connection does not show yet; through them nothing
    is planned through views over views."""
    for other in new:
        _show(con, other)
    con.execute(f"CREATE TABLE {SCHEMA}.{name} AS {statements()[name].select}")


def _show(con: Connection, name: str) -> None:
    """A temporary view hides the store's own of the same name, in other views, too."""
    con.execute(f"CREATE TEMP VIEW {name} AS FROM {SCHEMA}.{name}")
