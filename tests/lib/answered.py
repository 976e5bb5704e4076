"""A month whose facilities were asked, and filling in a 確認依頼's workbook as a facility does with LibreOffice or Excel."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from lib import inputs
from lib.home_history import henrei
from lib.letters_city import MAY, overlapping

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


def asked_home(home: Path) -> None:
    """Makes the city of two facilities after run and inquire: A was asked four questions, B three."""
    made = overlapping(home.parent / f"{home.name}-made")
    assert henrei(made, "run", MAY) == 0
    assert henrei(made, "inquire", MAY) == 0
    shutil.move(made, home)


def letter(home: Path, facility: str = inputs.A) -> Path:
    return home / "out" / MAY / "inquiries" / f"{facility}.xlsx"


def take(home: Path, *files: Path) -> int:
    """Takes answers back; the exit status."""
    return henrei(home, "answers", MAY, *map(str, files))
