"""The data lines of regular files go in; their keys come out, each different one read once. Called by `rows`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange import parse
from henrei.schemas.exchange.lines import bare_cells_of
from henrei.schemas.exchange.regular import patterns
from henrei.schemas.exchange.regular.buffer import Numbers, bytes_of, ended, views
from henrei.schemas.exchange.regular.distinct import distinct
from henrei.schemas.exchange.regular.places import Shape, keys, table
from henrei.schemas.exchange.regular.split import Regular
from henrei.schemas.layouts import LEADING_ITEMS, layouts

NUMBERS = ("facility", "recipient")  # keys that are filled with zeros to ten characters


@dataclass(frozen=True)
class Keys:
    """of: the key of each line, a row of `table`.

    table: shape, good (whether they are as the layouts ask; the rest is null where not), month, municipality, facility,
    recipient, kind, form, variant, and group: a number that is equal where what makes a group is; variant_code and
    month_code: numbers (below 10,000) that are equal where these are.
    cells: the keys as text columns i3, i4 … of `validate.cell`, and shape; a row for each of the table.
    """

    of: Numbers
    table: pl.DataFrame
    cells: pl.DataFrame

    def typed(self, record: str) -> pl.DataFrame:
        """What is kept of a record's keys, a row for each of the table; null where they are of another shape."""
        layout = layouts(record)[-1]
        kept = {item.column: item for item in keys(layout) if item.column}
        mine = self.table["good"] & (self.table["shape"] == next(p.shape for p in table().places if p.record == record))
        cells = self.cells.select(pl.when(mine).then(pl.all()))
        return cells.select(parse.typed(item, layout.variants[0]).alias(name) for name, item in kept.items())


def read_keys(regular: Regular) -> Keys:
    """The keys of all lines. Raises `distinct.Collision`."""
    lines = regular.lines
    shape = np.array([place.shape for place in table().places])[regular.record]
    text = views(lines.data, regular.key, regular.cut)
    # Lines that follow each other mostly have the same keys: only the first of them is looked for among all.
    new = (text.ne_missing(text.shift(1))).to_numpy() | np.append(True, np.diff(shape) != 0)
    starts = np.flatnonzero(new)
    found = distinct(text.gather(starts), shape[starts])
    first = starts[found.first]
    of = found.code[np.cumsum(new) - 1]
    parts = [
        _cells(one, np.flatnonzero(shape[first] == number), text.gather(first))
        for number, one in enumerate(table().shapes)
    ]
    cells = pl.concat(parts, how="diagonal").sort("row")
    return Keys(of, _table(cells, shape[first]), cells.drop("row", "good", *_ROLES, strict=False))


_ROLES = ("month", "municipality", "facility", "recipient", "kind", "form", "variant")


def _cells(shape: Shape, rows: Numbers, text: pl.Series) -> pl.DataFrame:
    """row, good, the roles of `Keys.table`, and the cells of keys of one shape; null where they are not good."""
    numbers = pl.DataFrame({"row": rows}, schema={"row": pl.Int64})
    texts = _texts(text.gather(rows))
    bad = patterns.stopped(patterns.of_pattern(shape.pattern), texts)
    good = np.ones(len(rows), bool)
    good[bad.to_numpy()] = False
    count = len(shape.roles)
    wanted = {place: f"i{place + LEADING_ITEMS + 1}" for place in range(count)}
    cells = bare_cells_of(texts.filter(pl.Series(good)), count, wanted, {})
    roles = {role: pl.col(wanted[place]) for place, role in enumerate(shape.roles) if role}
    roles |= {role: roles[role].str.zfill(10) for role in NUMBERS if role in roles}
    variant = pl.lit("") if shape.variant is None else pl.col(wanted[shape.variant])
    cells = cells.with_columns(variant=variant, **roles).with_columns(row=pl.Series(rows[good]), good=pl.lit(True))
    return numbers.join(cells, on="row", how="left", maintain_order="left").with_columns(
        pl.col("good").fill_null(False)
    )


def _texts(keys: pl.Series) -> pl.Series:
    """Keys (Binary) as text; what is not ASCII is no key, whatever it says."""
    data = bytes_of(ended(keys))
    if data.isascii():
        return keys.cast(pl.String)
    return pl.Series(data.decode("ascii", errors="replace").split("\r\n")[:-1], dtype=pl.String)


def _table(cells: pl.DataFrame, shape: Numbers) -> pl.DataFrame:
    missing = [pl.lit(None, pl.String).alias(role) for role in _ROLES if role not in cells.columns]
    cells = cells.with_columns(missing)
    whole = pl.concat_str("month", "municipality", "facility", pl.col("recipient").fill_null(""), separator="|")
    codes = {"group": whole, "variant_code": pl.col("variant"), "month_code": pl.col("month")}
    numbers = {name: text.rank("dense").fill_null(0).cast(pl.Int64) for name, text in codes.items()}
    return cells.select("good", *_ROLES, shape=pl.Series(shape), **numbers)
