"""Records and keys of regular lines go in; their groups, and what these lack, come out. Called by `rows`.

The same groups as `groups.with_groups` and `groups.group_faults` make, of lines whose keys can all be read: there a line
belongs to the one before it as long as it opens none and has its keys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange.groups import CANCELLATION, NEEDED
from henrei.schemas.exchange.regular.buffer import Flags, Lines, Numbers
from henrei.schemas.exchange.regular.places import table


@dataclass(frozen=True)
class Groups:
    """Record groups of lines, one after the other.

    of: the group of each line, from 0. first: the index of the first line of each group. opened: whether that is a 01;
    whole: whether the group has all its parts, and one form.
    """

    of: Numbers
    first: Numbers
    opened: Flags
    whole: Flags

    @property
    def last(self) -> Numbers:
        """The index of the last line of each group."""
        return np.append(self.first, len(self.of))[1:] - 1


def groups(lines: Lines, record: Numbers, keys: pl.DataFrame, of: Numbers) -> Groups:
    """The groups of some lines: the record of each, and its key, a row of `keys` (`Keys.table`)."""
    places = table().places
    base = np.array([place.is_base for place in places])[record]
    families = [place.family for place in places]
    family = np.array([families.index(one) for one in families])[record]
    group = keys["group"].to_numpy()[of]
    starts = base.copy()
    starts[:1] = True
    for value in (lines.file, family, group):
        starts[1:] |= value[1:] != value[:-1]
    first = np.flatnonzero(starts)
    return Groups(np.cumsum(starts) - 1, first, base[first], _whole(record, first, keys, of))


def _whole(record: Numbers, first: Numbers, keys: pl.DataFrame, of: Numbers) -> Flags:
    """Whether groups have the parts that they need and one form in all lines."""
    whole = np.ones(len(first), bool)
    if not len(first):
        return whole
    names = [place.record for place in table().places]
    cancelled = (keys["kind"] == CANCELLATION).fill_null(False).to_numpy()[of[first]]
    opening = record[first]
    for family, needed in NEEDED.items():
        mine = np.isin(opening, [number for number, name in enumerate(names) if name.startswith(family)]) & ~cancelled
        for part in needed:
            has = np.logical_or.reduceat(record == _number(names, f"{family}-{part}"), first)
            whole &= ~mine | has
    form = keys["form"].rank("dense").fill_null(0).to_numpy().astype(np.int64)[of]
    return whole & (np.minimum.reduceat(form, first) == np.maximum.reduceat(form, first))


def _number(names: list[str], record: str) -> int:
    """The number of a record; of one that is never regular, none that a line has."""
    return names.index(record) if record in names else -1
