"""The long form of the tests of bad input, with its figures as JSON (`make test-long-input`).

python tests/system/reliability/long_bad_input.py [--only mutations|big] [--files 20000] [--json FILE] [--replay NUMBER]
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib.bad_input import large_files, months

PER_RUN = 250
LEDGERS = 1_000_000  # the numbers of spoilt ledgers begin here


def mutations(files: int, first: int) -> dict[str, object]:
    """`files` spoilt files, one in twenty of them a ledger; the others are read in bulk and line by line, too."""
    began = time.perf_counter()
    ledgers = files // 20 // 10 * 10
    with tempfile.TemporaryDirectory() as folder:
        fire = months.Fire(Path(folder))
        for number in range(first, first + files - ledgers, PER_RUN):
            fire.exchange(range(number, min(number + PER_RUN, first + files - ledgers)))
            print(f"{fire.tally.files:,} files, {len(fire.tally.failures)} failures", file=sys.stderr, flush=True)
        for number in range(LEDGERS + first, LEDGERS + first + ledgers, 10):
            fire.ledgers(number)
    tally = fire.tally
    return {
        "files": tally.files,
        "runs": tally.runs,
        "with_a_right_frame": tally.deep,
        "mutations": dict(tally.mutations.most_common()),
        "seconds": round(time.perf_counter() - began),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "failures": tally.failures,
    }


def replay(number: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        fire = months.Fire(Path(folder))
        if number >= LEDGERS:
            fire.ledgers(number // 10 * 10)
        else:
            fire.exchange(range(number, number + 1))
        return fire.tally.failures


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", choices=("mutations", "big"))
    asked.add_argument("--files", type=int, default=20_000)
    asked.add_argument("--first", type=int, default=0, help="the number of the first file")
    asked.add_argument("--json", type=Path)
    asked.add_argument("--replay", type=int)
    args = asked.parse_args()
    if args.replay is not None:
        failures = replay(args.replay)
        print(*failures or ["no failure"], sep="\n")
        return bool(failures)
    found: dict[str, object] = {}
    good = True
    if args.only != "big":
        found["mutations"] = tally = mutations(args.files, args.first)
        good = not tally["failures"]
    if args.only != "mutations":
        cases: dict[str, list[dict[str, object]]] = {}
        for name, (_, _, sizes) in large_files.CASES.items():
            cases[name] = [large_files.measure(name, size) for size in sizes]
            print(name, cases[name], file=sys.stderr, flush=True)
        found["big"] = cases
        good = good and all(one["status"] == 0 for sizes in cases.values() for one in sizes)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    if args.json:
        args.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
