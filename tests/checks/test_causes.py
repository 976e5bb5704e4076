"""What one person at a facility answers once: findings of one cause."""

from __future__ import annotations

from typing import Any

from henrei.checks.catalogue import catalogue
from henrei.checks.causes import causes
from lib.letter_inputs import ONE, THREE, TWO, A, B, finding


def code_with(role: str | None) -> str:
    """A check with the role that speaks of claims."""
    return next(c.code for c in catalogue().values() if c.role == role and c.subject == "claim")


DAY, STATE, PLAIN = code_with("day_of_facility"), code_with("state_of_facility"), code_with(None)


def about(found: list[dict[str, Any]]) -> list[tuple[str, str, str, list[str]]]:
    """Facility, check, day and children of each cause."""
    return [
        (cause.facility_no, cause.check_code, cause.day, [row["recipient_no"] for row in cause.rows])
        for cause in causes(found)
    ]


def test_a_day_at_the_facility_is_asked_about_once_and_not_once_a_child() -> None:
    both, first = "2026-04-03;2026-04-04", "2026-04-03"
    rows = [finding(DAY, "return", ONE, use_dates=both), finding(DAY, "return", TWO, use_dates=first)]
    other = finding(DAY, "return", THREE, use_dates=first, facility_no=B)
    assert about([*rows, other]) == [
        (A, DAY, "2026-04-03", [ONE, TWO]),
        (A, DAY, "2026-04-04", [ONE]),
        (B, DAY, "2026-04-03", [THREE]),
    ]


def test_a_day_of_another_type_or_month_is_another_cause() -> None:
    day = "2026-04-03"
    rows = [finding(DAY, "return", ONE, use_dates=day), finding(DAY, "return", ONE, use_dates=day, service_type="61")]
    assert len(causes(rows)) == 2


def test_what_the_facility_has_filed_is_asked_about_once() -> None:
    rows = [finding(STATE, "return", one, observed="甲", message=f"{one}の文") for one in (ONE, TWO)]
    assert about([*rows, finding(STATE, "return", THREE, observed="乙")]) == [
        (A, STATE, "", [ONE, TWO]),
        (A, STATE, "", [THREE]),
    ]


def test_an_overlap_or_excess_is_one_cause_at_each_facility() -> None:
    rows = [
        finding(PLAIN, "return", ONE, group_id="g"),
        finding(PLAIN, "return", TWO, group_id="g"),
        finding(PLAIN, "return", ONE, group_id="g", facility_no=B),
        finding(PLAIN, "return", THREE),
    ]
    assert about(rows) == [(A, PLAIN, "", [ONE, TWO]), (B, PLAIN, "", [ONE]), (A, PLAIN, "", [THREE])]


def test_what_is_only_to_be_known_is_no_part_of_a_question() -> None:
    rows = [finding(STATE, "notice", ONE), finding(STATE, "review", TWO), finding(PLAIN, "return", ONE)]
    assert [(cause.check_code, cause.severity, cause.asks) for cause in causes(rows)] == [
        (PLAIN, "return", True),
        (STATE, "review", True),
        (STATE, "notice", False),
    ]


def test_a_cause_is_known_again_in_the_next_run() -> None:
    """By its facts: what it costs, how grave it is and how it is put may change."""
    days = {"use_dates": "2026-04-03"}
    before = [finding(DAY, "return", ONE, **days), finding(PLAIN, "return", TWO)]
    after = [
        finding(DAY, "review", ONE, message="別の文", amount_yen=1, **days),
        finding(DAY, "review", THREE, **days),
        finding(PLAIN, "review", TWO, action="別のこと"),
    ]
    assert {cause.id for cause in causes(before)} == {cause.id for cause in causes(after)}
    assert len({cause.id for cause in causes(before)}) == 2


def test_every_check_about_a_day_of_the_facility_has_its_sentence() -> None:
    for check in catalogue().values():
        if check.role == "day_of_facility":
            assert check.together.startswith("{dates}"), check.code
        if check.together:
            assert check.together.format(dates="9月4日", services="放課後等デイサービス", month="2026年9月分")
