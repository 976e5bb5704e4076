"""Workbooks of a few kilobytes that unpack to much, at one size and twice that size; each given to `decide` in a process of its
own, whose time and memory are measured."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from henrei import cli
from lib import letters_city
from lib.bad_input import workbook_ways

_MEASURED = """
import json, resource, sys, time
from henrei import cli
began = time.perf_counter()
status = cli.main(["decide", sys.argv[1], sys.argv[2], "--home", sys.argv[3]])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"status": status, "seconds": round(time.perf_counter() - began, 1), "peak_mb": peak}))
"""
_BLOCK = 100_000


def _strings(size: int) -> Iterator[bytes]:
    """`size` times 60 MB of shared strings without text."""
    yield b"<sst>"
    for _ in range(size * 120):
        yield b"<si/>" * _BLOCK
    yield b"</sst>"


def _cells(size: int) -> Iterator[bytes]:
    """`size` times 60 MB of cells of nothing in rows of 400."""
    yield b"<worksheet><sheetData>"
    row = b"<row>" + b"<c/>" * 400 + b"</row>"
    for _ in range(size * 375):
        yield row * 100
    yield b"</sheetData></worksheet>"


def _far_cells(size: int) -> Iterator[bytes]:
    """`size` times 250,000 rows whose one cell is in the last column of all."""
    yield b"<worksheet><sheetData>"
    for first in range(1, size * 250_000, 1000):
        yield b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(first, first + 1000))
    yield b"</sheetData></worksheet>"


def _one_text(size: int) -> Iterator[bytes]:
    """One text of `size` times 60 MB."""
    yield b"<sst><si><t>"
    for _ in range(size * 600):
        yield b"a" * _BLOCK
    yield b"</t></si></sst>"


def _beyond(size: int) -> Iterator[bytes]:
    """`size` times a gigabyte of blanks: more than is unpacked at all."""
    yield b"<sst>"
    for _ in range(size * 10_000):
        yield b" " * _BLOCK
    yield b"</sst>"


_TABLE, _STRINGS = "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"  # the sheet that decide reads
# name → the part that is replaced, and by what
CASES: dict[str, tuple[str, Callable[[int], Iterator[bytes]]]] = {
    "strings": (_STRINGS, _strings),
    "cells": (_TABLE, _cells),
    "far_cells": (_TABLE, _far_cells),
    "one_text": (_STRINGS, _one_text),
    "beyond": (_STRINGS, _beyond),
}


def measure(name: str, size: int) -> dict[str, object]:
    """One case at one size: packed and unpacked MB, exit status, seconds and peak memory of the whole process."""
    replaced, make = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        home = letters_city.overlapping(Path(folder))
        assert cli.main(["run", letters_city.MAY, "--direct", "--home", str(home)]) == 0
        parts = workbook_ways.unpacked((home / "out" / letters_city.MAY / "worklist.xlsx").read_bytes())
        given = Path(folder) / "worklist.xlsx"
        with zipfile.ZipFile(given, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, data in parts.items():
                with archive.open(part, "w", force_zip64=True) as stream:
                    for block in make(size) if part == replaced else (data,):
                        stream.write(block)
        with zipfile.ZipFile(given) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        command = [sys.executable, "-c", _MEASURED, letters_city.MAY, str(given), str(home)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        sizes = {"packed_mb": round(given.stat().st_size / 1e6, 1), "unpacked_mb": round(unpacked / 1e6)}
        if done.returncode:
            return {**sizes, "status": done.returncode, "peak_mb": 0, "last": done.stderr[-300:]}
        return {**sizes, **json.loads(done.stdout.splitlines()[-1]), "line": done.stderr.splitlines()[-1:]}
