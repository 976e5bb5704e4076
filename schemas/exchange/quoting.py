"""Bytes of lines go in, and come out without their quotes where these do nothing. Called by `lines`.

That is where all of them are around whole cells without comma, quote or line end, as real programs write them. Counting
what is around the quotes of a whole chunk is far cheaper than looking at every line; where one quote is anything else,
the chunk is left as it is and its lines are looked at one by one.
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc


def plain(data: bytes) -> bytes:
    """The chunk (UTF-8, lines ended by LF) without its quotes, where they do nothing; else the chunk itself."""
    quotes = data.count(b'"')
    if not quotes or quotes % 2:
        return data
    # A line of one empty cell in quotes is not a blank line.
    if any(mark in data for mark in (b'\n""\n', b'\n""\r')) or data.startswith((b'""\n', b'""\r')):
        return data
    # Pairs without a comma or a line's end between them are all pairs there are, each begins a cell …
    pairs = _count(data, r'(?:^|[,\n])"[^",\r\n]*"')
    # … and ends one: a quote that begins a cell has no comma or line's end behind it.
    return data.replace(b'"', b"") if pairs == quotes // 2 == _count(data, r'"(?:,|\r?\n)') else data


def _count(data: bytes, pattern: str) -> int:
    whole = pa.LargeStringArray.from_buffers(
        1, pa.array([0, len(data)], type=pa.int64()).buffers()[1], pa.py_buffer(data)
    )
    return pl.Series(pl.from_arrow(whole), dtype=pl.String).str.count_matches(pattern).item()


def texts(data: bytes) -> pl.Series:
    """The lines of UTF-8 bytes that end with LF, without it; no byte is copied on the way."""
    chars = pa.UInt8Array.from_buffers(pa.uint8(), len(data), [None, pa.py_buffer(data)])
    ends = pc.add(pc.indices_nonzero(pc.equal(chars, ord("\n"))).cast(pa.int64()), 1)
    offsets = pa.concat_arrays([pa.array([0], type=pa.int64()), ends])
    lines = pa.LargeStringArray.from_buffers(len(ends), offsets.buffers()[1], pa.py_buffer(data))
    return pl.Series(pl.from_arrow(lines), dtype=pl.String).str.strip_suffix("\n")
