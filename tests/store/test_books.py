"""books/: what close and decide keep of each month, and how a month is known to be closed or purged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei.errors import HenreiError
from henrei.files import csv_bytes, sha256, staged_name, write_atomic
from henrei.home import Home
from henrei.store import books, journal, tables
from henrei.store.database import open_store

MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))
OUTCOMES = pl.DataFrame(
    [("利", "A", "0000000001", APRIL, "決定", None), ("明", "A", "0000000001", APRIL, "返戻", 9000)],
    schema=tables.OWN_OUTCOMES,
    orient="row",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def close(home: Home, month: date, outcomes: pl.DataFrame = OUTCOMES) -> None:
    write_atomic(home.books(month) / "outcomes.csv", csv_bytes(outcomes))


def test_a_month_is_closed_by_its_outcomes_alone(home: Home) -> None:
    write_atomic(home.books(MAY) / "decisions.csv", b"")
    assert not books.is_closed(home, MAY)
    close(home, MAY)
    close(home, MARCH)
    assert books.is_closed(home, MAY)
    assert books.closed(home) == [MARCH, MAY]


def test_outcomes_come_back_as_they_were_written(home: Home) -> None:
    assert books.read_outcomes(home, MAY).equals(OUTCOMES.clear())
    close(home, MAY)
    assert books.read_outcomes(home, MAY).equals(OUTCOMES)


def test_a_purged_month_has_counts_and_facts(home: Home) -> None:
    assert books.read_kept(home, MAY) is None
    close(home, APRIL)
    write_atomic(home.books(MAY) / "purged.json", b'{"counts": [{"claims_received": 2}], "facts": {"months": []}}')
    assert books.is_purged(home, MAY) and not books.is_purged(home, APRIL)
    assert books.purged(home) == [MAY]
    assert books.read_kept(home, MAY) == {"counts": [{"claims_received": 2}], "facts": {"months": []}}


def test_runs_are_those_of_the_journal_that_have_books(home: Home) -> None:
    assert books.runs(home) == [] and books.run_id(home, MAY) == ""
    first, other, again, closed = (
        journal.entry(command, month) for command, month in (("run", MAY), ("run", MARCH), ("run", MAY), ("close", MAY))
    )
    for entry in (first, other, again, closed):
        journal.append(home, entry)
    for month in (MARCH, MAY, JUNE):
        home.books(month).mkdir()
    assert books.runs(home) == [MARCH, MAY]
    assert (books.run_id(home, MAY), books.run_id(home, JUNE)) == (again["id"], "")


_OF_0_1_0 = ("subject", "facility_no", "recipient_no", "service_month", "decision", "note", "answer", "fingerprint")


def test_decisions_of_an_open_month(home: Home) -> None:
    assert books.read_decisions(home, MAY).schema["service_month"] == pl.Date
    write_atomic(
        home.books(MAY) / "decisions.csv",
        (",".join(_OF_0_1_0) + f"\r\nclaim,A,0000000001,2026-04,return,,,{'0' * 16}\r\n").encode(),
    )
    assert books.read_decisions(home, MAY).rows() == [
        ("claim", "A", "0000000001", APRIL, "return", "", "", "", "0" * 16, "", "", "", "")
    ]
    assert books.read_decisions(home, MAY).columns == list(books.DECISION_COLUMNS)


def test_conflicts_come_with_what_else_was_prepared(home: Home) -> None:
    assert books.read_conflicts(home, MAY).is_empty()
    row = (
        "claim",
        "A",
        "0000000001",
        APRIL,
        "accept",
        "0" * 16,
        "鈴木.xlsx",
        "2026-05-14T10:00:00+09:00",
        "",
        "suzuki",
    )
    schema = {name: pl.Date() if name == "service_month" else pl.String() for name in books.CONFLICT_COLUMNS}
    books.stage_conflicts(home, MAY, pl.DataFrame([row], schema=schema, orient="row"))
    assert books.read_conflicts(home, MAY).is_empty()
    books.publish(home, MAY)
    assert books.read_conflicts(home, MAY).rows() == [row]


def test_what_is_prepared_counts_once_it_is_published(home: Home) -> None:
    listing = pl.DataFrame({"file": ["inbox/2026-05/K11.CSV"], "bytes": [7], "sha256": ["0" * 64]})
    home.settings.parent.mkdir(exist_ok=True)
    home.settings.write_bytes('[city]\nname = "試験市"\n'.encode())
    books.stage_inputs(home, MAY, listing)
    assert books.stage_settings(home, MAY) == sha256(home.settings.read_bytes())
    assert books.read_inputs(home, MAY).is_empty()
    books.publish(home, MAY)
    assert books.read_inputs(home, MAY).equals(listing)
    assert (home.books(MAY) / "henrei.toml").read_bytes() == home.settings.read_bytes()
    assert sorted(path.name for path in home.books(MAY).iterdir()) == ["henrei.toml", "inputs.csv"]
    books.publish(home, MAY)  # nothing is prepared: nothing changes
    assert books.read_inputs(home, MAY).equals(listing)


def empty_results() -> dict[str, pl.DataFrame]:
    return {
        name: pl.DataFrame(schema={column: kind for column, kind in columns.items() if column != "position"})
        for name, columns in tables.RESULTS.items()
    }


def test_what_a_run_found_is_kept_while_the_month_is_closed(home: Home) -> None:
    found = empty_results()
    found["undetermined"] = pl.DataFrame(
        [("CRT102", "", None, None, None, "支給決定(grants.csv)がありません")],
        schema=found["undetermined"].schema,
        orient="row",
    )
    summary, ledgers = {"review_month": "2026-05", "files": []}, [{"name": "grants", "present": False}]
    books.stage_results(home, MAY, found, summary, ledgers)
    books.publish(home, MAY)
    assert books.read_summary(home, MAY) == (summary, ledgers)
    assert not books.has_results(home, MAY)  # the month is open
    close(home, MAY)
    assert books.has_results(home, MAY)
    kept = books.read_results(home, MAY)
    assert {name: frame.rows() for name, frame in kept.items()} == {name: frame.rows() for name, frame in found.items()}
    books.remove_results(home, MAY)
    assert not books.has_results(home, MAY)
    assert books.read_summary(home, MAY) == ({}, [])
    books.remove_results(home, MAY)


def test_what_a_close_of_an_earlier_version_did_not_keep_is_not_known(home: Home) -> None:
    found = empty_results()
    row = {"finding_id": "x", "check_code": "DAY203", "amount_yen": 9000, "downgraded": True}
    whole = pl.DataFrame([{**dict.fromkeys(found["findings"].columns), **row}], schema=found["findings"].schema)
    books.stage_results(home, MAY, {**found, "findings": whole.drop("at_issue_yen")}, {}, [])
    books.publish(home, MAY)
    assert books.read_results(home, MAY)["findings"].equals(whole)


@pytest.mark.parametrize(("data", "kind"), [(None, "FileNotFoundError"), (b"memo", "ComputeError")])
def test_results_that_cannot_be_read_are_to_come_from_a_backup(home: Home, data: bytes | None, kind: str) -> None:
    books.stage_results(home, MAY, empty_results(), {}, [])
    books.publish(home, MAY)
    path = books.result_paths(home, MAY)["findings"]
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(HenreiError) as refused:
        books.read_results(home, MAY)
    assert str(refused.value) == f"books/2026-05 の指摘の控えを読めません({kind})。控えから戻してください"


def test_the_fingerprint_is_of_the_closed_months_before(home: Home) -> None:
    nothing = books.fingerprint(home, MAY)
    close(home, MAY)
    assert books.fingerprint(home, MAY) == nothing  # of the month itself it says nothing
    close(home, APRIL)
    april = books.fingerprint(home, MAY)
    assert april != nothing and books.fingerprint(home, APRIL) == nothing
    close(home, APRIL, OUTCOMES.with_columns(outcome=pl.lit("決定")))
    assert books.fingerprint(home, MAY) not in (nothing, april)
    (home.books(APRIL) / "outcomes.csv").unlink()
    assert books.fingerprint(home, MAY) == nothing


def test_the_database_gets_the_outcomes_of_the_months_before(home_with_store: Home) -> None:
    home = home_with_store
    for month in (MARCH, APRIL, MAY):
        close(home, month)
    with open_store(home) as con:
        books.copy_into(con, home, before=MAY)
        rows = con.execute("SELECT review_month, kind, outcome FROM own_outcomes ORDER BY ALL").fetchall()
        assert rows == [(month, *row) for month in (MARCH, APRIL) for row in (("利", "決定"), ("明", "返戻"))]
        (home.books(MARCH) / "outcomes.csv").unlink()
        books.copy_into(con, home)
        months = con.execute("SELECT DISTINCT review_month FROM own_outcomes ORDER BY ALL").fetchall()
        assert months == [(APRIL,), (MAY,)]
        for month in (APRIL, MAY):
            (home.books(month) / "outcomes.csv").unlink()
        books.copy_into(con, home)
        assert con.execute("FROM own_outcomes").fetchall() == []


def test_a_file_that_is_prepared_has_a_name_that_recovery_knows(home: Home) -> None:
    books.stage_inputs(home, MAY, pl.DataFrame({"file": ["a"], "bytes": [1], "sha256": ["0"]}))
    assert [path.name for path in home.books(MAY).iterdir()] == [staged_name("inputs.csv")]
