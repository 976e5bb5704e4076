"""Writes a city's home: `python -m henrei.data.fictional FOLDER --children 300 --months 2026-05 2026-06 --seed 1`."""

from __future__ import annotations

import argparse
from pathlib import Path

from .city import STYLES, make_city


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m henrei.data.fictional", description="make a fictional city")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--children", type=int, default=300)
    parser.add_argument("--months", nargs="+", default=["2026-05"], help="review months, YYYY-MM")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--style", choices=STYLES, default="both")
    parser.add_argument("--municipality-no", default="112992")
    parser.add_argument("--plant", nargs="*", metavar="CODE", help="the checks to plant (default: all)")
    parser.add_argument("--no-plant", action="store_true", help="nothing wrong; truth is empty")
    parser.add_argument(
        "--with-closing",
        action="store_true",
        help="henrei closes the months itself: decisions/ and what follows from them",
    )
    given = parser.parse_args()
    make_city(
        given.folder,
        children=given.children,
        months=given.months,
        seed=given.seed,
        style=given.style,
        municipality_no=given.municipality_no,
        plant=not given.no_plant and (True if given.plant is None else given.plant),
        with_closing=given.with_closing,
    )


if __name__ == "__main__":
    main()
