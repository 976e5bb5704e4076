"""The 確認依頼 to a facility before anything is decided: its own findings, and room for the answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from henrei.reports.letters.content import Letterhead, Reason, Subject, letterhead, ranked, reason, severity, subject_of
from henrei.reports.letters.inputs import Row, Sources

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


def inquiries(sources: Sources) -> dict[str, Inquiry]:
    """The 確認依頼 of every facility with a finding, by its number."""
    redactor = sources.redactor()
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in sources.findings:
        rows[row["facility_no"]].append(row)
    found = {}
    for facility, own in sorted(rows.items()):
        redact = str if sources.issuer.disclose else redactor.for_facility(facility, sources.own.get(facility, set()))
        found[facility] = Inquiry(
            letterhead(sources, facility),
            tuple(
                Question(subject_of(sources, row), severity(row), row["amount_yen"], reason(sources, row, redact))
                for row in ranked(own)
            ),
        )
    return found
