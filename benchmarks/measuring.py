"""Runs a command in a process of its own and measures it: seconds of clock and processor, peak memory with its children.

bench.py (through measured_runs.py) and peers/compare.py call `measure`. It runs in henrei's environment, whatever interpreter the
command starts.
"""

from __future__ import annotations

import os
import platform
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
_LOOK = 0.025  # seconds between two looks at the memory
_CHILDREN = 10  # every so many looks the children are listed anew: psutil asks all processes of the machine for it


@dataclass(frozen=True)
class Cost:
    """What a process and its children needed.

    `wall` and `processor` (user and system) are seconds. `peak_mib` is the most resident memory in MiB: what the kernel
    says of the process itself, or what the family held together at a look, whichever is more.
    """

    wall: float
    processor: float
    peak_mib: float
    output: str


def measure(command: list[str]) -> Cost:
    """Runs a command from the checkout. Raises RuntimeError with the end of its output if it fails."""
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        watch = _Watch(process.pid)
        assert process.stdout is not None
        output = process.stdout.read()
        watch.end()
        processor, peak = _wait(process, watch)
    wall = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])} ended with {process.returncode}: {output[-400:]}")
    return Cost(wall, processor, peak / MIB, output)


def machine() -> dict[str, Any]:
    """System, cores, memory and Python of this machine, and what else it is doing."""
    return {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "memory GB": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
        "load at begin": psutil.getloadavg()[0],
    }


def _wait(process: subprocess.Popen[str], watch: _Watch) -> tuple[float, float]:
    """Waits for the end; seconds of the processor and peak bytes, as exact as the system says them."""
    if not hasattr(os, "wait4"):  # Windows
        process.wait()
        return watch.processor, watch.peak
    # The kernel's own account misses nothing between two looks. Its peak is never below what the process that starts
    # another holds itself, so this one must stay small.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1024 if platform.system() == "Linux" else 1  # KiB; macOS counts bytes
    return used.ru_utime + used.ru_stime, max(watch.peak, used.ru_maxrss * unit)


class _Watch(threading.Thread):
    """Looks at a process and its children until `end`: `peak` bytes together, `processor` seconds at the last look."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = self.processor = 0.0
        self._pid = pid
        self._over = threading.Event()
        self.start()

    def end(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        looks = 0
        family: list[psutil.Process] = []
        while not self._over.wait(_LOOK):
            try:
                if looks % _CHILDREN == 0:
                    first = psutil.Process(self._pid)
                    family = [first, *first.children(recursive=True)]
            except psutil.NoSuchProcess:
                return  # it has ended: there is nothing left to look at
            looks += 1
            seen = [both for both in map(_memory_and_processor, family) if both]
            self.peak = max(self.peak, sum(memory for memory, _ in seen))
            self.processor = max(self.processor, sum(seconds for _, seconds in seen))


def _memory_and_processor(process: psutil.Process) -> tuple[int, float] | None:
    """Resident bytes and seconds of the processor; None where the process has ended meanwhile."""
    try:
        times = process.cpu_times()
        return process.memory_info().rss, times.user + times.system
    except psutil.NoSuchProcess:  # also a zombie's
        return None
