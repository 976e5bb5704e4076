"""Quotes of a whole chunk, taken away at once where they do nothing: around whole cells without comma, quote or line end.

Real programs quote text this way or not at all. Counting what stands around quotes in a chunk is far cheaper than looking
at every line; where one quote is anything else, the chunk stays as it is and its lines are looked at one by one.
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc


def plain(data: bytes) -> bytes:
    """The chunk (CP932 or UTF-8, lines ended by LF) without its quotes, where they do nothing; else the chunk itself.

    In neither encoding are quote, comma, CR and LF part of another character.
    """
    if b'"' not in data:
        return data
    parts = data.split(b'"')  # outside, inside, outside …
    cells = len(parts) // 2
    inside, outside = b"".join(parts[1::2]), b'"'.join(parts[0::2])  # a quote now stands for a quoted cell
    begin = outside.count(b',"') + outside.count(b'\n"') + outside.startswith(b'"')
    end = outside.count(b'",') + outside.count(b'"\r') + outside.count(b'"\n')
    # A line of one empty cell in quotes is not a blank line.
    whole_line = any(mark in outside for mark in (b'\n"\n', b'\n"\r')) or outside.startswith((b'"\n', b'"\r'))
    if len(parts) % 2 == 0 or begin != cells or end != cells or whole_line:
        return data
    return data if any(mark in inside for mark in (b",", b"\n", b"\r")) else data.replace(b'"', b"")


def texts(data: bytes) -> pl.Series:
    """The lines of UTF-8 bytes that end with LF, without it; no byte is copied on the way."""
    chars = pa.UInt8Array.from_buffers(pa.uint8(), len(data), [None, pa.py_buffer(data)])
    ends = pc.add(pc.indices_nonzero(pc.equal(chars, ord("\n"))).cast(pa.int64()), 1)
    offsets = pa.concat_arrays([pa.array([0], type=pa.int64()), ends])
    lines = pa.LargeStringArray.from_buffers(len(ends), offsets.buffers()[1], pa.py_buffer(data))
    return pl.Series(pl.from_arrow(lines), dtype=pl.String).str.strip_suffix("\n")
