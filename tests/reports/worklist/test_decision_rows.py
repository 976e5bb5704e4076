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


def test_rows_stand_in_the_order_of_the_cases_and_the_surest_of_a_case_first() -> None:
    """What the brake lowered at B and what is to be looked at at A are one child's."""
    findings = [
        finding("DAY206", A, ONE, "review", amount_yen=99_000),
        finding("DAY203", A, TWO, amount_yen=90_000, at_issue_yen=5000),
        finding("DAY203", A, THREE, amount_yen=10_000, at_issue_yen=9000),
        finding("CRT101", B, ONE, "review", downgraded=True),
    ]
    rows = decision_rows(worklist_data(findings))
    assert [(row.case, row.key[1:3], row.at_issue, row.needed) for row in rows] == [
        (1, (A, THREE), 9000, True),
        (2, (A, TWO), 5000, True),
        (3, (B, ONE), None, True),
        (3, (A, ONE), None, False),
    ]


def test_what_is_at_issue_is_what_the_gravest_reasons_say() -> None:
    findings = [
        finding("DAY203", A, ONE, at_issue_yen=5000),
        finding("AMT704", A, ONE, at_issue_yen=1),
        finding("DAY206", A, ONE, "review", at_issue_yen=70_000),
    ]
    assert [row.at_issue for row in decision_rows(worklist_data(findings))] == [5000]


def test_the_surest_reason_leads_a_row() -> None:
    findings = [finding("DAY206", A, ONE, "review"), finding("ADD603", A, ONE), finding("CRT101", A, ONE)]
    (row,) = decision_rows(worklist_data(findings))
    assert [reason["check_code"] for reason in row.reasons] == ["ADD603", "CRT101", "DAY206"]
    assert row.main_check == "ADD603"


def test_a_decision_moves_no_row_and_no_number() -> None:
    findings = [finding("DAY203", A, number, at_issue_yen=int(number)) for number in (ONE, TWO, THREE)]
    before = [(row.case, row.key) for row in decision_rows(worklist_data(findings))]
    decided = [decision(A, TWO, "return"), decision(B, "0000000009", "accept")]
    after = [(row.case, row.key) for row in decision_rows(worklist_data(findings, decided))]
    assert after[:-1] == before and after[-1] == (4, ("claim", B, "0000000009", "2026-04"))


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
