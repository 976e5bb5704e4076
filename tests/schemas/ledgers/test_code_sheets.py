"""The ministry's service-code workbooks: the sheets of one in, its codes out, wherever their columns are."""

from __future__ import annotations

from typing import Any

import pytest

from henrei.schemas.ledgers import workbook as ledger_workbook
from henrei.schemas.ledgers.code_sheets import CodeSheets, plain, read_codes
from lib.code_workbooks import workbook

HEAD = ["種類", "項目", "サービス内容略称", "合成単位数", "算定単位"]


def read(*rows: list[Any], **more: Any) -> CodeSheets:
    """One sheet 表 of rows."""
    found = read_codes(workbook({"表": rows}, **more))
    assert found is not None
    return found


def codes(found: CodeSheets) -> list[tuple[str, str, int | None, str]]:
    return [(row.code, row.shown, row.units, row.per) for row in found.rows]


def test_a_row_is_a_code() -> None:
    found = read(HEAD, ["63", "H574", "放デイ４１１", 574, "1日につき"])
    assert codes(found) == [("63H574", "放デイ４１１", 574, "1日につき")]
    assert (found.rows[0].sheet, found.rows[0].line, found.rows[0].name) == ("表", 2, "放デイ411")
    assert (found.odd, found.skipped, found.blank) == ([], {}, 0)


@pytest.mark.parametrize(
    ("kind", "item", "code"),
    [
        (61, 5370, "615370"),
        (61, 411, "610411"),  # a number lost its zero
        ("６１", "ＪＨ１６", "61JH16"),
        ("61", "jh16", "61JH16"),
        (61.0, 5370.0, "615370"),
        (" 61 ", " 5370 ", "615370"),
    ],
)
def test_kind_and_item_make_the_code(kind: object, item: object, code: str) -> None:
    assert read(HEAD, [kind, item, "児発", 1]).rows[0].code == code


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        (574, 574), (574.0, 574), ("574", 574), ("１，０７１", 1071), ("1,071単位", 1071), (0, 0),
        ("▲10", -10), ("△ 10", -10), ("－10", -10), (-10, -10), ("−10", -10),
        (None, None), ("－", None), ("単位加算", None), ("所定単位数の▲1%", None), ("131/1000", None),
    ],
)  # fmt: skip
def test_units(cell: object, units: int | None) -> None:
    found = read(HEAD, [63, "A001", "放デイ", cell])
    assert ([row.units for row in found.rows], found.odd) == ([units], [])


@pytest.mark.parametrize("cell", ["別に定める", 12.5, "574と609"])
def test_units_that_are_no_number_are_named_and_the_code_stays(cell: object) -> None:
    found = read(HEAD, [63, "A001", "放デイ", cell])
    assert [row.units for row in found.rows] == [None]
    assert [(row.line, row.code, row.reason) for row in found.odd] == [
        (2, "63A001", f"合成単位数「{cell}」が数として読めません")
    ]


def test_the_counting_unit_goes_on_downwards() -> None:
    rows = [
        [63, f"A00{n}", "放デイ", n, "1日につき" if n == 1 else "1回につき" if n == 3 else None] for n in range(1, 5)
    ]
    found = read(HEAD, *rows, merged={"表": ["E2:E3"]})
    assert [row.per for row in found.rows] == ["1日につき", "1日につき", "1回につき", "1回につき"]


HEADERS = {
    "second of two lines": [
        ["サービスコード", None, "サービス内容略称", "算定項目", "合成\n単位数", "算定\n単位"],
        ["種類", "項目"],
    ],
    "first of two lines": [["種類", "項目", "サービス内容略称"], [None, None, None, None, "合成単位数", "算定単位"]],
    "one line": [["種類", "項目", "サービス内容略称", "算定項目", "合 成 単 位 数", "算定単位"]],
    "単位 right of the units": [["種類", "項目", "略称", None, "合成単位数", "単位"]],
    "below titles": [*([f"題{n}"] for n in range(11)), ["種類", "項目", "略称", None, "合成単位数", "算定単位"]],
}


@pytest.mark.parametrize("name", HEADERS)
def test_columns_are_found_by_their_texts(name: str) -> None:
    head = HEADERS[name]
    found = read(*head, [63, "H574", "放デイ４１１", "定員10人以下", 574, "1日につき"])
    assert codes(found) == [("63H574", "放デイ４１１", 574, "1日につき")]
    assert found.rows[0].line == len(head) + 1


def test_columns_may_have_any_place() -> None:
    head = [None, "種類", None, "項目", "合成単位数", None, "サービス内容略称"]
    found = read(head, [None, 63, None, "H574", 574, None, "放デイ４１１"])
    assert codes(found) == [("63H574", "放デイ４１１", 574, "")]


def test_a_header_below_the_twelfth_line_is_none() -> None:
    found = read(*([f"題{n}"] for n in range(12)), HEAD, [63, "H574", "放デイ４１１", 574])
    assert (found.rows, found.skipped) == ([], {"表": "見出し「種類」がありません"})


@pytest.mark.parametrize(
    ("head", "lacking"),
    [
        (["種類", None, "略称", "合成単位数"], "項目"),
        (["種類", "項目", "名前", "合成単位数"], "サービス内容略称"),
        (["種類", "項目", "略称", "単位数"], "合成単位数"),
    ],
)
def test_a_sheet_without_a_column_is_named(head: list[Any], lacking: str) -> None:
    found = read(head, [63, "H574", "放デイ４１１", 574])
    assert (found.rows, found.skipped) == ([], {"表": f"見出し「{lacking}」がありません"})


def test_only_the_first_cell_of_a_line_makes_it_a_header() -> None:
    found = read_codes(
        workbook({"説明": [["見方", "種類", "項目", "略称", "合成単位数"]], "表": [HEAD, [63, "A001", "あ", 1]]})
    )
    assert found is not None and [row.sheet for row in found.rows] == ["表"] and list(found.skipped) == ["説明"]


def test_rows_without_a_code_are_counted() -> None:
    found = read(
        HEAD,
        [63, "H573", "放デイ４１０", 573, "1日につき"],
        [None, None, None, "(欠番)"],
        ["注 項目は告示による。"],
        HEAD,  # again, on the next page
        [],
        [63, "H574", "放デイ４１１", 574],
    )
    assert ([row.per for row in found.rows], found.odd, found.blank) == (["1日につき"] * 2, [], 3)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([None, "H574", "放デイ４１１", 574], "種類がありません"),
        ([63, "H57", "放デイ４１１", 574], "種類・項目をつないでも6桁のコードになりません"),
        ([63, 10_000_000_000, "放デイ４１１", 574], "種類・項目をつないでも6桁のコードになりません"),  # 1E10 in Excel
        ([63, "H574", None, 574], "サービス内容略称がありません"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row: list[Any], reason: str) -> None:
    found = read(HEAD, row)
    assert found.rows == [] and [(odd.sheet, odd.line, odd.reason) for odd in found.odd] == [("表", 2, reason)]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", "コード,名称".encode("cp932"), workbook({"表": [HEAD]})[:-200]])
def test_what_is_no_workbook_is_none(data: bytes) -> None:
    assert read_codes(data) is None


def test_a_workbook_that_unpacks_to_more_than_any_such_book_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook({"表": [HEAD, [63, "H574", "放デイ４１１", 574]]})
    assert read_codes(data) is not None
    monkeypatch.setattr(ledger_workbook, "LARGEST", 1000)
    assert read_codes(data) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("放デイ４１１・定超", "放デイ411・定超"),
        ("放ﾃﾞｲ 411･定超", "放デイ411・定超"),
        ("児発処遇改善加算Ⅰロ", "児発処遇改善加算Ⅰロ"),
        ("家族支援加算（Ⅱ）１", "家族支援加算Ⅱ1"),
        ("児発欠席時対応加算（重心）", "児発欠席時対応加算(重心)"),
    ],
)
def test_a_name_has_one_spelling(text: str, name: str) -> None:
    assert plain(text) == name
