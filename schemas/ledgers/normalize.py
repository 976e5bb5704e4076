"""Dates, months and numbers in the spellings of a city's exports go in, in one spelling they come out. Called by `read`.

Each function takes text (a polars expression) and gives text: in the one spelling where it recognises the value, as it is
where it does not, so that the schema rejects it and the reason can show it.
"""

from __future__ import annotations

import polars as pl

# First year of an era minus one.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "R": 2018, "H": 1988, "S": 1925, "T": 1911}
_YEAR = r"^(?:(令和|平成|昭和|大正|[RHSTrhst])\s?)?(元|\d{1,4})"
_DAY = _YEAR + r"[年./-]\s?(\d{1,2})[月./-]\s?(\d{1,2})日?(?:\s0{1,2}:00(?::00)?)?$"
_MONTH = _YEAR + r"[年./-]\s?(\d{1,2})月?$"
_ISO = {
    "date": r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})?$",
    "month": r"^(?:[0-9]{4}-[0-9]{2}|[0-9]{6})?$",
}

_SLASHED = r"^(?:[0-9]{4}/[0-9]{1,2}/[0-9]{1,2})?$"


def plain(text: pl.Expr, *, one_form: bool = False) -> pl.Expr:
    """Full-width letters and digits to half-width (`one_form`: there are none), no blank padding, null where nothing is left."""
    bare = (text if one_form else text.str.normalize("NFKC")).str.strip_chars(" \u3000\t")
    return pl.when(bare != "").then(bare)


def _year(era: pl.Expr, year: pl.Expr) -> pl.Expr:
    """Four digits of the western year; null for a short year without an era."""
    count = pl.when(year == "元").then(pl.lit("1")).otherwise(year)
    upper = era.str.to_uppercase()
    western = upper.replace_strict(_ERAS, default=None, return_dtype=pl.Int64) + count.cast(pl.Int64, strict=False)
    written = pl.when(count.str.len_chars() == 4).then(count)
    return pl.when(era.is_null()).then(written).otherwise(western.cast(pl.String))


def date(text: pl.Expr) -> pl.Expr:
    """2026-04-01, 2026/4/1, 20260401, R8.4.1, 令和8年4月1日 → 20260401."""
    part = text.str.extract_groups(_DAY).struct
    digits = _year(part[0], part[1]) + part[2].str.zfill(2) + part[3].str.zfill(2)
    return digits.fill_null(text)


def month(text: pl.Expr) -> pl.Expr:
    """2026-04, 2026/4, 202604, R8.4, 令和8年4月, and the first of the month in any spelling of a date → 202604."""
    part = text.str.extract_groups(_MONTH).struct
    digits = (_year(part[0], part[1]) + part[2].str.zfill(2)).fill_null(date(text))
    return pl.when(digits.str.contains(r"^\d{6}01$")).then(digits.str.slice(0, 6)).otherwise(digits)


def is_iso(text: pl.Expr, kind: str) -> pl.Expr:
    """Empty, or a `date` as 2026-04-01 or 20260401, a `month` as 2026-04 or 202604."""
    return text.str.contains(_ISO[kind])


def is_slashed(text: pl.Expr) -> pl.Expr:
    """Empty, or a date as 2026/4/1 or 2026/04/01."""
    return text.str.contains(_SLASHED)


def from_slashed(text: pl.Expr) -> pl.Expr:
    """What `date` gives, far cheaper, for text that `is_slashed`."""
    part = text.str.split_exact("/", 2).struct
    return part[0] + part[1].str.zfill(2) + part[2].str.zfill(2)


def from_iso(text: pl.Expr) -> pl.Expr:
    """What `date` and `month` give, far cheaper, for text that `is_iso`."""
    return text.str.replace_all("-", "", literal=True)


def integer(text: pl.Expr) -> pl.Expr:
    """1,234 and 1234.0 → 1234."""
    return text.str.replace_all(",", "", literal=True).str.replace(r"\.0+$", "")


def days(text: pl.Expr) -> pl.Expr:
    """23日/月, 23日 → 23."""
    return integer(text.str.replace(r"^([0-9]+(?:\.0+)?)\s?日(?:\s?/\s?月)?$", "${1}"))


def open_start(text: pl.Expr) -> pl.Expr:
    """The first day of year 0, as cities write a period that was always there → the first day that dates know."""
    return pl.when(text == "00000101").then(pl.lit("00010101")).otherwise(text)


def open_end(text: pl.Expr, *, needed: bool) -> pl.Expr:
    """The last day of year 9999 or 令和99年 → null, as an empty end; where one is `needed`, the last day that dates know."""
    opened = pl.lit("99991231" if needed else None, dtype=pl.String)
    return pl.when(text.is_in(["99991231", "21171231"])).then(opened).otherwise(text)


def digits(text: pl.Expr, width: int) -> pl.Expr:
    """Zeros that Excel took away are put back; anything but digits and capitals stays as it is."""
    return pl.when(text.str.contains(rf"^[0-9A-Z]{{1,{width}}}$")).then(text.str.zfill(width)).otherwise(text)
