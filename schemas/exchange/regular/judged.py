"""Parts of lines go in; which of them fit, and what is kept of those, typed, comes out. Called by `rows`.

Each different part is judged once: by a pattern of `patterns`, which Pandera holds against it. What has been judged is
remembered over the batches of a month, as far as there is room, where lines repeat each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange import parse, validate
from henrei.schemas.exchange.lines import bare_cells_of, lines_of
from henrei.schemas.exchange.regular import patterns
from henrei.schemas.exchange.regular.buffer import Flags, Numbers, bytes_of, ended
from henrei.schemas.exchange.regular.distinct import Collision, distinct
from henrei.schemas.exchange.regular.places import Place, parts
from henrei.schemas.layouts import layouts

MOST = 64 * 1024 * 1024  # bytes of parts, with what was made of them, that are remembered
STOPPED = -1  # the row of a part that does not fit


@dataclass(frozen=True)
class Kind:
    """By what a part is judged: the edition (its place among those of the record), the variant, and the month of its days."""

    edition: int
    variant: str
    month: str


@dataclass(frozen=True)
class _Known:
    """Parts of one place in a record's lines that have been judged.

    hashes, text (with CR LF), kind, row: a value for each part. rows: what is kept of those that fit, typed.
    """

    hashes: pl.Series
    text: pl.Series
    kind: Numbers
    row: Numbers
    rows: pl.DataFrame

    @property
    def size(self) -> int:
        arrays = self.kind.nbytes + self.row.nbytes
        return int(self.hashes.estimated_size() + self.text.estimated_size() + self.rows.estimated_size()) + arrays


class Judged:
    """What has been judged so far; one for all batches of a month."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kinds: dict[Kind, int] = {}
        self._known: dict[tuple[str, int], _Known] = {}

    def number_of(self, kind: Kind) -> int:
        """The number of a kind, the same for all batches."""
        return self._kinds.setdefault(kind, len(self._kinds))

    def rows(self, place: Place, part: int, text: pl.Series, kind: Numbers) -> tuple[Numbers, pl.DataFrame]:
        """The row of each part in the frame that comes with it, STOPPED where it does not fit.

        `part`: which one of its line, from 0. text: Binary. kind: numbers of `number_of`. Raises Collision.
        """
        found = distinct(text, kind)
        own, kinds = ended(text.gather(found.first)), kind[found.first]
        known = self._known.get((place.record, part)) or _nothing(place, part)
        row, new = _remembered(known, found.hashes, own, kinds)
        judged, rows = self._judge(place, part, own.gather(new), kinds[new])
        row[new] = np.where(judged == STOPPED, STOPPED, judged + known.rows.height)
        rows = pl.concat([known.rows, rows], rechunk=True)
        if len(found.first) * 2 < len(text):  # parts that hardly repeat each other are not worth the room
            now = _Known(
                pl.concat([known.hashes, found.hashes.gather(new)]),
                pl.concat([known.text, own.gather(new)], rechunk=True),
                np.append(known.kind, kinds[new]),
                np.append(known.row, row[new]),
                rows,
            )
            self._known[place.record, part] = now
            if sum(one.size for one in self._known.values()) > self._most:
                self._known.clear()
        return row[found.code], rows

    def _judge(self, place: Place, part: int, own: pl.Series, kind: Numbers) -> tuple[Numbers, pl.DataFrame]:
        """As `rows`, of different parts."""
        row = np.full(len(own), STOPPED, np.int64)
        frames = [_nothing(place, part).rows]
        count = 0
        kinds = list(self._kinds)
        months = pl.Series([one.month for one in kinds], dtype=pl.String)
        lines = lines_of([bytes_of(own)], unquoted=True).select(
            "text", month=months.gather(kind), sound=~(pl.col("undecodable") | pl.col("overlong"))
        )
        judges = [(one.edition, one.variant) for one in kinds]
        for edition, variant in dict.fromkeys(judges[number] for number in np.unique(kind)):
            mine = np.flatnonzero(np.array([one == (edition, variant) for one in judges])[kind])
            fits, rows = _typed(place, part, edition, variant, lines[mine])
            row[mine[fits]] = np.arange(count, count + rows.height)
            count += rows.height
            frames.append(rows)
        return row, pl.concat(frames, rechunk=True)


def _nothing(place: Place, part: int) -> _Known:
    """Nothing known yet."""
    none = np.empty(0, np.int64)
    rows = pl.DataFrame(schema=_columns(place, part))
    return _Known(pl.Series("hash", dtype=pl.UInt64), pl.Series(dtype=pl.Binary), none, none, rows)


def _columns(place: Place, part: int) -> dict[str, pl.DataType]:
    """Columns of the rows of a part: what one of the record's editions keeps of it; `fits`, so that there is one always."""
    kept = {item.column for layout in layouts(place.record) for item in parts(layout, place)[part] if item.column}
    return {"fits": pl.Boolean(), **{name: one for name, one in parse.schema(place.record).items() if name in kept}}


def _remembered(known: _Known, hashes: pl.Series, own: pl.Series, kind: Numbers) -> tuple[Numbers, Numbers]:
    """The row of each part, as far as it is known, and the indexes of those that are not. Raises Collision."""
    places = known.hashes.to_frame("hash").with_row_index("place")
    place = hashes.to_frame("hash").join(places, on="hash", how="left", maintain_order="left")["place"]
    unknown = place.is_null().to_numpy()
    of = place.drop_nulls()
    before = known.text.gather(of)
    if not ((own.filter(pl.Series(~unknown)) == before).all() and (kind[~unknown] == known.kind[of.to_numpy()]).all()):
        raise Collision
    row = np.full(len(own), STOPPED, np.int64)
    row[~unknown] = known.row[of.to_numpy()]
    return row, np.flatnonzero(unknown)


def _typed(place: Place, part: int, edition: int, variant: str, lines: pl.DataFrame) -> tuple[Flags, pl.DataFrame]:
    """Which parts (text, month, sound) fit, and the rows (`_columns`) of those."""
    layout = layouts(place.record)[edition]
    items = parts(layout, place)[part]
    fits = lines["sound"].to_numpy().copy()
    fits[patterns.stopped(patterns.schema(layout, variant, items), lines["text"]).to_numpy()] = False
    good = lines.filter(pl.Series(fits))
    if not any(item.column for item in items):
        return fits, good.select(fits="sound")
    kept = {number: item for number, item in enumerate(items) if item.column}
    codes = {validate.cell(item): item.width for item in kept.values() if item.type in ("コード値", "英数")}
    wanted = {number: validate.cell(item) for number, item in kept.items()}
    cells = bare_cells_of(good["text"], len(items), wanted, codes).with_columns(fits=pl.lit(True))
    days = [validate.cell(item) for item in kept.values() if item.format == "day"]
    if days:
        cells = cells.with_columns((good["month"] + pl.col(name).str.zfill(2)).alias(name) for name in days)
        dates = (
            pl.col(name).is_null() | pl.col(name).str.to_date("%Y%m%d", strict=False).is_not_null() for name in days
        )
        has = cells.select(pl.all_horizontal(dates)).to_series()  # the pattern does not know how long a month is
        fits[np.flatnonzero(fits)[~has.to_numpy()]] = False
        cells = cells.filter(has)
    values = {item.column: parse.typed(item, variant) for item in kept.values()}
    columns = _columns(place, part).items()
    other = {name: pl.lit(None, kind) for name, kind in columns if name != "fits"}
    return fits, cells.select("fits", **(other | {name: values[name] for name in other if name in values}))
