"""Values of ledgers in every spelling, brought to one; what is not recognised stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from henrei.schemas.ledgers import normalize


def of(function: Callable[[pl.Expr], pl.Expr], *values: str) -> list:
    return pl.DataFrame({"text": values}).select(function(pl.col("text"))).to_series().to_list()


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026-04-01", "20260401"),
        ("2026/4/1", "20260401"),
        ("20260401", "20260401"),
        ("R8.4.1", "20260401"),
        ("r8.4.1", "20260401"),
        ("令和8年4月1日", "20260401"),
        ("令和 元年5月1日", "20190501"),
        ("H31-4-30", "20190430"),
        ("昭和64.1.7", "19890107"),
        ("2026/4/1 0:00:00", "20260401"),
        ("26/4/1", "26/4/1"),  # a year of two digits without an era
        ("4/1", "4/1"),
        ("", ""),
    ],
)
def test_dates(written: str, date: str) -> None:
    assert of(normalize.date, written) == [date]


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2026-04", "202604"),
        ("202604", "202604"),
        ("R8.4", "202604"),
        ("令和8年4月", "202604"),
        ("2026/4/1", "202604"),  # Excel makes the first of the month of it
        ("2026/4/2", "20260402"),
        ("4月", "4月"),
    ],
)
def test_months(written: str, month: str) -> None:
    assert of(normalize.month, written) == [month]


def test_iso_spellings_have_a_short_way() -> None:
    dates, months = ["2026-04-01", "20260401", ""], ["2026-04", "202604", ""]
    assert of(lambda text: normalize.is_iso(text, "date"), *dates, "R8.4.1", "2026-04") == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert of(lambda text: normalize.is_iso(text, "month"), *months, "2026-04-01") == [True, True, True, False]
    assert of(normalize.from_iso, *dates) == of(normalize.date, *dates)
    assert of(normalize.from_iso, *months) == of(normalize.month, *months)


def test_plain_text() -> None:
    assert of(normalize.plain, "ＡＢ１２", " x　", "ｶﾅ", "\t") == ["AB12", "x", "カナ", None]


def test_integers() -> None:
    assert of(normalize.integer, "1,234", "1234.0", "-5", "1.5") == ["1234", "1234", "-5", "1.5"]


def test_zeros_are_put_back() -> None:
    assert of(lambda text: normalize.digits(text, 6), "1299", "112992", "6.1E+09", "1129921") == [
        "001299",
        "112992",
        "6.1E+09",
        "1129921",
    ]
