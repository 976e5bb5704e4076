"""The workbook is made of the sheets in SHEETS, one after the other."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import openpyxl
import polars as pl
import pytest

from henrei.checks.catalogue import catalogue
from henrei.reports import worklist
from henrei.reports.cases import Place
from henrei.reports.worklist.sheets import SHEETS
from henrei.store.tables import CHANGES
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
    return openpyxl.load_workbook(io.BytesIO(worklist.build(data).data))


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


def test_every_row_that_speaks_of_a_claim_names_its_case_and_the_case_knows_the_row() -> None:
    one, two = "0000000001", "0000000002"
    change = {"finding_id": "gone", "change": "gone", "check_code": "DAY203", "subject": "claim", "facility_no": A}
    changes = [
        {
            **dict.fromkeys(CHANGES),
            **change,
            "recipient_no": recipient,
            "service_month": "2026-04",
            "severity": "return",
        }
        for recipient in (one, "0000000009")
    ]
    data = worklist_data(
        [finding("DAY201", A, one, amount_yen=9000), finding("DAY203", A, two, amount_yen=10)],
        [decision(A, one, "return")],
        changes=pl.DataFrame(changes, schema={**CHANGES, "service_month": pl.String()}),
    )
    built = worklist.build(data)
    assert built.places == {
        1: tuple(Place(sheet, 2) for sheet in ("1 決定", "4 指摘一覧", "6 前回との差", "7 返戻の入力")),
        2: tuple(Place(sheet, 3) for sheet in ("1 決定", "4 指摘一覧", "7 返戻の入力")),
    }
    book = openpyxl.load_workbook(io.BytesIO(built.data))
    for number, places in built.places.items():
        for place in places:
            sheet = book[place.sheet]
            head = [cell.value for cell in sheet[1]]
            cell = sheet.cell(place.row, head.index("事例") + 1)
            assert (cell.value, cell.data_type, cell.hyperlink.target) == (number, "n", "casebook.html")
            assert sheet.cell(place.row, head.index("受給者証番号") + 1).value == (one if number == 1 else two)
    solved = book["6 前回との差"]  # of a child with whom nothing is the matter now
    assert [cell.value for cell in solved["A"]] == ["事例", 1, None]


def test_a_finding_about_two_days_of_a_facility_names_both_cases() -> None:
    day = next(c.code for c in catalogue().values() if c.role == "day_of_facility" and c.subject == "claim")
    data = worklist_data([finding(day, A, "0000000001", use_dates="2026-04-03;2026-04-04")])
    built = worklist.build(data)
    assert openpyxl.load_workbook(io.BytesIO(built.data))["4 指摘一覧"]["A2"].value == "1・2"
    assert built.places[2] == (Place("4 指摘一覧", 2),)
