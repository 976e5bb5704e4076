"""Writes exchange files: one for each facility, or one for all of them that grows part by part."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import polars as pl

from .days import REVIEW
from .records import PADDED, PADDING

_MONTH6 = REVIEW.replace("-", "")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1").replace(PADDED, PADDING)


def write_files(folder: Path, kind: str, records: pl.DataFrame, facilities: pl.DataFrame) -> int:
    """`<kind><fac>.CSV` for each facility with records (fac, order, text); returns how many."""
    ordered = records.sort("fac", "order").with_columns(n=pl.int_range(2, pl.len() + 2).over("fac"))
    files = ordered.group_by("fac", maintain_order=True).agg(
        text=pl.concat_str(pl.lit("2,"), "n", pl.lit(","), "text").str.join("\r\n"), count=pl.len()
    )
    files = files.join(facilities.select("fac", "facility_no", "full"), on="fac", maintain_order="left")
    quote = pl.when("full").then(pl.lit('"')).otherwise(pl.lit(""))
    head = pl.concat_str(
        pl.lit("1,1,0,"), "count", pl.lit(","), quote, pl.lit(kind), quote, pl.lit(",0,"), quote, "facility_no", quote,
        pl.lit(",0,"), quote, pl.lit("1"), quote, pl.lit(f",{_MONTH6},\r\n"),
    )  # fmt: skip
    end = pl.concat_str(pl.lit("\r\n3,"), pl.col("count") + 2, pl.lit("\r\n"))
    for fac, text in files.select("fac", pl.concat_str(head, "text", end).alias("text")).iter_rows():
        (folder / f"{kind}{fac:05d}.CSV").write_bytes(_bytes(text))
    return files.height


def with_irregular_middle(records: pl.DataFrame, municipality_no: str) -> pl.DataFrame:
    """The same records (fac, order, text) less tidy, with nothing wrong: in the middle of each facility's, a blank behind
    the municipality number, and an empty line after that record."""
    ordered = records.sort("fac", "order")
    is_middle = pl.int_range(pl.len()).over("fac") == pl.len().over("fac") // 2
    untidy = pl.col("text").str.replace(f",{municipality_no},", f",{municipality_no} ,", literal=True) + "\r\n"
    return ordered.with_columns(text=pl.when(is_middle).then(untidy).otherwise("text"))


class GrowingFile:
    """All facilities' records of a kind in one file; its count is known at the end, so nine digits are kept for it."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._kind, self._count = kind, 0
        self._stream: BinaryIO = (folder / f"{kind}00000.CSV").open("wb")
        self._stream.write(self._head())

    def _head(self) -> bytes:
        return f"1,1,0,{self._count:09d},{self._kind},0,,0,1,{_MONTH6},\r\n".encode("ascii")

    def add(self, records: pl.DataFrame) -> None:
        ordered = records.sort("fac", "order").with_columns(n=pl.int_range(2, pl.len() + 2) + self._count)
        text = ordered.select(pl.concat_str(pl.lit("2,"), "n", pl.lit(","), "text", pl.lit("\r\n")).str.join("")).item()
        self._stream.write(_bytes(text))
        self._count += records.height

    def close(self) -> None:
        self._stream.write(f"3,{self._count + 2}\r\n".encode("ascii"))
        self._stream.seek(0)
        self._stream.write(self._head())
        self._stream.close()
