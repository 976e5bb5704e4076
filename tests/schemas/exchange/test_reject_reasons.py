"""The sentences of rejects.csv."""

from __future__ import annotations

import pytest

from henrei.schemas.exchange import reject_reasons
from henrei.schemas.ledgers import ledgers


def test_a_part_that_is_missing_has_its_name() -> None:
    assert reject_reasons.missing_record("K122", "03") == "この明細書に明細情報(03)がありません"
    assert reject_reasons.missing_record("K411", "02") == "この上限額管理結果票に明細情報(02)がありません"


def test_a_duplicate_says_where_the_other_one_is() -> None:
    sentence = reject_reasons.duplicate("K611", "K61.CSV の2行目")
    assert sentence == "同じ実績記録票が K61.CSV の2行目 にもあります。どちらが正しいか確かめ、片方を除いてください"


@pytest.mark.parametrize(
    ("value", "text"),
    [("12", "12"), (None, "None"), ("9" * 40, "9" * 40), ("9" * 1041, "9" * 40 + "…(ほか1,001字)")],
)
def test_a_long_value_is_shown_by_its_beginning(value: str | None, text: str) -> None:
    assert reject_reasons.shown(value) == text


def test_of_many_codes_none_is_listed() -> None:
    items = {item.column: item for item in ledgers()["facility_addons"].layout.items}
    assert reject_reasons.item_rule(items["addon_key"], "", "codes") == "「加算キー」が henrei の知る値ではありません"
    assert reject_reasons.item_rule(items["class"], "", "codes") == "「区分」が 加算・減算 のどれでもありません"
