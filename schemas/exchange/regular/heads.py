"""Lines in a buffer go in; what their beginnings say comes out: number, record, and where the keys are. Called by `split`.

All real programs write the cells there with as many characters as the layouts give them, so it is enough to look whether
commas and quotes are where they must be then. Lines of which that is not true are looked through for commas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from henrei.schemas.exchange.regular.buffer import Bytes, Flags, Lines, Numbers, at
from henrei.schemas.exchange.regular.places import table
from henrei.schemas.layouts import FAMILY_CELL, PART_CELL

COMMA, QUOTE = ord(","), ord('"')
_WINDOW = 96  # bytes from the beginning of a line, in which its keys must end
_STEP = 16_000  # lines that are looked at together: what is made of them stays in the processor's cache
_WINDOWS = 4_000  # the same of windows
_FAMILY, _PART = 4, 2  # characters of what names a record
_TENS = 10 ** np.arange(1, 9)


@dataclass(frozen=True)
class Heads:
    """numbered: whether a line begins as the record of its place does, 1 or 2 or 3 and its number. known: whether it is a
    data record with keys behind; record: which, as `places.table` numbers them; key, cut: where the keys begin, and the
    comma behind them.
    """

    numbered: Flags
    known: Flags
    record: Numbers
    key: Numbers
    cut: Numbers

    def put(self, lines: Numbers, other: Heads) -> None:
        """Replaces what is known of some lines."""
        for name, values in vars(other).items():
            getattr(self, name)[lines] = values


def heads(lines: Lines, number: Numbers) -> Heads:
    """The heads of lines; `number`: the record number that each must have."""
    steps = [slice(begin, begin + _STEP) for begin in range(0, max(len(number), 1), _STEP)]
    parts = [vars(_expected(lines.where(step), number[step])) for step in steps]
    found = Heads(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    odd = np.flatnonzero(~(found.numbered & found.known))
    if len(odd):
        found.put(odd, _searched(lines.where(odd), number[odd]))
    return found


def _expected(lines: Lines, number: Numbers) -> Heads:
    """The heads, where every cell has its full width."""
    data = lines.data
    mark, stop, fits = _cell(data, lines.start, 1)
    begin, stop, ends = _cell(data, stop + 1, 1 + np.searchsorted(_TENS, number, side="right"))
    numbered = fits & (ends | (stop == lines.stop)) & _is_number(data, begin, stop, number)
    family, stop, known = _cell(data, stop + 1, _FAMILY)
    part, stop, fits = _cell(data, stop + 1, _PART)
    record, named = _record(data, family, part)
    known = known & fits & named & (data[mark] == ord("2"))
    key = stop + 1
    for cell, widths in enumerate(table().widths):
        _, end, fits = _cell(data, stop + 1, widths[record])
        there = table().key_comma[record] > PART_CELL + cell
        known &= fits | ~there
        stop = np.where(there, end, stop)
    return Heads(numbered, known & (stop < lines.stop), record, key, stop)


def _cell(data: Bytes, start: Numbers, width: Numbers | int) -> tuple[Numbers, Numbers, Flags]:
    """Of cells that begin at these places and have so many characters: where these begin, the comma behind the cell, and
    whether it is there, with quotes on both sides or on none."""
    quoted = data[start] == QUOTE
    stop = start + width + 2 * quoted
    return start + quoted, stop, (data[stop] == COMMA) & ((data[stop - 1] == QUOTE) == quoted)


def _is_number(data: Bytes, begin: Numbers, stop: Numbers, number: Numbers) -> Flags:
    """Whether the text between these places, but for a quote at its end, is this number."""
    value, digits = _values(data, begin, stop - (data[stop - 1] == QUOTE))
    return digits & (value == number)


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


def _record(data: Bytes, family: Numbers, part: Numbers) -> tuple[Numbers, Flags]:
    """The number of the record that is named at these places, and whether there is one."""
    code = at(data, np.uint32, family).astype(np.uint64)
    code |= at(data, np.uint16, part).astype(np.uint64) << np.uint64(8 * _FAMILY)
    codes = table().codes
    place = np.minimum(np.searchsorted(codes, code), len(codes) - 1)
    return table().of[place], codes[place] == code


def _searched(lines: Lines, number: Numbers) -> Heads:
    """The heads of lines of which the commas must be looked for."""
    data = lines.data
    commas, found = commas_from(data, lines.start, range(1 + table().most), _WINDOW)
    there = found > 1
    fits = (found > 0) & _is_cell(data, lines.start, commas[0], 1)
    # The second cell ends with the line in an end record.
    begin, stop = commas[0] + 1, np.where(there, np.minimum(commas[1], lines.stop), lines.stop)
    begin, paired = begin + (data[begin] == QUOTE), _is_cell(data, begin, stop, None)
    numbered = fits & paired & _is_number(data, begin, stop, number)
    family, part = (commas[cell - 1] + 1 for cell in (FAMILY_CELL, PART_CELL))
    known = _is_cell(data, family, commas[FAMILY_CELL], _FAMILY) & _is_cell(data, part, commas[PART_CELL], _PART)
    record, named = _record(data, family + (data[family] == QUOTE), part + (data[part] == QUOTE))
    comma = table().key_comma[record]
    cut = commas[comma, np.arange(len(comma))]
    is_data = data[lines.start + (data[lines.start] == QUOTE)] == ord("2")
    known &= named & is_data & (found > comma) & (cut < lines.stop)
    return Heads(numbered, known, record, commas[PART_CELL] + 1, cut)


def _is_cell(data: Bytes, start: Numbers, stop: Numbers, width: int | None) -> Flags:
    """Whether what is between these places has quotes on both sides or on none, and so many characters besides."""
    quoted = data[start] == QUOTE
    paired = (data[stop - 1] == QUOTE) == quoted
    return paired if width is None else paired & (stop - start == width + 2 * quoted)


def commas_from(data: Bytes, start: Numbers, wanted: Sequence[int], window: int) -> tuple[Numbers, Numbers]:
    """Where some commas are in so many bytes from each place on, counted from 0, and how many there are in all.

    A row for each that is wanted; where there are fewer, the place itself.
    """
    windows = np.lib.stride_tricks.sliding_window_view(data, window)
    commas = np.empty((len(wanted), len(start)), np.int64)
    found = np.empty(len(start), np.int64)
    for begin in range(0, len(start), _WINDOWS):
        some = start[begin : begin + _WINDOWS]
        flags = windows[np.minimum(some, len(windows) - 1)] == COMMA
        count = np.count_nonzero(flags, axis=1)
        flat = np.append(np.flatnonzero(flags), np.zeros(max(wanted) + 1, np.int64))
        of_first = np.cumsum(count) - count
        shift = some - np.arange(len(some)) * window
        for row, number in enumerate(wanted):
            commas[row, begin : begin + _WINDOWS] = np.where(count > number, flat[of_first + number] + shift, some)
        found[begin : begin + _WINDOWS] = count
    return commas, found
