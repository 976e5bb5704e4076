"""Files go in; one buffer that holds their bytes, and the places of their lines in it, come out. Called by `read` and `split`.

What is read of a line later, is read at its place in the buffer: nothing is copied and nothing decoded until it is known
that the same bytes have not been looked at before.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

MOST = 2**31 - 2**20  # bytes of a buffer: places in it are numbers of 32 bits where polars looks at it
AROUND = 256  # bytes without meaning on both sides, so that what looks a little beyond a line needs no care
_BLOCK = 1024 * 1024  # bytes in which line ends are looked for together: they stay in the processor's cache
_LF, _CR = ord("\n"), ord("\r")


@dataclass(frozen=True)
class Files:
    """The bytes of some files in one buffer, each ended by an LF; `stops`: where each ends."""

    data: Bytes
    stops: list[int]

    def bytes_of(self, number: int) -> bytes:
        """The bytes of one file."""
        begin = self.stops[number - 1] if number else AROUND
        return self.data[begin : self.stops[number]].tobytes()


def joined(blobs: Sequence[bytes]) -> Files:
    """Files of which the bytes are known."""
    ended = [blob if not blob or blob.endswith(b"\n") else blob + b"\n" for blob in blobs]
    data = np.frombuffer(b"".join([bytes(AROUND), *ended, bytes(AROUND)]), np.uint8)
    return Files(data, [AROUND + stop for stop in itertools.accumulate(map(len, ended))])


def read(paths: Sequence[Path]) -> Files:
    """Files from the disk, right into the buffer. Raises OSError where one cannot be read."""
    sizes = [path.stat().st_size for path in paths]
    data = np.empty(sum(sizes) + len(sizes) + 2 * AROUND, np.uint8)
    data[:AROUND] = 0
    stop, stops = AROUND, []
    for path, size in zip(paths, sizes, strict=True):
        with path.open("rb", buffering=0) as stream:
            read_bytes = _read_into(stream, data.data[stop : stop + size])
            if read_bytes != size or stream.read(1):  # somebody is writing it
                return joined([path.read_bytes() for path in paths])
        stop += size
        if size and data[stop - 1] != _LF:
            data[stop] = _LF
            stop += 1
        stops.append(stop)
    data[stop:] = 0
    return Files(data[: stop + AROUND], stops)


def _read_into(stream: FileIO, room: memoryview) -> int:
    """Fills the room from a file, which may come in several parts; how many bytes there were."""
    filled = 0
    while filled < len(room) and (count := stream.readinto(room[filled:])):
        filled += count
    return filled


@dataclass(frozen=True)
class Lines:
    """Lines of some files in one buffer, in file order.

    start, stop: where a line begins and ends, without its CR LF. file: the position of its file. line: its number there.
    """

    data: Bytes
    start: Numbers
    stop: Numbers
    file: Numbers
    line: Numbers

    def where(self, chosen: Flags | Numbers | slice) -> Lines:
        """Some of the lines, in the same buffer."""
        return Lines(self.data, self.start[chosen], self.stop[chosen], self.file[chosen], self.line[chosen])

    def joined(self) -> bytes:
        """The bytes of the lines, each with CR LF."""
        return bytes_of(ended(views(self.data, self.start, self.stop)))


def lines_in(files: Files, first_line: int = 1) -> Lines:
    """All lines of some files, together smaller than MOST; their numbers begin with `first_line`."""
    data = files.data
    end = _line_ends(data, files.stops[-1])
    start = np.empty_like(end)
    start[:1], start[1:] = AROUND, end[:-1] + 1
    stop = end - ((data[end - 1] == _CR) & (end > start))
    until = np.searchsorted(end, np.array(files.stops))  # lines up to the end of each file
    count = np.diff(until, prepend=0)
    file = np.repeat(np.arange(len(count)), count)
    line = np.arange(first_line, len(end) + first_line) - np.repeat(until - count, count)
    return Lines(data, start, stop, file, line)


def _line_ends(data: Bytes, size: int) -> Numbers:
    blocks = range(AROUND, size, _BLOCK)
    found = [np.flatnonzero(data[begin : min(begin + _BLOCK, size)] == _LF) + begin for begin in blocks]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def at(data: Bytes, width: type[np.unsignedinteger], place: Numbers) -> npt.NDArray:
    """The numbers, low byte first, that the bytes at these places are; `width` is np.uint32 or the like."""
    kind = np.dtype(width).newbyteorder("<")
    return np.ndarray(shape=(len(data) - kind.itemsize + 1,), dtype=kind, buffer=data.data, strides=(1,))[place]


def views(data: Bytes, start: Numbers, stop: Numbers) -> pl.Series:
    """The bytes between these places as a column (Binary) that refers to the buffer.

    It is laid out as Arrow's BinaryView: the length, then twelve bytes, or the first four, a buffer and a place in it.
    """
    length = stop - start
    view = np.empty((len(start), 4), "<u4")
    view[:, 0], view[:, 1], view[:, 2], view[:, 3] = length, at(data, np.uint32, start), 0, start
    short = np.flatnonzero(length <= 12)
    begin, count = start[short], length[short]
    for quarter in range(1, 4):
        bits = 8 * np.clip(count - 4 * (quarter - 1), 0, 4).astype(np.uint64)
        kept = (np.uint64(1) << bits) - np.uint64(1)  # bytes behind the end are 0
        view[short, quarter] = at(data, np.uint32, begin + 4 * (quarter - 1)) & kept.astype(np.uint32)
    column = pa.Array.from_buffers(pa.binary_view(), len(start), [None, pa.py_buffer(view), pa.py_buffer(data)])
    return pl.Series(pl.from_arrow(column), dtype=pl.Binary)


def ended(cells: pl.Series) -> pl.Series:
    """The bytes of a column (Binary without nulls), each with CR LF, in a column that refers to no buffer but its own.

    With the CR, so that one which is not of the line's end stays in the text.
    """
    return cells.to_frame("cell").select(pl.col("cell") + pl.lit(b"\r\n")).to_series()


def bytes_of(cells: pl.Series) -> bytes:
    """All bytes of a column (Binary without nulls), one cell after the other."""
    if cells.is_empty():
        return b""
    column = cells.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, places, data = column.buffers()
    begin, end = np.frombuffer(places, np.int64)[[column.offset, column.offset + len(column)]].tolist()
    return data[begin:end].to_pybytes()
