"""Which text fits an item: type, width, format and codes; and the sentences on text that does not."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from henrei.schemas.exchange import validate
from henrei.schemas.layouts import Item, Record


def item(
    kind: str, width: int, *, needed: bool = False, form: str = "", codes: tuple[str, ...] = (), no: int = 1
) -> Item:
    required = {"": "◎" if needed else "○"}
    return Item(no, f"項目{no}", kind, width, required, form, {"": codes} if codes else {}, f"column_{no}")


def reasons(items: list[Item], *rows: tuple[str | None, ...]) -> list[tuple[int, int, str]]:
    """Row, number of the first item that does not fit, and the sentences."""
    layout = Record("X", tuple(items))
    frame = pl.DataFrame(rows, schema=dict.fromkeys([validate.cell(one) for one in items], pl.String), orient="row")
    return validate.faults(layout, "", frame).select("row", "item_no", "reason").rows()


@pytest.mark.parametrize(
    ("kind", "width", "form", "fits", "fits_not"),
    [
        ("数値", 3, "", ["0", "999", "-99"], ["1000", "-100", "1.5", "+1", "１", " 1"]),
        ("コード値", 2, "", ["01", "99"], ["1", "001", "0a"]),
        ("英数", 4, "", ["A", "AB12", "ｶﾅ", "A-1)"], ["ABCDE", "a", "あ", "'"]),
        ("漢字", 6, "", ["あ", "試験市"], ["試験市町", "A", "ｶ"]),
        ("コード値", 6, "month", ["202604", "199912"], ["202613", "189912", "2026-4"]),
        ("コード値", 8, "date", ["20240229"], ["20230229", "2024-2-9", "202402290"]),
        ("コード値", 2, "day", ["20260430"], ["20260431", "202604x3"]),  # put together with its month before
        ("英数", 10, "id", ["1350000001", "7"], ["13500000011", "135-000001"]),
        ("英数", 6, "id", ["631000"], ["63100"]),
    ],
)
def test_the_shape_of_an_item(kind: str, width: int, form: str, fits: list[str], fits_not: list[str]) -> None:
    one = item(kind, width, form=form)
    wrong = {row for row, *_ in reasons([one], *((value,) for value in [*fits, *fits_not]))}
    assert wrong == set(range(len(fits), len(fits) + len(fits_not)))


def test_sentences() -> None:
    items = [item("数値", 3, needed=True), item("コード値", 1, codes=("1", "2"), no=2)]
    assert reasons(items, ("1", "2"), ("1", None), (None, "1"), ("x", "3")) == [
        (2, 1, "「項目1」がありません(3桁以内の数字が必要です)"),
        (3, 1, "「項目1」は3桁以内の数字です(値: x)。「項目2」が 1・2 のどれでもありません(値: 3)"),
    ]


def test_an_item_that_nothing_reads_refuses_nothing_and_its_value_is_not_repeated() -> None:
    unread = replace(item("数値", 3, needed=True), column="")
    shown = replace(item("コード値", 1, codes=("1", "2"), no=2), shown=True)
    assert reasons([unread, shown], (None, "x")) == []
    frame = pl.DataFrame([("1", "1"), (None, "x")], schema={"i1": pl.String, "i2": pl.String}, orient="row")
    assert validate.remarks(Record("X", (unread, shown)), "", frame).rows() == [
        (1, 1, "項目1", "「項目1」がありません(3桁以内の数字が必要です)"),
        (1, 2, "項目2", "「項目2」は1桁の数字です。「項目2」が 1・2 のどれでもありません"),
    ]


def test_rows_that_fit_have_no_faults() -> None:
    assert reasons([item("数値", 3)], ("1",), (None,)) == []


def test_an_unknown_type_of_item_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown type 何か"):
        validate.shape_rule(item("何か", 1))
