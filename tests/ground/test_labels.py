"""Every code that a check can give has a label."""

from __future__ import annotations

from henrei import labels
from henrei.checks.catalogue import catalogue


def test_severities_and_subjects_of_the_checks_are_called_something() -> None:
    checks = catalogue().values()
    assert {check.severity for check in checks} <= set(labels.SEVERITIES)
    assert {check.subject for check in checks} <= set(labels.SUBJECTS) == set(labels.SHORT_SUBJECTS)


def test_claims_and_sheets_are_the_two_kinds_of_the_federations_lists() -> None:
    assert {kind: labels.SUBJECTS[subject] for kind, subject in labels.SUBJECT_OF_KIND.items()} == {
        "明": "明細書",
        "利": "上限額管理結果票",
    }
    assert {labels.SUBJECT_OF_KIND[kind]: kind for kind in labels.SUBJECT_OF_KIND} == labels.KIND_OF_SUBJECT
