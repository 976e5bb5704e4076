"""What the benchmarks' measurer says of a process: the memory of its children counts, its failure is an error."""

from __future__ import annotations

import sys

import pytest

from benchmarks.measuring import MIB, measure

# A process that holds 60 MiB and, at the same time, a child that holds 90 MiB for a while.
FAMILY = f"""
import subprocess, sys
held = b"x" * {60 * MIB}
subprocess.run([sys.executable, "-c", "held = b'x' * {90 * MIB}; import time; time.sleep(1.5)"], check=True)
print("both done")
"""


def test_the_peak_is_that_of_the_whole_family() -> None:
    cost = measure([sys.executable, "-c", FAMILY])
    alone = measure([sys.executable, "-c", f"held = b'x' * {60 * MIB}"])
    assert 60 < alone.peak_mib < 150 < cost.peak_mib < 300
    assert cost.output == "both done\n"


def test_a_command_that_fails_says_how_it_ended() -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3: last line"):
        measure([sys.executable, "-c", "print('last line'); raise SystemExit(3)"])
