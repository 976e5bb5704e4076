"""The workbooks of letters on paper: nothing smaller than 8 points."""

from __future__ import annotations

import io

import openpyxl
import pytest

from henrei.reports.letters import inquiry, notice
from henrei.reports.letters.letter import Letter
from lib.letter_inputs import MAY, ONE, TWO, A, finding, letter_inputs, outcome
from lib.workbook import points_on_paper

FINDINGS = [finding("DAY203", "return"), finding("CRT107", "review", TWO)]
OUTCOMES = [outcome(ONE, "返戻"), outcome(TWO, "決定")]


@pytest.mark.parametrize("letter", [inquiry.LETTER, notice.LETTER], ids=["inquiry", "notice"])
def test_every_sheet_of_a_letter_can_be_read_on_paper(letter: Letter) -> None:
    content = letter.contents(letter_inputs(FINDINGS, OUTCOMES))[A]
    book = openpyxl.load_workbook(io.BytesIO(letter.workbook(content, MAY)))
    sheets = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert sheets and all(points_on_paper(sheet) >= 8 for sheet in sheets)
    assert all(sheet.oddHeader.right.text == sheet.title for sheet in sheets)
