"""Runs two versions of henrei over the same homes and says every difference in what they leave: `make same-homes`.

    python -m benchmarks.same_homes all WORK --before PYTHON         all three below; INPUTS with --inputs, else made
    python -m benchmarks.same_homes inputs INPUTS --python PYTHON    fictional cities with decisions for six months
    python -m benchmarks.same_homes walk INPUTS RESULTS --python PYTHON    run, inquire, decide and close every month
    python -m benchmarks.same_homes compare BEFORE AFTER             exit status 1 where there is a difference

PYTHON is an interpreter in whose environment the version in question is installed. Any folder of homes may be INPUTS: each
has henrei.toml and inbox/<month>/, and perhaps decisions/<month>.csv. How two files are compared says same_homes_files.py.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.same_homes_files import Difference, differing_tables, same_content

MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
SEEDS = (11, 12, 13)
CHILDREN = 150
STORE = "henrei.duckdb"
LOG = "log.txt"
# What a home had before the first command, what lasts no longer than one, and the store, whose tables are compared.
_LEFT_OUT = ("inbox/", "truth/", "decisions/", ".henrei/", STORE)
_VOLATILE = re.compile(r"監査記録の末尾: \S+|\d+\.\d+秒")  # in what a command prints: the end of a chain, seconds


def make_inputs(inputs: Path, python: Path) -> None:
    """Fictional cities, each with the decisions that close its months."""
    module = [str(python), "-m", "henrei.data.fictional"]
    inputs.mkdir(parents=True, exist_ok=True)
    options = _output([*module, "--help"], inputs)
    closing = "--with-closing" if "--with-closing" in options else "--lived"  # as 0.1.0 calls it
    for seed in SEEDS:
        city = [f"city-{seed}", "--children", str(CHILDREN), "--seed", str(seed), closing, "--months", *MONTHS]
        _output([*module, *city], inputs)


def walk(inputs: Path, results: Path, python: Path) -> None:
    """Closes every month of every home in `inputs` with one version.

    `results/<home>/home` is the home at the end, `steps/` what out/ and books/ were after each command, log.txt what the
    commands printed. Raises SystemExit where a command fails.
    """
    for source in sorted(path for path in inputs.iterdir() if path.is_dir()):
        shutil.rmtree(results / source.name, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="henrei-homes-") as folder:
            place = Path(folder) / source.name
            shutil.copytree(source, place / "home")
            _walk_home(place, python)
            shutil.copytree(place, results / source.name)
        print(f"{results.name}: {source.name} walked", flush=True)


def _walk_home(place: Path, python: Path) -> None:
    home = place / "home"
    months = sorted(path.name for path in (home / "inbox").glob("????-??") if path.is_dir())
    for month in months:
        for number, command in enumerate(_month_commands(home, month), 1):
            _henrei(python, place, command)
            step = place / "steps" / f"{month}-{number}-{command[0]}"
            for part in ("out", "books"):
                if (home / part).is_dir():
                    shutil.copytree(home / part, step / part)
    for command in (
        ("survey", "2026-04"), ("dashboard",), ("rebuild",), ("reopen", months[-1]), ("verify", months[0]),
    ):  # fmt: skip
        _henrei(python, place, command)


def _month_commands(home: Path, month: str) -> Iterator[tuple[str, ...]]:
    decisions = Path("decisions") / f"{month}.csv"
    decided = (home / decisions).is_file()
    yield "run", month, "--direct"
    yield "inquire", month
    if decided:
        yield "decide", month, str(home / decisions)
    yield "run", month, "--direct"
    yield ("close", month) if decided else ("close", month, "--undecided", "return")


def _henrei(python: Path, place: Path, command: Sequence[str]) -> None:
    """Runs one command, and adds to log.txt what it printed, without the path of the temporary folder."""
    # Not from a checkout: its folder henrei/ would come before the installed one.
    done = subprocess.run(
        [str(python), "-m", "henrei", *command, "--home", str(place / "home")],
        cwd=place,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    text = f"$ {' '.join(command)} -> {done.returncode}\n{done.stdout}{done.stderr}".replace(str(place), ".")
    with (place / LOG).open("a", encoding="utf-8", newline="") as log:
        log.write(text)
    if done.returncode not in (0, 2):
        raise SystemExit(f"{place.name}: {text}")


def _output(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def compare(before: Path, after: Path, expected: Sequence[str] = ()) -> int:
    """Shows every difference between two folders of results; returns 1 if there is one, else 0.

    A difference whose place (`city-11/home/out/2026-05/rejects.csv`, `city-11/henrei.duckdb/claims`) fits one of the
    patterns in `expected` is shown, but does not count.
    """
    unexpected = 0
    for place, what in differences(before, after):
        known = any(fnmatchcase(place, pattern) for pattern in expected)
        unexpected += not known
        print(f"{place}: {what}{' (expected)' if known else ''}")
    files = sum(len(_files(root)) for place in _folders(before).values() for root in _roots(place).values())
    print(f"{files:,} files compared, {unexpected} differences" + (" that were not expected" if expected else ""))
    return 1 if unexpected else 0


def differences(before: Path, after: Path) -> Iterator[Difference]:
    homes, others = _folders(before), _folders(after)
    yield from _on_one_side("", homes, others)
    for name in sorted(homes.keys() & others.keys()):
        one, other = homes[name], others[name]
        roots, other_roots = _roots(one), _roots(other)
        yield from _on_one_side(f"{name}/", roots, other_roots)
        for label in sorted(roots.keys() & other_roots.keys()):
            yield from _differing_files(f"{name}/{label}/", roots[label], other_roots[label])
        yield from differing_tables(f"{name}/{STORE}", one / "home" / STORE, other / "home" / STORE)
        printed, other_printed = (
            _VOLATILE.sub("", (place / LOG).read_text(encoding="utf-8")) for place in (one, other)
        )
        if printed != other_printed:
            yield Difference(f"{name}/{LOG}", "the commands printed something else")


def _folders(root: Path) -> dict[str, Path]:
    return {path.name: path for path in root.iterdir() if path.is_dir()}


def _roots(place: Path) -> dict[str, Path]:
    """The folders whose files are compared: the home at the end, and what was kept after each command."""
    return {"home": place / "home"} | {f"steps/{name}": path for name, path in _folders(place / "steps").items()}


def _differing_files(label: str, one: Path, other: Path) -> Iterator[Difference]:
    here, there = _files(one), _files(other)
    yield from _on_one_side(label, here, there)
    for name in sorted(here.keys() & there.keys()):
        if not same_content(here[name], there[name]):
            yield Difference(f"{label}{name}", "differs")


def _files(root: Path) -> dict[str, Path]:
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: path for name, path in files.items() if not name.startswith(_LEFT_OUT)}


def _on_one_side(label: str, here: dict[str, Path], there: dict[str, Path]) -> Iterator[Difference]:
    for name in sorted(here.keys() ^ there.keys()):
        yield Difference(f"{label}{name}", f"only {'before' if name in here else 'after'}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    everything = commands.add_parser("all", help="make inputs, walk them with both versions, compare")
    everything.add_argument("work", type=Path)
    everything.add_argument("--before", type=Path, required=True, help="the other version's interpreter")
    everything.add_argument("--inputs", type=Path, help="a folder of homes to begin with")
    making = commands.add_parser("inputs", help="make fictional cities")
    making.add_argument("inputs", type=Path)
    walking = commands.add_parser("walk", help="close every month of every home with one version")
    walking.add_argument("inputs", type=Path)
    walking.add_argument("results", type=Path)
    for one in (making, walking):
        one.add_argument("--python", type=Path, default=Path(sys.executable))
    comparing = commands.add_parser("compare", help="say every difference of two results")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    for one in (everything, comparing):
        one.add_argument("--expected", nargs="*", default=[], metavar="PATTERN", help="places that may differ")
    given = parser.parse_args(arguments)
    if given.command == "compare":
        return compare(given.before, given.after, given.expected)
    if given.command == "all":
        return _all(given.work, given.before.absolute(), given.inputs, given.expected)
    if given.command == "inputs":
        make_inputs(given.inputs, given.python.absolute())
    else:
        walk(given.inputs, given.results, given.python.absolute())
    return 0


def _all(work: Path, python: Path, inputs: Path | None, expected: Sequence[str]) -> int:
    # An interpreter's path is not resolved: where it lies tells it its environment.
    if inputs is None:
        inputs = work / "inputs"
        shutil.rmtree(inputs, ignore_errors=True)
        make_inputs(inputs, python)
    walk(inputs, work / "before", python)
    walk(inputs, work / "after", Path(sys.executable))
    return compare(work / "before", work / "after", expected)


if __name__ == "__main__":
    raise SystemExit(main())
