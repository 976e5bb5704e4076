"""Writes a nation's homes: `python -m benchmarks.nation FOLDER --children 20000`, from a checkout."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from .homes import CHILDREN_PER_FACILITY, Written, make_nation


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nation", description="make a fictional nation's month")
    parser.add_argument("folder", type=Path, help="must not exist, or be empty")
    parser.add_argument("--children", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children-per-facility", type=int, default=CHILDREN_PER_FACILITY)
    parser.add_argument("--cities", type=int, default=1, help="the same children as this many homes")
    parser.add_argument("--one-file", action="store_true", help="one K11, one K61 and one K41 a home")
    parser.add_argument("--shared-inbox", action="store_true", help="all cities' exchange files in one folder")
    parser.add_argument(
        "--irregular", action="store_true", help="an empty line and a blank in the middle of each exchange file"
    )
    parser.add_argument("--busy-attendance", action="store_true", help="times to the minute and a remark on each day")
    parser.add_argument("--no-plant", action="store_true", help="nothing wrong; truth is empty")
    given = parser.parse_args()
    begun = time.perf_counter()
    made = make_nation(
        given.folder,
        children=given.children,
        seed=given.seed,
        per_facility=given.children_per_facility,
        cities=given.cities,
        plant=not given.no_plant,
        written=Written(given.one_file, given.shared_inbox, given.irregular, given.busy_attendance),
    )
    print(", ".join(f"{name} {count:,}" for name, count in made.items()), end="")
    print(f"; {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
