"""Cities in processes of this machine. Each worker is reused over many cities, so that imports are paid once."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from henrei.errors import USAGE
from henrei.flows.cities.discover import City
from henrei.flows.cities.run_city import Outcome, run_city, sharing_cores

ATTEMPTS = 3
KILLED = (
    "処理していたプロセスが{}回続けて途中で終わりました。メモリーの空きを確かめ、henrei run {} で単独で実行してください"
)


def run(
    cities: list[City],
    month: str,
    parts: Path,
    workers: int,
    done: Callable[[Outcome], None],
    say: Callable[[str], None],
) -> None:
    """Runs every city, and hands each outcome to `done` (never two at a time) as it comes.

    A pool of one process stands behind each slot: a process that dies takes no other city with it. Its city begins
    again in a new one, `ATTEMPTS` times in all, and is then named as failed.
    """
    waiting: queue.SimpleQueue[City] = queue.SimpleQueue()
    for city in cities:
        waiting.put(city)
    speaking, stop = threading.Lock(), threading.Event()
    faults: list[BaseException] = []

    def slot() -> None:
        pool = _pool()
        try:
            while not stop.is_set():
                try:
                    city = waiting.get_nowait()
                except queue.Empty:
                    return
                for attempt in range(1, ATTEMPTS + 1):
                    try:
                        task = pool.submit(
                            run_city, str(city.home), city.name, month, str(parts / city.municipality_no)
                        )
                        outcome = task.result()
                        break
                    except BrokenProcessPool:
                        pool.shutdown(wait=True)
                        pool = _pool()
                        line = KILLED.format(attempt, month)
                        outcome = {"name": city.name, "status": USAGE, "line": line, "seconds": 0.0}
                        if attempt < ATTEMPTS and not stop.is_set():
                            with speaking:
                                say(f"{city.name}: 処理していたプロセスが途中で終わったため、初めからやり直します")
                with speaking:
                    done({**outcome, "attempts": attempt})
        except BaseException as problem:  # said by the caller's thread
            faults.append(problem)
            stop.set()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    with sharing_cores(workers):
        slots = [threading.Thread(target=slot, name=f"henrei-{number}") for number in range(min(workers, len(cities)))]
        for thread in slots:
            thread.start()
        try:
            for thread in slots:
                thread.join()
        except BaseException:
            stop.set()  # the processes hear of an interruption themselves
            raise
    if faults:
        raise faults[0]


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
