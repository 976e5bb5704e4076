"""Exchange files read in the usual way and line by line, and in what the two differ: they must not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from henrei.schemas.exchange import read
from henrei.schemas.exchange.regular.judged import Judged
from lib import inputs

_PLACE = ("file", "line")


def differences(paths: Iterable[Path], month: str = "202605", judged: Judged | None = None) -> list[str]:
    """What is not the same of the rows, the refusals, the remarks, the counts and the envelopes of some files."""
    files = dict(enumerate(paths))
    usual = read.read_batch(files, inputs.CITY, month, judged=judged)
    single = read.read_batch(files, inputs.CITY, month, source=read.load(files.values(), one_by_one=True))
    found = [name for name in sorted(usual.rows.keys() | single.rows.keys()) if not _same_rows(usual, single, name)]
    for name in ("rejected", "remarks", "refused_groups"):
        one, other = _together(getattr(usual, name)), _together(getattr(single, name))
        # A refused group may have no line, and a line more than one remark.
        if not _sorted(one, *one.columns).equals(_sorted(other, *other.columns)):
            found.append(name)
    one, other = (pl.concat(batch.counts).group_by("file").sum().sort("file") for batch in (usual, single))
    if not one.equals(other):
        found.append("counts")
    return found + ([] if usual.envelopes == single.envelopes else ["envelopes"])


def _same_rows(usual: read.Batch, single: read.Batch, record: str) -> bool:
    one, other = (_together(batch.rows.get(record, [])) for batch in (usual, single))
    if not one.height and not other.height:
        return True
    return one.schema == other.schema and _sorted(one, *_PLACE).equals(_sorted(other, *_PLACE))


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    filled = [frame for frame in frames if frame.height]
    return pl.concat(filled) if filled else pl.DataFrame()


def _sorted(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    return frame.sort(by, nulls_last=True) if by else frame
