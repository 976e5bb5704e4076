"""Reading a city's ledger: the bytes of a file go in; typed rows, rejected lines and counts come out.

A CSV in UTF-8 or CP932, or a workbook; columns in any order below any title, values in every usual spelling (`normalize`),
and what henrei.toml says of the city's export (`Export`). Called by the monthly run, for decisions.csv and for the
facilities' passwords.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from henrei.schemas.exchange import reject_reasons, validate
from henrei.schemas.exchange.lines import cells_of, is_blank
from henrei.schemas.ledgers import REFUSED_KEYS, Ledger
from henrei.schemas.ledgers.accepted import accept
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.rows import HEADER_LINES, lines_of_file, rows_of
from henrei.schemas.ledgers.spelling import normalized, typed

WORKBOOK = ".xlsx"
_REJECTED = {
    "line": pl.Int64(),
    "item_no": pl.Int64(),
    "item_name": pl.String(),
    "reason_code": pl.String(),
    "reason": pl.String(),
}
_EMPTY_ROW = ' ,"\u3000\t'
_NO_WORKBOOK = "Excel のブック(.xlsx)として開けません。壊れているか、パスワードがかかっています。Excel で開き、パスワードなしで保存し直してください"


@dataclass
class LedgerPart:
    """What one ledger file gave.

    rows: line and the ledger's columns, typed. rejected: line, item_no, item_name, reason_code, reason; a row over
    several lines has them all. refused_rows: REFUSED_KEYS of the rejected rows, null where they cannot be read; none of a
    ledger refused whole. counts: lines (all), loaded, refused (rejected), blank (with the header and what is above it),
    elsewhere. missing: the sentence for a ledger refused whole. unknown: the number of columns that henrei does not know.
    raw: rejected line → its text, of a workbook only. columns: those of ours that the file has.
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame
    refused_rows: pl.DataFrame
    counts: dict[str, int]
    missing: str | None
    unknown: int
    raw: dict[int, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


def read_ledger(ledger: Ledger, data: bytes, export: Export, municipality_no: str, suffix: str = ".csv") -> LedgerPart:
    """Reads one ledger file; rows of other municipalities are counted only. `suffix` of its name tells a workbook."""
    if suffix.casefold() != WORKBOOK:
        return _read([lines_of_file(data)], ledger, export, municipality_no)
    from henrei.schemas.ledgers import workbook  # what reads Excel takes time to load, and few months have one

    sheets = workbook.sheets(data)
    if not sheets:
        line = pl.DataFrame({"line": [1], "text": [""]}, schema={"line": pl.Int64(), "text": pl.String()})
        return _refused_whole(ledger, line, line, f"{ledger.title}を読めません。{_NO_WORKBOOK}", 0)
    return _read(sheets, ledger, export, municipality_no)


def _read(sheets: list[pl.DataFrame], ledger: Ledger, export: Export, municipality_no: str) -> LedgerPart:
    """Reads the first sheet on which the header is found; of a CSV there is one."""
    found = next(((lines, *at) for lines in sheets if (at := header_of(lines, ledger, export))), None)
    if found is None:
        return _without_header(sheets[0], ledger, export)
    lines, header_line, header = found
    below = lines.filter(pl.col("line") > header_line)
    places = export.places(ledger, header)
    quick = None if "width" in lines.columns else accept(ledger, below, header, export, municipality_no)
    accepted, left = quick or (None, below)
    left = left if left.is_empty() else solid_lines(left)
    solid = left.height + (0 if accepted is None else accepted.height)
    part = _judged(left, ledger, export, header, municipality_no)
    rows = part.rows if accepted is None else accepted
    if accepted is not None and not part.rows.is_empty():
        rows = pl.concat([accepted, part.rows]).sort("line")
    counts = {
        "lines": lines.height,
        "loaded": solid - part.rejected.height - part.elsewhere - part.empty,
        "refused": part.rejected.height,
        "elsewhere": part.elsewhere,
        "blank": lines.height - solid + part.empty,
    }
    return LedgerPart(
        rows=rows,
        rejected=part.rejected,
        refused_rows=part.refused_rows,
        counts=counts,
        missing=None,
        unknown=len(header) - len({place for columns in places for place in columns.values()}),
        raw=_raw(lines, part.rejected),
        columns=frozenset(column for columns in places for column in columns),
    )


@dataclass(frozen=True)
class _Judged:
    """What judging lines cell by cell gave: as in LedgerPart; elsewhere and empty are counts of lines."""

    rows: pl.DataFrame
    rejected: pl.DataFrame
    refused_rows: pl.DataFrame
    elsewhere: int = 0
    empty: int = 0


def _judged(
    solid: pl.DataFrame, ledger: Ledger, export: Export, header: Sequence[str], municipality_no: str
) -> _Judged:
    """Judges solid lines below a header cell by cell; all refusals are made here."""
    if solid.is_empty():
        rows = pl.DataFrame(schema={"line": pl.Int64(), **ledger.schema})
        return _Judged(rows, pl.DataFrame(schema=_REJECTED), pl.DataFrame(schema=REFUSED_KEYS))
    if "width" in solid.columns:  # a workbook's rows end with their last filled cell
        commas = pl.lit(",").repeat_by((len(header) - pl.col("width")).clip(0)).list.join("")
        solid = solid.with_columns(text=pl.col("text") + commas).drop("width")
    body = rows_of(solid, len(header))
    fit, faults = _sound_rows(body, len(header))
    lost = pl.DataFrame({name: [None] * (body.height - fit.height) for name in REFUSED_KEYS}, schema=REFUSED_KEYS)
    places = export.places(ledger, header)
    groups = groups_of(ledger, export, places, cells_of(fit["text"], len(header), cells_read(places)))

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
    keys = text.filter(wrong).select("line", *(_key(ledger, name, kind) for name, kind in REFUSED_KEYS.items()))
    return _Judged(
        rows=text.filter(~wrong).select("line", *(typed(item).alias(item.column) for item in ledger.layout.items)),
        rejected=_all_lines(pl.concat(faults).unique("line", keep="first", maintain_order=True), body).sort("line"),
        refused_rows=pl.concat([lost, keys.unique(maintain_order=True).drop("line")]),
        elsewhere=int(fit.filter(is_elsewhere)["span"].sum()),
        empty=int(fit.filter(~is_elsewhere & ~any_filled)["span"].sum()),
    )


def _without_header(lines: pl.DataFrame, ledger: Ledger, export: Export) -> LedgerPart:
    """A ledger without its header: the sentence goes by the line that comes nearest to one."""
    headers = [_cells_of_line(text) for text in solid_lines(lines.filter(pl.col("line") <= HEADER_LINES))["text"]]
    nearest = min(headers or [[]], key=lambda header: len(export.missing(ledger, header)))
    names = "、".join(f"「{name}」" for name in export.missing(ledger, nearest))
    sentence = (
        f"{ledger.title}に列{names}がありません。見出しを直すか henrei.toml の ledgers.columns で対応づけてください"
    )
    return _refused_whole(ledger, lines, solid_lines(lines), sentence, len(nearest))


def solid_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with something in them."""
    return lines.filter(~is_blank(pl.col("text")) & (pl.col("text").str.strip_chars(_EMPTY_ROW) != ""))


def header_of(lines: pl.DataFrame, ledger: Ledger, export: Export) -> tuple[int, list[str]] | None:
    """The number and the cells of the first of the first lines that holds every required column."""
    for line, text in solid_lines(lines.filter(pl.col("line") <= HEADER_LINES)).select("line", "text").iter_rows():
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


def cells_read(places: Sequence[Mapping[str, int]]) -> dict[int, str]:
    """The cells that are read, each by the name it has until it is a column of ours."""
    return {place: f"p{place}" for place in sorted({0, *(place for columns in places for place in columns.values())})}


def groups_of(
    ledger: Ledger, export: Export, places: Sequence[Mapping[str, int]], cells: pl.DataFrame
) -> list[pl.DataFrame]:
    """Each group's columns in their one spelling (`_normalized`), a row a line."""
    groups = []
    for columns in places:
        text = cells.with_columns(
            *(pl.col(f"p{place}").alias(column) for column, place in columns.items()),
            *(pl.lit(text).alias(column) for column, text in export.constants_of(ledger, columns).items()),
        )
        groups.append(normalized(ledger.layout.items, text, export))
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
