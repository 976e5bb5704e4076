"""The data lines of regular files go in; their typed rows come out, and the lines that are left to be judged one by one.

Nothing is refused here, and no sentence is written: a group in which anything is wrong is left whole, and so is a file
with keys that are not as the layouts ask, or with lines that belong to no 01. Called by `read`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange import parse
from henrei.schemas.exchange.envelope import with_heads
from henrei.schemas.exchange.regular import runs
from henrei.schemas.exchange.regular.buffer import Flags, Numbers
from henrei.schemas.exchange.regular.distinct import Collision
from henrei.schemas.exchange.regular.judged import Judged
from henrei.schemas.exchange.regular.keys import Keys, read_keys
from henrei.schemas.exchange.regular.of_record import Chosen, judge_record, texts
from henrei.schemas.exchange.regular.places import table
from henrei.schemas.exchange.regular.split import Regular
from henrei.schemas.layouts import layouts

_NONE = -1  # the edition of a line whose month is in none


@dataclass(frozen=True)
class Rows:
    """rows: by record, of groups in which nothing is wrong. remarks: `parse.LINE_REMARK` of their lines.

    counts: file, loaded, elsewhere (lines of another municipality). left: the lines that are to be judged one by one,
    as `lines.lines_of` and `envelope.with_heads` make them. In all of them `file` is the position.
    """

    rows: dict[str, pl.DataFrame]
    remarks: pl.DataFrame
    counts: pl.DataFrame
    left: pl.DataFrame


def judge(regular: Regular, municipality_no: str, judged: Judged) -> Rows:
    """Judges the lines of regular files. What is judged is added to `judged`."""
    try:
        return _judge(regular, municipality_no, judged)
    except Collision:
        nothing = np.zeros(len(regular.record), bool)
        return Rows(
            {}, pl.DataFrame(schema=parse.LINE_REMARK), _counts(regular, nothing, nothing), _left(regular, ~nothing)
        )


def _judge(regular: Regular, municipality_no: str, judged: Judged) -> Rows:
    keys = read_keys(regular)
    file = regular.lines.file
    edition = _editions(regular, keys)
    bad = np.zeros(file.max() + 1, bool)
    bad[file[~keys.table["good"].to_numpy()[keys.of] | (edition == _NONE)]] = True
    elsewhere = (keys.table["municipality"] != municipality_no).fill_null(False).to_numpy()[keys.of]
    # Groups are those of this city's lines; a file in which one has no 01 is left whole.
    ours = np.flatnonzero(~(bad[file] | elsewhere))
    found = _groups(regular, keys, ours)
    bad[file[ours[found.first[~found.opened]]]] = True
    if bad.any():
        ours = np.flatnonzero(~(bad[file] | elsewhere))
        found = _groups(regular, keys, ours)
    whole = found.whole.copy()
    record = regular.record[ours]
    of_records = [
        judge_record(place, Chosen.of(regular, keys, ours[mine], edition[ours[mine]], found.of[mine]), judged)
        for place in table().places
        if len(mine := np.flatnonzero(record == place.number))
    ]
    for one in of_records:
        whole[one.faulty] = False
    loaded = np.zeros(len(file), bool)
    loaded[ours[whole[found.of]]] = True
    line = regular.lines.line[ours]
    opening = line[found.first]
    ends = pl.DataFrame({"file": file[ours][found.first], "group": opening, "last_line": line[found.last]})
    ends = ends.with_columns(pl.col("file").cast(pl.UInt32))
    rows = {one.place.record: one.rows(whole, opening) for one in of_records}
    for one in of_records:
        if one.place.is_base:
            opens = rows[one.place.record]
            rows[one.place.record] = opens.join(ends, on=["file", "group"], how="left", maintain_order="left")
    return Rows(
        rows,
        pl.concat([pl.DataFrame(schema=parse.LINE_REMARK), *(one.remarks_of(whole, opening) for one in of_records)]),
        _counts(regular, loaded, elsewhere & ~bad[file]),
        _left(regular, ~loaded & (bad[file] | ~elsewhere)),
    )


def _groups(regular: Regular, keys: Keys, ours: Numbers) -> runs.Groups:
    return runs.groups(regular.lines.where(ours), regular.record[ours], keys.table, keys.of[ours])


def _editions(regular: Regular, keys: Keys) -> Numbers:
    """The edition of each line, its place among those of its record; _NONE where its month is in none."""
    month = keys.table["month"].fill_null("")
    editions = np.full(len(regular.record), _NONE, np.int64)
    for place in table().places:
        mine = regular.record == place.number
        for number, layout in enumerate(layouts(place.record)):
            inside = month.is_between(*layout.months).to_numpy()
            editions[mine & inside[keys.of]] = number
    return editions


def _counts(regular: Regular, loaded: Flags, elsewhere: Flags) -> pl.DataFrame:
    files = regular.counts["file"]
    most = int(files.max()) + 1  # type: ignore[arg-type]
    count = {
        name: np.bincount(regular.lines.file[lines], minlength=most)[files.to_numpy()]
        for name, lines in (("loaded", loaded), ("elsewhere", elsewhere))
    }
    return pl.DataFrame({"file": files, **count}, schema={"file": pl.UInt32, "loaded": pl.Int64, "elsewhere": pl.Int64})


def _left(regular: Regular, lines: Flags) -> pl.DataFrame:
    return with_heads(texts(regular.lines.where(lines)))
