"""Chance for whole columns: a number mixed from a key, so that it falls the same way in whatever order rows are made."""

from __future__ import annotations

import polars as pl

_TIMES = 0x9E3779B97F4A7C15
_MIXES = ((2**31, 0xBF58476D1CE4E5B9), (2**29, 0x94D049BB133111EB))


class SeededColumns:
    """Throws named by a salt; equal (seed, salt, key) give equal numbers."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def below(self, n: int | pl.Expr, salt: int, key: str | pl.Expr = "i") -> pl.Expr:
        """A column of Int64 in 0 … n − 1 from the key, a column of whole numbers."""
        column = pl.col(key) if isinstance(key, str) else key
        start = (self._seed * 1_000_003 + salt * 7_919) * _TIMES % 2**64
        # Unsigned products wrap around, which is what mixes.
        mixed = (column.cast(pl.UInt64) + 1) * pl.lit(_TIMES, dtype=pl.UInt64) + pl.lit(start, dtype=pl.UInt64)
        for shift, times in _MIXES:
            mixed = (mixed ^ (mixed // pl.lit(shift, dtype=pl.UInt64))) * pl.lit(times, dtype=pl.UInt64)
        return ((mixed // pl.lit(2**33, dtype=pl.UInt64)).cast(pl.Int64) % n).cast(pl.Int64)

    def chance(self, per_cent: int, salt: int, key: str | pl.Expr = "i") -> pl.Expr:
        """True in so many of a hundred."""
        return self.below(100, salt, key) < per_cent

    def pick(self, things: dict[str, int], salt: int, key: str | pl.Expr = "i") -> pl.Expr:
        """One of the things by their weights."""
        thrown = self.below(sum(things.values()), salt, key)
        picked, up_to = pl.lit(None, dtype=pl.String), sum(things.values())
        for name, weight in reversed(things.items()):
            picked = pl.when(thrown < up_to).then(pl.lit(name)).otherwise(picked)
            up_to -= weight
        return picked
