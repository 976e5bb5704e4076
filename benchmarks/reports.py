"""Measures how long the files that people open take: `make bench-reports`, on a city of 3,000 children.

Of the worklist, whose time holds that of its casebook, both; and a decide of one row.

Prints seconds of the clock and of the processor; the machine's other work shows in the difference.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from henrei import cli
from henrei.data.fictional import make_city
from henrei.flows.run import worklist as run_worklist

_HEAD = "subject,facility_no,recipient_no,service_month,decision"


def timed(what: str, work: Callable[[], object]) -> None:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    print(f"{what:<44}{time.perf_counter() - clock:8.1f} s{time.process_time() - processor:8.1f} s", flush=True)


def henrei(home: Path, *given: str) -> None:
    if status := cli.main([*given, "--home", str(home)]):
        sys.exit(status)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--children", type=int, default=3000)
    children = options.parse_args().children
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "city"
        timed(
            f"make a city of {children:,} children",
            lambda: make_city(home, children=children, months=("2026-05",), seed=7, style="both"),
        )
        build = run_worklist.new_worklist

        def worklist(*given, **more):  # type: ignore[no-untyped-def]
            made: list[run_worklist.NewWorklist] = []
            timed("  of it worklist.xlsx", lambda: made.append(build(*given, **more)))
            return made[0]

        run_worklist.new_worklist = worklist
        look_up, pages = run_worklist.casebook.CasebookData.look_up, run_worklist.casebook.pages

        def looked_up(*given):  # type: ignore[no-untyped-def]
            timed("  of it evidence, beside the workbook", lambda: look_up(*given))

        def casebook(*given):  # type: ignore[no-untyped-def]
            written: list[run_worklist.casebook.Pages] = []
            timed("  of it casebook.html", lambda: written.append(pages(*given)))
            return written[0]

        run_worklist.casebook.CasebookData.look_up, run_worklist.casebook.pages = looked_up, casebook
        timed("henrei run --direct", lambda: henrei(home, "run", "2026-05", "--direct"))
        with (home / "out/2026-05/findings.csv").open(encoding="utf-8-sig", newline="") as findings:
            row = next(one for one in csv.DictReader(findings) if one["subject"] == "claim")
        key = [row[name] for name in ("subject", "facility_no", "recipient_no", "service_month")]
        decisions = Path(folder) / "decisions.csv"
        decisions.write_text(f"{_HEAD}\n{','.join(key)},accept\n", encoding="utf-8")
        timed("henrei decide of one row", lambda: henrei(home, "decide", "2026-05", str(decisions)))
        timed("henrei inquire", lambda: henrei(home, "inquire", "2026-05"))
        timed(
            "henrei close with notices and dashboard", lambda: henrei(home, "close", "2026-05", "--undecided", "return")
        )
        notices = len(list((home / "out/2026-05/notices").glob("*.pdf")))
        timed("henrei dashboard", lambda: henrei(home, "dashboard"))
        with duckdb.connect(str(home / "henrei.duckdb")) as con:
            claims = con.execute("SELECT count(*) FROM claims").fetchall()[0][0]
        size = (home / "out" / "dashboard.html").stat().st_size
        pages = [home / "out/2026-05/casebook.html", *(home / "out/2026-05/casebook").glob("*")]
        cases = sum(path.stat().st_size for path in pages)
        print(
            f"{claims:,} claims, {notices:,} facilities with a notice, dashboard {size / 1e6:.2f} MB, "
            f"casebook {cases / 1e6:.2f} MB on {len(pages)} pages"
        )


if __name__ == "__main__":
    main()
