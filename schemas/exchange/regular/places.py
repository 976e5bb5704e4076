"""The layout tables go in; where a line of each record is cut comes out. Called by the other modules of this folder.

A line is cut behind its keys (the items up to the last with a role of `HEAD_ROLES`) and where `Record.cuts` says. What
is between two cuts is a part: an equal part is looked at once, however many lines have it.
"""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from henrei.schemas import layouts as tables
from henrei.schemas.exchange.groups import BASE, RETURN_LIST
from henrei.schemas.exchange.regular import patterns
from henrei.schemas.layouts import HEAD_ROLES, LEADING_ITEMS, Item, Record


@dataclass(frozen=True)
class Place:
    """Where the lines of one record are cut.

    number: of the record, from 0. shape: the place in `shapes` of what its keys look like. keys: the number of its last
    key item. cuts: numbers of the items behind which it is cut after that.
    """

    record: str
    number: int
    shape: int
    keys: int
    cuts: tuple[int, ...]

    @property
    def family(self) -> str:
        return self.record[:4]

    @property
    def is_base(self) -> bool:
        """Whether its lines open a group."""
        return self.record.endswith(f"-{BASE}")


@dataclass(frozen=True)
class Shape:
    """What the keys of some records look like.

    pattern: of their text. roles: of its cells, "" where a cell has none. variant: the cell that says the variant.
    """

    pattern: str
    roles: tuple[str, ...]
    variant: int | None


def parts(layout: Record, place: Place) -> list[tuple[Item, ...]]:
    """The items of each part of a line, those behind the keys."""
    ends = [place.keys, *place.cuts, len(layout.items)]
    return [layout.items[begin:end] for begin, end in itertools.pairwise(ends)]


def keys(layout: Record) -> tuple[Item, ...]:
    """The key items of a record, from its third item on: the first two name it."""
    return layout.items[LEADING_ITEMS : _last_key(layout)]


def _last_key(layout: Record) -> int:
    return max((item.no for item in layout.items if set(item.roles) & set(HEAD_ROLES)), default=0)


@dataclass(frozen=True)
class Table:
    """All records that can be regular, by their number, and the shapes of their keys.

    codes: the six bytes of family and part as a number, sorted; of: the record's number of each. key_comma: the comma
    behind the keys of each record, counted from 0; most: the last of these. widths: of each key cell, a number for each
    record, 0 where it has none.
    """

    places: tuple[Place, ...]
    shapes: tuple[Shape, ...]
    codes: np.ndarray
    of: np.ndarray
    key_comma: np.ndarray
    most: int
    widths: np.ndarray


def table() -> Table:
    """The table of the layouts in use."""
    return _table(tables.FOLDER)


@cache
def _table(folder: Path) -> Table:
    places: list[Place] = []
    shapes: list[Shape] = []
    for record, editions in sorted(tables.read_layouts(folder).items()):
        shape = _shape(editions)
        # A return list names its month and its recipient elsewhere, and is short.
        if record.startswith(RETURN_LIST) or shape is None or not _cut_alike(editions):
            continue
        if shape not in shapes:
            shapes.append(shape)
        number, last = len(places), _last_key(editions[-1])
        places.append(Place(record, number, shapes.index(shape), last, editions[-1].cuts))
    codes = np.array([code_of(place.record) for place in places], np.uint64)
    order = np.argsort(codes)
    comma = np.array([LEADING_ITEMS + place.keys - 1 for place in places])
    widths = [[item.width for item in keys(tables.read_layouts(folder)[place.record][-1])] for place in places]
    wide = np.array(list(itertools.zip_longest(*widths, fillvalue=0)))
    return Table(tuple(places), tuple(shapes), codes[order], order, comma, int(comma.max()), wide)


def code_of(record: str) -> int:
    """Family and part (K122-01) as the number that their bytes are, low byte first."""
    return int.from_bytes(record.replace("-", "").encode("ascii"), "little")


def _shape(editions: tuple[Record, ...]) -> Shape | None:
    """What the keys look like, where they do so in all editions and variants."""
    found = set()
    for layout in editions:
        items = keys(layout)
        roles = tuple(next((role for role in item.roles if role in HEAD_ROLES), "") for item in items)
        choosing = layout.with_role("variant")
        if choosing is not None and (choosing not in items or not set(choosing.allowed()) <= set(layout.variants)):
            return None
        variant = items.index(choosing) if choosing else None
        found |= {Shape(patterns.of_items(items, one), roles, variant) for one in layout.variants}
    return found.pop() if len(found) == 1 else None


def _cut_alike(editions: tuple[Record, ...]) -> bool:
    """Whether all editions have the same parts, each with an item, and whatever they keep of it in the same one.

    A part of one item keeps nothing: where that is empty there would be no cell at all.
    """
    parts_of: dict[str, int] = {}
    for layout in editions:
        ends = [_last_key(layout), *layout.cuts, len(layout.items)]
        if layout.cuts != editions[-1].cuts or ends != sorted(set(ends)):
            return False
        for name, item in layout.kept.items():
            part = bisect.bisect_left(ends, item.no)
            alone = part > 0 and ends[part] - ends[part - 1] == 1
            if alone or parts_of.setdefault(name, part) != part:
                return False
    return True
