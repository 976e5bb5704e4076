"""Sheet 電話・やりとり: each facility with something to ask about once, with how far its letter has come and what it answered."""

from __future__ import annotations

from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.answers import Talk, talks
from henrei.reports.worklist.data import WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow

TITLE = "電話・やりとり"
NOTE = "電話とメモは書きとめるための欄です。henrei は読まず、一覧を作り直すと空になります。残すことは「1 決定」の回答・備考に書きます"
COLUMNS = (
    Column(labels.FACILITY, 12),
    Column("事業所名", 22, wrap=True),
    Column("電話", 16, entry=True),
    Column("件", 6, "number"),
    Column("給付費", 12, "number"),
    Column("聞いた日", 10, centre=True),
    Column("期限", 10, centre=True),
    Column("回答", 18, wrap=True),
    Column("回答の内容", 42, wrap=True),
    Column("メモ(henrei は読みません)", 30, wrap=True, entry=True),
)


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    book.table(
        TITLE,
        COLUMNS,
        (_cells(data, talk) for talk in talks(data.findings, data.sent, data.given)),
        TableOptions(freeze=2),
    )


def _cells(data: WorklistData, talk: Talk) -> list[object]:
    by = data.answer_by if talk.asked_at else None
    answered = ""
    if talk.answered_at:
        answered = f"{talk.answered_at.month}/{talk.answered_at.day} {talk.questions}問のうち{len(talk.answers)}問"
    elif talk.asked_at:
        answered = f"まだ({talk.questions}問)" if talk.questions else ""
    return [
        talk.facility_no,
        data.facilities.get(talk.facility_no),
        "",
        talk.items,
        talk.yen,
        f"{talk.asked_at.month}/{talk.asked_at.day}" if talk.asked_at else "",
        f"{by.month}/{by.day}" if by else "",
        answered,
        "\n".join(talk.answers),
        "",
    ]
