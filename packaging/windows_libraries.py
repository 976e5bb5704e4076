"""Finds libraries of the Visual C++ runtime that the wheels' programs load and that no wheel brings.

Python brings vcruntime140, Windows 10 the rest of what is asked for; the other libraries of Visual C++ are on a
machine only if somebody installed them.
"""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

_VISUAL_C = re.compile(r"(msvcp|msvcr|vcruntime|concrt|vcomp|vcamp|vccorlib|mfc|libomp|libgomp)[\w.-]*\.dll")
_PYTHONS_OWN = {"vcruntime140.dll", "vcruntime140_1.dll"}
# Windows' mail and its editor of pywin32: nothing of henrei or of its libraries loads them.
_UNUSED = re.compile(r"pywin32-.*/(exchange|mapi|dde|win32ui|win32uiole)\.pyd|pywin32-.*/Pythonwin\.exe")


def missing_libraries(wheels: list[Path]) -> set[tuple[str, str]]:
    """(wheel and program, library) of everything that would not load."""
    asked: set[tuple[str, str]] = set()
    there = set(_PYTHONS_OWN)
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.casefold().endswith((".pyd", ".dll", ".exe")):
                    there.add(name.rsplit("/", 1)[-1].casefold())
                    asked |= {(f"{wheel.name}/{name}", library) for library in imported(archive.read(name))}
    return {
        (program, library)
        for program, library in asked
        if _VISUAL_C.fullmatch(library) and library not in there and not _UNUSED.fullmatch(program)
    }


def imported(program: bytes) -> list[str]:
    """The libraries in a Windows program's import table, in small letters; none where it is no such program."""
    if program[:2] != b"MZ":
        return []
    (start,) = struct.unpack_from("<I", program, 0x3C)
    count, optional = struct.unpack_from("<H12xH", program, start + 6)
    wide = program[start + 24 : start + 26] == b"\x0b\x02"
    (table,) = struct.unpack_from("<I", program, start + 24 + (112 if wide else 96) + 8)
    sections = [struct.unpack_from("<4I", program, start + 24 + optional + 40 * at + 8) for at in range(count)]

    def place(address: int) -> int:
        for size, at, raw_size, raw in sections:
            if at <= address < at + max(size, raw_size):
                return address - at + raw
        raise ValueError(f"address {address:#x} lies in no section")

    libraries = []
    entry = place(table) if table else -1
    while entry >= 0:
        (name,) = struct.unpack_from("<12xI", program, entry)
        if not name:
            break
        text = place(name)
        libraries.append(program[text : program.index(b"\0", text)].decode("ascii").casefold())
        entry += 20
    return libraries
