"""Sheet 1: to decide. Its entry cells are read back by `read_decisions`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from henrei.reports.workbook import Book, Column, Entry, TableOptions, add_choices
from henrei.reports.worklist import labels
from henrei.reports.worklist.cells import Cells, OtherReturn
from henrei.reports.worklist.data import CASE, WorklistData
from henrei.reports.worklist.decision_rows import CERTAINTIES, DOWNGRADED, DecisionRow, Reason

TITLE = "1 決定"
_HINT = "返戻・支払・保留から選びます。「任意」の行は空欄なら支払です。"
_KINDS = Column(labels.SUBJECT, 8, choices=(labels.SUBJECTS["claim"], labels.SUBJECTS["sheet"]), centre=True)
COLUMNS = (
    CASE,
    Column(labels.NEEDED, 7, wrap=True, centre=True),
    Column(labels.FACILITY, 12),
    Column("事業所名", 15, wrap=True),
    Column(labels.RECIPIENT, 12),
    Column("児童氏名", 14, wrap=True),
    Column(labels.MONTH, 9, centre=True),
    Column(labels.SUBJECT, 8, centre=True),
    Column(labels.AT_ISSUE, 10, "number"),
    Column("給付費", 10, "number"),
    Column(labels.WEIGHT, 11, wrap=True),
    Column(labels.DECISION, 8, entry=True, choices=tuple(labels.DECISIONS.values()), hint=_HINT, centre=True),
    Column("理由", 54, wrap=True),
    Column("日付", 14, wrap=True),
    Column("ほかの事業所", 20, wrap=True),
    Column(labels.FACILITY_ANSWER, 30, wrap=True),
    Column(labels.ANSWER, 26, wrap=True, entry=True),
    Column(labels.NOTE, 26, wrap=True, entry=True),
    Column(labels.MESSAGE, 26, wrap=True, entry=True),
    Column(labels.STATE, 16, wrap=True),
    Column(labels.ROW_TOKEN, 4, hidden=True),
    Column(labels.PREVIOUS_DECISION, 4, hidden=True),
    Column(labels.INITIAL_DIGEST, 4, hidden=True),
    Column(labels.PREVIOUS_ANSWER, 4, hidden=True),
    Column(labels.PREVIOUS_NOTE, 4, hidden=True),
    Column(labels.PREVIOUS_MESSAGE, 4, hidden=True),
)
EMPTY_ROWS = 20  # for claims and sheets that no check found


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    others = [*data.others, *[OtherReturn()] * EMPTY_ROWS]
    tints = [*_tints([row.case for row in rows]), *[0] * len(others)]
    sheet = book.table(TITLE, COLUMNS, _lines(data, rows, others), TableOptions(freeze=6, tints=tints))
    place = [column.label for column in COLUMNS].index(labels.SUBJECT)
    add_choices(sheet, _KINDS, place, len(rows) + 1, len(rows) + len(others))


def _tints(cases: list[int]) -> list[int]:
    """Two tints in turn, so that one sees where a case of several rows ends."""
    sizes, tint, tints = Counter(cases), 1, []
    for at, case in enumerate(cases):
        if at and case != cases[at - 1] and sizes[cases[at - 1]] > 1:
            tint = 3 - tint
        tints.append(tint if sizes[case] > 1 else 0)
    return tints


def _lines(data: WorklistData, rows: list[DecisionRow], others: list[OtherReturn]) -> Iterator[list[object]]:
    yield from (_cells(data, row) for row in rows)
    yield from map(_other, others)


def _cells(data: WorklistData, row: DecisionRow) -> list[object]:
    subject, facility, recipient, month = row.key
    shown, base = (row.typed.cells, row.typed.base) if row.typed else (row.book, row.book)
    return [
        data.case_cell(row.subject),
        "必要" if row.needed else "任意",
        facility,
        data.facilities.get(facility),
        recipient,
        data.children.get(recipient),
        month,
        labels.SUBJECTS[subject],
        row.at_issue,
        row.amount if subject == "claim" else None,
        CERTAINTIES[row.certainty],
        shown.decision,
        "\n".join(_reason(data, reason) for reason in row.reasons),
        labels.dates(";".join(row.all_of("use_dates"))),
        data.facility_names(";".join(row.all_of("other_facilities"))),
        data.facility_answers.get(row.key),
        *_texts(shown),
        "\n".join(filter(None, (labels.UNREAD if row.typed else "", row.conflict))),
        *_hidden_cells(row.token, base),
    ]


def _other(row: OtherReturn) -> list[object]:
    key = [Entry(row.facility), None, Entry(row.recipient), None, Entry(row.month), Entry(row.subject)]
    return [
        None,
        labels.OTHER,
        *key,
        *[None] * 3,
        row.cells.decision,
        *[None] * 4,
        *_texts(row.cells),
        labels.UNREAD if row else "",
        *_hidden_cells("", Cells()),
    ]


def _texts(cells: Cells) -> tuple[str, str, str]:
    """The cells where people write beside the decision."""
    return cells.answer, cells.note, cells.message


def _hidden_cells(token: str, base: Cells) -> tuple[str, ...]:
    """By these a row is known again, and what it was handed out with."""
    return token, base.decision, base.digest, base.answer, base.note, base.message


def _reason(data: WorklistData, reason: Reason) -> str:
    check = data.checks[reason["check_code"]]
    label = labels.SEVERITIES[reason["severity"]] + (f"・{labels.STALE}" if reason["certainty"] == DOWNGRADED else "")
    return f"【{label}】{reason['check_code']} {check.title}: {reason['message']}"
