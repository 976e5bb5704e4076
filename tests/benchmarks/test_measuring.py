"""What the benchmarks' measurer says of a process: the memory of its children counts, its failure is an error."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.measuring import MIB, ROOT, measure

# A process that holds 60 MiB and, at the same time, a child that holds 90 MiB for a while.
FAMILY = f"""
import subprocess, sys
held = b"x" * {60 * MIB}
subprocess.run([sys.executable, "-c", "held = b'x' * {90 * MIB}; import time; time.sleep(1.5)"], check=True)
print("both done")
"""


# The measurer in a process of its own, as bench.py runs it: the kernel's peak of a process is never below what the one that
# started it held, and a test process holds hundreds of MiB.
MEASURER = """
import dataclasses, json, sys
from benchmarks.measuring import measure
print(json.dumps([dataclasses.asdict(measure([sys.executable, "-c", source])) for source in sys.argv[1:]]))
"""


def test_the_peak_is_that_of_the_whole_family() -> None:
    sources = [FAMILY, f"held = b'x' * {60 * MIB}"]
    told = subprocess.run([sys.executable, "-c", MEASURER, *sources], cwd=ROOT, capture_output=True, check=True)
    family, alone = json.loads(told.stdout)
    assert 60 < alone["peak_mib"] < 150 < family["peak_mib"] < 300
    assert family["output"] == "both done\n"


def test_a_command_that_fails_says_how_it_ended() -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3: last line"):
        measure([sys.executable, "-c", "print('last line'); raise SystemExit(3)"])
