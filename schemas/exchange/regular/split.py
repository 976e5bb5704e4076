"""Bytes of files go in; the lines of those that are regular come out, with their records and the places of their parts.

A file is regular if its lines are numbered without a gap, if every line between the first and the last says in the same
way as all real programs do that it is a data record and which one, and if none is longer than any record. Nothing is
looked at here but the beginnings of lines. Called by `read`, in the thread that reads ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange.envelope import by_file, with_heads
from henrei.schemas.exchange.lines import LONGEST, is_blank, lines_of
from henrei.schemas.exchange.regular import places
from henrei.schemas.exchange.regular.buffer import MOST, Flags, Lines, Numbers, at, lines_in
from henrei.schemas.layouts import FAMILY_CELL, PART_CELL

_WINDOW = 80  # bytes from the beginning of a line, in which its keys must end
_STEP = 20_000  # lines whose windows are looked at together
_CHARACTER = 3  # bytes that one of CP932 becomes in UTF-8 at most
_COMMA, _QUOTE = ord(","), ord('"')


@dataclass(frozen=True)
class Regular:
    """The data lines of regular files.

    lines: without control and end records, and without blank ones. record: its number in `places.table`. key: where the
    keys begin. cut: the comma behind the keys. frames: what `envelope.check_frames` asks of these files.
    counts: file, lines, blank.
    """

    lines: Lines
    record: Numbers
    key: Numbers
    cut: Numbers
    frames: pl.DataFrame
    counts: pl.DataFrame


def split(blobs: Sequence[bytes], first_line: int, first_number: int, *, begins: bool, ends: bool) -> Regular | None:
    """The regular files among some; None where there is none.

    Lines and records of the first file are numbered from `first_line` and `first_number`. `begins`, `ends`: whether
    these are the beginnings and the ends of the files, with their control and end records.
    """
    if not 0 < sum(map(len, blobs)) + len(blobs) < MOST:
        return None
    lines = lines_in(blobs, first_line)
    count = np.bincount(lines.file, minlength=len(blobs))
    blank, odd = _blanks(lines)
    bad = _some(lines.file, odd | ((lines.stop - lines.start) * _CHARACTER > LONGEST), len(blobs))
    solid = lines.where(~blank) if blank.any() else lines
    number = _ordinals(solid.file, len(blobs)) + first_number
    first = begins & (number == first_number)
    last = ends & np.append(np.diff(solid.file) > 0, True)
    commas, found = _commas(solid, 1 + places.table().most)
    fits = _numbered(solid, commas, found, number)
    record, known = _records(solid, commas)
    cut = commas[places.table().key_comma[record], np.arange(len(record))]
    known &= (found > places.table().key_comma[record]) & (cut < solid.stop)
    bad |= _some(solid.file, ~(fits & (known | first | last)), len(blobs))
    # A file without a data record has nothing to gain, and one without a line is no file.
    bad |= np.bincount(solid.file[~(first | last)], minlength=len(blobs)) == 0
    if bad.all():
        return None
    good = ~bad[solid.file]
    data = np.flatnonzero(good & ~(first | last))
    return Regular(
        solid.where(data),
        record[data],
        commas[PART_CELL][data] + 1,
        cut[data],
        _frames(solid, good),
        _counts(np.flatnonzero(~bad), count, np.bincount(lines.file[blank], minlength=len(blobs))),
    )


def _counts(files: Numbers, lines: Numbers, blank: Numbers) -> pl.DataFrame:
    return pl.DataFrame(
        {"file": files, "lines": lines[files], "blank": blank[files]},
        schema={"file": pl.UInt32, "lines": pl.Int64, "blank": pl.Int64},
    )


def _some(file: Numbers, lines: Flags, files: int) -> Flags:
    """The files of some lines."""
    found = np.zeros(files, bool)
    found[file[lines]] = True
    return found


def _ordinals(file: Numbers, files: int) -> Numbers:
    """The place of each line in its file, from 0."""
    count = np.bincount(file, minlength=files)
    return np.arange(len(file)) - np.repeat(np.cumsum(count) - count, count)


def _blanks(lines: Lines) -> tuple[Flags, Flags]:
    """Which lines are blank, and which are so odd in their beginning that their file is not regular."""
    first = lines.data[lines.start]
    odd = ~(((first >= ord("1")) & (first <= ord("3"))) | (first == _QUOTE))
    blank = np.zeros(len(odd), bool)
    at_all = np.flatnonzero(odd)
    if len(at_all):
        text = lines_of([lines.where(at_all).joined()])
        blank[at_all] = text.select(is_blank(pl.col("text"))).to_series().to_numpy()
    return blank, odd & ~blank


def _commas(lines: Lines, most: int) -> tuple[Numbers, Numbers]:
    """The places of the first commas from the beginning of each line on, a row for each of them, and how many there are.

    They are those of a window, so that some of them may be in the next line.
    """
    return commas_from(lines.data, lines.start, most, _WINDOW)


def commas_from(data: np.ndarray, start: Numbers, most: int, window: int) -> tuple[Numbers, Numbers]:
    """The places of the first `most` commas in so many bytes from each place on, and how many there are in all.

    A row for each of these commas; where there are fewer, the place itself.
    """
    windows = np.lib.stride_tricks.sliding_window_view(data, window)
    commas = np.empty((most, len(start)), np.int64)
    found = np.empty(len(start), np.int64)
    for begin in range(0, len(start), _STEP):
        some = start[begin : begin + _STEP]
        flags = windows[np.minimum(some, len(windows) - 1)] == _COMMA
        count = np.count_nonzero(flags, axis=1)
        flat = np.append(np.flatnonzero(flags), np.zeros(most, np.int64))
        of_first = np.cumsum(count) - count
        shift = some - np.arange(len(some)) * window
        for number in range(most):
            place = flat[of_first + number] + shift
            commas[number, begin : begin + _STEP] = np.where(count > number, place, some)
        found[begin : begin + _STEP] = count
    return commas, found


def _quoted(data: np.ndarray, start: Numbers, stop: Numbers) -> tuple[Flags, Flags]:
    """Whether the cell between these places has quotes, and whether it has both or none."""
    opens = data[start] == _QUOTE
    return opens, (data[stop - 1] == _QUOTE) == opens


def _numbered(lines: Lines, commas: Numbers, found: Numbers, number: Numbers) -> Flags:
    """Whether a line begins as a record of its place in the file does: 1 or 2 or 3, and its number."""
    data, first = lines.data, commas[0]
    quoted, paired = _quoted(data, lines.start, first)
    fits = (found > 0) & (first - lines.start == 1 + 2 * quoted) & paired
    # The second cell ends with the line in an end record.
    stop = np.where(found > 1, np.minimum(commas[1], lines.stop), lines.stop)
    quoted, paired = _quoted(data, first + 1, stop)
    begin, end = first + 1 + quoted, stop - quoted
    value, digits = _values(data, begin, end)
    return fits & paired & digits & (value == number)


def _values(data: np.ndarray, begin: Numbers, end: Numbers) -> tuple[Numbers, Flags]:
    """The numbers between these places, and whether there are one to eight digits and nothing else.

    Eight bytes are looked at as one number of 64 bits, the last digit in the highest byte. Bytes before the first digit
    are put to zero; then neighbours are put together, to four numbers of two digits, two of four, and one of eight.
    """
    width = end - begin
    whole = np.uint64
    eight = at(data, np.uint64, np.clip(end - 8, 0, len(data) - 8)).astype(np.uint64)
    kept = ~whole(0) << (whole(8) * np.clip(8 - width, 0, 7).astype(np.uint64))
    digit = (eight & kept) - (whole(0x3030303030303030) & kept)
    # No byte has its highest bit, nor has it once 0x76 is added, which lifts anything above 9 to it.
    digits = ((digit + whole(0x7676767676767676)) | digit) & whole(0x8080808080808080) == 0
    pairs = digit * whole(10) + (digit >> whole(8))
    mask = whole(0x000000FF000000FF)
    high, low = whole(100 + (1_000_000 << 32)), whole(1 + (10_000 << 32))
    value = ((pairs & mask) * high + ((pairs >> whole(16)) & mask) * low) >> whole(32)
    return (value & whole(0xFFFFFFFF)).astype(np.int64), digits & (width >= 1) & (width <= 8)


def _records(lines: Lines, commas: Numbers) -> tuple[Numbers, Flags]:
    """The number of each line's record, and whether the line says it: `2` first, then family and part."""
    data = lines.data
    known = data[lines.start + (data[lines.start] == _QUOTE)] == ord("2")
    code = np.zeros(len(known), np.uint64)
    # A record is named by four bytes and two.
    for cell, width, kind, shift in ((FAMILY_CELL, 4, np.uint32, 0), (PART_CELL, 2, np.uint16, 32)):
        start, stop = commas[cell - 1] + 1, commas[cell]
        quoted, paired = _quoted(data, start, stop)
        known &= paired & (stop - start == width + 2 * quoted)
        code |= at(data, kind, start + quoted).astype(np.uint64) << np.uint64(shift)
    table = places.table()
    place = np.minimum(np.searchsorted(table.codes, code), len(table.codes) - 1)
    return table.of[place], known & (table.codes[place] == code)


def _frames(lines: Lines, good: Flags) -> pl.DataFrame:
    """What the envelopes are checked by, of regular files: two lines of their beginning and the last one, all numbered."""
    mine = np.flatnonzero(good)
    file = lines.file[mine]
    first = np.append(True, np.diff(file) > 0)
    wanted = first | np.append(False, first[:-1]) | np.append(first[1:], True)
    ends = lines.where(mine[wanted])
    heads = lines_of([ends.joined()], unquoted=True).with_columns(
        file=pl.Series(ends.file, dtype=pl.UInt32), line=pl.Series(ends.line)
    )
    count = pl.DataFrame({"file": file}, schema={"file": pl.UInt32}).group_by("file", maintain_order=True).len("n")
    frames = by_file(with_heads(heads))
    # The numbers of the lines between are known to be right; to the frame, one line follows the other here.
    counted = frames.join(count.rename({"n": "lines"}), on="file", maintain_order="left")
    return counted.with_columns(n="lines", stray=pl.lit(None, pl.Int64)).select(frames.columns)
