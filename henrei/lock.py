"""A lock file in, the right to be the only one out, or who has it. Called by the home, and by a run over many cities.

The operating system holds the lock, so it ends with the process that has it, however that ends. Beside it lies a file
that says who has it: that is for the message, and for folders that several machines share. There a file server may not
pass a lock on to the other machines. So whoever has the lock counts on in the file every few seconds, and whoever gets the
lock and finds another machine's file looks whether the count goes on: if so, that machine is at work and the lock means
nothing here; if not, it was cut off. Nobody's clock is asked.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from henrei.errors import HenreiError
from henrei.machine import clock_text, machine, now, user

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}

BEAT = 2.0  # seconds from one count to the next
PATIENCE = 3 * BEAT  # how long a count that stands still is watched


@dataclass(frozen=True)
class Holder:
    """Who has a lock, since when by that machine's clock, and how often it was counted on."""

    user: str
    machine: str
    process: int
    since: str
    count: int = 0

    def __str__(self) -> str:
        return f"{self.user}、{self.machine}、{clock_text(self.since)} から"


def holder_path(lock: Path) -> Path:
    """Where it is written who has the lock: not in the lock file, which Windows lets nobody else read."""
    return lock.with_name(f"{lock.name}.json")


def holder(lock: Path) -> Holder | None:
    """Who has the lock, or had it when he was cut off; None where nobody is named."""
    try:
        return Holder(**json.loads(holder_path(lock).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # none, or being written at this moment
        return None


@contextmanager
def exclusive(path: Path, held: Callable[[Holder | None], HenreiError]) -> Iterator[str | None]:
    """Holds the lock file `path`, whose folder it makes. Gives the line for the user where another machine's command was
    cut off in here, else None.

    Raises at once what `held` makes of the holder where another process has the lock, also where the folder does not
    pass locks on; HenreiError where the folder knows no locks at all, OSError where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    from filelock import FileLock, Timeout  # not for --help

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise held(holder(path)) from None
    except (NotImplementedError, OSError) as problem:
        if isinstance(problem, OSError) and problem.errno not in _NO_LOCKS:
            raise  # a folder that cannot be written, or a full disk
        raise HenreiError(
            f"{path.parent} では鍵(同時に使わないための仕組み)が使えません({type(problem).__name__})。"
            "作業フォルダーを、この PC か Windows の共有フォルダーに置いてください"
        ) from None
    try:
        before = holder(path)
        if before is not None and before.machine != machine() and _goes_on(path, before):
            raise held(before)
        cut_off = None if before is None or before.machine == machine() else before
        with _counting(path):
            yield f"{cut_off.machine} の henrei({cut_off})は途中で終わったようです。続けます" if cut_off else None
    finally:
        lock.release()


def _goes_on(path: Path, before: Holder) -> bool:
    """True where the count goes on while it is watched."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(BEAT / 4)
        now_there = holder(path)
        if now_there is not None and now_there != before:
            return True
        if not holder_path(path).exists():
            return False
    return False


@contextmanager
def _counting(path: Path) -> Iterator[None]:
    """Inside, the file beside the lock says that this process has it, and counts on."""
    own = Holder(user(), machine(), os.getpid(), now())
    _write(path, own)
    ended = threading.Event()

    def count() -> None:
        one = own
        while not ended.wait(BEAT):
            one = replace(one, count=one.count + 1)
            with suppress(OSError):  # someone reads it at this moment, or the network is away: the next count does
                _write(path, one)

    thread = threading.Thread(target=count, name="henrei-lock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with suppress(OSError):  # someone reads it: who comes next on this machine writes over it
            holder_path(path).unlink(missing_ok=True)


def _write(path: Path, one: Holder) -> None:
    holder_path(path).write_text(json.dumps(asdict(one), ensure_ascii=False), encoding="utf-8")
