"""Item lists of the municipal standard's form, found by their headers."""

from __future__ import annotations

import io

import openpyxl
import pytest

from henrei.schemas.ledgers.item_list import ItemList, ListItem, read_item_list
from lib.item_lists import make_list

TITLE = ["", "■基本データリスト"]
HEAD = ["", "データ項目ID", "", "データ項目", "データ項目（ローマ字）", "グループ", "", "", "クラス分類", "", "", "データ型", "桁数", "コード", "繰り返し"]  # fmt: skip
PARTS = ["", "", "", "", "", "名称", "主キー", "外部キー", "LV1", "LV2", "LV3"]
ROW = ["", "022", "7", "支給量", "shikyuryo", "支給決定情報", "○", "", "支給決定", "共通", "", "Ｎ", "10", "002", "4"]
CODES = [["コードID", "コード名", "コード値", "コード値の内容"], ["2", "単位", "1", "日"], ["", "", "2", "時間"]]


def workbook(*sheets: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(*sheets: list[list[str]]) -> ItemList:
    found = read_item_list(workbook(*sheets))
    assert found is not None
    return found


def test_an_item_with_all_that_the_form_says() -> None:
    found = read([["凡例"]], [TITLE, [], HEAD, PARTS, ROW, ["", "", "", "e", "", "e"]], CODES)
    assert found.items == [
        ListItem("02200007", "支給量", "shikyuryo", "支給決定情報", "N", "10", "2", "4", ("支給決定", "共通"))
    ]
    assert found.items[0].shape == "N10" and found.groups == ["支給決定情報"]
    code = found.code_of(found.items[0])
    assert code is not None and (code.name, code.values) == ("単位", {"1": "日", "2": "時間"})


def test_columns_in_another_order_and_one_line_of_headers() -> None:
    rows = [
        ["グループ名称", "桁数", "データ項目名称", "データ項目 ID", "データ型"],
        ["甲情報", "6", "乙番号", "022-00001", "X"],
    ]
    assert read(rows).items == [ListItem("022-00001", "乙番号", group="甲情報", type="X", length="6")]


def test_items_of_several_sheets_and_a_code_that_the_city_chooses() -> None:
    found = read([HEAD, PARTS, ROW], [HEAD, PARTS, [*ROW[:2], "8", "区分", *ROW[4:13], "999"]], CODES)
    assert [item.id for item in found.items] == ["02200007", "02200008"]
    assert found.code_of(found.items[1]) is None


@pytest.mark.parametrize("one_header", [True, False])
def test_every_item_of_a_made_list(one_header: bool) -> None:
    made = make_list(lambda ledger, label: label, one_header=one_header)
    found = read_item_list(made.data)
    assert found is not None and len(found.items) == made.items == 300
    assert set(made.right.values()) <= {item.id for item in found.items}


def test_what_is_no_workbook_and_what_is_no_list() -> None:
    assert read_item_list(b"PK") is None
    assert read([["名前", "住所"], ["甲", "乙"]]).items == []
