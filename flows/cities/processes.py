"""A job in, each city run in a process of this machine and its outcome out. Called by run_all.

Each process is reused over many cities, so that imports are paid once.
"""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field

from henrei.errors import USAGE
from henrei.flows.cities.discover import City, Outcome
from henrei.flows.cities.run_city import Arguments, Job, run_city, sharing_cores

ATTEMPTS = 3
KILLED = (
    "処理していたプロセスが{}回続けて途中で終わりました。メモリーの空きを確かめ、henrei run {} で単独で実行してください"
)


def run(job: Job, done: Callable[[Outcome], None], say: Callable[[str], None]) -> None:
    """Runs every city, and gives each outcome to `done` (never two at a time) as it comes.

    Each of `job.workers` threads has a process of its own: one that dies takes no other city with it. Its city begins
    again in a new process, `ATTEMPTS` times in all, and is then named as failed.
    """
    queued = _Queue(job, done, say)
    for city in job.cities:
        queued.waiting.put(city)
    with sharing_cores(job.workers):
        count = min(job.workers, len(job.cities))
        threads = [threading.Thread(target=queued.work, name=f"henrei-{number}") for number in range(count)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:
            queued.stop.set()  # the processes are interrupted by the same signal
            raise
    if queued.errors:
        raise queued.errors[0]


@dataclass
class _Queue:
    """What the threads share: the cities that wait, and the callers' functions, one thread at a time."""

    job: Job
    done: Callable[[Outcome], None]
    say: Callable[[str], None]
    waiting: queue.SimpleQueue[City] = field(default_factory=queue.SimpleQueue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)
    errors: list[BaseException] = field(default_factory=list)

    def work(self) -> None:
        """The body of a thread. An error in it ends all threads."""
        try:
            with closing(_Process()) as process:
                self._run_waiting(process)
        except BaseException as error:  # raised again by the caller's thread
            self.errors.append(error)
            self.stop.set()

    def _run_waiting(self, process: _Process) -> None:
        while not self.stop.is_set():
            try:
                city = self.waiting.get_nowait()
            except queue.Empty:
                return
            outcome = self._outcome(city, process)
            with self.lock:
                self.done(outcome)

    def _outcome(self, city: City, process: _Process) -> Outcome:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return {**process.run(self.job.arguments(city)), "attempts": attempt}
            except BrokenProcessPool:
                process.restart()
            if attempt < ATTEMPTS and not self.stop.is_set():
                with self.lock:
                    self.say(f"{city.name}: 処理していたプロセスが途中で終わったため、初めからやり直します")
        line = KILLED.format(ATTEMPTS, self.job.month)
        return {"name": city.name, "status": USAGE, "line": line, "seconds": 0.0, "ran": False, "attempts": ATTEMPTS}


class _Process:
    """A process that runs one city after the other, and is replaced when it has died."""

    def __init__(self) -> None:
        self._pool = _pool()

    def run(self, arguments: Arguments) -> Outcome:
        """What `run_city` returns. Raises BrokenProcessPool where the process dies."""
        return self._pool.submit(run_city, *arguments).result()

    def restart(self) -> None:
        self._pool.shutdown(wait=True)
        self._pool = _pool()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
