"""Sheet 5: why subjects could not be judged and lines not be read, a row a cause. Neither is a mistake of a facility by
itself; the rows themselves are on the sheet after it.
"""

from __future__ import annotations

from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist.data import WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow
from henrei.reports.worklist.unjudged import LINES, Cause

TITLE = "5 判定不能・取込不可"
NUMBER = Column("番号", 6, centre=True)
COLUMNS = (
    NUMBER,
    Column("区分", 18, wrap=True),
    Column("わけ", 44, wrap=True),
    Column("すること", 34, wrap=True),
    Column("件数", 7, "number"),
    Column("事業所", 7, "number"),
    Column("明細書", 7, "number"),
    Column("給付費", 12, "number"),
    Column("どこ", 40, wrap=True),
)


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    found = data.unjudged
    cells = [_cells(cause) for cause in found.causes]
    if found.left_out:
        cells.append(
            ["", LINES, "数が多いため、種類ごとには分けていません", "", found.left_out, *[None] * 3, "rejects.csv"]
        )
    book.table(TITLE, COLUMNS, cells, TableOptions(freeze=3))


def _cells(cause: Cause) -> list[object]:
    return [
        str(cause.number),
        cause.kind,
        cause.text,
        cause.remedy,
        cause.count,
        cause.facilities or None,
        cause.claims or None,
        cause.yen or None,
        cause.places,
    ]
