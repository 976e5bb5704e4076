"""henrei beside its peers on the same ten checks: `make bench-peers`.

Each is run in a process of its own, in rounds one after the other; the peers by the interpreter of their own
environment (--python), the measuring itself in henrei's. A run counts only if its keys are exactly those of henrei's
findings.csv. Prints a table in Markdown and writes it beside the numbers as JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.measured_runs import fresh
from benchmarks.measuring import ROOT, Cost, machine, measure

HERE = Path(__file__).resolve().parent
CODES = ("CRT102", "CRT103", "DAY201", "DAY202", "DAY203", "DAY206", "CAP301", "CAP302", "SUB401", "SUB405")
EVERYTHING, TEN = "henrei, everything", "henrei, only the ten checks"
PEERS = {"polars": "with_polars.py", "pandas": "with_pandas.py", "dbt-duckdb": "with_dbt.py"}
Key = tuple[str, ...]


class Bench:
    """A folder to work in, and how each of the compared is run on a home."""

    def __init__(self, work: Path, python: Path, month: str) -> None:
        self.work, self.python, self.month = work, python, month
        listed = subprocess.run([sys.executable, "-m", "henrei", "checks", "--json"], check=True, capture_output=True)
        self.others = [check["code"] for check in json.loads(listed.stdout) if check["code"] not in CODES]

    def home(self, name: str) -> Path:
        """An empty folder for a home below the bench's own."""
        home = self.work / name
        shutil.rmtree(home, ignore_errors=True)
        return home

    def copy(self, given: Path) -> Path:
        """A home's month and settings, so that nothing is written into the given home."""
        home = self.home(given.resolve().name)
        shutil.copytree(given / "inbox" / self.month, home / "inbox" / self.month)
        shutil.copyfile(given / "henrei.toml", home / "henrei.toml")
        return home

    def run(self, who: str, home: Path) -> tuple[Cost, list[Key]]:
        """What one run costs, and the sorted keys it found. Raises RuntimeError where it fails."""
        if who in PEERS:
            out = self.work / "keys.csv"
            out.unlink(missing_ok=True)
            cost = measure([str(self.python), str(HERE / PEERS[who]), str(home), self.month, str(out)])
            return cost, keys(out)
        fresh(home)
        settings = home / "henrei.toml"
        before = settings.read_text(encoding="utf-8")
        if who == TEN:
            head, _, rest = before.partition("[checks]\n")
            changed = f"{head}\n[checks]\ndisabled = {json.dumps(self.others)}\n{rest}"
            settings.write_text(changed, encoding="utf-8")
        try:
            cost = measure([sys.executable, "-m", "henrei", "run", self.month, "--direct", "--home", str(home)])
        finally:
            settings.write_text(before, encoding="utf-8")
        return cost, keys(home / "out" / self.month / "findings.csv")

    def agreed(self, home: Path) -> list[Key]:
        """henrei's keys of a home, after every peer has found the same; exits with the differences otherwise."""
        right = self.run(EVERYTHING, home)[1]
        for who in (TEN, *PEERS):
            self.require_equal(who, home, self.run(who, home)[1], right)
        count = Counter(key[0] for key in right)
        print(
            f"{home.name}: all agree on {len(right):,} keys ({', '.join(f'{c} {count[c]:,}' for c in CODES)})",
            flush=True,
        )
        return right

    def require_equal(self, who: str, home: Path, reported: list[Key], right: list[Key]) -> None:
        """Exits with the differences where somebody's keys are not henrei's."""
        if reported == right:
            return
        ours, theirs = Counter(right), Counter(reported)
        sides = {f"only {EVERYTHING}": ours - theirs, f"only {who}": theirs - ours}
        path = self.work / "differences.json"
        path.write_text(json.dumps({name: sorted(rows.elements()) for name, rows in sides.items()}, indent=1), "utf-8")
        for name, rows in sides.items():
            print(f"{name}: {dict(Counter(key[0] for key in rows.elements()))}")
        sys.exit(f"{who} and henrei differ on {home.name}: {path}")


def keys(path: Path) -> list[Key]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sorted(
            (row["check_code"], row["facility_no"], row["recipient_no"], row["service_month"])
            for row in csv.DictReader(stream)
            if row["check_code"] in CODES
        )


def make(module: str, home: Path, *given: str) -> Path:
    subprocess.run([sys.executable, "-m", module, str(home), *given], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return home


def table(name: str, bench: Bench, home: Path, costs: dict[str, list[Cost]]) -> str:
    """The medians as Markdown; a ratio is the median of each round's, so that a busy hour weighs on both sides."""
    files = [path for path in (home / "inbox" / bench.month).rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    lines = [
        f"{name}: {len(files):,} files, {size:,.0f} MB; median of {len(costs[TEN])} rounds; {_machine()}.",
        "",
        "| | wall s | processor s | peak memory MiB | wall ÷ henrei's ten | processor ÷ henrei's ten |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for who, runs in costs.items():
        cells = [
            _median([run.wall for run in runs], 1),
            _median([run.processor for run in runs], 1),
            _median([run.peak_mib for run in runs], 0),
            _ratio([run.wall for run in runs], [run.wall for run in costs[TEN]]),
            _ratio([run.processor for run in runs], [run.processor for run in costs[TEN]]),
        ]
        lines.append(f"| {who} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _median(values: list[float], places: int) -> str:
    return f"{statistics.median(values):,.{places}f}"


def _ratio(values: list[float], ours: list[float]) -> str:
    return f"{statistics.median(a / b for a, b in zip(values, ours, strict=True)):.2f}"


def _machine() -> str:
    about = machine()
    return f"{about['cores']} cores, {about['memory GB']} GB, {about['system']}, Python {about['python']}"


def _versions(python: str, packages: tuple[str, ...]) -> str:
    """The versions of packages in another interpreter's environment."""
    program = "import sys; from importlib.metadata import version; print(*(f'{p} {version(p)}' for p in sys.argv[1:]), sep=', ')"
    command = [python, "-c", program, *packages]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout.strip()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("homes", nargs="*", type=Path, help="homes to hold all against, beside the fictional ones")
    options.add_argument("--python", type=Path, required=True, help="the interpreter of the peers' environment")
    options.add_argument(
        "--work", type=Path, required=True, help="a folder for homes and results; what is in it may go"
    )
    options.add_argument("--children", type=int, nargs="*", default=[20_000], help="sizes to measure; none: only agree")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3], help="fictional cities to agree on")
    options.add_argument("--month", default="2026-05")
    given = options.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    # Not resolved: the interpreter's own path is what tells it its environment.
    bench = Bench(given.work.resolve(), given.python.absolute(), given.month)
    for seed in given.seeds:
        planted = ("--children", "2000", "--months", given.month, "--seed", str(seed), "--style", "both")
        bench.agreed(make("henrei.data.fictional", bench.home(f"city-{seed}"), *planted))
    for home in given.homes:
        bench.agreed(bench.copy(home))
    measured = [_measure(bench, children, given.rounds) for children in given.children]
    if measured:
        _report(bench, measured)


def _measure(bench: Bench, children: int, rounds: int) -> tuple[str, dict[str, Any]]:
    """The rounds of one size, by turns: their table, and the same as numbers."""
    home = make("benchmarks.nation", bench.home(f"nation-{children}"), "--children", str(children))
    right = bench.agreed(home)  # also brings the files into the system's memory, for all alike
    names = [EVERYTHING, TEN, *PEERS]
    costs: dict[str, list[Cost]] = {who: [] for who in names}
    for number in range(rounds):
        for who in names[number % len(names) :] + names[: number % len(names)]:
            cost, reported = bench.run(who, home)
            bench.require_equal(who, home, reported, right)
            costs[who].append(cost)
            print(f"  round {number + 1} {who}: {cost.wall:.1f} s", flush=True)
    text = table(f"{children:,} children", bench, home, costs)
    runs = {who: [_numbers(cost) for cost in of_one] for who, of_one in costs.items()}
    shutil.rmtree(home)
    return text, {"children": children, "keys": len(right), "runs": runs}


def _numbers(cost: Cost) -> dict[str, float]:
    return {"wall": cost.wall, "processor": cost.processor, "peak_mib": cost.peak_mib}


def _report(bench: Bench, measured: list[tuple[str, dict[str, Any]]]) -> None:
    """Shows the tables, and writes them and the numbers into the bench's folder."""
    used = _versions(sys.executable, ("henrei", "polars", "duckdb", "pandera"))
    theirs = _versions(str(bench.python), ("polars", "pandas", "pyarrow", "dbt-core", "dbt-duckdb", "duckdb"))
    text = "\n\n".join(
        [*(table for table, _ in measured), f"henrei's environment: {used}. The peers' environment: {theirs}."]
    )
    (bench.work / "peers.md").write_text(text + "\n", encoding="utf-8", newline="\n")
    report = {"machine": _machine(), "henrei": used, "peers": theirs, "sizes": [numbers for _, numbers in measured]}
    (bench.work / "peers.json").write_text(json.dumps(report, indent=1), encoding="utf-8", newline="\n")
    print("\n" + text)


if __name__ == "__main__":
    main()
