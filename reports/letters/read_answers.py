"""A 確認依頼's workbook that a facility filled in with Excel or LibreOffice in, its answers out. Called by answers.

Rows may be sorted, columns hidden, moved or added; what must be as it was sent are the questions. Every refusal is a
HenreiError of one sentence that names the file, and says neither a child nor a facility.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from henrei.errors import HenreiError
from henrei.reports.letters import answer_sheet as sheet
from henrei.schemas.ledgers.workbook import TooLarge, Unreadable, formula_cells, has_formulas, opened, rows_of
from henrei.store.answers import Answer, SentQuestion

LARGEST = 30_000_000  # bytes of a workbook, and of what it unpacks to; a letter of a thousand questions has a tenth
_HEAD_WITHIN = 100  # rows from the top
_NEEDED = (*sheet.QUESTION, sheet.CHOICE, sheet.TEXT, sheet.WHO, sheet.MARK)
_AGAIN = "送った確認依頼の Excel に書いて返してもらってください"


@dataclass(frozen=True)
class Row:
    """A row of the table; `line` counts from 1. `question`: its hidden id, `digest` that of the text that it shows."""

    line: int
    question: str
    digest: str
    choice: str
    text: str
    answered_by: str


@dataclass(frozen=True)
class AnswerFile:
    """What a workbook holds. `marks`: whose letter it is; `questions`: id → digest, as they were sent; `outside`: lines of
    rows in which something is written, without a question."""

    marks: Mapping[str, str]
    questions: Mapping[str, str]
    rows: tuple[Row, ...]
    outside: tuple[int, ...] = ()


@dataclass
class _Table:
    rows: list[Row] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)  # lines whose answer is a formula without its value


def read(data: bytes, label: str) -> AnswerFile:
    """Reads a workbook, which is not encrypted; `label` names it. Raises HenreiError where it is no 確認依頼."""
    if len(data) > LARGEST:
        raise _too_large(label)
    try:
        with opened(data, LARGEST) as book:
            marks = _marks(book, label)
            table = _table(book, label, formula_cells(data) if has_formulas(data) else {})
    except TooLarge:
        raise _too_large(label) from None
    except Unreadable:
        raise HenreiError(
            f"{label} を Excel のファイルとして読めません。開けるか確かめ、.xlsx で保存し直してもらってください"
        ) from None
    if table.lost:
        raise HenreiError(f"{label}:{table.lost[0]} 回答が式で書かれ、値がありません。文字で書き直してもらってください")
    letter = {name: marks.pop(name, "") for name in sheet.MARKS}
    return AnswerFile(letter, marks, tuple(table.rows), tuple(table.outside))


def answers_of(file: AnswerFile, sent: Iterable[SentQuestion], label: str) -> list[Answer]:
    """The answers of a workbook, one a question, also where it was left empty.

    `sent`: the questions of the letter that its marks name. Raises HenreiError where its questions are not those, and
    where nothing is answered.
    """
    questions = {one.question: one for one in sent}
    if file.questions != {name: one.digest for name, one in questions.items()}:
        raise _altered(label, "隠れたシートが変わっています")
    rows: dict[str, Row] = {}
    for row in file.rows:
        if row.question not in questions:
            raise _altered(label, f"{row.line}行目の問いは、この確認依頼のものではありません")
        if row.question in rows:
            raise _altered(label, f"{row.line}行目の問いが二度あります")
        if row.digest != questions[row.question].digest:
            raise _altered(label, f"{row.line}行目の問いが書きかえられています")
        rows[row.question] = row
    if missing := [one.number for name, one in questions.items() if name not in rows]:
        raise _altered(label, f"問{missing[0]}の行がありません")
    answers = [_answer(one, rows[name]) for name, one in questions.items()]
    if not any(answer.filled for answer in answers):
        raise HenreiError(
            f"{label} には回答が一つも書かれていません。「{sheet.CHOICE}」の列に書いて返してもらってください"
        )
    return answers


def _answer(question: SentQuestion, row: Row) -> Answer:
    return Answer(
        question.facility_no,
        question.sending,
        question.number,
        question.question,
        question.check_code,
        question.days,
        question.subjects,
        row.choice,
        row.text,
        row.answered_by,
    )


def _altered(label: str, how: str) -> HenreiError:
    return HenreiError(f"{label} の問いは送ったものと違います({how})。{_AGAIN}")


def _too_large(label: str) -> HenreiError:
    return HenreiError(f"{label} は大きすぎるため読みません({LARGEST // 1_000_000}MB まで)。{_AGAIN}")


def _marks(book: Any, label: str) -> dict[str, str]:
    """What the sheet that people do not see holds."""
    hidden = next((one for one in book.worksheets if one.title == sheet.HIDDEN), None)
    pairs: dict[str, str] = {}
    if hidden is not None:
        pairs = {sheet.plain(row[0]): sheet.plain(row[1]) for row in rows_of(hidden) if len(row) > 1}
        pairs.pop("", None)
    if pairs and "letter" not in pairs:
        raise HenreiError(f"{label} は決定の一覧です。henrei decide で取り込んでください")
    if pairs.get("letter") != sheet.THIS_LETTER:
        raise HenreiError(f"{label} は henrei の確認依頼ではありません(または作り直されています)。{_AGAIN}")
    return pairs


def _table(book: Any, label: str, formulas: Mapping[str, Mapping[int, set[int]]]) -> _Table:
    """The rows of the first sheet that has the table, the one of its own name before others."""
    missing: list[str] = list(_NEEDED)
    for one in sorted((s for s in book.worksheets if s.title != sheet.HIDDEN), key=lambda s: s.title != sheet.SHEET):
        head: dict[str, int] = {}
        table = _Table()
        for line, values in enumerate(rows_of(one), start=1):
            if head:
                _read_row(table, line, values, head, formulas.get(one.title, {}).get(line, set()))
            elif line > _HEAD_WITHIN:
                break
            else:
                names = [sheet.EARLIER.get(name, name) for name in map(sheet.plain, values)]
                lacks = [name for name in _NEEDED if name not in names]
                if not lacks:
                    head = {name: names.index(name) for name in _NEEDED}
                elif len(lacks) < len(missing):
                    missing = lacks
        if head:
            return table
    raise HenreiError(f"{label} に列「{'」「'.join(missing[:3])}」がありません。{_AGAIN}")


def _read_row(table: _Table, line: int, values: tuple, head: Mapping[str, int], formulas: set[int]) -> None:
    cells = {name: values[at] if at < len(values) else None for name, at in head.items()}
    question = sheet.plain(cells[sheet.MARK])
    written = [_written(cells[name]) for name in (sheet.CHOICE, sheet.TEXT, sheet.WHO)]
    if any(head[name] in formulas and not _written(cells[name]) for name in (sheet.CHOICE, sheet.TEXT, sheet.WHO)):
        table.lost.append(line)
    if not question:
        if any(_written(value) for value in values):
            table.outside.append(line)
        return
    table.rows.append(Row(line, question, sheet.question_digest(cells), _choice(written[0]), *written[1:]))


def _choice(text: str) -> str:
    """One of the letter's own choices in its own spelling; anything else as it was written."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain if plain in sheet.CHOICES else text


def _written(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else sheet.plain(value)
