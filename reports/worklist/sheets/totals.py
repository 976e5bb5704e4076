"""Sheet 3: totals by check and by facility. Every row of sheet 1 is counted once, under its surest reason."""

from __future__ import annotations

from collections import defaultdict

from henrei.reports.workbook import Book, Column, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow

TITLE = "3 集計"
COLUMNS = (
    Column("区分", 14),
    Column("確認", 9),
    Column("内容", 33, wrap=True),
    Column(labels.FACILITY, 12),
    Column("事業所名", 24),
    Column("件数", 8, "number"),
    Column("給付費", 13, "number"),
    Column("うち決定が必要な件数", 10, "number"),
    Column("うち決定が必要な給付費", 13, "number"),
    Column("この確認が当たった指摘の数(4 指摘一覧)", 14, "number"),
    Column("注意", 26, wrap=True),
)
ALL, BY_CHECK, BY_FACILITY, BY_BOTH = "合計", "確認別", "事業所別", "確認×事業所"
NO_REASON = "指摘なし(決定だけがあるもの)"


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for row in rows:
        for place in _places(row.main_check, row.key[1]):
            for at, value in enumerate((1, row.amount, *((1, row.amount) if row.needed else (0, 0)))):
                sums[place][at] += value
    for code, facility in data.findings.select("check_code", "facility_no").iter_rows():
        for place in _places(code, facility):
            sums[place][4] += 1
    sums.setdefault((ALL, "", ""), [0] * 5)
    order = (ALL, BY_CHECK, BY_FACILITY, BY_BOTH)
    places = sorted(sums, key=lambda place: (order.index(place[0]), *_by_money(sums[place]), place))
    book.table(TITLE, COLUMNS, (_cells(data, place, sums[place]) for place in places), TableOptions(freeze=2))


def _places(code: str, facility: str) -> list[tuple[str, str, str]]:
    return [(ALL, "", ""), (BY_CHECK, code, ""), (BY_FACILITY, "", facility), (BY_BOTH, code, facility)]


def _by_money(sums: list[int]) -> tuple[int, int, int]:
    return -sums[3], -sums[1], -sums[0]


def _cells(data: WorklistData, place: tuple[str, str, str], sums: list[int]) -> list[object]:
    kind, code, facility = place
    check = data.checks.get(code)
    title = check.title if check else NO_REASON if kind in (BY_CHECK, BY_BOTH) else ""
    stale = f"{labels.STALE}(要確認に下げました)" if check and check.braked else ""
    return [kind, code, title, facility, data.facilities.get(facility), *sums, stale]
