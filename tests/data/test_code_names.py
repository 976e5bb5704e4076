"""What the ministry's names of service codes say: a name in, add-on keys and classes out."""

from __future__ import annotations

from datetime import date

import pytest

from henrei.data.rules import rules
from henrei.data.rules.code_names import ATTRIBUTES, CodeNames, half_up
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.code_sheets import plain

NAMES = CodeNames.on(date(2026, 6, 1))


@pytest.mark.parametrize(
    ("kind", "name", "keys", "attributes"),
    [
        ("63", "放デイ１２３", [], {"capacity_from": 11, "capacity_to": 20, "severe_class": "1", "time_class": "3", "medical_care_class": "3"}),
        ("63", "放デイ４３１", [], {"capacity_from": 21, "severe_class": "1", "time_class": "1"}),
        ("63", "放デイ２１", [], {"capacity_from": 5, "capacity_to": 7, "severe_class": "2", "day_kind": "2"}),
        ("63", "放デイ１３", [], {"capacity_from": 11, "severe_class": "2", "day_kind": "1"}),
        ("63", "共生型放デイ２・定超", ["reduction_over_capacity"], {"day_kind": "2"}),
        ("61", "児発２１４１２", [], {"time_class": "2"}),
        ("64", "保訪", [], {}),
        ("63", "放デイ欠席時対応加算Ⅰ（重心）", ["absence"], {"severe_class": "2"}),
        ("63", "放デイ欠席時対応加算Ⅰ", ["absence"], {}),
        ("63", "放デイ個別サポート加算Ⅰ１（一定要件）", ["individual_support_1"], {}),
        ("63", "放デイ個別サポート加算Ⅰ２", ["individual_support_1_severe"], {}),
        ("61", "児発個別サポート加算Ⅰ２", ["individual_support_1"], {}),
        ("63", "放デイ送迎加算１（一定条件１・同一敷地）", ["pickup_raise"], {}),
        ("63", "放デイ送迎加算１（同一敷地）", ["pickup"], {}),
        ("61", "児発保育・教育等移行支援加算", ["transition_support"], {}),
        ("61", "児発関係機関連携加算Ⅳ", ["agency_cooperation_4"], {}),
        ("64", "保訪関係機関連携加算", ["agency_cooperation"], {}),
        ("61", "児発専門的な支援体制加算２１１", ["specialist_system"], {"filing_needed": "1"}),
        ("61", "児発中核機能強化加算Ⅰ１", [], {"filing_needed": "1"}),
    ],
)  # fmt: skip
def test_a_name_that_a_row_explains(kind: str, name: str, keys: list[str], attributes: dict[str, object]) -> None:
    meaning = NAMES.meaning(kind, plain(name))
    assert (meaning.explained, meaning.keys, meaning.attributes) == (True, keys, attributes)


def test_suffixes_are_steps_in_the_order_written() -> None:
    meaning = NAMES.meaning("63", "放デイ411・人欠2・未計画・開減2・評減・支減・地公体")
    assert (meaning.stem, meaning.permilles) == ("放デイ411", [500, 700, 850, 850, 850, 965])
    assert meaning.keys == [
        "reduction_staff_shortage_half",
        "reduction_plan_missing",
        "reduction_opening_hours",
        "reduction_self_evaluation",
        "reduction_program",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "class_", "keys"),
    [
        ("63", "放デイ５１１", "基本", []),  # no such class of medical care
        ("61", "放デイ４１１", "基本", []),  # a name of another service type
        ("61", "児発１２３４", "基本", []),  # four digits
        ("63", "放デイ架空加算", "加算", []),
        ("63", "放デイ架空減算", "減算", []),
        ("63", "放デイ４１１・架空", "基本", []),
        ("63", "放デイ４１１・架空・評減", "基本", ["reduction_self_evaluation"]),
    ],
)
def test_a_name_that_no_row_explains(kind: str, name: str, class_: str, keys: list[str]) -> None:
    meaning = NAMES.meaning(kind, plain(name))
    assert (meaning.explained, meaning.kind, meaning.keys, meaning.attributes) == (False, class_, keys, {})


def test_rows_are_dated() -> None:
    before = CodeNames.on(date(2024, 3, 31)).meaning("63", "放デイ411・定超")
    assert (before.explained, before.stem, before.permilles) == (False, "放デイ411・定超", [])


@pytest.mark.parametrize(
    ("units", "permille", "share"), [(574, 700, 402), (575, 700, 403), (585, 700, 410), (1, 500, 1), (-5, 500, -3)]
)
def test_a_share_is_rounded_half_up(units: int, permille: int, share: int) -> None:
    assert half_up(units, permille) == share


def test_the_table_is_whole() -> None:
    table = rules()["code_names"]
    keys = {key for keys in table["addon_key"].drop_nulls() for key in keys.split(";")}
    assert keys <= set(rules()["addon_names"]["addon_key"])
    assert set(table["kind"]) == {"suffix", "base", "addon"}
    assert table.select("kind", "service_type", "code_name", "valid_from").is_duplicated().sum() == 0
    assert table.filter(kind="suffix")["permille"].null_count() == 0
    assert table.filter(kind="base").select("service_type", "class").null_count().row(0) == (0, 0)
    items = {item.column: item for item in ledgers()["service_codes"].layout.items}
    assert set(ATTRIBUTES) < set(items) and set(ATTRIBUTES) < set(table.columns)
    for column in ("class", "severe_class", "time_class", "day_kind", "medical_care_class"):
        assert set(table[column].drop_nulls()) <= set(items[column].allowed("")), column
