"""Filling in a 確認依頼's workbook as a facility does with LibreOffice or Excel, and saving it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

SHEET, CHOICE, TEXT, WHO = "確認依頼", "回答", "回答の内容", "回答した日・人"


def table(book: openpyxl.Workbook) -> tuple[Worksheet, int, list[str]]:
    """The sheet with the questions, the row of its head and the names in it."""
    sheet = book[SHEET]
    head = next(row for row in range(1, 100) if sheet.cell(row, 1).value == "番号")
    return sheet, head, [str(cell.value) for cell in sheet[head]]


def fill(sent: Path, target: Path, answers: Mapping[int, Mapping[str, Any]]) -> Path:
    """A copy of a letter's workbook in which someone wrote: number of the question → head → value."""
    book = openpyxl.load_workbook(sent)
    sheet, head, names = table(book)
    for number, cells in answers.items():
        for name, value in cells.items():
            sheet.cell(head + number, names.index(name) + 1, value)
    book.save(target)
    return target


def as_sent(number: int, text: str = "", who: str = "9/10 佐藤") -> dict[int, dict[str, Any]]:
    """An answer to one question: the claim is right."""
    return {number: {CHOICE: "請求のとおり", TEXT: text, WHO: who}}
