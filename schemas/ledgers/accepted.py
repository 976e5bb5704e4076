"""Lines below a ledger's header go in; the rows of those that one pattern accepts, typed, come out, and all other lines.

Most lines of an export are right and written in the usual way: a pattern over the whole line finds them far sooner than
judging cell by cell. It may stop a good line, never accept a bad one; what it stops is judged by `read`, the one place that
refuses a row and says why. Called by `read`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from operator import and_
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from henrei.schemas.exchange import validate
from henrei.schemas.exchange.lines import cells_of
from henrei.schemas.layouts import Item
from henrei.schemas.ledgers import Ledger, spelling
from henrei.schemas.ledgers.export import Export

# Cells of which the pattern alone says that they are right: the usual spelling of a kind. They are all ASCII without blanks.
_USUAL = {
    "ledger-number10": "[0-9A-Z]{1,10}",
    "ledger-number6": "[0-9]{1,6}",
    "ledger-code6": "[0-9A-Z]{6}",
    "ledger-code2": "[0-9]{2}",
    "ledger-integer": "-?[0-9]{1,12}",
    "ledger-days": "[0-9]{1,12}",
    "ledger-code": "[0-9A-Z]{1,4}",
}
# Any other cell: the pattern only says where it ends. Without control characters, which parsers take as they like.
# Lines looked at first, evenly spread, and the share of them that must be accepted: listing the stopped ones costs, too.
_SOME, LEAST = 200, 0.5
_TEXTS = ("ledger-text", "ledger-name")
_RIGHT = "right"
_ANY, _ANY_QUOTED = r'[^,"\x00-\x1f\x7f]*', r'"[^"\x00-\x1f\x7f]*"'


@dataclass(frozen=True)
class Column:
    """A column of ours in a file. place: its cell from 0, None for a constant; pattern: what its cells must be, None where
    each different cell is judged by itself."""

    item: Item
    place: int | None
    constant: str | None
    pattern: str | None


def accept(
    ledger: Ledger, lines: pl.DataFrame, header: Sequence[str], export: Export, municipality_no: str
) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """The rows of accepted lines (line and the ledger's columns, typed) and the lines that are left, both in their order.

    None where lines may depend on each other or on more than their own cells, and where the file is written in such a way
    that accepting would not pay: all of them are left then.
    """
    columns = None if lines.is_empty() else _columns(ledger, header, export, municipality_no)
    if columns is None:
        return None
    pattern = _pattern(columns, len(header))
    some = lines.gather_every(max(1, lines.height // _SOME))
    if some.select(_accepts(pattern).mean()).item() < LEAST:
        return None
    fits = _fits(lines, pattern)
    left = lines.filter(~fits)
    # A quote that is not closed on its line: what follows may belong to it.
    if left.select((pl.col("text").str.count_matches('"', literal=True) % 2 != 0).any()).item():
        return None
    good = lines.filter(fits)
    places = sorted({0, *(column.place for column in columns if column.place is not None)})
    cells = cells_of(good["text"], len(header), {place: f"p{place}" for place in places})
    usual = [column for column in columns if column.pattern is not None]
    made = cells.select(
        _of_usual(column.item, pl.col(f"p{column.place}")).alias(column.item.column) for column in usual
    )
    judged = _with_judged([column for column in columns if column.pattern is None], cells, export, municipality_no)
    rows = pl.concat([good.select("line"), made, judged], how="horizontal")
    absent = {name: kind for name, kind in ledger.schema.items() if name not in rows.columns}
    rows = rows.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in absent.items())
    if not rows[_RIGHT].all():
        left = pl.concat([left, good.filter(~rows[_RIGHT])]).sort("line")
        rows = rows.filter(_RIGHT)
    return rows.select("line", *ledger.schema), left


def _columns(ledger: Ledger, header: Sequence[str], export: Export, municipality_no: str) -> list[Column] | None:
    """The ledger's columns that the file or a constant has; None where a line may be several rows or none."""
    if export.groups:
        return None
    (places,) = export.places(ledger, header)
    constants = export.constants_of(ledger, places)
    if len(set(places.values())) < len(places):
        return None
    # A row has one of these at least; so no accepted line is one that counts as blank.
    filled = (item for item in ledger.layout.items if item.needed() and item.format not in _TEXTS)
    if not any(item.column in places and not export.meanings(item.label) for item in filled):
        return None
    return [
        Column(
            item,
            places.get(item.column),
            constants.get(item.column),
            None if item.column in constants or export.meanings(item.label) else _usual(item, municipality_no),
        )
        for item in ledger.layout.items
        if item.column in places or item.column in constants
    ]


def _usual(item: Item, municipality_no: str) -> str | None:
    """What cells of an item are when they need no judging; None where a pattern cannot tell."""
    if item.column == "municipality_no":  # rows of others are counted, not loaded
        return re.escape(municipality_no)
    if allowed := item.allowed(""):
        zero = ["0"] if item.format == "ledger-code" and not item.needed() else []
        return "|".join(re.escape(value) for value in (*allowed, *zero))
    if item.format == "ledger-code" and item.needed():
        return None  # a zero would be no value
    return _USUAL.get(item.format)


def _pattern(columns: Sequence[Column], width: int) -> str:
    """The whole line, cell by cell, each in quotes or not."""
    cells = [f"(?:{_ANY}|{_ANY_QUOTED})"] * width
    for column in columns:
        if column.place is not None and column.pattern is not None:
            empty = "" if column.item.needed() else "?"
            cells[column.place] = f'(?:(?:{column.pattern}){empty}|"(?:{column.pattern}){empty}")'
    return f"^{','.join(cells)}$"


def _accepts(pattern: str) -> pl.Expr:
    return ~pl.col("undecodable") & ~pl.col("overlong") & pl.col("text").str.contains(pattern)


@cache
def _schema(pattern: str) -> pa.DataFrameSchema:
    def whole_line(data: Any) -> pl.LazyFrame:
        return data.lazyframe.select(_accepts(pattern).alias("fits"))

    return pa.DataFrameSchema(checks=pa.Check(whole_line, name="fits", error="fits"))


def _fits(lines: pl.DataFrame, pattern: str) -> pl.Series:
    """Which lines the pattern accepts."""
    try:
        _schema(pattern).validate(lines, lazy=True)
    except SchemaErrors as errors:
        stopped = errors.failure_cases["index"].cast(pl.Int64)
        return ~pl.int_range(lines.height, eager=True).is_in(stopped.implode())
    return pl.repeat(True, lines.height, eager=True)


def _of_usual(item: Item, cell: pl.Expr) -> pl.Expr:
    """What a cell that fits its usual pattern means; one that is empty is null."""
    text = pl.when(cell != "").then(cell)
    match item.format:
        case "ledger-number10":
            return text.str.zfill(10)
        case "ledger-number6":
            return text.str.zfill(6)
        case "ledger-integer" | "ledger-days":
            return text.cast(pl.Int64)
        case "ledger-code":
            return pl.when(text != "0").then(text)
    return text


def _with_judged(columns: Sequence[Column], cells: pl.DataFrame, export: Export, municipality_no: str) -> pl.DataFrame:
    """Columns that no pattern knows, as `read` judges them: typed, and whether all of a row are right (_RIGHT)."""
    texts = cells.with_columns(
        (pl.lit(column.constant) if column.place is None else pl.col(f"p{column.place}")).alias(column.item.column)
        for column in columns
    )
    items = [column.item for column in columns]
    if cells.height <= spelling.MANY:
        parts = [_typed(items, texts, export, municipality_no)] if items else []
    else:
        parts = [
            spelling.by_value(
                texts[item.column], partial(_typed, [item], export=export, municipality_no=municipality_no)
            )
            for item in items
        ]
    right = reduce(and_, (part[_RIGHT] for part in parts), pl.repeat(True, cells.height, eager=True))
    return pl.concat([*(part.drop(_RIGHT) for part in parts), right.alias(_RIGHT).to_frame()], how="horizontal")


def _typed(items: Sequence[Item], texts: pl.DataFrame, export: Export, municipality_no: str) -> pl.DataFrame:
    """Columns of cells, typed, and whether all of a row are right (_RIGHT); null where they are not."""
    spelled = spelling.normalized(items, texts, export)
    rights = [_is_right(item, municipality_no) for item in items]
    right = spelled.with_columns(pl.all_horizontal(pl.lit(True), *rights).fill_null(False).alias(_RIGHT))[_RIGHT]
    if not right.all():  # what is not right cannot be typed
        names = [validate.cell(item) for item in items]
        spelled = spelled.select(pl.when(pl.lit(right)).then(pl.col(name)).alias(name) for name in names)
    return spelled.select(*(spelling.typed(item).alias(item.column) for item in items), right)


def _is_right(item: Item, municipality_no: str) -> pl.Expr:
    text = pl.col(validate.cell(item))
    if item.column == "municipality_no":
        return text == municipality_no
    fits = pl.lit(True) if item.format in _TEXTS and not item.allowed("") else validate.fits_shape(item, "", text)
    return fits & text.is_not_null() if item.needed() else fits
