"""Random numbers for whole columns, with the rules of henrei.data.fictional.seeded: population.py and days.py draw them.

SeededRandom draws one number after another, so its numbers depend on the order of the draws. Here a number is mixed
from a row's key, so that it is the same in whatever order, and in however many parts, the rows are made.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from henrei.data.fictional.seeded import upper_ends

_TIMES = 0x9E3779B97F4A7C15
_MIXES = ((2**31, 0xBF58476D1CE4E5B9), (2**29, 0x94D049BB133111EB))


class SeededColumns:
    """Columns of random numbers, each named by a salt; equal (seed, salt, key) give equal numbers."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def below(self, n: int | pl.Expr, salt: int, key: str | pl.Expr = "i") -> pl.Expr:
        """A column of Int64 in 0 … n - 1 from the key, a column of whole numbers."""
        column = pl.col(key) if isinstance(key, str) else key
        start = (self._seed * 1_000_003 + salt * 7_919) * _TIMES % 2**64
        # Unsigned products wrap around, which is what mixes.
        mixed = (column.cast(pl.UInt64) + 1) * pl.lit(_TIMES, dtype=pl.UInt64) + pl.lit(start, dtype=pl.UInt64)
        for shift, times in _MIXES:
            mixed = (mixed ^ (mixed // pl.lit(shift, dtype=pl.UInt64))) * pl.lit(times, dtype=pl.UInt64)
        return ((mixed // pl.lit(2**33, dtype=pl.UInt64)).cast(pl.Int64) % n).cast(pl.Int64)

    def chance(self, share: float, salt: int, key: str | pl.Expr = "i") -> pl.Expr:
        """True in this share of the rows, a whole number of hundredths."""
        return self.below(100, salt, key) < round(share * 100)

    def weighted(self, things: Sequence[tuple[str, int]], salt: int, key: str | pl.Expr = "i") -> pl.Expr:
        """One of the things by their weights."""
        ends = upper_ends(things)
        drawn = self.below(ends[-1][1], salt, key)
        picked = pl.lit(None, dtype=pl.String)
        for name, end in reversed(ends):
            picked = pl.when(drawn < end).then(pl.lit(name)).otherwise(picked)
        return picked
