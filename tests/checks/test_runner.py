"""Checks in a run: side by side or one by one, switched off, with the city's severity, and downgraded where they hit too many."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from henrei.checks import examples, runner, shared_views
from henrei.checks.catalogue import catalogue
from henrei.home import Home
from henrei.store.database import open_store
from lib import inputs
from lib.home_history import check_summary, findings, run
from lib.loaded_month import MAY
from lib.store_tables import fill


@pytest.mark.slow
@pytest.mark.parametrize("rows_of_a_large_month", [1, 1_000_000])
def test_checks_one_by_one_find_what_they_find_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_of_a_large_month: int
) -> None:
    files = {
        "K1100000.CSV": inputs.exchange("K11", inputs.claim(days=3), inputs.claim(recipient="0000000002")),
        "K6100000.CSV": inputs.exchange("K61", inputs.attendance()),
    }
    home = inputs.make_home(tmp_path, files)
    monkeypatch.setenv("HENREI_THREADS", "3")
    monkeypatch.setattr(shared_views, "LARGE_MONTH", rows_of_a_large_month)
    workers = []

    def prepare(*given: object) -> list:
        workers.extend(prepared(*given))  # type: ignore[arg-type]
        return list(workers)

    prepared = runner.prepare
    monkeypatch.setattr(runner, "prepare", prepare)
    assert run(home) == 0
    assert len(workers) == (1 if rows_of_a_large_month == 1 else 3)
    assert [row[:2] for row in findings(home)] == [("DAY203", "0000000001"), ("DAY204", "0000000002")]


@pytest.mark.slow
@pytest.mark.parametrize(("children", "severity"), [(31, "return"), (32, "review")])
def test_the_brake_lowers_a_check_that_hits_too_many(tmp_path: Path, children: int, severity: str) -> None:
    """Two children are in the ledger; CRT101 hits the others: 29 are too few for the brake, 30 are enough."""
    home = inputs.make_home(tmp_path, inputs.right_month(children))
    assert run(home) == 0
    hits = [row for row in findings(home) if row[0] == "CRT101"]
    assert len(hits) == children - 2
    assert {row[-1] for row in hits} == {severity}
    assert check_summary(home, "CRT101")["braked"] is (severity == "review")


@pytest.mark.slow
def test_the_brake_is_a_share_strictly_exceeded(tmp_path: Path) -> None:
    settings = "[checks]\nbrake = { share = 0.5, least = 1 }\n"
    home = inputs.make_home(tmp_path, inputs.right_month(4), settings=settings)
    assert run(home) == 0
    assert check_summary(home, "CRT101")["braked"] is False


@pytest.mark.slow
def test_the_city_chooses_severities_and_checks(tmp_path: Path) -> None:
    settings = '[checks]\ndisabled = ["DAY204"]\n[checks.severity]\nDAY203 = "notice"\n'
    home = inputs.make_home(tmp_path, inputs.a_day_too_many(), settings=settings)
    assert run(home) == 0
    assert [(code, severity) for code, *_, severity in findings(home)] == [("DAY203", "notice")]
    assert "設定" in check_summary(home, "DAY204")["reason"]
    assert not [
        row
        for row in inputs.read_table(home / "out" / inputs.REVIEW / "undetermined.csv")
        if row["check_code"] == "DAY204"
    ]


@pytest.mark.parametrize(("shared", "found"), [("false", ["1", "2"]), ("true", ["2"])])
def test_where_a_household_shares_its_cap_only_more_than_it_is_found(
    empty_store: duckdb.DuckDBPyConnection, shared: str, found: list[str]
) -> None:
    given = {
        "claims": [
            {"facility_no": "A", "recipient_no": "1", "burden_cap": "2100"},
            {"facility_no": "A", "recipient_no": "2", "burden_cap": "9300"},
        ],
        "recipients": [{"recipient_no": number, "burden_cap": "4600"} for number in ("1", "2")],
    }
    empty_store.execute("BEGIN")
    try:
        examples.load(empty_store, examples.Example("shared", given))
        empty_store.execute(f"CREATE TEMP VIEW rule_variants AS SELECT 'shared_cap' AS setting, '{shared}' AS variant")
        (result,) = runner.run(empty_store, [catalogue()["CRT104"]], {}, ())
    finally:
        empty_store.execute("ROLLBACK")
    assert sorted(result.findings["recipient_no"]) == found


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"service_codes": [{"service_code": "636101"}]}, "利用計画(plans.csv)がありません"),
        (
            {"service_codes": [{"service_code": "636101"}], "plans": [{"recipient_no": "1", "plan_kind": "2"}]},
            "利用計画(plans.csv)に記録受領日が一つもありません",
        ),
        (
            {
                "service_codes": [{"service_code": "636101"}],
                "plans": [
                    {"recipient_no": "1", "plan_kind": "2"},
                    {"recipient_no": "2", "plan_kind": "2", "record_date": "2026-04-30"},
                ],
            },
            None,
        ),
    ],
)
def test_a_check_may_need_a_column_of_a_ledger(
    empty_store: duckdb.DuckDBPyConnection, given: dict[str, list[examples.Row]], reason: str | None
) -> None:
    """One row that holds it is enough; where the whole ledger is absent, that alone is said."""
    empty_store.execute("BEGIN")
    try:
        examples.load(empty_store, examples.Example("column", given))
        lacks = runner.what_it_lacks(catalogue()["ADD611"], runner.absent(empty_store))
    finally:
        empty_store.execute("ROLLBACK")
    assert lacks == reason


CLAIM_OF_APRIL = """
claims
| facility_no | recipient_no | service_month |
|---|---|---|
| A | 1 | 2026-04 |
"""


def test_shared_views_are_computed_once_for_the_review_month_on_every_connection(home_with_store: Home) -> None:
    with open_store(home_with_store) as con:
        fill(con, CLAIM_OF_APRIL)
        workers = runner.prepare(con, {"shared_cap": "false"})
        for worker in workers:
            assert worker.execute("SELECT review_month(), count(*) FROM claims_now").fetchall() == [(MAY, 1)]
        con.execute("DELETE FROM claims")
        assert con.execute("SELECT count(*) FROM claims_standing").fetchall() == [(1,)]
        for worker in workers[1:]:
            worker.close()
