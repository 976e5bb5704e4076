"""Sheet 1: to decide. Its drop-down, 回答 and 備考 are read back by `read_decisions`."""

from __future__ import annotations

from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import WorklistData
from henrei.reports.worklist.decision_rows import CERTAINTIES, DOWNGRADED, DecisionRow, Reason, digest

TITLE = "1 決定"
_HINT = "返戻・支払・保留から選びます。「任意」の行は空欄なら支払です。"
COLUMNS = (
    Column("組", 5, centre=True),
    Column("要否", 6, centre=True),
    Column(labels.FACILITY, 12),
    Column("事業所名", 18, wrap=True),
    Column(labels.RECIPIENT, 12),
    Column("児童氏名", 14, wrap=True),
    Column(labels.MONTH, 9, centre=True),
    Column(labels.SUBJECT, 8, centre=True),
    Column("確からしさ", 12, wrap=True),
    Column("給付費", 11, "number"),
    Column("理由", 60, wrap=True),
    Column("日付", 14, wrap=True),
    Column("ほかの事業所", 20, wrap=True),
    Column(labels.DECISION, 8, entry=True, choices=tuple(labels.DECISIONS.values()), hint=_HINT, centre=True),
    Column(labels.FACILITY_ANSWER, 30, wrap=True),
    Column(labels.ANSWER, 26, wrap=True, entry=True),
    Column(labels.NOTE, 26, wrap=True, entry=True),
    Column(labels.ROW_TOKEN, 4, hidden=True),
    Column(labels.PREVIOUS_DECISION, 4, hidden=True),
    Column(labels.INITIAL_DIGEST, 4, hidden=True),
)


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    # Two tints in turn, so that one sees where an overlap or an excess ends.
    tints = [row.block % 2 + 1 if row.block else 0 for row in rows]
    book.table(TITLE, COLUMNS, (_cells(data, row) for row in rows), TableOptions(freeze=6, tints=tints))


def initial_digest(decision: str, answer: str, note: str) -> str:
    """The digest of what a row held when the worklist was made; a row that still has it was not changed."""
    return digest([decision, answer, note])


def _cells(data: WorklistData, row: DecisionRow) -> list[object]:
    subject, facility, recipient, month = row.key
    decision = labels.DECISIONS.get(row.decision, "")
    return [
        f"組{row.block}" if row.block else "",
        "必要" if row.needed else "任意",
        facility,
        data.facilities.get(facility),
        recipient,
        data.children.get(recipient),
        month,
        labels.SUBJECTS[subject],
        CERTAINTIES[row.certainty],
        row.amount if subject == "claim" else None,
        "\n".join(_reason(data, reason) for reason in row.reasons),
        labels.dates(";".join(row.all_of("use_dates"))),
        data.facility_names(";".join(row.all_of("other_facilities"))),
        decision,
        data.facility_answers.get(row.key),
        row.answer,
        row.note,
        row.token,
        decision,
        initial_digest(decision, row.answer.strip(), row.note.strip()),
    ]


def _reason(data: WorklistData, reason: Reason) -> str:
    check = data.checks[reason["check_code"]]
    label = labels.SEVERITIES[reason["severity"]] + (f"・{labels.STALE}" if reason["certainty"] == DOWNGRADED else "")
    return f"【{label}】{reason['check_code']} {check.title}: {reason['message']}"
