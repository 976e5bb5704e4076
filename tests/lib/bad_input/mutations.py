"""Ways in which files are spoiled: on the way, by editors, by disks, by people. Each is (random, bytes) → bytes."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

Mutation = Callable[[random.Random, bytes], bytes]

_JUNK = (
    b"", b"0", b"-1", b"+1", b"1e9", b"99999999999999999999", b"9223372036854775807", b" ", b"\x81\x40", b"\x82\xa0",
    b'""', b'"', b"=1+1", b"#", b"NULL", b"NaN", b"\xb1", b"\xfd", b"\x81", b"a", b"20260230", b"000000", b"202613",
    b"R8.4.1", b"\xe3\x81\x82", b"\x00", b"1\t2", b"'", b"01", b"K122", b"\r", b"\x0b", b"\x85", b"9" * 300,
)  # fmt: skip


def _place(dice: random.Random, data: bytes) -> int:
    return dice.randrange(len(data) + 1)


def flip(dice: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 5)) if data else 0):
        spoilt[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(spoilt)


def byte(dice: random.Random, data: bytes) -> bytes:
    at = _place(dice, data)
    return data[:at] + bytes([dice.randrange(256)]) + data[at + dice.randrange(2) :]


def cut(dice: random.Random, data: bytes) -> bytes:
    at = _place(dice, data)
    return data[:at] if dice.random() < 0.5 else data[:at] + data[at + dice.choice((1, 2, 10, 100)) :]


def double(dice: random.Random, data: bytes) -> bytes:
    at = _place(dice, data)
    part = data[at : at + dice.choice((1, 5, 50, 500))]
    return data[:at] + part * dice.choice((2, 3)) + data[at + len(part) :]


def _lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")


def swap_lines(dice: random.Random, data: bytes) -> bytes:
    lines = _lines(data)
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def drop_line(dice: random.Random, data: bytes) -> bytes:
    lines = _lines(data)
    del lines[dice.randrange(len(lines))]
    return b"\n".join(lines)


def double_line(dice: random.Random, data: bytes) -> bytes:
    lines = _lines(data)
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return b"\n".join(lines)


def join_lines(dice: random.Random, data: bytes) -> bytes:
    ends = [match.span() for match in re.finditer(rb"\r?\n", data)]
    if not ends:
        return data
    start, stop = dice.choice(ends)
    return data[:start] + data[stop:]


def quote(dice: random.Random, data: bytes) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 3))):
        at = _place(dice, data)
        if dice.random() < 0.5:  # where a cell begins: that is where a quote opens
            at = data.find(b",", at) + 1
        data = data[:at] + b'"' + data[at:]
    return data


def unquote(dice: random.Random, data: bytes) -> bytes:
    at = data.find(b'"', _place(dice, data))
    return data if at < 0 else data[:at] + data[at + 1 :]


def field(dice: random.Random, data: bytes) -> bytes:
    """A cell is put in, left out or filled with something else."""
    commas = [match.start() for match in re.finditer(b",", data)]
    if len(commas) < 2:
        return data + b","
    at = dice.randrange(len(commas) - 1)
    start, stop = commas[at] + 1, commas[at + 1]
    match dice.randrange(4):
        case 0:
            return data[:start] + dice.choice(_JUNK) + b"," + data[start:]
        case 1:
            return data[:start] + data[stop + 1 :]
    return data[:start] + dice.choice(_JUNK) + data[stop:]


def nul(dice: random.Random, data: bytes) -> bytes:
    at = _place(dice, data)
    return data[:at] + b"\x00" * dice.choice((1, 2, 512, 4096)) + data[at + dice.choice((0, 1, 512)) :]


def bom(dice: random.Random, data: bytes) -> bytes:
    return b"\xef\xbb\xbf" * dice.choice((1, 1, 2)) + data


def utf8(dice: random.Random, data: bytes) -> bytes:
    text = data.decode("cp932", errors="replace")
    return text.encode(dice.choice(("utf-8", "utf-8-sig")))


def utf16(dice: random.Random, data: bytes) -> bytes:
    return data.decode("cp932", errors="replace").encode(dice.choice(("utf-16", "utf-16-le", "utf-16-be")))


def half_utf8(dice: random.Random, data: bytes) -> bytes:
    """One program wrote the beginning, another appended."""
    at = data.rfind(b"\n", 0, _place(dice, data)) + 1
    return data[:at] + utf8(dice, data[at:])


def newlines(dice: random.Random, data: bytes) -> bytes:
    return data.replace(
        b"\r\n", dice.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r\n", b"\x0b", b"\x85", b"\n\n"))
    )


def one_newline(dice: random.Random, data: bytes) -> bytes:
    at = _place(dice, data)
    return data[:at] + dice.choice((b"\n", b"\r", b"\r\n", b"\r\r\n", b"\x0c", b"\x1a", b"\x1a\r\n")) + data[at:]


def at_the_ends(dice: random.Random, data: bytes) -> bytes:
    extra = dice.choice(
        (b"\r\n", b"\n" * 50, b"\x1a", b"\x1a\r\n", b" \r\n", b",,,\r\n", b"\r\r\n", b'"\r\n', b"\x00" * 64)
    )
    return data + extra if dice.random() < 0.6 else extra + data


def long_line(dice: random.Random, data: bytes) -> bytes:
    at = _place(dice, data)
    return (
        data[:at] + dice.choice((b"9", b",", b'"', b"\x00", b"\x82\xa0", b"x ")) * dice.randrange(1, 40_000) + data[at:]
    )


def short_lines(dice: random.Random, data: bytes) -> bytes:
    at = data.rfind(b"\n", 0, _place(dice, data)) + 1
    return (
        data[:at]
        + dice.choice((b"x\n", b"\n", b"2,\n", b'"\n', b",\n", b"\x81\n")) * dice.randrange(1, 500)
        + data[at:]
    )


def zipped(dice: random.Random, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # With a date of its own: the same number gives the same bytes.
        entry = zipfile.ZipInfo(f"K11{dice.randrange(1000):03}.CSV", (2026, 5, 1, 0, 0, 0))
        archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def noise(dice: random.Random, data: bytes) -> bytes:
    return dice.randbytes(dice.choice((0, 1, 2, 3, 100, 5000)))


def nothing_left(dice: random.Random, data: bytes) -> bytes:
    return dice.choice(
        (b"", b"\n", b"\r\n", b"\x1a", b"1", b"1,1", b",", b'"', b"\x00", b"\r", b"\xef\xbb\xbf", b"\r\r\n")
    )


MUTATIONS: dict[str, Mutation] = {
    one.__name__: one
    for one in (
        flip, byte, cut, double, swap_lines, drop_line, double_line, join_lines, quote, unquote, field, nul, bom, utf8,
        utf16, half_utf8, newlines, one_newline, at_the_ends, long_line, short_lines, zipped, noise, nothing_left,
    )
}  # fmt: skip
# Those after which a right frame can be put around what is there, so that the spoilt record itself is reached.
DEEP = (
    "flip", "byte", "double", "swap_lines", "drop_line", "double_line", "join_lines", "quote", "unquote", "field", "nul",
    "half_utf8", "one_newline", "long_line", "short_lines",
)  # fmt: skip


def reframed(data: bytes) -> bytes:
    """Record numbers and record count put right, as far as the lines still look like records."""
    lines = [line for line in data.split(b"\n") if line.strip(b" \t\r\x1a")]
    lines = [re.sub(rb'^("?[0-9]?"?),[^,]*', rb"\g<1>,%d" % number, line) for number, line in enumerate(lines, start=1)]
    if lines:
        count = rb"\g<1>,%d," % (len(lines) - 2)
        lines[0] = re.sub(rb"^((?:[^,]*,){2}[^,]*),[^,]*,", count, lines[0])
    return b"\n".join([*lines, b""])


def spoilt(dice: random.Random, data: bytes, exchange: bool) -> tuple[bytes, list[str]]:
    """One to three mutations in a row, and their names."""
    if exchange and dice.random() < 0.6:
        names = dice.choices(DEEP, k=dice.choice((1, 1, 2, 3)))
        for name in names:
            data = MUTATIONS[name](dice, data)
        return reframed(data), [*names, "reframed"]
    names = dice.choices(list(MUTATIONS), k=dice.choice((1, 1, 1, 2, 3)))
    for name in names:
        data = MUTATIONS[name](dice, data)
    return data, names
