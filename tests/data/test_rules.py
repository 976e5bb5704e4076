"""The law as data: every row has its dates and its source, and no month is ruled twice."""

from __future__ import annotations

import shutil
import tomllib
from datetime import date
from pathlib import Path

import holidays
import polars as pl
import pytest

from henrei.data import rules as law
from henrei.data.rules import folder, rules
from henrei.schemas.layouts import layouts
from henrei.schemas.ledgers import ledgers

# Columns that say what a row is about; the others are what it says.
CONTENT = {
    "above", "above_percent", "age", "capacity_percent", "contract_days", "counted", "day_limit", "days_off",
    "deadline_day", "entry_day", "entry_month", "first_day", "half_from", "label", "last_day", "minutes",
    "minutes_over", "minutes_to", "month_limit", "months_late", "months_on_time", "name", "percent", "permille", "plus", "severity", "stage", "unit_price", "value_from", "value_to",
    "valid_from", "valid_to", "source",
}  # fmt: skip


def by_subject(table: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """The columns that say what a row is about, and the rows with `follows`: about the same as the row before."""
    subject = [column for column in table.columns if column not in CONTENT]
    return subject, table.with_columns(
        follows=pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in subject)
    )


@pytest.mark.parametrize("name", rules())
def test_a_rule_table_is_whole(name: str) -> None:
    table = rules()[name]
    assert table.height > 0
    assert table["source"].str.len_chars().min() >= 10, "a row without a source"
    assert table["valid_from"].null_count() == 0
    assert (table["valid_from"] <= table["valid_to"]).all()


def test_every_number_is_a_column_of_some_table() -> None:
    integers = tomllib.loads((folder() / "columns.toml").read_text(encoding="utf-8"))["integer"]
    columns = {column for table in rules().values() for column in table.columns}
    assert integers == sorted(set(integers)) and set(integers) <= columns
    kinds = {(name, table.schema[name]) for table in rules().values() for name in table.columns}
    assert {name for name, kind in kinds if kind == pl.Int64} == set(integers)
    assert {name for name, kind in kinds if kind == pl.Date} == {"valid_from", "valid_to"}


def test_a_new_table_of_the_law_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a line in columns.toml where it has a number of a new name."""
    here = tmp_path / "rules"
    shutil.copytree(Path(str(folder())), here)
    (here / "stays.csv").write_text(
        "service_type,percent,nights,valid_from,valid_to,source\n61,07,08,2024-04-01,,告示第百二十二号 別表\n",
        encoding="utf-8",
        newline="\n",
    )
    monkeypatch.setattr(law, "folder", lambda: here)
    row = rules.__wrapped__()["stays"].rows()[0]
    assert row[:5] == ("61", 7, "08", date(2024, 4, 1), date(9999, 12, 31))


@pytest.mark.parametrize("name", rules())
def test_rows_are_sorted_by_subject_and_date(name: str) -> None:
    table = rules()[name]
    subject, _ = by_subject(table)
    assert table.equals(table.sort(*subject, "valid_from", nulls_last=False, maintain_order=True))


@pytest.mark.parametrize("name", rules())
def test_rows_of_one_subject_follow_one_another_without_overlap_or_gap(name: str) -> None:
    """A subject may end; where it goes on, it goes on the next day."""
    _, rows = by_subject(rules()[name])
    next_day = pl.col("valid_to").shift(1) + pl.duration(days=1)
    wrong = rows.filter(pl.col("follows") & (pl.col("valid_from") != next_day))
    assert wrong.is_empty(), wrong


def test_holidays_are_those_of_the_law() -> None:
    table = rules()["closed_days"].filter(pl.col("kind") == "holiday")
    days = [date.fromisoformat(value) for value in table["value"]]
    assert (table["valid_from"] == pl.Series(days)).all() and (table["valid_to"] == pl.Series(days)).all()
    years = range(days[0].year, days[-1].year + 1)
    assert len(years) >= 20
    law = holidays.country_holidays("JP", years=years, language="ja")
    assert dict(zip(days, table["name"], strict=True)) == dict(law)


def test_unit_prices_are_ten_yen_and_a_share_of_the_wages() -> None:
    """10 yen × (1 + the region's rate × the share of wages), as the notice computes them."""
    rates = {"11": 20, "12": 16, "13": 15, "14": 12, "15": 10, "16": 6, "17": 3, "23": 0}
    shares = {("1", "2"): 60, ("2", "2"): 76, ("1", None): 60, ("2", None): 76, ("1", "1"): 62, (None, None): 62}
    table = rules()["unit_prices"].select("region_code", "severe_class", "center_class", "unit_price")
    for region, severe, center, price in table.iter_rows():
        exact = 10_000 + rates[region] * shares[severe, center]
        assert price == (exact + 5) // 10 * 10, (region, severe, center)


def test_the_ledger_takes_the_add_on_keys_that_the_law_names() -> None:
    items = {item.column: item for item in ledgers()["facility_addons"].layout.items}
    assert sorted(items["addon_key"].allowed("")) == sorted(set(rules()["addon_names"]["addon_key"]))


def test_reductions_exclude_one_another_both_ways() -> None:
    pairs = set(rules()["reduction_exclusions"].select("addon_key", "excluded_by").iter_rows())
    assert pairs == {(b, a) for a, b in pairs}


def test_a_row_is_certain_or_for_review() -> None:
    for name, table in rules().items():
        if "severity" in table.columns:
            assert set(table["severity"].drop_nulls()) <= {"review"}, name


def test_totals_of_a_record_are_those_that_its_form_has() -> None:
    """In the national layout of the record, both the total and the item of its rows."""
    table, forms = rules()["record_totals"], set(rules()["forms"]["form"])
    kept, of_rows = (layouts(record)[-1].kept for record in ("K611-01", "K611-02"))
    totals = {name: item for name, item in kept.items() if name.startswith("total_")}
    wanted = {(item.no, name, form) for name, item in totals.items() for form in forms if item.used(form)}
    assert set(table.select("item_no", "total_item", "form").iter_rows()) == wanted
    assert all(of_rows[item].used(form) for item, form in table.select("record_item", "form").iter_rows())


def test_the_law_of_a_day_excludes_both_ways() -> None:
    pairs = {(a, b): scope for a, b, scope, *_ in rules()["exclusive_services"].iter_rows()}
    assert all(pairs[b, a] == scope for (a, b), scope in pairs.items())
    assert {a for a, b in pairs if a != b} == {"61", "63", "65"}
    assert pairs["64", "64"] == "other_facility" and ("64", "63") not in pairs
