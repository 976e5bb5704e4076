r"""Items of the layout tables go in; patterns that only accept text in which every one of them fits come out.

`validate` has the rules of items one by one, on cells without padding; here the same rules are spelled once more, for
many cells at once as they are in a line. The two are one rule: whatever a pattern accepts, the rules of `validate` let
pass, and `tests/schemas/exchange/regular/test_patterns.py` holds one against the other. The other way round they may
differ: what a pattern does not accept is judged by `validate`, which alone says what is wrong. So a pattern may leave
out what is right but rare (blank padding, a comma or a quote in a text, a year before 1000).

Called by `places`, which takes the patterns of keys, and by `judged`, which takes those of all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandera.polars as pa
import polars as pl

from henrei.schemas.exchange import validate
from henrei.schemas.layouts import Item, Record

TEXT = "text"  # the column that a schema looks at

_BLANKS = r"[ \x{3000}]*"
# Printable ASCII without small letters and the single quote; without comma and quote, too, which part cells.
_HALF = r"[ !#$%&()*+\-./0-9:;<=>?@A-Z\[\\\]^_`{|}~\x{FF61}-\x{FF9F}]"
_HALF_SET = r"[!#$%&()*+\-./1-9:;<=>?@A-Z\[\\\]^_`{|}~\x{FF61}-\x{FF9F}]"  # neither blank nor zero
_FULL = r"[^\x00-\x7F\x{FF61}-\x{FF9F}]"
_FULL_SET = r"[^\x00-\x7F\x{FF61}-\x{FF9F}\x{3000}]"
_ANY = r"[^\x00-\x1F\x7F,\"]*"  # of an item that nobody looks at
_MONTH = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])"
_LEAP = r"(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)"
_DATE = (
    r"(?:[1-9][0-9]{3}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
    rf"|{_LEAP}0229)"
)
_DAY = r"0?[1-9]|[12][0-9]|3[01]"  # whether the month has that day is seen when the date is made
_NEVER = r"[^\x00-\x{10FFFF}]"


def _first_set(first: str, then: str, width: int, *, whole: bool) -> str:
    """Characters `then`, not all of them zeros: zeros, one of `first`, and what fills the width (`whole`) or less."""
    found = []
    for zeros in range(width):
        rest = width - zeros - 1
        behind = f"{then}{{{rest}}}" if whole else f"{then}{{0,{rest}}}"
        found.append("0" * zeros + first + (behind if rest else ""))
    return "|".join(found)


def _set(item: Item, variant: str) -> str:
    """The text of an item that is set."""
    width, needed = item.width, item.needed(variant)
    code = item.type in ("コード値", "英数")
    if allowed := item.allowed(variant):
        # Zeros alone are an unset code, whatever the list says.
        values = [value for value in allowed if not code or value.strip("0")]
        plain = item.type in ("コード値", "数値") and all(v.isascii() and v.isdigit() for v in values)
        fits = all(len(value) == width if code else len(value) <= width for value in values)
        return "|".join(values) if plain and fits and values and not item.format else _NEVER
    match item.format:
        case "month":
            return _MONTH
        case "date":
            return _DATE
        case "day":
            return _DAY
        case "id":
            return _first_set("[1-9A-Z]", "[0-9A-Z]", width, whole=width != 10)
    match item.type:
        case "数値":
            return f"[0-9]{{1,{width}}}" + (f"|-[0-9]{{1,{width - 1}}}" if width > 1 else "")
        case "コード値":
            return _first_set("[1-9]", "[0-9]", width, whole=True)
        case "英数":
            # Zeros alone are unset, and so is what is nothing but blanks: one that is needed begins with neither.
            return f"{_HALF_SET}{_HALF}{{0,{width - 1}}}" if needed else f"{_HALF}{{1,{width}}}"
    if width < 2:
        return _NEVER
    return f"{_FULL_SET}{_FULL}{{0,{width // 2 - 1}}}" if needed else f"{_FULL}{{1,{width // 2}}}"


def of_item(item: Item, variant: str) -> str:
    """The pattern of an item's cell, with or without quotes."""
    if not item.used(variant):
        cell = _ANY
    elif item.needed(variant):
        cell = f"(?:{_set(item, variant)})"
    else:
        zeros = f"0{{1,{item.width}}}|" if item.type in ("コード値", "英数") else ""
        cell = f"(?:{_set(item, variant)}|{zeros}{_BLANKS})"
    return f'(?:{cell}|"{cell}")'


def of_items(items: Sequence[Item], variant: str) -> str:
    """The pattern of a text that is the cells of these items, with commas between them."""
    return "^" + ",".join(of_item(item, variant) for item in items) + "$"


@cache
def schema(layout: Record, variant: str, items: tuple[Item, ...]) -> pa.DataFrameSchema:
    """One check on the column `text`: cells of these items; the indexes of its failures are the texts that do not fit."""
    return of_pattern(of_items(items, variant))


@cache
def of_pattern(pattern: str) -> pa.DataFrameSchema:
    """One check that the column `text` fits a pattern."""

    def fits(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(TEXT).str.contains(pattern).alias("fits"))

    return pa.DataFrameSchema(checks=pa.Check(fits, name="fits", error="fits"))


def stopped(schema: pa.DataFrameSchema, text: pl.Series) -> pl.Series:
    """The indexes of the texts that a schema does not accept (Int64)."""
    failures = validate.failures(schema, pl.DataFrame({TEXT: text}))
    return pl.Series([], dtype=pl.Int64) if failures is None else failures["index"].cast(pl.Int64)
