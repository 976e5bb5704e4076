"""Measuring one thing at a time, each in a process of its own: seconds of clock and processor, peak memory."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MONTH = "2026-05"
MADE_BY_A_RUN = ("out", "books", ".henrei", ".prefect")
_SMALL = """
import json, sys, time
from pathlib import Path
import henrei.flows.close, henrei.cli.commands as commands, henrei.flows.home, henrei.flows.run.monthly_run
import henrei.cli.terminal, henrei.flows.settings, henrei.flows.run.pipeline
import pandera.backends.polars.builtin_checks  # which Pandera imports when it is first used
begun, processor = time.perf_counter(), time.process_time()
status = commands.run(Path(sys.argv[1]), sys.argv[2], direct=True, strict=False, debug=True)
print(json.dumps({"status": status, "wall": time.perf_counter() - begun, "processor": time.process_time() - processor}))
"""


@dataclass(frozen=True)
class Cost:
    """What a process needed. `processor` (user and system, with its children) and `peak_mib` only where the system says so."""

    wall: float
    processor: float | None
    peak_mib: float | None
    output: str


def measure(command: list[str]) -> Cost:
    """Runs a command from the checkout. Raises RuntimeError with the end of its output if it fails."""
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    # Peak memory is that of the one process since it began: it must not be started by a large one.
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        processor = peak = None
        if sys.platform == "win32":
            process.wait()
        else:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            processor = used.ru_utime + used.ru_stime
            # Linux counts KiB, macOS bytes.
            peak = used.ru_maxrss / (1024 if sys.platform.startswith("linux") else 1024 * 1024)
    wall = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])} ended with {process.returncode}: {output[-400:]}")
    return Cost(wall, processor, peak, output)


def make(folder: Path, *options: str) -> None:
    """Makes data there, unless it is there whole; half-made data goes."""
    done = folder / "made.txt"
    arguments = " ".join(options)
    if done.is_file() and done.read_text(encoding="utf-8") == arguments:
        return
    shutil.rmtree(folder, ignore_errors=True)
    measure([sys.executable, "-m", "benchmarks.nation", str(folder), *options])
    done.write_text(arguments, encoding="utf-8")


def fresh(home: Path) -> None:
    """A home as if henrei had never run there."""
    for name in MADE_BY_A_RUN:
        shutil.rmtree(home / name, ignore_errors=True)
    for path in home.glob("henrei.duckdb*"):
        path.unlink()


def floor(home: Path) -> tuple[Cost, dict]:
    """benchmarks/floor.py on the month's files; what it says itself is beside what its process cost."""
    cost = measure([sys.executable, str(ROOT / "benchmarks" / "floor.py"), str(home / "inbox" / MONTH)])
    return cost, json.loads(cost.output.splitlines()[-1])


def run(home: Path) -> tuple[Cost, dict]:
    """`henrei run --direct` of the month in a fresh home, and its summary."""
    fresh(home)
    cost = measure([sys.executable, "-m", "henrei", "run", MONTH, "--direct", "--home", str(home)])
    return cost, json.loads((home / "out" / MONTH / "summary.json").read_text(encoding="utf-8"))


def run_after_imports(home: Path, *, again: bool = False) -> dict:
    """commands.run inside a process that has imported henrei already, in a fresh home or once more: wall and processor
    seconds."""
    if not again:
        fresh(home)
    cost = measure([sys.executable, "-c", _SMALL, str(home), MONTH])
    return json.loads(cost.output.splitlines()[-1])


def help_seconds(times: int = 5) -> list[float]:
    """Seconds of `henrei --help`, each time in a new process."""
    return [measure([sys.executable, "-m", "henrei", "--help"]).wall for _ in range(times)]


def findings(home: Path) -> list[tuple[str, ...]]:
    """The rows of findings.csv without the municipality number, sorted."""
    with (home / "out" / MONTH / "findings.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        return sorted(tuple(value for name, value in row.items() if name != "municipality_no") for row in rows)


def truth(home: Path) -> tuple[int, int, int]:
    """Findings that were planted and found, planted and not found, found and not planted."""
    names = ("check_code", "subject", "facility_no", "recipient_no", "service_month")

    def keys(path: Path) -> set[tuple[str, ...]]:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return {tuple(row[name] for name in names) for row in csv.DictReader(stream)}

    planted, reported = keys(home / "truth" / f"{MONTH}.csv"), keys(home / "out" / MONTH / "findings.csv")
    return len(planted & reported), len(planted - reported), len(reported - planted)
