"""A column of bytes goes in; which of its rows are equal comes out. Called by `keys` and `judged`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange.regular.buffer import Numbers


@dataclass(frozen=True)
class Distinct:
    """code: which of the different rows each row is, from 0 on. first: the first row of each code. hashes: of these."""

    code: Numbers
    first: Numbers
    hashes: pl.Series


class Collision(Exception):
    """Two different rows have one hash: what was to be found by it must be found in another way."""


def hashes(text: pl.Series, kind: Numbers) -> pl.Series:
    """A number for the text and the kind of each row, equal where both are."""
    with np.errstate(over="ignore"):
        mixed = (kind.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return pl.Series("hash", text.hash().to_numpy() ^ mixed)


def distinct(text: pl.Series, kind: Numbers) -> Distinct:
    """Which rows are equal in text (Binary) and kind. Raises Collision.

    Rows are found by hash, but each is held against the first of its code: what comes out never rests on a hash.
    """
    found = hashes(text, kind).to_frame("hash")
    first = found.with_row_index("first").group_by("hash", maintain_order=True).first().with_row_index("code")
    code = found.join(first.select("hash", "code"), on="hash", how="left", maintain_order="left")["code"]
    of_first = first["first"].gather(code)
    if not ((kind == kind[of_first.to_numpy()]).all() and (text == text.gather(of_first)).all()):
        raise Collision
    return Distinct(code.to_numpy().astype(np.int64), first["first"].to_numpy().astype(np.int64), first["hash"])
