"""What is computed from books/: outcomes, payments and rates of the closed months, and nothing of a month that is open."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from henrei.files import csv_bytes, write_atomic
from henrei.flows.derived import note_official, update_derived
from henrei.home import Home
from henrei.store import journal, tables
from henrei.store.database import open_store
from lib.inputs import read_table

APRIL, MAY, JUNE = (date(2026, month, 1) for month in (4, 5, 6))


@pytest.fixture
def home(home_with_store: Home) -> Home:
    """May came with three claims of facility A and one of B, none of which is returned by the federation."""
    with open_store(home_with_store) as con:
        for facility, recipient in (("A", "1"), ("A", "2"), ("A", "3"), ("B", "1")):
            con.execute(
                "INSERT INTO claims (review_month, file, group_line, facility_no, recipient_no, service_month, benefit_yen) "
                "VALUES (?, 0, 2, ?, ?, ?, 9000)",
                [MAY, facility, recipient, APRIL],
            )
    return home_with_store


def close(home: Home, month: date, *outcomes: tuple[str, str, str, str, int | None]) -> None:
    rows = [(kind, facility, no, APRIL, outcome, yen) for kind, facility, no, outcome, yen in outcomes]
    table = pl.DataFrame(rows, schema=tables.OWN_OUTCOMES, orient="row")
    write_atomic(home.books(month) / "outcomes.csv", csv_bytes(table))


MAY_OUTCOMES = (
    ("明", "A", "1", "決定", 9000),
    ("明", "A", "2", "返戻", 9000),
    ("明", "A", "4", "取下げ", 5000),
    ("明", "B", "1", "決定", 9000),
    ("利", "A", "1", "決定", None),
)


def update(home: Home, **more: bool) -> dict[date, int]:
    with open_store(home) as con:
        return update_derived(con, home, **more)


def names(home: Home) -> list[str]:
    return sorted(path.relative_to(home.out()).as_posix() for path in home.out().rglob("*") if path.is_file())


def test_without_a_closed_month_nothing_is_written(home: Home) -> None:
    assert update(home) == {}
    assert not home.out().exists()


def test_a_closed_month_has_outcomes_payments_rates_and_the_page(home: Home) -> None:
    close(home, MAY, *MAY_OUTCOMES)
    assert update(home) == {MAY: 0}
    assert names(home) == ["2026-05/outcomes.csv", "2026-05/payments.csv", "dashboard.html", "return_rates.csv"]
    assert [
        (row["kind"], row["recipient_no"], row["outcome"]) for row in read_table(home.out(MAY) / "outcomes.csv")
    ] == [
        ("利", "1", "決定"),
        ("明", "1", "決定"),
        ("明", "2", "返戻"),
        ("明", "4", "取下げ"),
        ("明", "1", "決定"),
    ]
    assert [tuple(row.values()) for row in read_table(home.out(MAY) / "payments.csv")] == [
        ("A", "9000", "5000", "4000"),
        ("B", "9000", "0", "9000"),
    ]
    [rate] = read_table(home.return_rates)
    assert (rate["claims_received"], rate["claims_returned"], rate["rate_count"]) == ("4", "1", "0.2500")
    assert (rate["yen_received"], rate["yen_returned"], rate["returned_by_city"]) == ("36000", "9000", "1")


def test_a_month_without_claims_has_no_rate(home: Home) -> None:
    close(home, JUNE)
    update(home)
    [rate] = read_table(home.return_rates)
    assert (rate["review_month"], rate["claims_received"], rate["rate_count"]) == ("2026-06", "0", "")


def test_to_do_it_again_changes_no_byte(home: Home) -> None:
    close(home, MAY, *MAY_OUTCOMES)
    update(home)
    before = {name: (home.out() / name).stat().st_mtime_ns for name in names(home)}
    update(home)
    assert {name: (home.out() / name).stat().st_mtime_ns for name in names(home)} == before
    update(home, rewrite_dashboard=True)
    assert home.dashboard.stat().st_mtime_ns != before["dashboard.html"]


def test_a_month_that_is_open_again_keeps_only_what_its_run_wrote(home: Home) -> None:
    close(home, MAY, *MAY_OUTCOMES)
    close(home, JUNE)
    update(home)
    for name in ("findings.csv", "notices/A.pdf", "returns.csv"):
        (home.out(JUNE) / name).parent.mkdir(exist_ok=True)
        (home.out(JUNE) / name).touch()
    (home.books(JUNE) / "outcomes.csv").unlink()
    update(home)
    assert [name for name in names(home) if name.startswith("2026-06")] == ["2026-06/findings.csv"]
    assert [row["review_month"] for row in read_table(home.return_rates)] == ["2026-05"]
    (home.books(MAY) / "outcomes.csv").unlink()
    update(home)
    assert not home.dashboard.exists()
    assert read_table(home.return_rates) == []


def test_what_the_federation_returned_takes_the_place_of_closes_own_outcome(home: Home) -> None:
    close(home, MAY, *MAY_OUTCOMES)
    with open_store(home) as con:
        con.execute(
            "INSERT INTO notices (review_month, kind, facility_no, recipient_no, service_month, accepted_month) "
            "VALUES (?, '明', 'B', '1', ?, ?)",
            [MAY, APRIL, MAY],
        )
    assert update(home) == {MAY: 1}
    assert read_table(home.out(MAY) / "outcomes.csv")[-1]["outcome"] == "返戻"
    assert [row["facility_no"] for row in read_table(home.out(MAY) / "payments.csv")] == ["A"]
    [rate] = read_table(home.return_rates)
    assert (rate["returned_by_federation"], rate["returned_by_city"]) == ("1", "1")


def test_a_purged_month_keeps_its_counts(home: Home) -> None:
    close(home, MAY, *MAY_OUTCOMES)
    update(home)
    rates = home.return_rates.read_bytes()
    with open_store(home) as con:
        counts = con.sql("SELECT * EXCLUDE (review_month) FROM return_counts").pl().to_dicts()
        con.execute("DELETE FROM claims")
    from henrei.reports.dashboard import facts

    with open_store(home) as con:
        import json

        kept = {"counts": counts, "facts": facts.collect(con, [MAY])}
    write_atomic(home.books(MAY) / "purged.json", json.dumps(kept).encode())
    write_atomic(home.books() / "purge.key", ("00" * 32).encode())
    assert update(home) == {}
    assert home.return_rates.read_bytes() == rates


def test_what_is_official_is_noted_once_and_again_when_it_grows(home: Home) -> None:
    for replaced in ({MAY: 0}, {MAY: 1}, {MAY: 1}, {MAY: 2}):
        note_official(home, JUNE, replaced)
    noted = [(line["command"], line["month"], line["replaced"], line["known_in"]) for line in journal.read(home)]
    assert noted == [("official", "2026-05", 1, "2026-06"), ("official", "2026-05", 2, "2026-06")]
    journal.append(home, journal.entry("reopen", MAY))
    note_official(home, MAY, {MAY: 2})  # closed anew, and official outcomes again
    assert len(journal.of_month(home, MAY)) == 4
