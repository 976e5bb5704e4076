"""The tables of ledgers."""

from __future__ import annotations

import polars as pl

from henrei.schemas.ledgers import decisions, ledgers


def test_a_ledgers_columns_and_types() -> None:
    grants = ledgers()["grants"]
    assert grants.title == "支給決定"
    assert grants.labels[:3] == ["受給者証番号", "決定サービスコード", "支給量"]
    assert list(grants.schema.items())[2:5] == [
        ("allowance_days", pl.Int64()),
        ("allowance_rule", pl.String()),
        ("valid_from", pl.Date()),
    ]
    assert grants.layout.items[3].allowed() == ("原則日数",)
    assert [item.needed() for item in grants.layout.items] == [True, True, False, False, True, True]


def test_of_which_ledgers_an_empty_file_says_that_there_are_none() -> None:
    assert {name for name, ledger in ledgers().items() if ledger.empty_means_none} == {
        "petitions",
        "history",
        "first_review",
    }
    assert {name for name, ledger in ledgers().items() if ledger.beside_settings} == {"service_codes"}


def test_decisions_are_read_like_a_ledger() -> None:
    assert decisions().name == "decisions" and "decisions" not in ledgers()
    assert decisions().schema["service_month"] == pl.Date()
