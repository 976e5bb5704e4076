"""The long form of the tests of spoilt workbooks, with its figures as JSON (`make test-long-workbooks`).

python tests/system/reliability/long_bad_workbooks.py [--files 2000] [--only decide|ledgers|codes|big] [--first N] [--json FILE]
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

from lib.bad_input import large_workbooks
from lib.bad_input.workbooks import Spoiler

# Of --files for decide; ledgers and the ministry's workbooks share as many.
SHARES = {"decide": 1.0, "ledgers": 0.5, "codes": 0.5}
STEP = 100


def spoilt(only: str | None, files: int, first: int) -> dict[str, object]:
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, share in SHARES.items():
            if only not in (None, name):
                continue
            spoiler, began = Spoiler(Path(folder) / name), time.perf_counter()
            last = first + int(files * share)
            getattr(spoiler, name)(range(first, last))
            [tally] = spoiler.tallies.values()
            found[name] = {
                "files": tally.files,
                "accepted": tally.accepted,
                "ways": dict(tally.ways),
                "seconds": round(time.perf_counter() - began),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "failures": tally.failures,
            }
            print(f"{name}: {tally.files:,} files, {len(tally.failures)} failures", file=sys.stderr, flush=True)
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", choices=(*SHARES, "big"))
    asked.add_argument("--files", type=int, default=2_000)
    asked.add_argument("--first", type=int, default=0, help="the number of the first file")
    asked.add_argument("--json", type=Path)
    args = asked.parse_args()
    found = {} if args.only == "big" else spoilt(args.only, args.files, args.first)
    good = not any(one["failures"] for one in found.values())  # type: ignore[index]
    if args.only in (None, "big"):
        cases = {name: [large_workbooks.measure(name, size) for size in (1, 2)] for name in large_workbooks.CASES}
        found["big"] = cases
        good = good and all(
            one["status"] in (0, 2, 3) and one["peak_mb"] <= 1024 for pair in cases.values() for one in pair
        )
    text = json.dumps(found, ensure_ascii=False, indent=1)
    if args.json:
        args.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
