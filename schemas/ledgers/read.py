"""Reading a city's ledger: the bytes of a file go in; typed rows, rejected lines and counts come out.

A CSV in UTF-8 or CP932, or a workbook; columns in any order below any title, values in every usual spelling (`normalize`),
and what henrei.toml says of the city's export (`Export`). Called by the monthly run, for decisions.csv and for the
facilities' passwords.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from henrei.schemas.exchange import reject_reasons, validate
from henrei.schemas.exchange.lines import LONGEST, blocks, cells_of, is_blank, lines_of, with_cell_counts
from henrei.schemas.layouts import Item
from henrei.schemas.ledgers import Ledger, dtype, normalize
from henrei.schemas.ledgers.export import Export

WORKBOOK = ".xlsx"
# By what a refused row can still be known: columns of ledgers, with the type henrei keeps them in.
REFUSED_KEYS = {
    "recipient_no": pl.String(),
    "child_code": pl.String(),
    "household_no": pl.String(),
    "facility_no": pl.String(),
    "service_month": pl.Date(),
    "service_code": pl.String(),
}
_HEADER_LINES = 10  # the first of a file, among which the header is
_MANY = 20_000  # rows from which on it is faster to normalize each different value once
_DATES = {"ledger-date": "date", "ledger-month": "month"}
_MOST_DISTINCT = 0.5  # of a column's values: where more are different, all of them are normalized
_EMPTY_ROW = ' ,"\u3000\t'
_UTF8_MARK = b"\xef\xbb\xbf"
_NO_WORKBOOK = "Excel のブック(.xlsx)として開けません。壊れているか、パスワードがかかっています。Excel で開き、パスワードなしで保存し直してください"


@dataclass
class LedgerPart:
    """What one ledger file gave.

    rows: line and the ledger's columns, typed. rejected: line, item_no, item_name, reason_code, reason; a row over
    several lines has them all. refused_rows: REFUSED_KEYS of the rejected rows, null where they cannot be read; none of a
    ledger refused whole. counts: lines (all), loaded, refused (rejected), blank (with the header and what is above it),
    elsewhere. missing: the sentence for a ledger refused whole. unknown: the number of columns that henrei does not know.
    raw: rejected line → its text, of a workbook only.
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame
    refused_rows: pl.DataFrame
    counts: dict[str, int]
    missing: str | None
    unknown: int
    raw: dict[int, str] = field(default_factory=dict)


def read_ledger(ledger: Ledger, data: bytes, export: Export, municipality_no: str, suffix: str = ".csv") -> LedgerPart:
    """Reads one ledger file; rows of other municipalities are counted only. `suffix` of its name tells a workbook."""
    if suffix.casefold() != WORKBOOK:
        return _read([_lines(data)], ledger, export, municipality_no)
    from henrei.schemas.ledgers import workbook  # what reads Excel takes time to load, and few months have one

    sheets = workbook.sheets(data)
    if not sheets:
        line = pl.DataFrame({"line": [1], "text": [""]}, schema={"line": pl.Int64(), "text": pl.String()})
        return _refused_whole(ledger, line, line, f"{ledger.title}を読めません。{_NO_WORKBOOK}", 0)
    return _read(sheets, ledger, export, municipality_no)


def _read(sheets: list[pl.DataFrame], ledger: Ledger, export: Export, municipality_no: str) -> LedgerPart:
    """Reads the first sheet on which the header is found; of a CSV there is one."""
    found = next(((lines, *at) for lines in sheets if (at := _header(lines, ledger, export))), None)
    if found is None:
        return _without_header(sheets[0], ledger, export)
    lines, header_line, header = found
    below = _solid(lines.filter(pl.col("line") > header_line))
    if "width" in lines.columns:  # a workbook's rows end with their last filled cell
        commas = pl.lit(",").repeat_by((len(header) - pl.col("width")).clip(0)).list.join("")
        below = below.with_columns(text=pl.col("text") + commas).drop("width")
    body = _rows(below, len(header))
    fit, faults = _sound_rows(body, len(header))
    lost = pl.DataFrame({name: [None] * (body.height - fit.height) for name in REFUSED_KEYS}, schema=REFUSED_KEYS)
    places = export.places(ledger, header)
    groups = _groups(ledger, export, places, cells_of(fit["text"], len(header), _cells(places)))

    is_elsewhere = _is_elsewhere(ledger, groups[0], municipality_no)
    filled = [~is_elsewhere & _is_filled(export.filled_by(ledger, n), text) for n, text in enumerate(groups)]
    any_filled = pl.DataFrame(filled).select(pl.any_horizontal(pl.all())).to_series()
    kept, refused = [], []
    for columns, text, some in zip(places, groups, filled, strict=True):
        rows = text.with_columns(fit["line"], at=pl.int_range(text.height, eager=True)).filter(some)
        value_faults = validate.faults(ledger.layout, "", rows.drop("line", "at"))
        faults.append(_placed(ledger, columns, value_faults, rows["line"]))
        refused.append(rows["line"].gather(value_faults["row"]))
        kept.append(rows)
    text = pl.concat(kept).sort("at", maintain_order=True) if len(kept) > 1 else kept[0]
    # Of a line with a wrong group nothing is loaded: it is in one place only, and all of it is asked for again.
    wrong = text["line"].is_in(pl.concat(refused).implode())
    typed = text.filter(~wrong).select("line", *(_typed(item).alias(item.column) for item in ledger.layout.items))
    keys = text.filter(wrong).select("line", *(_key(ledger, name, kind) for name, kind in REFUSED_KEYS.items()))
    rejected = _all_lines(pl.concat(faults).unique("line", keep="first", maintain_order=True), body).sort("line")
    elsewhere = int(fit.filter(is_elsewhere)["span"].sum())
    empty = int(fit.filter(~is_elsewhere & ~any_filled)["span"].sum())
    counts = {
        "lines": lines.height,
        "loaded": below.height - rejected.height - elsewhere - empty,
        "refused": rejected.height,
        "elsewhere": elsewhere,
        "blank": lines.height - below.height + empty,
    }
    return LedgerPart(
        rows=typed,
        rejected=rejected,
        refused_rows=pl.concat([lost, keys.unique(maintain_order=True).drop("line")]),
        counts=counts,
        missing=None,
        unknown=len(header) - len({place for columns in places for place in columns.values()}),
        raw=_raw(lines, rejected),
    )


def _without_header(lines: pl.DataFrame, ledger: Ledger, export: Export) -> LedgerPart:
    """A ledger without its header: the sentence goes by the line that comes nearest to one."""
    headers = [_cells_of_line(text) for text in _solid(lines.filter(pl.col("line") <= _HEADER_LINES))["text"]]
    nearest = min(headers or [[]], key=lambda header: len(export.missing(ledger, header)))
    names = "、".join(f"「{name}」" for name in export.missing(ledger, nearest))
    sentence = (
        f"{ledger.title}に列{names}がありません。見出しを直すか henrei.toml の ledgers.columns で対応づけてください"
    )
    return _refused_whole(ledger, lines, _solid(lines), sentence, len(nearest))


def _solid(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with something in them."""
    return lines.filter(~is_blank(pl.col("text")) & (pl.col("text").str.strip_chars(_EMPTY_ROW) != ""))


def _header(lines: pl.DataFrame, ledger: Ledger, export: Export) -> tuple[int, list[str]] | None:
    """The number and the cells of the first of the first lines that holds every required column."""
    for line, text in _solid(lines.filter(pl.col("line") <= _HEADER_LINES)).select("line", "text").iter_rows():
        cells = _cells_of_line(text)
        if cells and not export.missing(ledger, cells):
            return line, cells
    return None


def _cells_of_line(text: str) -> list[str]:
    try:
        cells = next(csv.reader([text], strict=True), [])
    except csv.Error:
        return []
    return [cell.strip(" \u3000\t") for cell in cells]


def _cells(places: Sequence[Mapping[str, int]]) -> dict[int, str]:
    """The cells that are read, each by the name it has until it is a column of ours."""
    return {place: f"p{place}" for place in sorted({0, *(place for columns in places for place in columns.values())})}


def _groups(
    ledger: Ledger, export: Export, places: Sequence[Mapping[str, int]], cells: pl.DataFrame
) -> list[pl.DataFrame]:
    """Each group's columns in their one spelling (`_normalized`), a row a line."""
    groups = []
    for columns in places:
        text = cells.with_columns(
            *(pl.col(f"p{place}").alias(column) for column, place in columns.items()),
            *(pl.lit(text).alias(column) for column, text in export.constants_of(ledger, columns).items()),
        )
        groups.append(_normalized(ledger.layout.items, text, export))
    return groups


def _is_filled(required: list[int], text: pl.DataFrame) -> pl.Series:
    """Whether rows of a group are rows at all."""
    if not required:
        return pl.Series([True]).new_from_index(0, text.height)
    return text.select(pl.any_horizontal(pl.col(f"i{no}").is_not_null() for no in required)).to_series()


def _key(ledger: Ledger, name: str, kind: pl.DataType) -> pl.Expr:
    """A key of rows, null where it does not fit or the ledger has none."""
    item = next((item for item in ledger.layout.items if item.column == name), None)
    if item is None:
        return pl.lit(None, dtype=kind).alias(name)
    text = pl.col(validate.cell(item))
    fits = pl.when(validate.shape_rule(item)(text)).then(text)
    return (fits + "01").str.to_date("%Y%m%d").alias(name) if kind == pl.Date else fits.alias(name)


def _raw(lines: pl.DataFrame, rejected: pl.DataFrame) -> dict[int, str]:
    """What the rejected lines hold, of a workbook."""
    if "width" not in lines.columns:
        return {}
    return dict(lines.filter(pl.col("line").is_in(rejected["line"].implode())).select("line", "text").iter_rows())


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


def _placed(ledger: Ledger, places: Mapping[str, int], faults: pl.DataFrame, line: pl.Series) -> pl.DataFrame:
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
    """By content: UTF-8 if all of it is, else CP932; with a bad byte somewhere, by the first lines."""
    for part in (data, *data.split(b"\n", _HEADER_LINES)[:_HEADER_LINES]):
        for encoding in ("utf-8", "cp932"):
            try:
                part.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not part.isascii() or part == data:
                return encoding
    return "cp932"


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
    return LedgerPart(
        rows, rejected, pl.DataFrame(schema=REFUSED_KEYS), counts, sentence, columns, _raw(lines, rejected)
    )


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


def _normalized(items: Sequence[Item], text: pl.DataFrame, export: Export) -> pl.DataFrame:
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
    expressions = {
        item.column: _one_spelling(item, export.meanings(item.label), **form_of[item.column]) for item in present
    }
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


def _one_spelling(item: Item, meanings: Mapping[str, str | None], *, one_form: bool, iso: bool) -> pl.Expr:
    """The item's text in its one spelling. `meanings`: the city's → ours; `one_form`: all of it is ASCII; `iso`: all of it
    is `normalize.is_iso`."""
    # A name is shown as it is: some of its characters have another form that NFKC would take them to.
    plain = normalize.plain(pl.col(item.column), one_form=one_form or item.format == "ledger-name")
    if meanings:
        plain = plain.replace(list(meanings), list(meanings.values()))
    match item.format:
        case "ledger-number10":
            return normalize.digits(plain, 10)
        case "ledger-number6":
            return normalize.digits(plain, 6)
        case "ledger-date":
            return _opened(item, normalize.from_iso(plain) if iso and not meanings else normalize.date(plain))
        case "ledger-month":
            return normalize.from_iso(plain) if iso and not meanings else normalize.month(plain)
        case "ledger-integer":
            return normalize.integer(plain)
        case "ledger-days":
            return normalize.days(plain)
        case "ledger-code":
            return pl.when(plain != "0").then(plain)
    return plain


def _opened(item: Item, text: pl.Expr) -> pl.Expr:
    """A date in its one spelling, and a period's open start or end as ours."""
    if item.column.endswith("_from"):
        return normalize.open_start(text)
    if item.column.endswith("_to"):
        return normalize.open_end(text, needed=item.needed())
    return text


def _typed(item: Item) -> pl.Expr:
    """An item's text, which fits, as its type."""
    text = pl.col(validate.cell(item))
    match item.format:
        case "ledger-date":
            return text.str.to_date("%Y%m%d")
        case "ledger-month":
            return (text + "01").str.to_date("%Y%m%d")
    return text.cast(dtype(item))
