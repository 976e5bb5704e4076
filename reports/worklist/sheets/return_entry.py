"""Sheet 7: what to type into the federation's system, facility by facility and child by child."""

from __future__ import annotations

from henrei.labels import KIND_OF_SUBJECT
from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CASE, WorklistData
from henrei.reports.worklist.decision_rows import REVIEW, DecisionRow, Reason

TITLE = "7 返戻の入力"
COLUMNS = (
    CASE,
    Column(labels.FACILITY, 12),
    Column("事業所名", 18, wrap=True),
    Column(labels.RECIPIENT, 12),
    Column("児童氏名", 14, wrap=True),
    Column(labels.MONTH, 9, centre=True),
    Column("種別", 6, centre=True),
    Column(labels.SUBJECT, 8, centre=True),
    Column("返戻事由", 43, wrap=True),
    Column("国保連のコード", 12, wrap=True),
    Column("給付費", 11, "number"),
    Column("決定", 14, wrap=True, centre=True),
    Column("入力済", 8, entry=True),
)
OPEN = "未決定(入力しない)"


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    """What was decided 返戻, and what still may be; what is paid is left out."""
    due = [row for row in rows if row.decision == "return" or (row.needed and row.decision != "accept")]
    due.sort(key=lambda row: (row.key[1], row.key[2], row.key[3], row.key[0]))
    book.table(TITLE, COLUMNS, (_cells(data, row) for row in due), TableOptions(freeze=6))


def _cells(data: WorklistData, row: DecisionRow) -> list[object]:
    subject, facility, recipient, month = row.key
    # Without a reason of weight, what merely was to be looked at is the reason.
    strong = [reason for reason in row.reasons if reason["certainty"] < REVIEW] or row.reasons
    federation = [code for reason in strong for code in _federation(data, reason)]
    return [
        data.case_cell(row.subject),
        facility,
        data.facilities.get(facility),
        recipient,
        data.children.get(recipient),
        month,
        KIND_OF_SUBJECT[subject],
        labels.SUBJECTS[subject],
        "\n".join(f"{r['check_code']} {data.checks[r['check_code']].title}" for r in strong) or row.message or row.note,
        "・".join(dict.fromkeys(federation)),
        row.amount if subject == "claim" else None,
        {"return": "返戻", "hold": "保留(入力しない)"}.get(row.decision, OPEN),
        None,
    ]


def _federation(data: WorklistData, reason: Reason) -> list[str]:
    """The federation's own codes: those that its first review gave, or its names for the check's rule."""
    check = data.checks[reason["check_code"]]
    if check.first_review:
        return [code for code in (reason["observed"] or "").split(";") if code]
    return list(check.federation)
