"""The 確認依頼, sent before anything is decided: a month's findings in, each facility's own questions out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from henrei.publication import Publication
from henrei.reports.letters import workbook_parts as parts
from henrei.reports.letters.content import Letterhead, Reason, Subject, letterhead, ranked, reason, severity, subject_of
from henrei.reports.letters.inputs import Finding, LetterInputs
from henrei.reports.letters.letter import Letter
from henrei.reports.letters.redaction import Redact
from henrei.reports.workbook import Book, Column, TableOptions

TITLE = "請求内容の確認依頼"
ANSWERS = ("請求のとおり", "誤りがある", "その他")
_PLEA = "黄色の欄に回答を書き入れて、お送りください。まだ返戻は決まっていません。送り直しは、返戻のお知らせを受けてからにしてください。"


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
    redaction = inputs.redaction()
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in inputs.findings:
        findings[finding["facility_no"]].append(finding)
    return {
        facility: Inquiry(
            letterhead(inputs, facility),
            tuple(_question(inputs, finding, redaction(facility)) for finding in ranked(own)),
        )
        for facility, own in sorted(findings.items())
    }


def _question(inputs: LetterInputs, finding: Finding, redact: Redact) -> Question:
    what = subject_of(inputs, finding)
    return Question(what, severity(finding), finding["amount_yen"], reason(inputs, finding, redact))


def workbook(inquiry: Inquiry, created: date) -> bytes:
    """One sheet 確認依頼, a row per question, with columns for the answer."""
    book = Book(created, parts.book_title(TITLE, inquiry.head))
    discloses = any(question.reason.others for question in inquiry.questions)
    book.table(
        "確認依頼",
        (
            *parts.SUBJECT,
            parts.YEN,
            Column("区分", 9),
            parts.CODE,
            Column("確認していただきたい点", 44, wrap=True),
            parts.DATES,
            Column("誤りがあった場合や返戻となった場合", 36, wrap=True),
            *((parts.OTHERS,) if discloses else ()),
            Column("回答", 14, entry=True, choices=ANSWERS),
            Column("回答の内容", 40, wrap=True, entry=True),
            Column("回答した日・人", 18, wrap=True, entry=True),
        ),
        [
            (
                *parts.subject_cells(number, question.subject),
                question.yen,
                question.severity,
                *parts.reason_cells(question.reason),
                *((question.reason.others,) if discloses else ()),
                "",
                "",
                "",
            )
            for number, question in enumerate(inquiry.questions, start=1)
        ],
        TableOptions(above=(*parts.letterhead_lines(TITLE, inquiry.head), _PLEA), freeze=3),
    )
    return book.bytes()


LETTER = Letter(Publication("inquiries", ("inquiries",)), "inquiry", inquiries, workbook)
