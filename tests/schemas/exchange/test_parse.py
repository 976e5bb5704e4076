"""Lines of one record to typed rows, and the sentences on lines that do not fit."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from henrei.data.fictional.records import line
from henrei.schemas.exchange import parse
from henrei.schemas.layouts import layouts

KEY = {3: "202604", 4: "112992", 5: "1350000001", 6: "1"}


def parsed(record: str, *values: dict[int, object]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows and faults of lines of a record that have these items (number → value)."""
    texts = [f"2,{number},{line(record, one, False)}" for number, one in enumerate(values, start=2)]
    lines = pl.DataFrame(
        {"file": 0, "line": range(2, len(texts) + 2), "group": 2, "text": texts},
        schema={"file": pl.UInt32, "line": pl.Int64, "group": pl.Int64, "text": pl.String},
    )
    rows, faults, _ = parse.parse_record(layouts(record)[-1], lines)
    return rows, faults


def test_typed_rows() -> None:
    rows, faults = parsed("K122-05", {**KEY, 7: "631000", 8: "00500", 9: "20250401", 11: 1})
    assert faults.is_empty()
    assert rows.schema == pl.Schema(parse.schema("K122-05"))
    assert rows.row(0, named=True) == {
        "file": 0,
        "line": 2,
        "group": 2,
        "service_month": date(2026, 4, 1),
        "municipality_no": "112992",
        "facility_no": "1350000001",
        "recipient_no": "0000000001",
        "grant_code": "631000",
        "contracted_days": 500,
        "contract_from": date(2025, 4, 1),
        "contract_to": None,
    }


def test_an_optional_number_that_is_not_set_is_0() -> None:
    rows, _ = parsed("K611-01", {**KEY, 7: "0501"})
    assert rows.select("form").row(0) == ("0501",)
    rows, _ = parsed("K611-02", {**KEY, 7: "0501", 9: "03"}, {**KEY, 7: "0501", 9: "4", 21: 1})
    assert rows.select("use_day", "pickup_out").rows() == [(date(2026, 4, 3), 0), (date(2026, 4, 4), 1)]


def test_an_item_that_its_form_does_not_use_is_not_looked_at() -> None:
    rows, faults = parsed("K611-02", {**KEY, 7: "0601", 9: "03", 21: "x"})
    assert faults.is_empty()
    assert rows["pickup_out"].to_list() == [None]


@pytest.mark.parametrize(
    ("record", "values", "item", "reason"),
    [
        ("K611-02", {**KEY, 7: "0501", 9: "31"}, "日付", "「日付」はその月にある日(1〜31)です(値: 20260431)"),
        ("K611-01", {**KEY, 7: "9901"}, "様式種別番号", "「様式種別番号」が 0101・0301・0401・0501・0601・0701 のどれでもありません(値: None)"),
        ("K122-05", {**KEY, 8: "x", 9: "20250401", 11: 1}, "決定サービスコード", "「決定サービスコード」がありません(6字以内の半角英大文字・数字・カナが必要です)。「契約支給量」は5桁以内の数字です(値: x)"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit(record: str, values: dict[int, object], item: str, reason: str) -> None:
    rows, faults = parsed(record, values)
    assert rows.is_empty()
    assert faults.schema == pl.Schema(parse.LINE_FAULT)
    assert faults.select("line", "item_name", "reason_code", "reason").rows() == [(2, item, "FMT105", reason)]


def test_a_record_of_headings_is_only_counted() -> None:
    rows, faults = parsed("K721-01", {3: "x", 4: "y"})
    assert rows.rows() == [(0, 2, 2)] and faults.is_empty()
