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
_BLOCK = 100_000  # bytes
_SHEET, _SHEET_END = b"<worksheet><sheetData>", b"</sheetData></worksheet>"


def _strings(size: int) -> Iterator[bytes]:
    """`size` times 60 MB of shared strings without text."""
    return _between(b"<sst>", b"<si/>", size * 12_000_000, b"</sst>")


def _one_text(size: int) -> Iterator[bytes]:
    """One text of `size` times 60 MB."""
    return _between(b"<sst><si><t>", b"a", size * 60_000_000, b"</t></si></sst>")


def _beyond(size: int) -> Iterator[bytes]:
    """`size` times a gigabyte of blanks: more than is unpacked at all."""
    return _between(b"<sst>", b" ", size * 1_000_000_000, b"</sst>")


def _cells(size: int) -> Iterator[bytes]:
    """`size` times 60 MB of cells of nothing in rows of 400."""
    return _between(_SHEET, b"<row>" + b"<c/>" * 400 + b"</row>", size * 37_500, _SHEET_END)


def _far_cells(size: int) -> Iterator[bytes]:
    """`size` times 250,000 rows whose one cell is in the last column of all."""
    return _between(_SHEET, b'<row><c r="XFD1"><v>1</v></c></row>', size * 250_000, _SHEET_END)


def _between(head: bytes, part: bytes, count: int, end: bytes) -> Iterator[bytes]:
    yield head
    at_once = max(1, _BLOCK // len(part))
    for first in range(0, count, at_once):
        yield part * min(at_once, count - first)
    yield end


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
