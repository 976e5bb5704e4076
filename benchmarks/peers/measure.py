"""What a process costs: seconds of the clock and of the processor, and the most memory it held, with its children."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6 if hasattr(os, "sysconf") else 0.0


@dataclass
class Cost:
    """wall and processor in seconds, peak_mb in MB of resident memory; None where the system does not tell."""

    wall: float
    processor: float | None = None
    peak_mb: float | None = None

    def row(self) -> dict[str, float | None]:
        return asdict(self)


def measured(command: list[str]) -> Cost:
    """Runs a command. Raises CalledProcessError, after showing what it said, where its exit status is not 0."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not hasattr(os, "wait4") or not Path("/proc/self/statm").exists():
        said = process.communicate()[0]
        cost = Cost(time.perf_counter() - begun)
    else:
        said, cost = _watched(process, begun)
    if process.returncode:
        print(said.decode("utf-8", "replace"))
        raise subprocess.CalledProcessError(process.returncode, command)
    return cost


def _watched(process: subprocess.Popen[bytes], begun: float) -> tuple[bytes, Cost]:
    """Linux: the kernel's own account, and memory of the whole family looked at forty times a second."""
    assert process.stdout
    os.set_blocking(process.stdout.fileno(), False)
    said, peak = b"", 0.0
    while True:
        done, status, used = os.wait4(process.pid, os.WNOHANG)
        said += process.stdout.read() or b""
        if done:
            break
        peak = max(peak, sum(_resident(pid) for pid in _family(process.pid)))
        time.sleep(0.025)
    wall = time.perf_counter() - begun
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    return said, Cost(wall, used.ru_utime + used.ru_stime, max(peak, used.ru_maxrss * 1024 / 1e6))


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    except OSError:  # it ended meanwhile
        pass
    return found


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB
    except OSError:  # it ended meanwhile
        return 0.0


def machine() -> str:
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PHYS_PAGES') * _PAGE_MB / 1e3:.0f} GB"
    return f"{os.cpu_count()} cores{memory}, {platform.system()}, Python {platform.python_version()}"


def versions(python: str, packages: tuple[str, ...]) -> str:
    """The versions of packages in another interpreter's environment."""
    program = "import sys; from importlib.metadata import version; print(*(f'{p} {version(p)}' for p in sys.argv[1:]), sep=', ')"
    return subprocess.run([python, "-c", program, *packages], check=True, capture_output=True, text=True).stdout.strip()
