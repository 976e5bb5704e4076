"""For each check the card made of its examples: what was compared, and every row of a ledger or record that it came from."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import duckdb
import pytest

from henrei.checks import examples
from henrei.checks.catalogue import catalogue
from henrei.reports.casebook import build, page
from lib import casebook_cases, casebook_examples
from lib.casebook_cases import card, embedded

# Columns by which an example places a row; the card says the same by other means.
PLACING = (
    "review",
    "file",
    "line",
    "group_line",
    "days",
    "other",
    "record",
    "form",
    "sheet",
    "municipality_no",
    "status",
)


@pytest.fixture(scope="module")
def cards(
    empty_store: duckdb.DuckDBPyConnection,
) -> list[tuple[casebook_examples.Shown, dict[str, Any], dict[str, list]]]:
    """Every finding of every example of every check, with the tables of its card."""
    shown = list(casebook_examples.all_shown())
    empty_store.execute("BEGIN")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "MOST_CARDS", 100_000)
        try:
            casebook_examples.load(empty_store, shown)
            codes = [
                (row.get("child_code"), row["recipient_no"])
                for one in shown
                for name, row in one.given
                if name == "recipients"
            ]
            data = casebook_cases.casebook(
                [row for one in shown for row in one.findings],
                child_of={number: code for code, number in codes if code},
            )
            with data.prepared(empty_store):
                data.look_up(empty_store)
            (_, made), *others = build(data)
            assert others == []
        finally:
            empty_store.execute("ROLLBACK")
    facts = embedded(made)
    return [
        (one, row, card(facts, number))
        for one in shown
        for row in one.findings
        for number in data.cases.of_finding[row["finding_id"]]
    ]


def test_every_check_has_a_card(cards: list) -> None:
    assert {one.check.code for one, _, _ in cards} == set(catalogue())


def test_a_card_says_what_was_found(cards: list) -> None:
    for one, finding, tables in cards:
        (shown,) = [row for row in tables["findings"] if row["finding_id"] == finding["finding_id"]]
        for name in ("observed", "expected", "use_dates", "service_type", "other_facilities"):
            assert shown[name] == (finding[name] or None if name != "use_dates" else finding[name]), one.example.title


def test_a_card_holds_every_row_that_was_compared(cards: list) -> None:
    """With the file and, of a ledger, the line."""
    missing, held = [], defaultdict(int)
    for one, finding, tables in cards:
        for table, row in casebook_examples.concerned(one, finding):
            for name, wanted in as_shown(table, row, finding):
                ours = [shown for shown in tables.get(name, []) if shown["file"] == one.path and fits(shown, wanted)]
                if not ours:
                    missing.append((one.check.code, one.example.title, name, wanted))
                held[one.check.code] += 1
    assert missing == []
    assert set(held) == set(catalogue())


def as_shown(table: str, row: dict[str, str], finding: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """A given row as tables of the card have it: attendance is a row a day."""
    wanted = {name: value for name, value in row.items() if name not in PLACING and value}
    if table not in ("attendance", "attendance_rows"):
        line = {"line": row["line"]} if table in examples.ledgers() else {}
        return [(table, {**wanted, **line})]
    days = examples.days(row.get("days", ""), examples.month_of(row.get("service_month", examples.SERVICE)))
    if (
        finding["recipient_no"] != row["recipient_no"]
        or casebook_examples.catalogue()[finding["check_code"]].role == "day_of_facility"
    ):
        days = [day for day in days if day.isoformat() in finding["use_dates"].split(";")]
    values = {name: value for name, value in wanted.items() if not name.startswith("total_")}
    return [("days", {**values, "use_date": day.isoformat()}) for day in days]


def fits(shown: dict[str, Any], wanted: dict[str, str]) -> bool:
    return all(name not in shown or same(shown[name], value) for name, value in wanted.items())


def same(shown: Any, given: str) -> bool:
    if isinstance(shown, int):
        return shown == int(given)
    return shown is not None and (shown == given or shown == f"{given}-01")
