"""Data lines, with their keys, go in; typed rows by record, every line that is itself wrong, and remarks come out. Called by
`read`.

Which layout a line is judged by goes by its service month. The rules are Pandera's (`validate`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import polars as pl

from henrei.schemas.exchange import reject_reasons, validate
from henrei.schemas.exchange.lines import bare_cells_of
from henrei.schemas.layouts import LEADING_ITEMS, Item, Record, layouts, records

LINE_FAULT = {
    "file": pl.UInt32,
    "line": pl.Int64,
    "group": pl.Int64,
    "item_no": pl.Int64,
    "item_name": pl.String,
    "reason_code": pl.String,
    "reason": pl.String,
}
# A fault in an item that nothing reads: it refuses nothing.
LINE_REMARK = {name: kind for name, kind in LINE_FAULT.items() if name != "reason_code"} | {"record": pl.String}
PLACE = ["file", "line", "group"]


def dtype(item: Item) -> pl.DataType:
    """The type henrei keeps an item in: date (of a month its first day), integer or text."""
    if item.format in ("month", "date", "day"):
        return pl.Date()
    return pl.Int64() if item.type == "数値" else pl.String()


def schema(record: str) -> dict[str, pl.DataType]:
    """Columns of the rows of a record: place, then the items that one of its editions keeps.

    Raises ValueError where two editions keep an item of different types under one name.
    """
    columns: dict[str, pl.DataType] = {"file": pl.UInt32(), "line": pl.Int64(), "group": pl.Int64()}
    for layout in layouts(record):
        for name, item in layout.kept.items():
            if columns.setdefault(name, dtype(item)) != dtype(item):
                raise ValueError(f"{record} of {layout.edition}: {name} has another type than in the edition before")
    return columns


def typed(item: Item, variant: str) -> pl.Expr:
    """An item's text as its type; of an item that is read it fits."""
    text = pl.col(validate.cell(item))
    if not item.used(variant):  # whatever is there is not looked at
        return pl.lit(None, dtype=dtype(item))
    if not item.read:  # what does not fit is a remark, and not kept
        text = pl.when(validate.fits_shape(item, variant, text)).then(text)
    match item.format:
        case "month":
            return (text + "01").str.to_date("%Y%m%d")
        case "date" | "day":
            return text.str.to_date("%Y%m%d")
        case "id" if item.width == 10:
            return text.str.zfill(10)
    if item.type == "数値" and not item.needed(variant):
        return text.cast(pl.Int64).fill_null(0)  # the format: an optional number that is not set counts as 0
    return text.cast(dtype(item))


def _rows(layout: Record, variant: str, text: pl.DataFrame) -> pl.DataFrame:
    """Typed rows of cells that fit; what only another edition keeps is null."""
    values = {name: typed(item, variant) for name, item in layout.kept.items()}
    columns = [(name, kind) for name, kind in schema(layout.record).items() if name not in PLACE]
    return text.select(*PLACE, *(values.get(name, pl.lit(None, kind)).alias(name) for name, kind in columns))


def expected_cells() -> pl.Expr:
    """How many cells a line of its record and month has, the newest edition's where the month is none of an older one."""
    newest = {record: layouts(record)[-1].cells for record in records()}
    expected = pl.col("record").replace_strict(newest, default=None, return_dtype=pl.UInt32)
    for layout in itertools.chain.from_iterable(layouts(record)[:-1] for record in records()):
        first, last = layout.months
        holds = (pl.col("record") == layout.record) & pl.col("month").is_between(pl.lit(first), pl.lit(last))
        expected = pl.when(holds).then(pl.lit(layout.cells, pl.UInt32)).otherwise(expected)
    return expected


def parse_lines(data: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    """All data lines (with `groups.with_groups` and `lines.with_cell_counts`): rows by record, faults and remarks.

    Rows have `schema(record)`; faults have LINE_FAULT, one row for each line that is itself wrong; remarks LINE_REMARK.
    """
    known = pl.col("known").fill_null(False)
    faults = [
        _fault(data.filter("undecodable"), reject_reasons.ENCODING, pl.lit(reject_reasons.NOT_CP932)),
        _fault(data.filter(~pl.col("is_data")), reject_reasons.UNKNOWN, pl.lit(reject_reasons.NOT_A_DATA_RECORD)),
        _fault(data.filter(~known), reject_reasons.UNKNOWN, pl.lit(reject_reasons.UNKNOWN_RECORD)),
    ]
    rows: dict[str, list[pl.DataFrame]] = {}
    remarks = [pl.DataFrame(schema=LINE_REMARK)]
    for layout, lines in _by_layout(data.filter(~pl.col("undecodable") & pl.col("is_data") & known)):
        if layout is None:
            faults.append(_fault(lines, reject_reasons.UNKNOWN, pl.lit(reject_reasons.NO_LAYOUT)))
            continue
        wrong = pl.col("overlong") | pl.col("misquoted") | (pl.col("cells") != layout.cells)
        faults.append(_count_faults(layout, lines.filter(wrong)))
        parsed, item_faults, of_record = parse_record(layout, lines.filter(~wrong))
        rows.setdefault(layout.record, []).append(parsed)
        faults.append(item_faults)
        remarks.append(of_record)
    once = pl.concat(faults).unique(["file", "line"], keep="first", maintain_order=True)
    return {record: pl.concat(parts) for record, parts in rows.items()}, once, pl.concat(remarks)


def _count_faults(layout: Record, lines: pl.DataFrame) -> pl.DataFrame:
    """LINE_FAULT of lines that are too long, have wrong quotes or another number of items than the layout."""
    count = pl.col("cells").cast(pl.Int64) - LEADING_ITEMS
    sentence = pl.format(reject_reasons.ITEM_COUNT_TEXT, count, len(layout.items))
    sentence = pl.when("misquoted").then(pl.lit(reject_reasons.MISQUOTED)).otherwise(sentence)
    sentence = pl.when("overlong").then(pl.lit(reject_reasons.TOO_LONG)).otherwise(sentence)
    # The beginning of a line that is too long has too many items, or one of them is too wide.
    wide = pl.col("overlong") & (pl.col("cells") <= layout.cells)
    code = pl.when(wide).then(pl.lit(reject_reasons.ITEM_VALUE)).otherwise(pl.lit(reject_reasons.ITEM_COUNT))
    return _fault(lines, code, sentence)


def _by_layout(data: pl.DataFrame) -> Iterator[tuple[Record | None, pl.DataFrame]]:
    """The lines of known records by the layout in force in their service month; None where none is.

    An unreadable month is left to the newest layout to refuse.
    """
    for (record,), lines in data.partition_by("record", as_dict=True, maintain_order=True).items():
        month = pl.col("month")
        rest = lines
        for layout in reversed(layouts(str(record))):
            first, last = layout.months
            inside = month.is_between(pl.lit(first), pl.lit(last)) | month.is_null()
            yield layout, rest.filter(inside)
            rest = rest.filter(~inside)
        yield None, rest


def _fault(lines: pl.DataFrame, code: str | pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    """LINE_FAULT of lines that are wrong as a whole."""
    return lines.select(
        "file",
        "line",
        "group",
        item_no=pl.lit(None, dtype=pl.Int64),
        item_name=pl.lit(None, dtype=pl.String),
        reason_code=pl.lit(code) if isinstance(code, str) else code,
        reason=reason,
    )


def parse_record(layout: Record, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Lines (file, line, group, text) that all have the layout's number of cells → (rows, faults, remarks).

    Rows have `schema(layout.record)`, without the lines that do not fit; faults have LINE_FAULT, one row a line; remarks
    LINE_REMARK, one row an item, of the lines that fit.
    """
    used = [item for item in layout.items if item.column or any(item.used(v) for v in layout.variants)]
    if not used:  # a record of headings: counted, with nothing to look at
        return _rows(layout, "", lines), pl.DataFrame(schema=LINE_FAULT), pl.DataFrame(schema=LINE_REMARK)
    rows = [pl.DataFrame(schema=schema(layout.record))]
    faults = [pl.DataFrame(schema=LINE_FAULT)]
    remarks = [pl.DataFrame(schema=LINE_REMARK)]
    for variant, part in _by_variant(layout, _cells(layout, used, lines)):
        if variant is None:
            faults.append(_no_variant(layout, part))
            continue
        names = [validate.cell(item) for item in layout.items if item.used(variant)]
        item_faults = validate.faults(layout, variant, part.select(names))
        if item_faults.height:
            placed = _placed(part, item_faults)
            faults.append(placed.with_columns(reason_code=pl.lit(reject_reasons.ITEM_VALUE)).select(*LINE_FAULT))
            part = part.join(placed, on=["file", "line"], how="anti", maintain_order="left")
        unread = _placed(part, validate.remarks(layout, variant, part.select(names)))
        remarks.append(unread.with_columns(record=pl.lit(layout.record)).select(*LINE_REMARK))
        rows.append(_rows(layout, variant, part))
    return pl.concat(rows), pl.concat(faults), pl.concat(remarks)


def _placed(part: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Faults (`validate.FAULT`) of the rows of `part` with the places of their lines."""
    return pl.concat([part.select(PLACE)[found["row"]], found.drop("row")], how="horizontal")


def _cells(layout: Record, used: list[Item], lines: pl.DataFrame) -> pl.DataFrame:
    """The used items of lines as text: file, line, group, i1, i2 … (`validate.cell`), unset items null."""
    wanted = {LEADING_ITEMS + item.no - 1: validate.cell(item) for item in used}
    codes = {validate.cell(item): item.width for item in used if item.type in ("コード値", "英数")}
    text = bare_cells_of(lines["text"], layout.cells, wanted, codes)
    # A day becomes a whole date with the service month.
    month_item = layout.with_role("month")
    month = pl.col(validate.cell(month_item)) if month_item in used else pl.lit("")
    days = [validate.cell(item) for item in used if item.format == "day"]
    text = text.with_columns((month + pl.col(name).str.zfill(2)).alias(name) for name in days)
    return pl.concat([lines.select(PLACE), text], how="horizontal")


def _no_variant(layout: Record, text: pl.DataFrame) -> pl.DataFrame:
    """LINE_FAULT of lines whose variant item is none of the layout's variants."""
    item = layout.item(layout.variant_item or 0)
    sentence = reject_reasons.item_fault(item, layout.variants[0], "codes", None)
    faults = text.select(PLACE).with_columns(
        item_no=pl.lit(item.no, dtype=pl.Int64),
        item_name=pl.lit(item.label),
        reason_code=pl.lit(reject_reasons.ITEM_VALUE),
        reason=pl.lit(sentence),
    )
    return faults.select(*LINE_FAULT)


def _by_variant(layout: Record, text: pl.DataFrame) -> list[tuple[str | None, pl.DataFrame]]:
    """The rows by the value of the variant item; None for values that are no variant."""
    if layout.variant_item is None:
        return [("", text)]
    value = pl.col(validate.cell(layout.item(layout.variant_item)))
    parts: list[tuple[str | None, pl.DataFrame]] = [(v, text.filter(value == v)) for v in layout.variants]
    parts.append((None, text.filter(~value.is_in(list(layout.variants)).fill_null(False))))
    return [(variant, part) for variant, part in parts if part.height]
