"""The workbook is made of the sheets in SHEETS, one after the other."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from henrei.reports import worklist
from henrei.reports.worklist.sheets import SHEETS
from lib.worklist_data import A, decision, finding, worklist_data

# All that a new sheet takes: this module, and its place in SHEETS.
ANSWERS = '''
"""Sheet 8: the answers of the facilities."""

from henrei.reports.workbook import Column

TITLE = "8 回答"


def add(book, data, rows):
    answered = ((row.key[1], data.facilities.get(row.key[1]), row.answer) for row in rows if row.answer)
    book.table(TITLE, (Column("事業所番号", 12), Column("事業所名", 18), Column("回答", 26)), answered)
'''


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def built(**more: object) -> openpyxl.Workbook:
    findings = [finding("DAY201", A, "0000000001"), finding("DAY203", A, "0000000002")]
    data = worklist_data(findings, [decision(A, "0000000001", "return", "誤りと回答")], facilities={A: "森"}, **more)
    return openpyxl.load_workbook(io.BytesIO(worklist.build(data)))


def test_a_sheet_takes_a_module_and_its_place_in_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "answers.py"
    path.write_text(ANSWERS, encoding="utf-8")
    monkeypatch.setattr(worklist, "SHEETS", (*SHEETS[:-1], module(path), SHEETS[-1]))
    book = built()
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"][-3:] == [
        "電話・やりとり",
        "8 回答",
        "説明",
    ]
    assert list(book["8 回答"].iter_rows(values_only=True)) == [
        ("事業所番号", "事業所名", "回答"),
        (A, "森", "誤りと回答"),
    ]


def test_the_titles_are_the_sheets_of_the_book_and_differ() -> None:
    titles = [sheet.TITLE for sheet in SHEETS]
    assert [sheet.title for sheet in built() if sheet.sheet_state == "visible"] == titles
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 31 for title in titles)  # what Excel allows


def test_the_hidden_sheet_says_of_which_month_and_city_the_book_is() -> None:
    book = built()
    assert book["henrei"].sheet_state == "veryHidden"
    assert list(book["henrei"].iter_rows(values_only=True)) == [
        ("review_month", "2026-05"),
        ("municipality_no", "112992"),
    ]
