"""The bytes of a ledger's CSV in, its lines and rows out, whatever the file holds. Called by `read`, which knows the ledger.

A row is a line, or several that a quoted line break joins.
"""

from __future__ import annotations

import io

import polars as pl

from henrei.schemas.exchange.lines import LONGEST, blocks, is_cp932, lines_of, with_cell_counts

HEADER_LINES = 10  # the first of a file, among which the header is
_UTF8_MARK = b"\xef\xbb\xbf"


def lines_of_file(data: bytes) -> pl.DataFrame:
    """All lines of a file: line, text, undecodable, overlong."""
    if len(data) > LONGEST:
        data = b"".join(blocks(io.BytesIO(data), LONGEST))
    # A file of nothing but the mark is one line, as every file with a byte in it.
    unmarked = data.removeprefix(_UTF8_MARK) if data != _UTF8_MARK else b"\n"
    encoding, text = _decoded(data)
    if text is not None and (encoding == "utf-8" or is_cp932(text)):
        lines = _lines_of_text(unmarked if encoding == "utf-8" else text.encode("utf-8"))
        if lines is not None:
            return lines
    return lines_of([unmarked], encoding=encoding).drop("file")


def _lines_of_text(data: bytes) -> pl.DataFrame | None:
    """As `lines_of`, for one file known to be UTF-8 and far cheaper; None where a line is so long that its end matters."""
    text = pl.read_lines(io.BytesIO(data)).to_series()
    if text.is_empty() or (text.str.len_bytes() >= LONGEST).any():
        return None
    return pl.select(
        line=pl.int_range(1, text.len() + 1, dtype=pl.Int64),
        text=text,
        undecodable=pl.repeat(False, text.len()),
        overlong=pl.repeat(False, text.len()),
    )


def encoding_of(data: bytes) -> str:
    """By content: UTF-8 if all of it is, else CP932; with a bad byte somewhere, by the first lines."""
    return _decoded(data)[0]


def _decoded(data: bytes) -> tuple[str, str | None]:
    """`encoding_of`, and the text where the encoding is that of all bytes."""
    for part in (data, *data.split(b"\n", HEADER_LINES)[:HEADER_LINES]):
        for encoding in ("utf-8", "cp932"):
            try:
                text = part.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not part.isascii() or part == data:
                return encoding, text if part is data else None
    return "cp932", None


def rows_of(lines: pl.DataFrame, columns: int) -> pl.DataFrame:
    """Lines to rows: a quoted line break joins lines into one row of `span` lines, where that gives a whole row.

    A quote that nobody closes would join the rest of the file; such rows become lines again.
    """
    # The beginning of a line that is too long says nothing about its quotes.
    odd = pl.when(pl.col("overlong")).then(0).otherwise(pl.col("text").str.count_matches('"', literal=True)) % 2
    lines = lines.with_columns(row=(odd.cum_sum().shift(1, fill_value=0) % 2 == 0).cum_sum())
    single = lines.with_columns(span=pl.lit(1, dtype=pl.Int64))
    if lines["row"].n_unique() == lines.height:
        return with_cell_counts(single.drop("row"))
    joined = lines.group_by("row", maintain_order=True).agg(
        line=pl.col("line").first(),
        text=pl.col("text").str.join("\n"),
        undecodable=pl.col("undecodable").any() & ~pl.col("overlong").any(),
        overlong=pl.col("overlong").any(),
        span=pl.len().cast(pl.Int64),
    )
    joined = with_cell_counts(joined)
    whole = joined.filter((pl.col("span") == 1) | (~pl.col("misquoted") & (pl.col("cells") == columns)))
    apart = with_cell_counts(single.join(whole, on="row", how="anti", maintain_order="left"))
    names = ["line", "text", "undecodable", "overlong", "span", "cells", "misquoted"]
    return pl.concat([whole.select(names), apart.select(names)]).sort("line")
