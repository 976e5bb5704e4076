"""The rows of sheet 1: which there are, in which order, what ties them to their run."""

from __future__ import annotations

import polars as pl

from henrei.reports.worklist.decision_rows import decision_rows, row_tokens
from lib.worklist_data import A, B, decision, finding, worklist_data

ONE, TWO, THREE = (f"{number:010}" for number in (1, 2, 3))


def keys(*given: object, **more: object) -> list[tuple[str, str]]:
    """Facility and child of the rows, in their order."""
    return [row.key[1:3] for row in decision_rows(worklist_data(*given, **more))]  # type: ignore[arg-type]


def test_what_is_only_for_information_has_no_row_unless_it_was_decided() -> None:
    findings = [finding("DAY206", A, ONE, "notice"), finding("DAY206", A, TWO, "notice")]
    assert keys(findings) == []
    assert keys(findings, [decision(A, TWO, "hold")]) == [(A, TWO)]
    assert keys([], [decision(B, ONE, "accept")]) == [(B, ONE)]


def test_findings_on_other_subjects_have_no_row() -> None:
    assert keys([finding("FAC501", A, "", subject="facility"), finding("DAY203", A, ONE, subject="attendance")]) == []


def test_the_surest_first_then_the_most_money() -> None:
    findings = [
        finding("DAY206", A, ONE, "review"),
        finding("DAY203", A, TWO),
        finding("DAY203", A, THREE),
        finding("CRT101", B, ONE, "review", downgraded=True),
    ]
    amounts = {(A, TWO, "2026-04"): 5000, (A, THREE, "2026-04"): 9000, (A, ONE, "2026-04"): 99_000}
    rows = decision_rows(worklist_data(findings, amounts=amounts))
    assert [(row.key[1:3], row.needed) for row in rows] == [
        ((A, THREE), True),
        ((A, TWO), True),
        ((B, ONE), True),
        ((A, ONE), False),
    ]


def test_the_surest_reason_leads_a_row() -> None:
    findings = [finding("DAY206", A, ONE, "review"), finding("ADD603", A, ONE), finding("CRT101", A, ONE)]
    (row,) = decision_rows(worklist_data(findings))
    assert [reason["check_code"] for reason in row.reasons] == ["ADD603", "CRT101", "DAY206"]
    assert row.main_check == "ADD603"


def test_rows_that_share_a_group_even_through_another_are_one_block() -> None:
    findings = [
        finding("DAY201", A, ONE, group_id="x"),
        finding("DAY202", B, ONE, group_id="x"),
        finding("DAY202", B, ONE, group_id="y"),
        finding("DAY202", A, TWO, group_id="y"),
        finding("DAY203", A, THREE),
    ]
    amounts = {(A, THREE, "2026-04"): 1}
    rows = decision_rows(worklist_data(findings, amounts=amounts))
    assert [(row.key[1:3], row.block) for row in rows] == [
        ((A, THREE), 0),
        ((A, ONE), 1),
        ((A, TWO), 1),
        ((B, ONE), 1),
    ]


def test_a_decision_is_shown_with_answer_and_note() -> None:
    (row,) = decision_rows(worklist_data([finding("DAY203", A, ONE)], [decision(A, ONE, "return", "認める", "電話")]))
    assert (row.decision, row.answer, row.note) == ("return", "認める", "電話")


def test_a_token_changes_with_the_content_and_with_the_findings_and_with_nothing_else() -> None:
    data = worklist_data([finding("DAY203", A, ONE), finding("DAY206", A, ONE), finding("DAY203", B, TWO)])
    (key, token), (other, _) = sorted(row_tokens(data.fingerprints, data.findings).items())
    assert (key[1], other[1]) == (A, B)
    assert row_tokens(data.fingerprints, data.findings.reverse())[key] == token
    assert row_tokens(data.fingerprints, data.findings.with_columns(message=pl.lit("x")))[key] == token
    of_b = pl.col("facility_no") == B
    assert row_tokens(data.fingerprints, data.findings.filter(~of_b))[key] == token
    assert row_tokens(data.fingerprints, data.findings.head(1))[key] != token
    changed = data.fingerprints.with_columns(fingerprint=pl.lit("another"))
    assert row_tokens(changed, data.findings)[key] != token
