"""Files in a buffer go in; the lines of those that are regular come out, with their records and the places of their parts.

A file is regular if its lines are numbered without a gap, if every line between the first and the last says in the same
way as all real programs do that it is a data record and which one, and if none is longer than any record. Nothing is
looked at here but the beginnings of lines. Called by `read`, in the thread that reads ahead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange.envelope import by_file, with_heads
from henrei.schemas.exchange.lines import LONGEST, is_blank, lines_of
from henrei.schemas.exchange.regular.buffer import AROUND, MOST, Files, Flags, Lines, Numbers, lines_in
from henrei.schemas.exchange.regular.heads import QUOTE, heads

_CHARACTER = 3  # bytes that one of CP932 becomes in UTF-8 at most


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


def split(files: Files, first_line: int, first_number: int, *, begins: bool, ends: bool) -> Regular | None:
    """The regular files among some; None where there is none.

    Lines and records of the first file are numbered from `first_line` and `first_number`. `begins`, `ends`: whether
    these are the beginnings and the ends of the files, with their control and end records.
    """
    if not AROUND < files.stops[-1] < MOST:
        return None
    lines = lines_in(files, first_line)
    every = len(files.stops)
    count = np.bincount(lines.file, minlength=every)
    blank, odd = _blanks(lines)
    bad = _some(lines.file, odd | ((lines.stop - lines.start) * _CHARACTER > LONGEST), every)
    solid = lines.where(~blank) if blank.any() else lines
    number = _ordinals(solid.file, every) + first_number
    first = begins & (number == first_number)
    last = ends & np.append(np.diff(solid.file) > 0, True)
    found = heads(solid, number)
    frame = first | last
    bad |= _some(solid.file, ~(found.numbered & (found.known | frame)), every)
    # A file without a data record has nothing to gain, and one without a line is no file.
    bad |= np.bincount(solid.file[~frame], minlength=every) == 0
    if bad.all():
        return None
    good = ~bad[solid.file]
    data = np.flatnonzero(good & ~frame)
    return Regular(
        solid.where(data),
        found.record[data],
        found.key[data],
        found.cut[data],
        _frames(solid, good),
        _counts(np.flatnonzero(~bad), count, np.bincount(lines.file[blank], minlength=every)),
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
    odd = ~(((first >= ord("1")) & (first <= ord("3"))) | (first == QUOTE))
    blank = np.zeros(len(odd), bool)
    at_all = np.flatnonzero(odd)
    if len(at_all):
        text = lines_of([lines.where(at_all).joined()])
        blank[at_all] = text.select(is_blank(pl.col("text"))).to_series().to_numpy()
    return blank, odd & ~blank


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
