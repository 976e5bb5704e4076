"""Reading a city's ledger: the bytes of a file go in; typed rows, rejected lines and counts come out.

Columns may be in any order, in UTF-8 or CP932, values in every usual spelling (`normalize`). Called by the monthly run, for
decisions.csv and for the facilities' passwords.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from henrei.schemas.exchange import reject_reasons, validate
from henrei.schemas.exchange.lines import LONGEST, blocks, cells_of, is_blank, lines_of, with_cell_counts
from henrei.schemas.layouts import Item
from henrei.schemas.ledgers import Ledger, normalize

_MANY = 20_000  # rows from which on it is faster to normalize each different value once
_DATES = {"ledger-date": "date", "ledger-month": "month"}
_MOST_DISTINCT = 0.5  # of a column's values: where more are different, all of them are normalized
_EMPTY_ROW = ' ,"\u3000\t'
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass
class LedgerPart:
    """What one ledger file gave.

    rows: line and the ledger's columns, typed. rejected: line, item_no, item_name, reason_code, reason; a row over
    several lines has them all. counts: lines (all), loaded, refused (rejected), blank (with the header), elsewhere.
    missing: the sentence for a ledger refused whole. unknown: the number of columns that henrei does not know.
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame
    counts: dict[str, int]
    missing: str | None
    unknown: int


def read_ledger(ledger: Ledger, data: bytes, mapping: dict[str, str], municipality_no: str) -> LedgerPart:
    """Reads one ledger file. `mapping`: our header names → theirs; rows of other municipalities are counted only."""
    lines = _lines(data)
    solid = lines.filter(~is_blank(pl.col("text")) & (pl.col("text").str.strip_chars(_EMPTY_ROW) != ""))
    header = _header(solid)
    places = _places(ledger, header, mapping)
    absent = [item.label for item in ledger.layout.items if item.needed() and item.column not in places]
    if absent:
        names = "、".join(f"「{mapping.get(label, label)}」" for label in absent)
        sentence = (
            f"{ledger.title}に列{names}がありません。見出しを直すか henrei.toml の ledgers.columns で対応づけてください"
        )
        return _refused_whole(ledger, lines, solid, sentence, len(header))

    body = _rows(solid.slice(1), len(header))
    fit, faults = _sound_rows(body, len(header))
    text = cells_of(fit["text"], len(header), {place: name for name, place in places.items()})
    text = _normalized(ledger.layout.items, text)
    is_elsewhere = _is_elsewhere(ledger, text, municipality_no)
    elsewhere = int(fit.filter(is_elsewhere)["span"].sum())
    fit, text = fit.filter(~is_elsewhere), text.filter(~is_elsewhere)

    value_faults = validate.faults(ledger.layout, "", text)
    if value_faults.height:
        faults.append(_placed(ledger, places, value_faults, fit["line"]))
    keep = ~pl.int_range(text.height, eager=True).is_in(value_faults["row"].implode())
    typed = text.filter(keep).select(_typed(item).alias(item.column) for item in ledger.layout.items)
    rows = pl.concat([fit.filter(keep).select("line", "span"), typed], how="horizontal")
    rejected = _all_lines(pl.concat(faults), body)
    counts = {
        "lines": lines.height,
        "loaded": int(rows["span"].sum()),
        "refused": rejected.height,
        "elsewhere": elsewhere,
        "blank": lines.height - solid.height + min(solid.height, 1),
    }
    return LedgerPart(rows.drop("span"), rejected, counts, None, len(header) - len(set(places.values())))


def _lines(data: bytes) -> pl.DataFrame:
    """All lines of a file: line, text, undecodable, overlong."""
    if len(data) > LONGEST:
        data = b"".join(blocks(io.BytesIO(data), LONGEST))
    # A file of nothing but the mark is one line, as every file with a byte in it.
    unmarked = data.removeprefix(_UTF8_MARK) if data != _UTF8_MARK else b"\n"
    return lines_of([unmarked], encoding=_encoding(data)).drop("file")


def _sound_rows(body: pl.DataFrame, columns: int) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The rows that have as many cells as the header, and the faults of the others."""
    wrong = pl.col("misquoted") | (pl.col("cells") != columns)
    sound = ~pl.col("undecodable") & ~pl.col("overlong")
    undecodable = "文字コードが混ざっているか、読めない文字があります"
    miscounted = f"列の数が見出し({columns}列)と違うか、引用符が対になっていません"
    faults = [
        _fault(body.filter("undecodable"), reject_reasons.ENCODING, undecodable),
        _fault(body.filter("overlong"), reject_reasons.LEDGER_VALUE, reject_reasons.TOO_LONG),
        _fault(body.filter(sound & wrong), reject_reasons.LEDGER_VALUE, miscounted),
    ]
    return body.filter(sound & ~wrong), faults


def _is_elsewhere(ledger: Ledger, text: pl.DataFrame, municipality_no: str) -> pl.Series:
    """Whether rows are of another municipality, where the ledger says so."""
    for item in ledger.layout.items:
        if item.column == "municipality_no":
            number = text[validate.cell(item)]
            return (number.str.contains("^[0-9]{6}$") & (number != municipality_no)).fill_null(False)
    return pl.Series([False]).new_from_index(0, text.height)


def _placed(ledger: Ledger, places: dict[str, int], faults: pl.DataFrame, line: pl.Series) -> pl.DataFrame:
    """Faults of rows (`validate.faults`) as faults of lines; item_no is the column's place in the file, from 1."""
    position = {item.no: places[item.column] + 1 for item in ledger.layout.items if item.column in places}
    return faults.select(
        line=line.gather(faults["row"]),
        item_no=pl.col("item_no").replace_strict(position, default=None, return_dtype=pl.Int64),
        item_name="item_name",
        reason_code=pl.lit(reject_reasons.LEDGER_VALUE),
        reason="reason",
    )


def _all_lines(faults: pl.DataFrame, body: pl.DataFrame) -> pl.DataFrame:
    """A rejected row is rejected with all its lines."""
    faults = faults.join(body.select("line", "span"), on="line", how="left", maintain_order="left")
    faults = faults.with_columns(line=pl.int_ranges(pl.col("line"), pl.col("line") + pl.col("span"))).drop("span")
    return faults.explode("line")


def _encoding(data: bytes) -> str:
    """By content: UTF-8 if all of it is, else CP932; with a bad byte somewhere, by the header line."""
    for part in (data, data.split(b"\n", 1)[0]):
        for encoding in ("utf-8", "cp932"):
            try:
                part.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    return "cp932"


def _header(solid: pl.DataFrame) -> list[str]:
    if solid.is_empty():
        return []
    try:
        cells = next(csv.reader([solid["text"][0]], strict=True), [])
    except csv.Error:
        return []
    return [cell.strip(" \u3000\t") for cell in cells]


def _places(ledger: Ledger, header: list[str], mapping: dict[str, str]) -> dict[str, int]:
    """Our column → its place in the file from 0, for the columns that are there."""
    places = {}
    for item in ledger.layout.items:
        for label in (mapping.get(item.label), item.label):
            if label in header:
                places[item.column] = header.index(label)
                break
    return places


def _refused_whole(ledger: Ledger, lines: pl.DataFrame, solid: pl.DataFrame, sentence: str, columns: int) -> LedgerPart:
    rejected = _fault(solid, reject_reasons.LEDGER_COLUMN, sentence)
    counts = {
        "lines": lines.height,
        "loaded": 0,
        "refused": solid.height,
        "elsewhere": 0,
        "blank": lines.height - solid.height,
    }
    rows = pl.DataFrame(schema={"line": pl.Int64(), **ledger.schema})
    return LedgerPart(rows, rejected, counts, sentence, columns)


def _fault(lines: pl.DataFrame, code: str, sentence: str) -> pl.DataFrame:
    """LedgerPart.rejected of lines that are wrong as a whole."""
    return lines.select(
        "line",
        item_no=pl.lit(None, dtype=pl.Int64),
        item_name=pl.lit(None, dtype=pl.String),
        reason_code=pl.lit(code),
        reason=pl.lit(sentence),
    )


def _rows(lines: pl.DataFrame, columns: int) -> pl.DataFrame:
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


def _normalized(items: Sequence[Item], text: pl.DataFrame) -> pl.DataFrame:
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
        ).alias(item.column)
        for item in present
    ]
    form_of = text.select(forms).row(0, named=True)
    expressions = {item.column: _one_spelling(item, **form_of[item.column]) for item in present}
    if text.height <= _MANY:  # all columns in one step
        normalized = text.select(expression.alias(name) for name, expression in expressions.items())
    else:
        normalized = pl.DataFrame({name: _by_value(text.select(name), expressions[name]) for name in expressions})
    return normalized.select(
        (pl.col(item.column) if item in present else pl.lit(None, dtype=pl.String)).alias(validate.cell(item))
        for item in items
    )


def _by_value(column: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    """The expression on a long column: dates, codes and amounts repeat, and each value is normalized once."""
    values = column.unique()
    if values.height > _MOST_DISTINCT * column.height:
        return column.select(expression).to_series()
    values = values.with_columns(normalized=expression)
    return column.join(values, on=column.columns, how="left", nulls_equal=True, maintain_order="left")["normalized"]


def _one_spelling(item: Item, *, one_form: bool, iso: bool) -> pl.Expr:
    """The item's text in its one spelling. `one_form`: all of it is ASCII; `iso`: all of it is `normalize.is_iso`."""
    plain = normalize.plain(pl.col(item.column), one_form=one_form)
    match item.format:
        case "ledger-number10":
            return normalize.digits(plain, 10)
        case "ledger-number6":
            return normalize.digits(plain, 6)
        case "ledger-date" | "ledger-month" if iso:
            return normalize.from_iso(plain)
        case "ledger-date":
            return normalize.date(plain)
        case "ledger-month":
            return normalize.month(plain)
        case "ledger-integer":
            return normalize.integer(plain)
        case "ledger-code":
            return pl.when(plain != "0").then(plain)
    return plain


def _typed(item: Item) -> pl.Expr:
    """An item's text, which fits, as its type."""
    text = pl.col(validate.cell(item))
    match item.format:
        case "ledger-date":
            return text.str.to_date("%Y%m%d")
        case "ledger-month":
            return (text + "01").str.to_date("%Y%m%d")
        case "ledger-integer":
            return text.cast(pl.Int64)
    return text
