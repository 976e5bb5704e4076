"""Pandera schemas made from layouts: the text of items goes in, the rows that do not fit and why come out.

Every record, edition and variant has two schemas with the same rules. The gate validates a whole frame in one check, so
that good lines cost one pass; the rows it stops are validated again item by item, so that a rejected line names every
item that does not fit. Rules are polars expressions on text without blank padding, unset items null; null fits every
rule but "required". Called by `parse` and by the reader of ledgers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from henrei.schemas.exchange import reject_reasons
from henrei.schemas.layouts import Item, Record

# 半角: printable ASCII without small letters and the forbidden single quote, and half-width kana.
_HALF = r"[ !\"#$%&()*+,\-./0-9:;<=>?@A-Z\[\\\]^_`{|}~\x{FF61}-\x{FF9F}]"
_YEAR_MONTH = r"^(19|20)\d\d(0[1-9]|1[0-2])$"
_FULL = r"[^\x00-\x7F\x{FF61}-\x{FF9F}]"

Rule = Callable[[pl.Expr], pl.Expr]


def cell(item: Item) -> str:
    """The name of an item's column while it is text."""
    return f"i{item.no}"


def _matches(pattern: str) -> Rule:
    return lambda text: text.str.contains(pattern)


def _one_of(allowed: tuple[str, ...]) -> Rule:
    return lambda text: text.is_in(list(allowed))


def _is_date(text: pl.Expr) -> pl.Expr:
    # The pattern first: the parser would also take spellings that the format does not know, and a year 0 that dates of
    # Python and Excel do not.
    return (
        text.str.contains(r"^\d{8}$")
        & ~text.str.starts_with("0000")
        & text.str.to_date("%Y%m%d", strict=False).is_not_null()
    )


# What a ledger's column must look like once `ledgers.normalize` has brought it to one form.
_LEDGER = {
    "ledger-number10": r"^[0-9A-Z]{10}$",
    "ledger-number6": r"^[0-9]{6}$",
    "ledger-code6": r"^[0-9A-Z]{6}$",
    "ledger-code2": r"^[0-9]{2}$",
    "ledger-integer": r"^-?[0-9]{1,12}$",
    "ledger-days": r"^[0-9]{1,12}$",
    "ledger-month": _YEAR_MONTH,
    "ledger-code": r"^[0-9A-Z]{1,4}$",
    "ledger-text": "",
    "ledger-name": "",
}


def shape_rule(item: Item) -> Rule:
    """Type and width of an item."""
    width = item.width
    if item.format in _LEDGER:
        return _matches(_LEDGER[item.format])
    match item.format:
        case "month":
            return _matches(_YEAR_MONTH)
        case "date" | "ledger-date" | "day":  # a day arrives here as a whole date, put together with the service month
            return _is_date
        case "id":
            return _matches(rf"^[0-9A-Z]{{1,{width}}}$" if width == 10 else rf"^[0-9A-Z]{{{width}}}$")
    match item.type:
        case "数値":
            negative = rf"|-[0-9]{{1,{width - 1}}}" if width > 1 else ""
            return _matches(rf"^([0-9]{{1,{width}}}{negative})$")
        case "コード値":
            return _matches(rf"^[0-9]{{{width}}}$")
        case "英数":
            return _matches(rf"^{_HALF}{{1,{width}}}$")
        case "漢字":
            return _matches(rf"^{_FULL}{{1,{width // 2}}}$")
    raise ValueError(f"unknown type {item.type}")


def rules(layout: Record, variant: str, *, read: bool = True) -> list[tuple[Item, str, Rule]]:
    """The rules of one variant: (item, kind, rule), kind being required, shape or codes.

    Of the items that are read (`Item.read`) or, with `read` false, of the others.
    """
    return [rule for item in layout.items if item.read == read for rule in _rules_of(item, variant)]


def _rules_of(item: Item, variant: str) -> list[tuple[Item, str, Rule]]:
    if not item.used(variant):
        return []
    entries: list[tuple[Item, str, Rule]] = []
    if item.needed(variant):
        entries.append((item, "required", lambda text: text.is_not_null()))
    entries.append((item, "shape", shape_rule(item)))
    if allowed := item.allowed(variant):
        entries.append((item, "codes", _one_of(allowed)))
    return entries


def fits_shape(item: Item, variant: str, text: pl.Expr) -> pl.Expr:
    """Whether the text of an item, which may be null, has its type, width and codes."""
    found = [rule for one, kind, rule in _rules_of(item, variant) if kind != "required"]
    return pl.all_horizontal(text.is_null() | rule(text) for rule in found)


def _fits(kind: str, rule: Rule, text: pl.Expr) -> pl.Expr:
    return rule(text) if kind == "required" else text.is_null() | rule(text)


@cache
def gate(layout: Record, variant: str, *, read: bool = True) -> pa.DataFrameSchema:
    """One check on all items of a row; the indexes of its failures are the rows that do not fit."""
    fits = [_fits(kind, rule, pl.col(cell(item))) for item, kind, rule in rules(layout, variant, read=read)]

    def whole_row(data: Any) -> pl.LazyFrame:
        return data.lazyframe.select(pl.all_horizontal(fits).alias("fits"))

    # It names no columns: they are all text, and Pandera would look at each of them by itself.
    return pa.DataFrameSchema(checks=pa.Check(whole_row, name="fits", error="fits"))


@cache
def by_item(layout: Record, variant: str, *, read: bool = True) -> pa.DataFrameSchema:
    """One check per rule, named item and kind, for the rows that the gate stopped."""
    checks: dict[str, list[pa.Check]] = {}
    for item, kind, rule in rules(layout, variant, read=read):

        def fits(data: Any, rule: Rule = rule, kind: str = kind) -> pl.LazyFrame:
            return data.lazyframe.select(_fits(kind, rule, pl.col(data.key)))

        checks.setdefault(cell(item), []).append(pa.Check(fits, name=f"{item.no}:{kind}", error=f"{item.no}:{kind}"))
    return pa.DataFrameSchema(_columns(layout, variant, checks))


def _columns(layout: Record, variant: str, checks: dict[str, list[pa.Check]]) -> dict[str, pa.Column]:
    names = [cell(item) for item in layout.items if item.used(variant)]
    return {name: pa.Column(pl.String, checks.get(name), nullable=True) for name in names}


def failures(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> pl.DataFrame | None:
    """Pandera's failure cases (check, index), or None where every row fits."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return errors.failure_cases
    return None


FAULT = {"row": pl.Int64, "item_no": pl.Int64, "item_name": pl.String, "reason": pl.String}


def faults(layout: Record, variant: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `frame` (text columns i1, i2 … of the used items) in which an item that is read does not fit.

    Returns FAULT, `row` an index in `frame`; a row with several faults names the first item and has all sentences in
    its reason.
    """
    return _joined(_item_faults(layout, variant, frame, read=True), "row")


def remarks(layout: Record, variant: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The items that do not fit and that nothing reads: FAULT, one row an item of a row, never with its value."""
    return _joined(_item_faults(layout, variant, frame, read=False), "row", "item_no")


def _joined(found: pl.DataFrame, *by: str) -> pl.DataFrame:
    """One row for those that are alike in `by`, with all their sentences."""
    others = [name for name in ("item_no", "item_name") if name not in by]
    return (
        found.sort("row", "order")
        .group_by(*by, maintain_order=True)
        .agg(pl.col(others).first(), pl.col("reason").str.join("。"))
        .select(list(FAULT))
    )


def _item_faults(layout: Record, variant: str, frame: pl.DataFrame, *, read: bool) -> pl.DataFrame:
    """FAULT and `order`, a row for each rule that a row of `frame` does not fit."""
    parts = [pl.DataFrame(schema={**FAULT, "order": pl.Int32})]
    entries = rules(layout, variant, read=read)
    stopped = failures(gate(layout, variant, read=read), frame) if entries else None
    if stopped is None:
        return parts[0]
    bad = frame.with_row_index("row").filter(pl.col("row").is_in(stopped["index"].cast(pl.UInt32).unique().implode()))
    detail = failures(by_item(layout, variant, read=read), bad)
    if detail is None:
        raise AssertionError(f"{layout.record}: the gate stopped rows that fit every rule")
    order = {(item.no, kind): n for n, (item, kind, _) in enumerate(entries)}
    for (check,), cases in detail.partition_by("check", as_dict=True).items():
        no, kind = str(check).split(":")
        item = layout.item(int(no))
        at = cases["index"].cast(pl.Int64)
        if read:
            values = pl.DataFrame({"row": at, "value": bad[cell(item)].gather(at)})
            reasons = values.select("value").unique()  # one sentence for a value, however many lines have it
            sentences = [reject_reasons.item_fault(item, variant, kind, value) for value in reasons["value"]]
            reasons = reasons.with_columns(reason=pl.Series(sentences, dtype=pl.String))
            values = values.join(reasons, on="value", how="left", nulls_equal=True)
        else:
            values = pl.DataFrame({"row": at}).with_columns(
                reason=pl.lit(reject_reasons.item_rule(item, variant, kind))
            )
        parts.append(
            values.select(
                row=pl.lit(bad["row"]).gather(pl.col("row")).cast(pl.Int64),
                item_no=pl.lit(item.no, dtype=pl.Int64),
                item_name=pl.lit(item.label),
                reason="reason",
                order=pl.lit(order[(item.no, kind)], dtype=pl.Int32),
            )
        )
    return pl.concat(parts)
