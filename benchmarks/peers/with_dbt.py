"""Writes the keys that ten cross-checks of a review month find, in dbt-duckdb: python with_dbt.py HOME MONTH OUT.

DuckDB cannot decode CP932, so the files are first written as UTF-8 text into a temporary folder; the rest is SQL.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from inbox import LEDGERS, arguments, exchange, ledger

os.environ["DO_NOT_TRACK"] = "1"


def main() -> None:
    from dbt.cli.main import dbtRunner

    folder, city, month, out = arguments(__doc__)
    project = Path(__file__).parent / "dbt"
    with tempfile.TemporaryDirectory(prefix="peers-dbt-") as work:
        text = Path(work) / "text"
        text.mkdir()
        for number, (kind, data) in enumerate(exchange(folder)):
            (text / f"{kind}-{number:04}.csv").write_bytes(data)
        for name in LEDGERS:
            (text / f"{name}.csv").write_bytes(ledger(folder, name))
        given = {"text": text.as_posix(), "city": city, "month": month.isoformat(), "out": out.resolve().as_posix()}
        where = ["--project-dir", str(project), "--profiles-dir", str(project)]
        where += ["--target-path", f"{work}/target", "--log-path", f"{work}/logs"]
        done = dbtRunner().invoke(
            ["--quiet", "--no-version-check", "run", *where, "--vars", json.dumps(given, ensure_ascii=False)]
        )
    if not done.success:
        sys.exit(f"dbt run failed: {done.exception or done.result}")


if __name__ == "__main__":
    main()
