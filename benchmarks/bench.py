"""Measures a month of henrei against the floor: `make bench` (small) and `make bench-nation`.

Floor and henrei take turns, every measurement in a process of its own; a ratio is henrei's seconds through those of the
floor beside it, and the middle one of the rounds counts. Where other work shares the machine, the processor's seconds
and their ratio are the ones to trust. Prints tables and writes benchmarks/results/<name>.json, and the same as Markdown.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import measured_runs
from benchmarks.measuring import ROOT, machine

SIZES = {"small": [2_000, 20_000], "nation": [75_000, 150_000, 300_000, 600_000]}
STAGES = ("receive", "validate", "store", "check", "write")
DOUBLE_FROM = 75_000
WRITTEN = {"": "", "--irregular": "irregular", "--busy-attendance": "busy attendance"}  # option of the maker → its rows
WRITTEN_UP_TO = 20_000  # children up to whom a month is measured in all three


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description="henrei against the floor")
    parser.add_argument("name", choices=sorted(SIZES), help="also the name of the results file")
    parser.add_argument("--children", type=int, nargs="+", help="other sizes")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--data", type=Path, help="a folder that keeps the data for the next time")
    parser.add_argument("--one-file", type=int, metavar="CHILDREN", help="the same records as many files and as one")
    parser.add_argument("--cities", type=int, metavar="CITIES", help="the largest size also as so many cities")
    parser.add_argument("--no-extras", action="store_true", help="neither --help nor the run after imports")
    given = parser.parse_args()
    if given.data:
        return _bench(given, given.data)
    with tempfile.TemporaryDirectory(prefix="henrei-bench-") as folder:
        return _bench(given, Path(folder))


def _bench(given: argparse.Namespace, data: Path) -> int:
    result: dict[str, Any] = {"machine": _machine(), "sizes": []}
    sizes = given.children or SIZES[given.name]
    for children in sizes:
        for option in WRITTEN if children <= WRITTEN_UP_TO else [""]:
            result["sizes"].append(_size(data, children, given.rounds, option))
    _print_sizes(result["sizes"])
    result["doubling"] = _doubling(result["sizes"])
    if given.one_file or given.name == "nation":
        result["one file"] = _one_file(data, given.one_file or DOUBLE_FROM, given.rounds)
    if given.cities:
        result["cities"] = _cities(data, max(sizes), given.cities)
    if not given.no_extras:
        result["help"] = [round(s, 3) for s in measured_runs.help_seconds()]
        home = _home(data, 2_000)
        result["2,000 children after imports"] = [_rounded(measured_runs.run_after_imports(home)) for _ in range(3)]
        again = [_rounded(measured_runs.run_after_imports(home, again=True)) for _ in range(3)]
        result["2,000 children after imports, the month once more"] = again
    _print_rest(result)
    path = ROOT / "benchmarks" / "results" / f"{given.name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    path.with_suffix(".md").write_text(_markdown(result), encoding="utf-8", newline="\n")
    print(f"\n{path.relative_to(ROOT).as_posix()}")
    return 0


def _machine() -> dict[str, Any]:
    return machine() | {name: metadata.version(name) for name in ("polars", "duckdb", "pandera")}


def _home(data: Path, children: int, *options: str) -> Path:
    folder = data / "-".join([f"n{children}", *(option.strip("-") for option in options)])
    measured_runs.make(folder, "--children", str(children), *options)
    return folder


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in values.items()}


def _size(data: Path, children: int, rounds: int, option: str) -> dict[str, Any]:
    """The rounds of one size, the month written with an option of WRITTEN, and the middle of them."""
    home = _home(data, children, *([option] if option else []))
    turns = []
    for _ in range(rounds):
        floor, counted = measured_runs.floor(home)
        run, summary = measured_runs.run(home)
        turns.append(
            _rounded(
                {
                    "floor": counted["wall"],
                    "floor processor": counted["processor"],
                    "henrei": run.wall,
                    "henrei processor": run.processor,
                    "ratio": run.wall / counted["wall"],
                    "ratio processor": run.processor / counted["processor"],
                    "peak MiB": run.peak_mib,
                    "floor peak MiB": floor.peak_mib,
                    **summary["seconds"],
                    # summary.json cannot hold the time of its own writing: start, imports and the workbook are the rest.
                    "rest": run.wall - sum(summary["seconds"].values()),
                }
            )
        )
    good, missed, more = measured_runs.truth(home)
    if missed or more:
        raise AssertionError(f"{children} children {option}: {missed} planted not found, {more} found not planted")
    middle = {name: _middle([one[name] for one in turns]) for name in turns[0]}
    lines = sum(file["lines"] for file in summary["files"])
    if lines != counted["rows"]:
        raise AssertionError(f"henrei counted {lines} lines, the floor {counted['rows']}")
    return {
        "children": children, "written": WRITTEN[option], "files": len(summary["files"]), "lines": lines,
        "MB": round(counted["bytes"] / 1e6), "findings": good, **middle, "rounds": turns,
    }  # fmt: skip


def _middle(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def _doubling(sizes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_children = {one["children"]: one for one in sizes if not one["written"]}
    doublings = []
    for children, one in by_children.items():
        half = by_children.get(children // 2)
        if half:
            times = {name: _through(one[name], half[name]) for name in ("henrei", "henrei processor", *STAGES)}
            doublings.append({"from": children // 2, "to": children, **times})
    return doublings


def _through(a: float, b: float) -> float | None:
    return round(a / b, 2) if b else None


def _one_file(data: Path, children: int, rounds: int) -> dict[str, Any]:
    """The same records in many files and in one of each kind, by turns."""
    homes = {"many": _home(data, children), "one": _home(data, children, "--one-file")}
    runs_of: dict[str, list[Any]] = {name: [] for name in homes}
    for _ in range(rounds):
        for name, home in homes.items():
            runs_of[name].append(measured_runs.run(home)[0])
    result: dict[str, Any] = {"children": children}
    for name, runs in runs_of.items():
        result[name] = _middle([run.wall for run in runs])
        result[f"{name} processor"] = _middle([run.processor for run in runs])
    result["ratio"] = _through(result["many"], result["one"])
    result["ratio processor"] = _through(result["many processor"], result["one processor"])
    return result


def _cities(data: Path, children: int, cities: int) -> dict[str, Any]:
    """The nation's findings and those of the same children as many cities, each run as a home of its own."""
    nation, folder = _home(data, children), _home(data, children, "--cities", str(cities))
    homes = sorted(path for path in folder.iterdir() if path.is_dir())
    runs = [measured_runs.run(home)[0] for home in homes]
    together = sorted(row for home in homes for row in measured_runs.findings(home))
    equal = together == measured_runs.findings(nation)
    return {"children": children, "cities": len(homes), "findings": len(together), "equal to the nation's": equal,
            "seconds": round(sum(run.wall for run in runs), 1)}  # fmt: skip


_COLUMNS = (
    ("children", 0), ("files", 0), ("lines", 0), ("MB", 0), ("floor", 1), ("henrei", 1), ("ratio", 2),
    ("floor processor", 1), ("henrei processor", 1), ("ratio processor", 2), ("peak MiB", 0),
    *((stage, 1) for stage in STAGES),
    ("rest", 1),
)  # fmt: skip


def _rows(sizes: list[dict[str, Any]]) -> list[list[str]]:
    rows = [[name for name, _ in _COLUMNS]]
    rows += [[f"{one[name]:,.{places}f}" for name, places in _COLUMNS] for one in sizes]
    for row, written in zip(rows, ["written", *(one["written"] for one in sizes)], strict=True):
        row.insert(1, written)
    return rows


def _markdown(result: dict[str, Any]) -> str:
    """The table of the sizes and all other results, for docs/performance.md."""
    head, *rows = _rows(result["sizes"])
    table = [head, ["---:"] * len(head), *rows]
    lines = [f"| {' | '.join(row)} |" for row in table]
    others = [(name, part) for name, part in result.items() if part and name not in ("machine", "sizes")]
    lines += ["", ", ".join(f"{name} {value}" for name, value in result["machine"].items()) + ".", ""]
    lines += [f"- **{name}**: {_listed(part)}" for name, part in others]
    return "\n".join(lines) + "\n"


def _listed(part: Any) -> str:
    """A result in words: 0.2 s; children 75000, ratio 1.03; one after the other where there are several."""
    if isinstance(part, list):
        return "; ".join(_listed(one) for one in part)
    return ", ".join(f"{key} {value}" for key, value in part.items()) if isinstance(part, dict) else f"{part} s"


def _print_sizes(sizes: list[dict[str, Any]]) -> None:
    rows = _rows(sizes)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    print("seconds of the clock where nothing else is said; stages as summary.json says them")
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    for one in sizes:
        if len(one["rounds"]) > 1:
            ranges = ", ".join(
                f"{name} {min(values):.2f} to {max(values):.2f}"
                for name in ("ratio", "ratio processor")
                for values in [[turn[name] for turn in one["rounds"]]]
            )
            print(f"{one['children']:,} children {one['written']}, {len(one['rounds'])} rounds: {ranges}")


def _print_rest(result: dict[str, Any]) -> None:
    for name, part in result.items():
        if part and name not in ("machine", "sizes"):
            print(f"\n{name}")
            for one in part if isinstance(part, list) else [part]:
                print(f"  {_listed(one)}")


if __name__ == "__main__":
    sys.exit(main())
