"""A workbook that comes back may be damaged in any way: it is read, or refused with one sentence."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date

import pytest

from henrei.errors import HenreiError
from henrei.reports.letters import inquiry
from henrei.reports.letters.read_answers import answers_of, read
from lib.letter_inputs import MAY, ONE, TWO, A, finding, letter_inputs


@pytest.fixture(scope="module")
def letter() -> inquiry.Inquiry:
    findings = [finding("DAY203", "return", number) for number in (ONE, TWO)]
    return inquiry.LETTER.contents(letter_inputs(findings, []))[A]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some bytes of the file, or of a part of the workbook, are others; a part may be missing."""
    if chance.random() < 0.5:
        return changed(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    parts[name] = changed(parts[name], chance)
    if chance.random() < 0.2:
        del parts[name]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return stream.getvalue()


def changed(data: bytes, chance: random.Random) -> bytes:
    content = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


@pytest.mark.slow
def test_whatever_is_damaged_there_is_one_sentence(letter: inquiry.Inquiry) -> None:
    data, chance = inquiry.workbook(letter, MAY), random.Random(20260501)
    refused = 0
    for _ in range(80):
        try:
            read(damaged(data, chance), "x.xlsx")
        except HenreiError as problem:
            refused += 1
            assert str(problem).startswith("x.xlsx ") and "\n" not in str(problem)
    assert 40 < refused < 80


def test_an_untouched_letter_has_its_questions_and_no_answer(letter: inquiry.Inquiry) -> None:
    file = read(inquiry.workbook(letter, date(2026, 5, 1)), "x.xlsx")
    assert file.marks["facility_no"] == A and file.marks["review_month"] == "2026-05"
    assert {row.question: row.digest for row in file.rows} == file.questions
    with pytest.raises(HenreiError, match=r"x\.xlsx には回答が一つも書かれていません"):
        answers_of(file, inquiry.sent(letter), "x.xlsx")
