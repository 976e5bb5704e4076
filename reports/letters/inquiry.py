"""The 確認依頼, sent before anything is decided: a month's findings in, each facility's own questions out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from henrei.reports.letters.content import Letterhead, Reason, Subject, letterhead, ranked, reason, severity, subject_of
from henrei.reports.letters.inputs import LetterInputs, Row

ANSWERS = ("請求のとおり", "誤りがある", "その他")


@dataclass(frozen=True)
class Question:
    """`yen`: the 給付費 at stake, where the finding has one."""

    subject: Subject
    severity: str
    yen: int | None
    reason: Reason


@dataclass(frozen=True)
class Inquiry:
    head: Letterhead
    questions: tuple[Question, ...]


def inquiries(inputs: LetterInputs) -> dict[str, Inquiry]:
    """The 確認依頼 of every facility with a finding, by its number."""
    redactor = inputs.redactor()
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in inputs.findings:
        rows[row["facility_no"]].append(row)
    letters = {}
    for facility, own in sorted(rows.items()):
        redact = str if inputs.issuer.disclose else redactor.for_facility(facility, inputs.own.get(facility, set()))
        letters[facility] = Inquiry(
            letterhead(inputs, facility),
            tuple(
                Question(subject_of(inputs, row), severity(row), row["amount_yen"], reason(inputs, row, redact))
                for row in ranked(own)
            ),
        )
    return letters
