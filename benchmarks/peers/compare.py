"""henrei beside its peers on the same ten checks: `make bench-peers`.

Each is run in a process of its own, in rounds one after the other; the peers by the interpreter of their own
environment (--python), the measuring itself in henrei's. A run counts only if its keys are exactly those of henrei's
findings.csv. The floor runs beside them, and so do the peers as they were before their checks were brought to today's, where
these find the same. Prints tables in Markdown and writes them beside the numbers as JSON.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import measured_runs
from benchmarks.measuring import ROOT, Cost, machine, measure
from benchmarks.peers.table import BEFORE, EVERYTHING, FLOOR, TEN, cost_of_change, table

HERE = Path(__file__).resolve().parent
CODES = ("CRT102", "CRT103", "DAY201", "DAY202", "DAY203", "DAY206", "CAP301", "CAP302", "SUB401", "SUB405")
PEERS = {"polars": "with_polars.py", "pandas": "with_pandas.py", "dbt-duckdb": "with_dbt.py"}
CHANGED = ("児童コード", "benchmarks/peers/polars_tables.py")  # the text that came with today's checks, and where
WRITTEN = {"": [], "irregular": ["--irregular"], "busy attendance": ["--busy-attendance"]}
Key = tuple[str, ...]


class Bench:
    """A folder to work in, and how each of the compared is run on a home."""

    def __init__(self, work: Path, python: Path, month: str) -> None:
        self.work, self.python, self.month = work, python, month
        listed = subprocess.run([sys.executable, "-m", "henrei", "checks", "--json"], check=True, capture_output=True)
        self.before = peers_before(work / "peers-before")
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
        peer = who.removesuffix(BEFORE)
        if peer in PEERS:
            out = self.work / "keys.csv"
            out.unlink(missing_ok=True)
            script = (self.before if who.endswith(BEFORE) else HERE) / PEERS[peer]
            cost = measure([str(self.python), str(script), str(home), self.month, str(out)])
            return cost, keys(out)
        measured_runs.fresh(home)
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


def peers_before(folder: Path, repository: Path = ROOT) -> Path:
    """The peers as the repository's history has them before today's checks, taken out of it into a folder. Raises RuntimeError
    where the history does not go back so far."""
    text, where = CHANGED
    log = ["git", "-C", str(repository), "log", "--format=%H", "--reverse", f"-S{text}", "--", where]
    commits = subprocess.run(log, check=True, capture_output=True, text=True, encoding="utf-8").stdout.split()
    if not commits:
        raise RuntimeError(f"the repository's history does not know when {text} came into {where}")
    archive = ["git", "-C", str(repository), "archive", "--format=tar", f"{commits[0]}^", "benchmarks/peers"]
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(subprocess.run(archive, check=True, capture_output=True).stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder / "benchmarks" / "peers"


def floor(home: Path) -> Cost:
    """The floor of a home's month: what it says of itself, without the start of Python."""
    cost, counted = measured_runs.floor(home)
    return Cost(counted["wall"], counted["processor"], cost.peak_mib, cost.output)


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
    options.add_argument(
        "--written-up-to",
        type=int,
        default=20_000,
        metavar="CHILDREN",
        help="months up to this size also irregular and busy",
    )
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
    measured = [
        _measure(bench, children, written, given.rounds)
        for children in given.children
        for written in (WRITTEN if children <= given.written_up_to else [""])
    ]
    if measured:
        _report(bench, measured)


def _measure(bench: Bench, children: int, written: str, rounds: int) -> tuple[str, dict[str, Any]]:
    """The rounds of one size, by turns: their table, and the same as numbers."""
    name = f"nation-{children}-{written.replace(' ', '-')}".strip("-")
    home = make("benchmarks.nation", bench.home(name), "--children", str(children), *WRITTEN[written])
    right = bench.agreed(home)  # also brings the files into the system's memory, for all alike
    # The peers of before know nothing of a blank behind a number.
    before = [] if written == "irregular" else [f"{peer}{BEFORE}" for peer in PEERS]
    names = [FLOOR, *PEERS, *before, TEN, EVERYTHING]
    costs: dict[str, list[Cost]] = {who: [] for who in names}
    for number in range(rounds):
        for who in names[number % len(names) :] + names[: number % len(names)]:
            if who == FLOOR:
                cost = floor(home)
            else:
                cost, reported = bench.run(who, home)
                bench.require_equal(who, home, reported, right)
            costs[who].append(cost)
            print(f"  round {number + 1} {who}: {cost.wall:.1f} s", flush=True)
    files = [path for path in (home / "inbox" / bench.month).rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    title = f"{children:,} children{f', {written}' if written else ''}: {len(files):,} files, {size:,.0f} MB, {len(right):,} keys"
    text = f"{title}; median of {rounds} rounds; {_machine()}.\n\n{table(costs)}\n\n{cost_of_change(costs)}".strip()
    runs = {who: [_numbers(cost) for cost in of_one] for who, of_one in costs.items()}
    shutil.rmtree(home)
    return text, {"children": children, "written": written, "keys": len(right), "runs": runs}


def _numbers(cost: Cost) -> dict[str, float]:
    return {"wall": cost.wall, "processor": cost.processor, "peak_mib": cost.peak_mib}


def _report(bench: Bench, measured: list[tuple[str, dict[str, Any]]]) -> None:
    """Shows the tables, and writes them and the numbers into the bench's folder."""
    used = _versions(sys.executable, ("henrei", "polars", "duckdb", "pandera"))
    theirs = _versions(str(bench.python), ("polars", "pandas", "pyarrow", "dbt-core", "dbt-duckdb", "duckdb"))
    text = "\n\n".join(
        [*(text for text, _ in measured), f"henrei's environment: {used}. The peers' environment: {theirs}."]
    )
    (bench.work / "peers.md").write_text(text + "\n", encoding="utf-8", newline="\n")
    report = {"machine": _machine(), "henrei": used, "peers": theirs, "sizes": [numbers for _, numbers in measured]}
    (bench.work / "peers.json").write_text(json.dumps(report, indent=1), encoding="utf-8", newline="\n")
    print("\n" + text)


if __name__ == "__main__":
    main()
