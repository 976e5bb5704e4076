"""Made histories of months in, how often the dashboard calls one of them a change out: what its threshold rests on.

`python -m benchmarks.run_chart` prints the share of false alarms for months that vary as chance does and up to 1.5 times
more, and how often a lasting change is named. `--search` prints them for other thresholds (`CHANGE.threshold` of
reports/dashboard/statistics.js). It runs the very scripts of the page in node; the tests call `shares`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

_PAGE = ("stdlib/stdlib.min.js", "statistics.js")
MONTHS, CLAIMS, RATE, CHANGED = 24, 300, 0.10, 0.15
# Months that vary as chance does, with 1.5 times its variance, and with 1.5 times its standard deviation.
MORE = (1.0, 1.5**0.5, 1.5)
CHANGES = (12, 14, 16, 18, 20)  # months before the change


def plan(seed: int, histories: int, more: float = 1.0, change: int | None = None) -> dict[str, Any]:
    """So many histories without a change, or with one after `change` months."""
    made = {"seed": seed, "histories": histories, "months": MONTHS, "claims": CLAIMS, "rate": RATE, "more": more}
    return made if change is None else {**made, "change": change, "to": CHANGED}


def shares(plans: Sequence[Mapping[str, Any]], constants: Mapping[str, float] | None = None) -> list[float]:
    """Of each plan, the share of histories with an alarm, or in which the change is named within four months."""
    folder = resources.files("henrei.reports.dashboard")
    scripts = [folder.joinpath(name).read_text(encoding="utf-8") for name in _PAGE]
    given = json.dumps({"plans": plans, "constants": constants or {}})
    scripts += [f"const given = {given};", Path(__file__).with_suffix(".js").read_text(encoding="utf-8")]
    done = subprocess.run(["node", "-"], input="\n".join(scripts), capture_output=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--search", type=float, nargs="*", help="thresholds to try")
    given = parser.parse_args()
    plans = [plan(given.seed, given.histories, more) for more in MORE]
    plans += [plan(given.seed, given.histories, 1.0, change) for change in CHANGES]
    for threshold in given.search or [None]:
        found = shares(plans, {} if threshold is None else {"threshold": threshold})
        print(f"threshold {threshold or 'of the page'}")
        for more, share in zip(MORE, found, strict=False):
            print(f"  months vary {more:.2f} times as chance: alarm in {share:.1%} of {given.histories:,} histories")
        for change, share in zip(CHANGES, found[len(MORE) :], strict=True):
            print(f"  10 % to 15 % after {change} months: named within four in {share:.1%}")


if __name__ == "__main__":
    main()
