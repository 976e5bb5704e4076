"""Reading a city's ledger: any order of columns, UTF-8 or CP932, every usual spelling; row by row refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from henrei.schemas.exchange import reject_reasons, validate
from henrei.schemas.exchange.lines import LONGEST, blocks, cells_of, is_blank, lines_of, with_cell_counts
from henrei.schemas.layouts import Item
from henrei.schemas.ledgers import Ledger
from henrei.schemas.ledgers import normalize as spelling

_MANY = 20_000  # rows
_DATES = {"ledger-date": "date", "ledger-month": "month"}
_FEW = 0.5  # of a column's cells: with more different ones it is not worth to take each once
_EMPTY_ROW = ' ,"\u3000\t'
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass
class LedgerPart:
    """What one ledger file gave.

    rows: line and the ledger's columns, typed. rejected: line, item_no, item_name, reason_code, reason; a row over
    several lines has them all. counts: lines, loaded, refused, blank (with the header), elsewhere. `missing` is the
    sentence for a ledger refused whole; `unknown` the number of columns that henrei does not know.
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame
    counts: dict[str, int]
    missing: str | None
    unknown: int


def read_ledger(ledger: Ledger, data: bytes, mapping: dict[str, str], municipality_no: str) -> LedgerPart:
    """Reads one ledger file. `mapping` is ours → theirs for header names."""
    if len(data) > LONGEST:
        data = b"".join(blocks(io.BytesIO(data), LONGEST))
    # A file of nothing but the mark is one line, as every file with a byte in it.
    unmarked = data.removeprefix(_UTF8_MARK) if data != _UTF8_MARK else b"\n"
    lines = lines_of([unmarked], encoding=_encoding(data)).drop("file")
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
    faults = [
        _said(body.filter("undecodable"), reject_reasons.ENCODING, "文字コードが混ざっているか、読めない文字があります")
    ]
    faults.append(_said(body.filter("overlong"), reject_reasons.LEDGER_VALUE, reject_reasons.TOO_LONG))
    wrong = pl.col("misquoted") | (pl.col("cells") != len(header))
    sentence = f"列の数が見出し({len(header)}列)と違うか、引用符が対になっていません"
    sound = ~pl.col("undecodable") & ~pl.col("overlong")
    faults.append(_said(body.filter(sound & wrong), reject_reasons.LEDGER_VALUE, sentence))
    fit = body.filter(sound & ~wrong)
    text = cells_of(fit["text"], len(header), {place: name for name, place in places.items()})
    text = _spelt(ledger.layout.items, text)
    theirs = pl.Series([False]).new_from_index(0, text.height)
    for item in ledger.layout.items:
        if item.column == "municipality_no":
            number = text[validate.cell(item)]
            theirs = (number.str.contains("^[0-9]{6}$") & (number != municipality_no)).fill_null(False)
    elsewhere = int(fit.filter(theirs)["span"].sum())
    fit, text = fit.filter(~theirs), text.filter(~theirs)
    found = validate.faults(ledger.layout, "", text)
    at = fit["line"]
    if found.height:
        position = {item.no: places[item.column] + 1 for item in ledger.layout.items if item.column in places}
        faults.append(
            found.select(
                line=at.gather(found["row"]),
                item_no=pl.col("item_no").replace_strict(position, default=None, return_dtype=pl.Int64),
                item_name="item_name",
                reason_code=pl.lit(reject_reasons.LEDGER_VALUE),
                reason="reason",
            )
        )
    keep = ~pl.int_range(text.height, eager=True).is_in(found["row"].implode())
    typed = text.filter(keep).select(_typed(item).alias(item.column) for item in ledger.layout.items)
    rows = pl.concat([fit.filter(keep).select("line", "span"), typed], how="horizontal")
    refused = pl.concat(faults)
    # A refused row is refused with all its lines.
    refused = refused.join(body.select("line", "span"), on="line", how="left", maintain_order="left")
    refused = refused.with_columns(line=pl.int_ranges(pl.col("line"), pl.col("line") + pl.col("span"))).drop("span")
    refused = refused.explode("line")
    counts = {
        "lines": lines.height,
        "loaded": int(rows["span"].sum()),
        "refused": refused.height,
        "elsewhere": elsewhere,
        "blank": lines.height - solid.height + min(solid.height, 1),
    }
    known = set(places.values())
    return LedgerPart(rows.drop("span"), refused, counts, None, len(header) - len(known))


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
    """Our column → its place in the file, for the columns that are there."""
    found = {}
    for item in ledger.layout.items:
        for label in (mapping.get(item.label), item.label):
            if label in header:
                found[item.column] = header.index(label)
                break
    return found


def _refused_whole(ledger: Ledger, lines: pl.DataFrame, solid: pl.DataFrame, sentence: str, columns: int) -> LedgerPart:
    refused = _said(solid, reject_reasons.LEDGER_COLUMN, sentence)
    counts = {
        "lines": lines.height,
        "loaded": 0,
        "refused": solid.height,
        "elsewhere": 0,
        "blank": lines.height - solid.height,
    }
    rows = pl.DataFrame(schema={"line": pl.Int64(), **ledger.schema})
    return LedgerPart(rows, refused, counts, sentence, columns)


def _said(lines: pl.DataFrame, code: str, sentence: str) -> pl.DataFrame:
    return lines.select(
        "line",
        item_no=pl.lit(None, dtype=pl.Int64),
        item_name=pl.lit(None, dtype=pl.String),
        reason_code=pl.lit(code),
        reason=pl.lit(sentence),
    )


def _rows(lines: pl.DataFrame, columns: int) -> pl.DataFrame:
    """Lines to rows: a quoted line break joins lines into one row of `span` lines, where that gives a whole row.

    After a quote that nobody closed it would swallow the rest of the file; such rows fall apart into lines again.
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


def _spelt(items: Sequence[Item], text: pl.DataFrame) -> pl.DataFrame:
    """The items in their one spelling, null where the file has no such column."""
    found = [item for item in items if item.column in text.columns]
    # Nearly everything is plain ASCII, which has one form only, and dates are mostly written in digits: a look costs far
    # less than what can then be left out.
    asked = [
        pl.struct(
            one_form=(pl.col(item.column).str.len_bytes() == pl.col(item.column).str.len_chars()).all(),
            tidy=spelling.is_tidy(pl.col(item.column), _DATES[item.format]).all()
            if item.format in _DATES
            else pl.lit(False),
        ).alias(item.column)
        for item in found
    ]
    looks = text.select(asked).row(0, named=True)
    spellings = {item.column: _spelling(item, **looks[item.column]) for item in found}
    if text.height <= _MANY:  # all columns in one step
        spelt = text.select(expression.alias(name) for name, expression in spellings.items())
    else:
        spelt = pl.DataFrame({name: _spelt_once(text.select(name), spellings[name]) for name in spellings})
    return spelt.select(
        (pl.col(item.column) if item in found else pl.lit(None, dtype=pl.String)).alias(validate.cell(item))
        for item in items
    )


def _spelt_once(cells: pl.DataFrame, spelling: pl.Expr) -> pl.Series:
    """Of a long column: dates, codes and amounts repeat, and each is looked at once."""
    told = cells.unique()
    if told.height > _FEW * cells.height:
        return cells.select(spelling).to_series()
    told = told.with_columns(spelt=spelling)
    return cells.join(told, on=cells.columns, how="left", nulls_equal=True, maintain_order="left")["spelt"]


def _spelling(item: Item, *, one_form: bool, tidy: bool) -> pl.Expr:
    plain = spelling.plain(pl.col(item.column), one_form=one_form)
    match item.format:
        case "ledger-number10":
            return spelling.digits(plain, 10)
        case "ledger-number6":
            return spelling.digits(plain, 6)
        case "ledger-date" | "ledger-month" if tidy:
            return spelling.tidied(plain)
        case "ledger-date":
            return spelling.date(plain)
        case "ledger-month":
            return spelling.month(plain)
        case "ledger-integer":
            return spelling.integer(plain)
        case "ledger-code":
            return pl.when(plain != "0").then(plain)
    return plain


def _typed(item: Item) -> pl.Expr:
    text = pl.col(validate.cell(item))
    match item.format:
        case "ledger-date":
            return text.str.to_date("%Y%m%d")
        case "ledger-month":
            return (text + "01").str.to_date("%Y%m%d")
        case "ledger-integer":
            return text.cast(pl.Int64)
    return text
