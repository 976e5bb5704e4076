"""Makes homes and runs henrei or the floor on them, each measured: what bench.py and peers/compare.py put in their tables."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

from benchmarks.measuring import ROOT, Cost, measure

MONTH = "2026-05"
MADE_BY_A_RUN = ("out", "books", ".henrei", ".prefect")
_SMALL = """
import json, sys, time
import henrei.cli.commands, henrei.cli.terminal, henrei.flows.recovery, henrei.flows.run.monthly_run
from henrei import cli
import pandera.backends.polars.builtin_checks  # which Pandera imports when it is first used
begun, processor = time.perf_counter(), time.process_time()
status = cli.main(["run", sys.argv[2], "--direct", "--home", sys.argv[1]])
print(json.dumps({"status": status, "wall": time.perf_counter() - begun, "processor": time.process_time() - processor}))
"""


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
    """`henrei run --direct` inside a process that has imported henrei already, in a fresh home or once more.

    Returns its exit status, and the seconds of clock and processor.
    """
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
