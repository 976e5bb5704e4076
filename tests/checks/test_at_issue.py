"""The yen that a mistake concerns: of days their share of the cost, of units their price, of amounts what they differ by."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from henrei.checks import examples, findings, runner
from henrei.checks.catalogue import catalogue

Given = dict[str, list[examples.Row]]
A1 = {"facility_no": "A", "recipient_no": "1"}
# Ten days at 10,000 yen each, and what the family pays of them.
CLAIM: Given = {
    "claims": [{**A1, "benefit_yen": "95400", "total_cost": "100000", "decided_burden": "4600"}],
    "claim_days": [{**A1, "service_type": "63", "billed_days": "10"}],
    "claim_totals": [{**A1, "service_type": "63", "units": "9653", "unit_price": "10360", "total_cost": "100000"}],
}


@pytest.fixture
def con(empty_store: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty_store.execute("BEGIN")
    yield empty_store
    empty_store.execute("ROLLBACK")


def at_issue(con: duckdb.DuckDBPyConnection, code: str, given: Given) -> list[tuple[str, int | None, int | None]]:
    """Recipient, what the mistake concerns and the claim's 給付費 of each finding."""
    examples.load(con, examples.Example("", given))
    results = runner.run(con, [catalogue()[code]], {}, ())
    return findings.table(con, results, "112992").select("recipient_no", "at_issue_yen", "amount_yen").rows()


def attendance(days: str) -> Given:
    return {"attendance": [{**A1, "form": "0501", "days": days}]}


def test_days_are_their_share_of_the_cost(con: duckdb.DuckDBPyConnection) -> None:
    grants = [{"recipient_no": "1", "grant_code": "631000", "allowance_days": "23", "valid_to": "2026-04-08"}]
    assert at_issue(con, "CRT102", {**CLAIM, **attendance("1-10"), "grants": grants}) == [("1", 20_000, 95_400)]


def test_never_more_days_than_are_billed_and_never_more_than_the_claim(con: duckdb.DuckDBPyConnection) -> None:
    grants = [{"recipient_no": "1", "grant_code": "611000", "allowance_days": "23"}]
    assert at_issue(con, "CRT103", {**CLAIM, **attendance("1-12"), "grants": grants}) == [("1", 95_400, 95_400)]


def test_a_share_is_rounded_down(con: duckdb.DuckDBPyConnection) -> None:
    given = {**CLAIM, "claim_days": [{**A1, "service_type": "63", "billed_days": "3"}], **attendance("1-2")}
    assert at_issue(con, "DAY203", given) == [("1", 33_333, 95_400)]


def test_of_an_excess_no_more_than_the_claims_own_days(con: duckdb.DuckDBPyConnection) -> None:
    b1 = {"facility_no": "B", "recipient_no": "1"}
    given = {name: [*rows, *({**row, **b1} for row in rows)] for name, rows in CLAIM.items()}
    given["attendance"] = [{**A1, "form": "0501", "days": "1-10"}, {**b1, "form": "0501", "days": "11"}]
    given["grants"] = [{"recipient_no": "1", "grant_code": "631000", "allowance_days": "9"}]
    assert at_issue(con, "DAY202", given) == [("1", 20_000, 95_400), ("1", 10_000, 95_400)]


def test_a_claim_that_should_not_be_is_at_issue_as_a_whole(con: duckdb.DuckDBPyConnection) -> None:
    assert at_issue(con, "CRT101", {**CLAIM, "recipients": [{"recipient_no": "2"}]}) == [("1", 95_400, 95_400)]


def test_a_wrong_amount_is_what_it_differs_by(con: duckdb.DuckDBPyConnection) -> None:
    assert at_issue(con, "AMT704", CLAIM) == [("1", 5, 95_400)]  # 9,653 units are 100,005 yen


def test_of_amounts_that_follow_from_each_other_the_largest_difference_counts(con: duckdb.DuckDBPyConnection) -> None:
    claim = {**CLAIM["claims"][0], "burden_cap": "4600", "decided_burden": "5000", "benefit_yen": "95000"}
    assert at_issue(con, "AMT705", {**CLAIM, "claims": [claim]}) == [("1", 95_000, 95_000)]  # the 04 row has no 給付費


def test_units_are_valued_by_the_unit_price(con: duckdb.DuckDBPyConnection) -> None:
    code = {"service_code": "636101", "severe_class": "1", "addon_keys": "absence", "name": "欠席時対応加算"}
    line = {**A1, "service_code": "636101", "units": "94", "line_count": "6", "line_units": "564"}
    given = {**CLAIM, **attendance("1-10"), "claim_lines": [line], "service_codes": [code]}
    assert at_issue(con, "ADD601", given) == [("1", 188 * 10360 // 1000, 95_400)]  # four a month are allowed


def test_lines_of_two_add_ons_are_added_up(con: duckdb.DuckDBPyConnection) -> None:
    lines = [
        {**A1, "service_code": f"63600{n}", "units": "100", "line_count": "1", "line_units": "100"} for n in (1, 2)
    ]
    assert at_issue(con, "AMT708", {**CLAIM, "claim_lines": lines, "service_codes": []}) == [("1", 2072, 95_400)]


def test_what_the_claim_does_not_say_cannot_be_said(con: duckdb.DuckDBPyConnection) -> None:
    """No days are billed; and what changes with a decision of the federation nobody can say."""
    given = {"claims": CLAIM["claims"], "claim_totals": CLAIM["claim_totals"], **attendance("3")}
    given["grants"] = [{"recipient_no": "1", "grant_code": "611000", "allowance_days": "23"}]
    assert at_issue(con, "CRT103", given) == [("1", None, 95_400)]


def test_a_check_of_which_it_cannot_be_said(con: duckdb.DuckDBPyConnection) -> None:
    given: Given = {"claims": [{**A1, "service_month": "2026-04"}, {**A1, "recipient_no": "2"}]}
    given["recipients"] = [{"recipient_no": number, "child_code": "7"} for number in ("1", "2")]
    assert at_issue(con, "CRT110", given) == [("1", None, 10_000), ("2", None, 10_000)]
