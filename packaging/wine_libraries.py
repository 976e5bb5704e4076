"""Wine's folder of libraries in, the same with what Wine 8 lacks of Windows out. Called by windows_on_wine.py.

Everything lies on the side of "Windows": what is installed there is what a city's PC gets.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from closure import Incomplete

SOURCES = Path(__file__).with_name("wine")
# The parts of complex numbers, which numpy asks Windows for and Wine has no more than a name of. As Windows has them, a
# number of two floats comes in rcx, one of two doubles at the address in rcx, and a long double is a double.
_PARTS = {
    "crealf": "66 0f 6e c1 c3",  # movd xmm0, ecx; ret
    "cimagf": "48 c1 e9 20 66 0f 6e c1 c3",  # shr rcx, 32; movd xmm0, ecx; ret
    "creal": "f2 0f 10 01 c3",  # movsd xmm0, [rcx]; ret
    "cimag": "f2 0f 10 41 08 c3",  # movsd xmm0, [rcx + 8]; ret
    "creall": "f2 0f 10 01 c3",
    "cimagl": "f2 0f 10 41 08 c3",
}
_LACKING = bytes.fromhex("48 83 ec 28 48 8d 0d")  # how a function begins that ends the program: Wine lacks it
_WINES_OWN, _FOREIGN = b"Wine builtin DLL", b"Wine changed DLL"


def complete(system: Path) -> None:
    """Adds tar.exe and bcryptprimitives.dll, and the functions that ucrtbase.dll lacks. Raises Incomplete."""
    _compile(system / "tar.exe", "tar.c", "-municode")
    _compile(system / "bcryptprimitives.dll", "bcryptprimitives.c", "-shared", "-ladvapi32")
    library = system / "ucrtbase.dll"
    data = bytearray(library.read_bytes())
    places = _functions(bytes(data))
    for name, code in _PARTS.items():
        body, place = bytes.fromhex(code), places[name]
        if data[place : place + len(_LACKING)] == _LACKING:
            data[place : place + len(body)] = body
        elif data[place : place + len(body)] != body:
            raise Incomplete(f"{library.name}: {name} is not what Wine 8 has")
    # With its own mark Wine would take the library that it came with instead.
    library.write_bytes(bytes(data).replace(_WINES_OWN, _FOREIGN, 1))


def _compile(target: Path, source: str, *options: str) -> None:
    sources = [option for option in options if not option.startswith("-l")]
    libraries = [option for option in options if option.startswith("-l")]
    command = ["x86_64-w64-mingw32-gcc", "-O2", *sources, "-o", str(target), str(SOURCES / source), *libraries]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Incomplete(f"{source}: {done.stderr[-1000:]}")


def _functions(data: bytes) -> dict[str, int]:
    """The functions that a 64-bit library of Windows offers, and where in the file each begins."""
    (head,) = struct.unpack_from("<I", data, 0x3C)
    sections, optional = struct.unpack_from("<6xH12xH", data, head)
    (exports,) = struct.unpack_from("<I", data, head + 24 + 112)
    parts = [struct.unpack_from("<8xIIII", data, head + 24 + optional + 40 * part) for part in range(sections)]

    def place(address: int) -> int:
        (found,) = (raw + address - start for size, start, _, raw in parts if start <= address < start + size)
        return found

    count, functions, names, ordinals = struct.unpack_from("<24xIIII", data, place(exports))
    found = {}
    for number in range(count):
        (name,) = struct.unpack_from("<I", data, place(names) + 4 * number)
        (ordinal,) = struct.unpack_from("<H", data, place(ordinals) + 2 * number)
        (function,) = struct.unpack_from("<I", data, place(functions) + 4 * ordinal)
        begin = place(name)
        found[data[begin : data.index(b"\0", begin)].decode("ascii")] = place(function)
    return found
