"""Fictional cities in, how much of what goes wrong `henrei remind` had foretold out: a table a city, and JSON.

    python -m benchmarks.foretold --children 300 --seeds 11 12 --months 6

Month by month: remind before the month's folder is there; remind again with its ledgers, to see what of it is still so; then run.
Of each planted mistake of the five checks: was its claim (or petition) named for it the month before? Of each reminder: did the
check find it; if not, was it true by the month's own ledgers (the facility did right by itself), or had the ledgers changed?
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from henrei import cli
from henrei.data.fictional.city import make_city

CODES = ("CRT102", "CRT104", "DAY206", "CAP301", "SUB406")
KEY = ("check_code", "facility_no", "recipient_no", "service_month")
Keys = set[tuple[str, ...]]


def keys(path: Path) -> Keys:
    """The keys of the five checks in a CSV that has them."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {tuple(row[name] for name in KEY) for row in csv.DictReader(stream) if row["check_code"] in CODES}


def henrei(home: Path, *given: str) -> None:
    """A command on the home, silent. Raises RuntimeError where it does not end with 0."""
    with contextlib.redirect_stdout(io.StringIO()):
        status = cli.main([*given, "--home", str(home)])
    if status:
        raise RuntimeError(f"henrei {' '.join(given)}: {status}")


def live(city: Path, home: Path, months: list[str], closing: bool) -> dict[str, Counter[str]]:
    """Takes the months of a city through a home; counts by check."""
    home.mkdir()
    shutil.copy(city / "henrei.toml", home)
    counts: dict[str, Counter[str]] = {code: Counter() for code in CODES}
    for number, month in enumerate(months):
        named: Keys = set()
        still: Keys = set()
        if number:
            henrei(home, "remind", month)
            named = keys(home / "out" / month / "reminders.csv")
        shutil.copytree(city / "inbox" / month, home / "inbox" / month)
        if number:
            henrei(home, "remind", month)
            still = keys(home / "out" / month / "reminders.csv")
        henrei(home, "run", month, "--direct")
        found = keys(home / "out" / month / "findings.csv")
        if number:
            for key in keys(city / "truth" / f"{month}.csv"):
                counts[key[0]]["planted"] += 1
                counts[key[0]]["foretold"] += key in named
                counts[key[0]]["known by the month's own ledgers"] += key in named | still
            for key in named:
                counts[key[0]]["named"] += 1
                counts[key[0]]["found" if key in found else "true, no finding" if key in still else "not so"] += 1
        if closing:
            henrei(home, "decide", month, str(city / "decisions" / f"{month}.csv"))
            henrei(home, "close", month, "--undecided", "accept", "--yes")
    return counts


def show(title: str, counts: dict[str, Counter[str]]) -> None:
    columns = (
        "planted",
        "foretold",
        "known by the month's own ledgers",
        "named",
        "found",
        "true, no finding",
        "not so",
    )
    print(f"\n{title}\n{'':8}" + "".join(f"{name:>{len(name) + 3}}" for name in columns))
    whole: Counter[str] = sum(counts.values(), Counter())
    for code, row in [*counts.items(), ("all", whole)]:
        print(f"{code:8}" + "".join(f"{row[name]:>{len(name) + 3}}" for name in columns))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.foretold")
    parser.add_argument("--children", type=int, default=300)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12])
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--plant", nargs="*", metavar="CODE", help="the checks to plant (default: all)")
    parser.add_argument("--with-closing", action="store_true", help="the months are decided and closed")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    months = [f"2026-{month:02}" for month in range(5, 5 + given.months)]
    results = {}
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            city = Path(folder) / "city"
            make_city(
                city,
                children=given.children,
                months=months,
                seed=seed,
                style="both",
                plant=True if given.plant is None else given.plant,
                with_closing=given.with_closing,
            )
            results[seed] = live(city, Path(folder) / "home", months, given.with_closing)
        show(f"seed {seed}, {given.children} children, {given.months} months", results[seed])
    together = {code: sum((result[code] for result in results.values()), Counter()) for code in CODES}
    show("together", together)
    if given.json:
        given.json.write_text(
            json.dumps({code: dict(row) for code, row in together.items()}, indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
