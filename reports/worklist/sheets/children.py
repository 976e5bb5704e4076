"""Sheet 2: the days of every child with a finding about days, child × date × facility."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from henrei.reports.workbook import Book, Column, Marked, TableOptions
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import CASE, WorklistData
from henrei.reports.worklist.decision_rows import DecisionRow

TITLE = "2 児童別の利用日"
_HEADS = (
    CASE,
    Column("児童氏名", 14),
    Column("事業所名", 18),
    Column(labels.RECIPIENT, 12),
    Column(labels.MONTH, 9, centre=True),
    Column("サービス", 18),
    Column(labels.FACILITY, 12),
    Column("支給量", 7, "number"),
    Column("利用日数の合計", 8, "number"),
    Column("この事業所の利用日数", 9, "number"),
    Column("請求日数", 7, "number"),
    Column("契約日数", 7, "number"),
    Column("指摘", 22, wrap=True),
)
_NAMES = 3  # columns that stay in view, and on every side of paper, beside the days
COLUMNS = (*_HEADS, *(Column(str(day), 3.7, centre=True) for day in range(1, 32)))
LEGEND = (
    ("●", "利用した日。●2 は同じ日の記録が2行あること"),
    ("○", "すでに決定した請求で利用した日"),
    ("欠", "欠席"),
    ("色のついた日", "指摘にある日"),
    ("色のついた合計", "利用日数の合計が支給量を超えていること"),
)


def add(book: Book, data: WorklistData, rows: list[DecisionRow]) -> None:
    codes, dates = _findings(data)
    cells: list[list[object]] = []
    tints: list[int] = []
    seen: dict[tuple[str, str], int] = {}
    of_child = _cases(data)
    for line in data.grid.iter_rows(named=True):
        key = (line["facility_no"], line["recipient_no"], line["service_month"])
        tints.append(seen.setdefault((line["recipient_no"], line["service_month"]), len(seen) % 2 + 1))
        over = line["allowance"] is not None and line["used_all"] > line["allowance"]
        cells.append(
            [
                data.case_cell(_claim(line)) or of_child.get((line["recipient_no"], line["service_month"])),
                data.children.get(line["recipient_no"]),
                data.facilities.get(line["facility_no"]),
                line["recipient_no"],
                line["service_month"],
                data.service_names(line["service_type"]),
                line["facility_no"],
                line["allowance"],
                Marked(line["used_all"]) if over else line["used_all"],
                line["used"],
                line["billed"],
                _number(line["contracted"]),
                "・".join(sorted(codes[key])),
                *_month(line["days"] or [], dates[key]),
            ]
        )
    book.table(TITLE, COLUMNS, cells, TableOptions(freeze=_NAMES, tints=tints, repeated=_NAMES, begin=(len(_HEADS),)))


def _claim(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "subject": "claim"}


def _cases(data: WorklistData) -> dict[tuple[str, str], object]:
    """Child and month → its case, for the lines of claims with which nothing is the matter."""
    found: dict[tuple[str, str], object] = {}
    for row in data.day_findings.iter_rows(named=True):
        found.setdefault((row["recipient_no"], row["service_month"]), data.case_cell(row))
    return found


def _findings(data: WorklistData) -> tuple[dict[tuple, set[str]], dict[tuple, set[int]]]:
    """Codes, and days of the month, of the findings about days: by facility, child and month."""
    codes: dict[tuple, set[str]] = defaultdict(set)
    dates: dict[tuple, set[int]] = defaultdict(set)
    columns = ("facility_no", "recipient_no", "service_month", "check_code", "use_dates")
    for facility, recipient, month, code, days in data.day_findings.select(columns).iter_rows():
        codes[facility, recipient, month].add(code)
        dates[facility, recipient, month] |= {int(day[-2:]) for day in (days or "").split(";") if day}
    return codes, dates


def _month(days: list[dict], marked: set[int]) -> list[object]:
    cells = [""] * 31
    for day in days:
        if day["kind"] == "absence":
            sign = "欠"
        else:
            sign = "○" if day["decided"] else "●"
            sign += str(day["row_count"]) if day["row_count"] > 1 else ""
        cells[day["day"] - 1] += sign
    return [Marked(cell) if number in marked and cell else cell for number, cell in enumerate(cells, start=1)]


def _number(days: float | None) -> object:
    return int(days) if days is not None and days == int(days) else days
