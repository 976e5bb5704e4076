"""The benchmarks run with henrei as it is today: a home is made, run and compared with its truth; reports are timed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks import measured_runs
from lib.paths import ROOT


def test_a_home_is_run_measured_and_compared_with_its_truth(tmp_path: Path) -> None:
    home = tmp_path / "home"
    measured_runs.make(home, "--children", "450")
    cost, summary = measured_runs.run(home)
    assert cost.peak_mib > 50 and set(summary["seconds"]) == {"receive", "validate", "store", "check", "write"}
    planted, missed, more = measured_runs.truth(home)
    assert planted > 0 and (missed, more) == (0, 0)
    assert len(measured_runs.findings(home)) == planted
    assert measured_runs.run_after_imports(home)["status"] == 0
    _, counted = measured_runs.floor(home)
    assert counted["rows"] == sum(file["lines"] for file in summary["files"])


def test_what_people_open_is_timed(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "reports.py"), "--children", "30"]
    done = subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    timed = [line.strip().partition("  ")[0] for line in done.stdout.splitlines() if line.endswith(" s")]
    casebook = ["of it evidence, beside the workbook", "of it casebook.html"]
    made = [*casebook, "of it worklist.xlsx"]
    assert timed[1:] == [
        *made, "henrei run --direct", *made, "henrei decide of one row", "henrei inquire",
        *casebook, "henrei close with notices and dashboard", "henrei dashboard",
    ]  # fmt: skip
