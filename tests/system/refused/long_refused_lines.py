"""200 seeds of test_refused_lines.py, or as many as are said: `make test-long-refused`. Exit status 1 if anyone is accused."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

from lib.paths import SAMPLE
from lib.refused_lines import SETTINGS, accused, return_findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--home", type=Path, default=SAMPLE, help="a home with one month; the committed city")
    given = parser.parse_args()
    (month,) = [date.fromisoformat(f"{path.name}-01") for path in (given.home / "inbox").glob("????-??")]
    codes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="henrei-refused-") as folder:
        work = Path(folder)
        home = Path(shutil.copytree(given.home, work / "whole"))
        (home / "henrei.toml").write_text(SETTINGS.format(city="112992"), encoding="utf-8")
        before = return_findings(home, month, work / "whole.duckdb")
        for seed in range(given.seeds):
            done, new = accused(home, month, before, seed, work)
            codes.update(row[0] for row in new)
            for row in new:
                print(f"{seed} {done}: {' '.join(row)}", flush=True)
    print(f"{len(before)} return findings, {given.seeds} seeds, {codes.total()} accused: {dict(codes)}")
    return 1 if codes else 0


if __name__ == "__main__":
    raise SystemExit(main())
