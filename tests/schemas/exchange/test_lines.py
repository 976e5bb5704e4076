"""Cells in bulk: which padding and zeros are removed, and which are not."""

from __future__ import annotations

import polars as pl
import pytest

from henrei.schemas.exchange.lines import bare_cells_of


def bare(value: str, *, code: bool) -> str | None:
    """What becomes of a cell, between another line and another column."""
    lines = pl.Series([f"x,{value},y", "x,11,y"])
    frame = bare_cells_of(lines, 3, {1: "cell", 2: "y"}, {"cell": 2} if code else {})
    assert frame["y"].to_list() == ["y", "y"] and frame["cell"][1] == "11"
    return frame["cell"][0]


@pytest.mark.parametrize(
    ("value", "text", "code"),
    [
        ("12", "12", "12"),
        ("", None, None),
        ('""', None, None),
        (" 12", "12", "12"),
        ("12\t", "12", "12"),
        ("\u300012\u3000", "12", "12"),
        ("1 2", "1 2", "1 2"),
        ("  ", None, None),
        ("00", "00", None),
        ("0", "0", None),
        (" 00 ", "00", None),
        ("0" * 70, "0" * 70, None),  # of whatever length
        ("0" * 70 + "1", "0" * 70 + "1", "0" * 70 + "1"),
        ("010", "010", "010"),
        ("-5", "-5", "-5"),
    ],
)
def test_padding_goes_and_zeros_of_a_code(value: str, text: str | None, code: str | None) -> None:
    assert bare(value, code=False) == text
    assert bare(value, code=True) == code


def test_no_line_at_all() -> None:
    assert bare_cells_of(pl.Series([], dtype=pl.String), 3, {1: "cell"}, {"cell": 2}).rows() == []
