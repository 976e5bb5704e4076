"""Columns of a ledger's text in; the same in the one spelling of each value, and as the types henrei keeps, out. Called by
`read`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import polars as pl

from henrei.schemas.exchange import validate
from henrei.schemas.layouts import Item
from henrei.schemas.ledgers import dtype, normalize
from henrei.schemas.ledgers.export import Export

MANY = 20_000  # rows from which on it is faster to look at each different value once …
_DATES = {"ledger-date": "date", "ledger-month": "month"}
_MOST_DISTINCT = 0.5  # … unless more of them than this share are different


def normalized(items: Sequence[Item], text: pl.DataFrame, export: Export) -> pl.DataFrame:
    """The items in their one spelling as i1, i2 … (`validate.cell`), null where the file has no such column."""
    present = [item for item in items if item.column in text.columns]
    # Nearly everything is plain ASCII, which has one form only, and dates are mostly written in digits: finding that out
    # costs far less than what can then be left out.
    forms = [
        pl.struct(
            one_form=(pl.col(item.column).str.len_bytes() == pl.col(item.column).str.len_chars()).all(),
            iso=normalize.is_iso(pl.col(item.column), _DATES[item.format]).all()
            if item.format in _DATES
            else pl.lit(False),
            slashed=normalize.is_slashed(pl.col(item.column)).all() if item.format == "ledger-date" else pl.lit(False),
        ).alias(item.column)
        for item in present
    ]
    form_of = text.select(forms).row(0, named=True)
    expressions = {
        item.column: _one_spelling(item, export.meanings(item.label), **form_of[item.column]) for item in present
    }
    if text.height <= MANY:  # all columns in one step
        made = text.select(expression.alias(name) for name, expression in expressions.items())
    else:
        parts = [by_value(text[name], partial(_select, one.alias(name))) for name, one in expressions.items()]
        made = pl.concat(parts, how="horizontal")
    return made.select(
        (pl.col(item.column) if item in present else pl.lit(None, dtype=pl.String)).alias(validate.cell(item))
        for item in items
    )


def _select(expression: pl.Expr, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(expression)


def by_value(column: pl.Series, make: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """What `make` gives, row by row, for a long column of text: dates, codes and amounts repeat, and each different value
    is made once."""
    # Arrow's way to number the different values costs a fourth of `unique` and a join.
    numbered = column.to_arrow().dictionary_encode(null_encoding="encode")
    if len(numbered.dictionary) > _MOST_DISTINCT * column.len():
        return make(column.to_frame())
    return make(pl.Series(column.name, numbered.dictionary, dtype=pl.String).to_frame())[pl.Series(numbered.indices)]


def _one_spelling(
    item: Item, meanings: Mapping[str, str | None], *, one_form: bool, iso: bool, slashed: bool
) -> pl.Expr:
    """The item's text in its one spelling. `meanings`: the city's → ours; `one_form`: all of it is ASCII; `iso`, `slashed`:
    all of it is `normalize.is_iso`, `normalize.is_slashed`."""
    # A name is shown as it is: some of its characters have another form that NFKC would take them to.
    plain = normalize.plain(pl.col(item.column), one_form=one_form or item.format == "ledger-name")
    if meanings:
        plain = plain.replace(list(meanings), list(meanings.values()))
    match item.format:
        case "ledger-number10":
            return normalize.digits(plain, 10)
        case "ledger-number6":
            return normalize.digits(plain, 6)
        case "ledger-date":
            if meanings or not (iso or slashed):
                return _opened(item, normalize.date(plain))
            return _opened(item, normalize.from_iso(plain) if iso else normalize.from_slashed(plain))
        case "ledger-month":
            return normalize.from_iso(plain) if iso and not meanings else normalize.month(plain)
        case "ledger-integer":
            return normalize.integer(plain)
        case "ledger-days":
            return normalize.days(plain)
        case "ledger-code":
            return pl.when(plain != "0").then(plain)
    return plain


def _opened(item: Item, text: pl.Expr) -> pl.Expr:
    """A date in its one spelling, and a period's open start or end as ours."""
    if item.column.endswith("_from"):
        return normalize.open_start(text)
    if item.column.endswith("_to"):
        return normalize.open_end(text, needed=item.needed())
    return text


def typed(item: Item) -> pl.Expr:
    """An item's text, which fits, as its type."""
    text = pl.col(validate.cell(item))
    match item.format:
        case "ledger-date":
            return text.str.to_date("%Y%m%d")
        case "ledger-month":
            return (text + "01").str.to_date("%Y%m%d")
    return text.cast(dtype(item))
