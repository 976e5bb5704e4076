"""The 確認依頼, sent before the month is closed: a facility's questions in, its workbook, and what books/ keeps of it, out.

The workbook can be read back (`read_answers`); `answer_sheet` says what it carries for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from henrei.publication import INQUIRIES
from henrei.reports.letters import answer_sheet as sheet
from henrei.reports.letters import workbook_parts as parts
from henrei.reports.letters.letter import Letter
from henrei.reports.letters.questions import Inquiry, Question, inquiries
from henrei.reports.workbook import Book, Column, TableOptions
from henrei.store.answers import SentQuestion, subjects_text

TITLE = "請求内容の確認依頼"
POINTS, LISTED = "参考", "対象の一覧"  # further sheets of the workbook
_MOST_IN_A_CELL = 5  # subjects that a question's row names; where there are more, LISTED has them
_NUMBER = Column(sheet.NUMBER, 6, "number")
# A question's own columns; QUESTION of `answer_sheet` is among them.
_COLUMNS = (
    Column(sheet.KIND, 14, wrap=True),
    Column(sheet.RECIPIENT, 13, wrap=True),
    Column(sheet.NAME, 18, wrap=True),
    Column(sheet.MONTH, 11, wrap=True),
    Column(sheet.SERVICES, 20, wrap=True),
    parts.YEN,
    Column(sheet.SEVERITY, 9),
    Column(sheet.CODE, 15, wrap=True),
    Column(sheet.POINT, 44, wrap=True),
    Column(sheet.DAYS, 20, wrap=True),
    Column(sheet.ACTION, 36, wrap=True),
)
_ANSWER = (
    Column(sheet.CHOICE, 14, entry=True, choices=sheet.CHOICES),
    Column(sheet.TEXT, 40, wrap=True, entry=True),
    Column(sheet.WHO, 18, wrap=True, entry=True),
    Column(sheet.MARK, 4, hidden=True),
)


def sent(inquiry: Inquiry) -> list[SentQuestion]:
    """What books/ keeps of the letter, so that an answer to it is known from one to another letter."""
    facility = inquiry.head.facility_no
    entries = [(one, sheet.question_digest(_question_cells(one))) for one in inquiry.questions]
    sending = sheet.sending_digest(_letter(inquiry), [(one.id, digest) for one, digest in entries])
    return [
        SentQuestion(
            facility_no=facility,
            sending=sending,
            number=number,
            question=one.id,
            digest=digest,
            check_code=one.reason.code,
            days=one.reason.dates if one.is_day else "",
            subjects=subjects_text(asked.key for asked in one.asked),
        )
        for number, (one, digest) in enumerate(entries, start=1)
    ]


def workbook(inquiry: Inquiry, created: date) -> bytes:
    """Sheets 確認依頼 (a row a question, with columns for the answer); 対象の一覧 and 参考 where they hold something."""
    book = Book(created, parts.book_title(TITLE, inquiry.head))
    _add_questions(book, inquiry)
    _add_subjects(book, inquiry.questions)
    if inquiry.points:
        discloses = any(one.reason.others for one in inquiry.points)
        book.table(
            POINTS,
            (_NUMBER, *_COLUMNS, parts.GRID, *((parts.OTHERS,) if discloses else ())),
            ((number, *_cells(one, discloses=discloses)) for number, one in enumerate(inquiry.points, start=1)),
            TableOptions(above=("参考: 知っておいていただきたい点です。回答は要りません。",), freeze=3),
        )
    book.hidden(sheet.HIDDEN, _marks(inquiry))
    return book.bytes()


def _add_questions(book: Book, inquiry: Inquiry) -> None:
    discloses = any(question.reason.others for question in inquiry.questions)
    decided = any(question.decided for question in inquiry.questions)
    columns = (
        _NUMBER,
        *_COLUMNS,
        parts.GRID,
        *((parts.OTHERS,) if discloses else ()),
        *((Column("市の決定", 16, wrap=True),) if decided else ()),
        *_ANSWER,
    )
    rows = (
        (
            number,
            *_cells(question, discloses=discloses),
            *((_decision(question),) if decided else ()),
            *("", "", ""),
            question.id,
        )
        for number, question in enumerate(inquiry.questions, start=1)
    )
    above = (*parts.letterhead_lines(TITLE, inquiry.head), *inquiry.plea)
    book.table(sheet.SHEET, columns, rows, TableOptions(above=above, freeze=3))


def _add_subjects(book: Book, questions: Sequence[Question]) -> None:
    """The subjects of the questions whose rows only count them."""
    rows = [
        (number, *parts.subject_cells(number, one.subject)[1:], one.yen, one.decided)
        for number, question in enumerate(questions, start=1)
        for one in question.asked
        if len(question.asked) > _MOST_IN_A_CELL
    ]
    if rows:
        columns = (Column("問の番号", 8, "number"), *parts.SUBJECT[1:], parts.YEN, Column("市の決定", 16))
        book.table(LISTED, columns, rows, TableOptions(freeze=3))


def _marks(inquiry: Inquiry) -> list[tuple[str, str]]:
    questions = sent(inquiry)
    sending = questions[0].sending if questions else ""
    marks = zip(sheet.MARKS, (*_letter(inquiry), sending), strict=True)
    return [*marks, *((one.question, one.digest) for one in questions)]


def _letter(inquiry: Inquiry) -> tuple[str, str, str, str]:
    """Whose letter it is: all of `answer_sheet.MARKS` but the last."""
    return sheet.THIS_LETTER, inquiry.review_month, inquiry.municipality_no, inquiry.head.facility_no


def _cells(question: Question, *, discloses: bool) -> list[object]:
    """The cells under _COLUMNS and parts.GRID, and of parts.OTHERS where the letter has that column."""
    own, reason = _question_cells(question), question.reason
    return [
        *(own[column.label] for column in _COLUMNS),
        parts.grid_cell([reason]),
        *((reason.others,) if discloses else ()),
    ]


def _question_cells(question: Question) -> dict[str, object]:
    """The cells under `answer_sheet.QUESTION`."""
    reason = question.reason
    subjects = [tuple(map(str, parts.subject_cells(0, one.subject)[1:])) for one in question.asked]
    heads = (sheet.KIND, sheet.RECIPIENT, sheet.NAME, sheet.MONTH, sheet.SERVICES)
    if len(subjects) > _MOST_IN_A_CELL:
        texts = [
            f"{len(subjects)}件",
            f"シート「{LISTED}」",
            "",
            *("\n".join(dict.fromkeys(s[at] for s in subjects)) for at in (3, 4)),
        ]
    elif len({one[0] for one in subjects}) == len({one[4] for one in subjects}) == 1:
        texts = [subjects[0][0], *("\n".join(one[at] for one in subjects) for at in (1, 2, 3)), subjects[0][4]]
    else:
        texts = ["\n".join(one[at] for one in subjects) for at in range(5)]
    return {
        **dict(zip(heads, texts, strict=True)),
        sheet.YEN: question.yen,
        sheet.SEVERITY: question.severity,
        sheet.CODE: reason.codes,
        sheet.POINT: f"{reason.title}: {reason.message}",
        sheet.DAYS: reason.dates,
        sheet.ACTION: reason.action,
    }


def _decision(question: Question) -> str:
    """What is decided: of all subjects, or of each by itself."""
    if len({one.decided for one in question.asked}) == 1 or len(question.asked) > _MOST_IN_A_CELL:
        return question.decided
    return "\n".join(one.decided or "まだ決まっていません" for one in question.asked)


LETTER = Letter(INQUIRIES, "inquiry", inquiries, workbook)
