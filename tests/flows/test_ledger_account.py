"""What is known of a ledger: how a refused value is written, never what it is; and the way through JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from henrei.flows.ledger_account import from_json, shape_of
from lib import inputs
from lib.month_ledgers import GRANTS, ledgers_of


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("99999999", "99999999"),
        ("40,666円", "99,999円"),
        ("6.1E+09", "9.9A+99"),
        ("令和8年13月1日", "令和9年99月9日"),
        ("対象", "対象"),
        ("非対象", "非対象"),
        ("第2子以降", "第9子以降"),
        ("未定", "未定"),
        ("架空 太郎", "(文字)"),
        ("ｶｸｳ ﾀﾛｳ", "(文字)"),
        ("有田", "(文字)"),  # begins with a harmless word, and is a name
        ("Tarou", "AAAAA"),
        ("?", "?"),
        ("1" * 40, "9" * 24),
    ],
)
def test_of_a_value_only_its_shape_is_kept(value: str, shape: str) -> None:
    assert shape_of(value) == shape


def test_an_account_holds_the_commonest_fault_and_no_value(tmp_path: Path) -> None:
    rows = (
        "3,631000,10,架空 太郎,2027-03-31\r\n4,631000,10,架空 花子,2027-03-31\r\n5,631000,1.5,2025-04-01,2027-03-31\r\n"
    )
    home = inputs.make_home(tmp_path, {}, {"grants": GRANTS + rows})
    month = ledgers_of(home)
    month.load("grants")
    account = month.accounts["grants"]
    assert (account.rows, account.refused, account.present, account.is_spoilt) == (5, 3, True, True)
    first, second = account.faults
    assert (first.count, first.line, first.column, first.shape) == (2, 4, "支給決定開始日", "(文字)")
    assert (second.count, second.line, second.column, second.shape) == (1, 6, "支給量", "9.9")
    text = json.dumps(account.as_json(), ensure_ascii=False)
    assert "架空" not in text
    assert from_json(json.loads(text)) == account
