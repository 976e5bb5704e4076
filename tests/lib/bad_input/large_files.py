"""Very large bad files, made a block at a time, and what a run needs for them: seconds and peak memory, measured apart."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from lib import inputs

MB = 1024 * 1024

# Runs in a process of its own, so that the peak is this file's: the whole month, or the reader alone.
_WHOLE = """
import json, resource, sys, time
from henrei import cli
began = time.perf_counter()
status = cli.main(["run", "2026-05", "--home", sys.argv[1], "--direct"])
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print("\\n" + json.dumps({"status": status, "seconds": round(seconds, 1), "peak_mb": peak}))
"""
_READER = """
import json, resource, sys, time
from pathlib import Path
from henrei.schemas.exchange.read import read_batch
rows = 0
def keep(found):
    global rows
    rows += sum(part.height for parts in found.values() for part in parts)
began = time.perf_counter()
batch = read_batch({0: Path(sys.argv[1])}, "112992", "202605", keep)
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
status = 0 if batch.envelopes[0].fault is None else 3
print("\\n" + json.dumps({"status": status, "rows": rows, "seconds": round(seconds, 1), "peak_mb": peak}))
"""


def _repeated(unit: bytes, size: int) -> Iterator[bytes]:
    block = unit * max(MB // len(unit), 1)
    for _ in range(size // len(block)):
        yield block
    yield unit * (size % len(block) // len(unit))


def one_line(size: int) -> Iterator[bytes]:
    yield from _repeated(b"9", size)


def nul(size: int) -> Iterator[bytes]:
    yield from _repeated(b"\x00", size)


def short_lines(size: int) -> Iterator[bytes]:
    yield from _repeated(b"x\n", size)


def utf16(size: int) -> Iterator[bytes]:
    yield from _repeated("2,2,K122,01,202604,112992,1350000001\r\n".encode("utf-16-le"), size)


def zip_like(size: int) -> Iterator[bytes]:
    import random

    dice = random.Random(size)
    yield b"PK\x03\x04"
    for _ in range(size // MB):
        yield dice.randbytes(MB)


def wide_item(size: int) -> Iterator[bytes]:
    """A right file, but for one item of one record."""
    head, tail = inputs.exchange("K11", inputs.claim(days="9x9")).split(b"9x9")
    yield head
    yield from _repeated(b"9", size)
    yield tail


def ordinary(size: int) -> Iterator[bytes]:
    """Attendance of many children in the padded style, in a right frame."""
    group = inputs.attendance(recipient="@@@@@@@@@@", days=tuple(range(1, 13)), full=True)
    per = len(group)
    groups = size // sum(len(line.encode("cp932")) + 14 for line in group)
    yield f"1,1,0,{groups * per},K61,0,{inputs.A},0,1,202605,\r\n".encode()
    for at in range(groups):
        child, first = f"{at + 1:010}", at * per + 2
        text = "".join(f"2,{first + n},{line}\r\n" for n, line in enumerate(group))
        yield text.replace("@@@@@@@@@@", child).encode("cp932")
    yield f"3,{groups * per + 2}\r\n".encode()


def ledger_rows(size: int) -> Iterator[bytes]:
    yield (inputs.LEDGERS["grants"].split("\r\n")[0] + "\r\n").encode()
    for at in range(size // 46):
        yield f"{at:010},631000,10,2025-04-01,2027-03-31\r\n".encode()


def ledger_line(size: int) -> Iterator[bytes]:
    yield inputs.LEDGERS["grants"].encode()
    yield from _repeated(b"9", size)


CASES: dict[str, tuple[Callable[[int], Iterator[bytes]], str, tuple[int, int]]] = {
    "one_line": (one_line, "bad.CSV", (50, 100)),
    "nul": (nul, "bad.CSV", (50, 100)),
    "short_lines": (short_lines, "bad.CSV", (1, 2)),  # half a million and a million
    "utf16": (utf16, "bad.CSV", (50, 100)),
    "zip": (zip_like, "bad.CSV", (50, 100)),
    "wide_item": (wide_item, "bad.CSV", (50, 100)),
    "other_extension": (one_line, "bad.bin", (100, 200)),
    "ledger_line": (ledger_line, "grants.csv", (50, 100)),
    "ledger_rows": (ledger_rows, "grants.csv", (50, 100)),
    "ordinary": (ordinary, "", (150, 300)),
}


def measure(name: str, size: int) -> dict[str, object]:
    """One case at one size (MB): size, status, seconds, peak memory in MB, and the lines as summary.json says them."""
    make, file, _ = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        if file:
            home = inputs.make_home(Path(folder) / "home", inputs.right_month())
            target = home / "inbox" / inputs.REVIEW / file
        else:
            home, target = Path(folder), Path(folder) / "K6100001.CSV"
        with target.open("wb") as stream:
            for block in make(size * MB):
                stream.write(block)
        script, argument = (_WHOLE, home) if file else (_READER, target)
        done = subprocess.run([sys.executable, "-c", script, str(argument)], capture_output=True, encoding="utf-8")
        if done.returncode:
            return {"mb": size, "status": done.returncode, "said": done.stderr[-300:]}
        measured = json.loads(done.stdout.splitlines()[-1])
        if file and measured["status"] == 0:
            summary = json.loads((home / "out" / inputs.REVIEW / "summary.json").read_text(encoding="utf-8"))
            row = next(row for row in summary["files"] if row["file"] == file)
            measured |= {key: row[key] for key in ("kind", "lines", "loaded", "refused", "ignored")}
        return {"mb": size, **measured}
