"""The law as data: every row has its dates and its source, and no month is told twice."""

from __future__ import annotations

import polars as pl
import pytest

from henrei.data.rules import rules

# Columns that say what a row is about; the others are what it says.
SAID = {"label", "days_off", "contract_days", "first_day", "last_day", "valid_from", "valid_to", "source"}


@pytest.mark.parametrize("name", rules())
def test_a_rule_table_is_whole(name: str) -> None:
    table = rules()[name]
    assert table.height > 0
    assert table["source"].str.len_chars().min() >= 10, "a row without a source"
    assert table["valid_from"].null_count() == 0
    assert (table["valid_from"] <= table["valid_to"]).all()


@pytest.mark.parametrize("name", rules())
def test_rows_of_one_subject_do_not_overlap(name: str) -> None:
    table = rules()[name]
    subject = [column for column in table.columns if column not in SAID]
    rows = table.sort(*subject, "valid_from", nulls_last=True)
    follows = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in subject)
    overlaps = rows.filter(follows & (pl.col("valid_from") <= pl.col("valid_to").shift(1)))
    assert overlaps.is_empty(), overlaps


def test_the_law_of_a_day_excludes_both_ways() -> None:
    pairs = {(a, b): scope for a, b, scope, *_ in rules()["exclusive_services"].iter_rows()}
    assert all(pairs[b, a] == scope for (a, b), scope in pairs.items())
    assert {a for a, b in pairs if a != b} == {"61", "63", "65"}
    assert pairs["64", "64"] == "other_facility" and ("64", "63") not in pairs
