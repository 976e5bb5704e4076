"""The layout tables against what the specification says of them, and the canary that Pandera really looks."""

from __future__ import annotations

import itertools

import polars as pl
import pytest

from henrei.schemas.exchange import validate
from henrei.schemas.layouts import layouts, records
from henrei.store import tables

ITEM_COUNTS = {
    "K112-01": 23,
    "K112-02": 14,
    "K122-01": 35,
    "K122-02": 12,
    "K122-03": 11,
    "K122-04": 33,
    "K122-05": 11,
    "K411-01": 14,
    "K411-02": 11,
    "K421-01": 14,
    "K421-02": 13,
    "K611-01": 172,
    "K611-02": 113,
    "K721-01": 9,
    "K721-02": 14,
}


def test_item_counts_of_the_specification() -> None:
    assert {record: len(layouts(record)[-1].items) for record in records()} == ITEM_COUNTS


@pytest.mark.parametrize("record", records())
def test_a_table_is_whole(record: str) -> None:
    for layout in layouts(record):
        assert [item.no for item in layout.items] == list(range(1, len(layout.items) + 1))
        assert len(layout.kept) == sum(bool(item.column) for item in layout.items), "a column name twice"
        assert {item.type for item in layout.items} <= {"英数", "数値", "コード値", "漢字"}
        for item in layout.items:
            assert set(item.codes) <= {"", *layout.variants}


def test_editions_follow_one_another() -> None:
    for record in records():
        editions = layouts(record)
        for older, newer in itertools.pairwise(editions):
            assert older.valid_to and older.valid_to < newer.valid_from


@pytest.mark.parametrize("record", records())
def test_every_rule_refuses_something(record: str) -> None:
    """A canary: a schema that looks at nothing would let these rows through."""
    layout = layouts(record)[-1]
    for variant in layout.variants:
        names = [validate.cell(item) for item in layout.items if item.used(variant)]
        wrong = []
        for item, kind, _ in validate.rules(layout, variant):
            value = {"required": None, "shape": "'", "codes": "9" * item.width}[kind]
            if value not in item.allowed(variant):
                wrong.append((item, kind, value))
        if not wrong:  # a record of headings, of which nothing is looked at
            continue
        # A row for each rule, with only the one item in it.
        rows = [{name: value if name == validate.cell(item) else None for name in names} for item, _, value in wrong]
        found = validate.faults(layout, variant, pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)))
        said = dict(found.select("row", "reason").iter_rows())
        for number, (item, kind, _) in enumerate(wrong):
            assert f"「{item.label}」" in said[number], (variant, item.no, kind)


def test_everything_kept_has_a_table() -> None:
    stored = {record for records_ in tables.RECORDS.values() for record in records_}
    assert {record for record in records() if layouts(record)[-1].kept} - stored == {"K112-02"}
