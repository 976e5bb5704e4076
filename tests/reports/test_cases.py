"""What is looked at and decided together: a child in a month, or one cause at one facility."""

from __future__ import annotations

from typing import Any

import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.checks.findings import UNDETERMINED_COLUMNS
from henrei.reports.cases import Cases, cases_of, unjudged_rows
from lib.letter_inputs import ONE, THREE, TWO, A, B, finding

DAY, STATE, PLAIN = (
    next(c.code for c in catalogue().values() if c.role == role and c.subject == "claim")
    for role in ("day_of_facility", "state_of_facility", None)
)
MONTH = "2026-04"


def found(code: str, severity: str, recipient: str, yen: int = 1000, **more: Any) -> dict[str, Any]:
    return {"downgraded": False, **finding(code, severity, recipient, **more), "amount_yen": yen}


def listed(cases: Cases) -> list[tuple[str, str, list[str]]]:
    """Child or facility, day, and the children of each case."""
    return [(one.child or one.facility_no, one.day, [row["recipient_no"] for row in one.findings]) for one in cases.all]


def test_all_numbers_of_a_child_and_all_its_facilities_are_one_case() -> None:
    rows = [found(PLAIN, "return", ONE), found(PLAIN, "return", ONE, facility_no=B), found(PLAIN, "return", TWO)]
    assert listed(cases_of(rows, [], [], {ONE: "c", TWO: "c"})) == [("c", "", [ONE, TWO, ONE])]
    assert listed(cases_of(rows, [], [], {})) == [(ONE, "", [ONE, ONE]), (TWO, "", [TWO])]


def test_a_day_of_the_facility_is_one_case_for_all_children() -> None:
    day = "2026-04-03"
    rows = [found(DAY, "return", ONE, use_dates=day), found(DAY, "return", TWO, use_dates=day)]
    cases = cases_of([*rows, found(PLAIN, "review", TWO)], [], [], {})
    assert listed(cases) == [(A, day, [ONE, TWO]), (TWO, "", [TWO])]
    of = {key[2]: number for key, number in cases.of_key.items()}
    assert of == {ONE: 1, TWO: 2}  # of TWO there is something else the matter


def test_the_gravest_come_first_and_decisions_move_nothing() -> None:
    rows = [
        found(PLAIN, "review", ONE, 9000),
        found(PLAIN, "return", TWO, 10),
        found(PLAIN, "return", THREE, 20),
    ]
    before = cases_of(rows, [], [], {})
    assert [one.child for one in before.all] == [THREE, TWO, ONE]
    other = "0000000009"
    unjudged = {"subject": "claim", "facility_no": A, "recipient_no": "0000000008", "service_month": MONTH}
    after = cases_of(rows, [unjudged], [("claim", A, ONE, MONTH), ("claim", A, other, MONTH)], {})
    assert [one.child for one in after.all] == [THREE, TWO, ONE, "0000000008", other]
    assert after.all[3].undetermined == (unjudged,)
    assert after.all[4].keys == (("claim", A, other, MONTH),) and after.all[4].findings == ()
    decided = [("claim", A, "0000000008", MONTH)]
    assert [one.child for one in cases_of(rows, [unjudged], decided, {}).all] == [THREE, TWO, ONE, "0000000008"]


def test_a_check_that_was_not_judged_at_all_is_no_case() -> None:
    whole = {"subject": "claim", "facility_no": None, "recipient_no": None, "service_month": None}
    assert cases_of([], [whole], [], {}).all == ()


def test_what_is_at_issue_comes_before_the_whole_claim_and_what_cannot_be_said_comes_last() -> None:
    """A yen on a large claim is no large mistake."""
    rows = [
        found(PLAIN, "return", ONE, 90_000, at_issue_yen=1),
        found(PLAIN, "return", TWO, 30_000, at_issue_yen=20_000, facility_no=B),
        found(PLAIN, "return", THREE, 99_000, facility_no="1350000003"),
    ]
    cases = cases_of(rows, [], [], {})
    assert [(one.child, one.at_issue) for one in cases.all] == [(TWO, 20_000), (ONE, 1), (THREE, None)]


def test_what_one_call_settles_stands_together_at_the_place_of_its_first() -> None:
    rows = [
        found(PLAIN, "return", ONE, at_issue_yen=900),
        found(PLAIN, "return", TWO, at_issue_yen=500, facility_no=B),
        found(PLAIN, "return", THREE, at_issue_yen=10),
        found(PLAIN, "review", "0000000004", at_issue_yen=9000),
    ]
    assert [one.child for one in cases_of(rows, [], [], {}).all] == [ONE, THREE, TWO, "0000000004"]


def test_of_one_overlap_what_is_at_issue_counts_once_and_other_claims_are_added() -> None:
    rows = [
        found(PLAIN, "return", ONE, at_issue_yen=10_000, group_id="x"),
        found(PLAIN, "return", ONE, at_issue_yen=9_000, group_id="x", facility_no=B),
        found(PLAIN, "return", ONE, at_issue_yen=500, facility_no="1350000003"),
        found(PLAIN, "review", ONE, at_issue_yen=70_000, facility_no="1350000003"),  # is not what it goes back for
    ]
    (case,) = cases_of(rows, [], [], {}).all
    assert case.at_issue == 10_500


def test_what_the_brake_lowered_comes_between() -> None:
    rows = [
        found(PLAIN, "review", ONE, at_issue_yen=900),
        found(PLAIN, "review", TWO, at_issue_yen=1, downgraded=True),
        found(PLAIN, "return", THREE),
    ]
    assert [one.child for one in cases_of(rows, [], [], {}).all] == [THREE, TWO, ONE]


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = [found(PLAIN, "return", f"{n:010}", 100, facility_no=(A, B)[n % 2], finding_id=str(n)) for n in range(9)]
    rows.append(found(DAY, "return", ONE, use_dates="2026-04-03;2026-04-04", finding_id="d"))
    forth, back = cases_of(rows, [], [], {}), cases_of(rows[::-1], [], [], {})
    assert [one.keys for one in forth.all] == [one.keys for one in back.all]
    assert (forth.of_key, forth.of_finding) == (back.of_key, back.of_finding)


def unjudged(*rows: tuple[str, str | None, str | None, str]) -> pl.DataFrame:
    """Check, facility, recipient and reason; all of April."""
    return pl.DataFrame(
        [(code, "claim", facility, recipient, MONTH, reason) for code, facility, recipient, reason in rows],
        schema=dict.fromkeys(UNDETERMINED_COLUMNS, pl.String),
        orient="row",
    )


def test_what_is_unjudged_of_a_facility_s_state_is_one_row_for_all_claims() -> None:
    rows = unjudged_rows(
        unjudged((STATE, A, ONE, "r"), (STATE, A, TWO, "r"), (STATE, A, THREE, "s"), (STATE, B, ONE, "r"),
                 (PLAIN, A, ONE, "r"), (STATE, None, None, "r"))
    )  # fmt: skip
    assert rows.select("check_code", "facility_no", "recipient_no", "reason", "claims").rows() == [
        (PLAIN, A, ONE, "r", None),
        (STATE, None, None, "r", None),
        (STATE, A, None, "r", 2),
        (STATE, A, None, "s", 1),
        (STATE, B, None, "r", 1),
    ]


def test_what_is_unjudged_of_a_facility_s_state_is_one_case_a_check_and_none_of_a_child() -> None:
    rows = unjudged_rows(
        unjudged(
            (STATE, A, ONE, "r"), (STATE, A, TWO, "r"), (STATE, B, ONE, "r"), (DAY, A, ONE, "r"), (PLAIN, A, TWO, "r")
        )
    )
    cases = cases_of([], rows.iter_rows(named=True), [("claim", A, THREE, MONTH)], {})
    assert [(one.child, one.facility_no, one.check_code, len(one.keys)) for one in cases.all] == [
        ("", A, STATE, 0),  # by their codes
        ("", A, DAY, 0),
        ("", B, STATE, 0),
        (TWO, "", "", 1),
        (THREE, "", "", 1),
    ]
    assert cases.of_key == {("claim", A, TWO, MONTH): 4, ("claim", A, THREE, MONTH): 5}
    assert [cases.of_row(row) for row in rows.iter_rows(named=True)] == [(4,), (1,), (3,), (2,)]


def test_what_is_unjudged_joins_the_cause_that_its_check_found_at_the_facility() -> None:
    rows = [found(DAY, "return", ONE, use_dates=f"2026-04-{day}", finding_id=day) for day in ("04", "03")]
    left = unjudged_rows(unjudged((DAY, A, TWO, "r"), (DAY, B, TWO, "r")))
    cases = cases_of(rows, left.iter_rows(named=True), [], {})
    assert [(one.facility_no, one.day, [row["claims"] for row in one.undetermined]) for one in cases.all] == [
        (A, "2026-04-03", [1]),
        (A, "2026-04-04", []),
        (B, "", [1]),
    ]
    assert cases.all[0].keys == (("claim", A, ONE, MONTH),)  # of what could not be judged no claim is shown
    assert [cases.of_row(row) for row in (*rows, *left.iter_rows(named=True))] == [(2,), (1,), (1,), (3,)]
