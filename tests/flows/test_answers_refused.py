"""answers: a workbook that is not as it was sent is refused by name, with what to do, and nothing of it is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from henrei.home import Home
from henrei.store import answers
from lib import inputs
from lib.answered import TEXT, WHO, as_sent, asked_home, fill, letter, table, take
from lib.home_history import last_line
from lib.made_once import made_once
from lib.worklist_data import MAY as MONTH

AGAIN = "送った確認依頼の Excel に書いて返してもらってください"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To be read only."""
    return made_once(tmp_path_factory, "asked", asked_home)


def changed_mark(name: str, value: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for row in book["henrei"].iter_rows():
            if row[0].value == name:
                row[1].value = value

    return change


def changed_question(head: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        sheet, row, names = table(book)
        sheet.cell(row + 2, names.index(head) + 1, value)

    return change


def without_a_question(book: openpyxl.Workbook) -> None:
    sheet, row, _ = table(book)
    sheet.delete_rows(row + 2)


def with_a_question_twice(book: openpyxl.Workbook) -> None:
    sheet, row, _ = table(book)
    sheet.append([cell.value for cell in sheet[row + 1]])


def without_a_column(book: openpyxl.Workbook) -> None:
    sheet, _, names = table(book)
    sheet.delete_cols(names.index(WHO) + 1)


def with_a_formula(book: openpyxl.Workbook) -> None:
    sheet, row, names = table(book)
    sheet.cell(row + 1, names.index(TEXT) + 1, "=A1&B1")


NOT_AS_SENT = "x.xlsx の問いは送ったものと違います({})。" + AGAIN
REFUSED: list[tuple[Callable[[openpyxl.Workbook], None], str]] = [
    (changed_mark("municipality_no", "112038"), "x.xlsx は別の市町村の確認依頼です。送り主に確かめてください"),
    (
        changed_mark("review_month", "2026-04"),
        "x.xlsx は別の審査月(2026-04)の確認依頼です。henrei answers 2026-04 で取り込んでください",
    ),
    (
        changed_mark("facility_no", "1350000009"),
        "x.xlsx の事業所には 2026-05 の確認依頼を送っていません。送り主に確かめてください",
    ),
    (changed_mark("facility_no", inputs.B), NOT_AS_SENT.format("送った確認依頼にありません")),
    (changed_mark("sending", "0" * 16), NOT_AS_SENT.format("送った確認依頼にありません")),
    (changed_mark("letter", "notice"), f"x.xlsx は henrei の確認依頼ではありません(または作り直されています)。{AGAIN}"),
    (lambda book: book["henrei"].delete_rows(7), NOT_AS_SENT.format("隠れたシートが変わっています")),
    (
        lambda book: book.remove(book["henrei"]),
        f"x.xlsx は henrei の確認依頼ではありません(または作り直されています)。{AGAIN}",
    ),
    (
        changed_question("確認していただきたい点", "何もありません"),
        NOT_AS_SENT.format("9行目の問いが書きかえられています"),
    ),
    (changed_question("給付費", 1), NOT_AS_SENT.format("9行目の問いが書きかえられています")),
    (changed_question("受給者証番号", "0000000009"), NOT_AS_SENT.format("9行目の問いが書きかえられています")),
    (
        changed_question("照合", "0" * 16),
        NOT_AS_SENT.format("9行目の問いは、この確認依頼のものではありません"),
    ),
    (without_a_question, NOT_AS_SENT.format("問2の行がありません")),
    (with_a_question_twice, NOT_AS_SENT.format("12行目の問いが二度あります")),
    (without_a_column, f"x.xlsx に列「回答した日・人」がありません。{AGAIN}"),
    (with_a_formula, "x.xlsx:8 回答が式で書かれ、値がありません。文字で書き直してもらってください"),
]


@pytest.mark.parametrize("change, sentence", REFUSED)
def test_what_is_not_as_it_was_sent_is_refused_by_name(
    asked: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[openpyxl.Workbook], None],
    sentence: str,
) -> None:
    path = fill(letter(asked), tmp_path / "x.xlsx", as_sent(1))
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    assert take(asked, path) == 2
    assert last_line(capsys) == sentence
    assert not answers.answers_path(Home(asked), MONTH).exists()


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 31_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "x.xlsx を Excel のファイルとして読めません。開けるか確かめ、.xlsx で保存し直してもらってください"),
        (
            b"PK\x03\x04 cut off",
            "x.xlsx を Excel のファイルとして読めません。開けるか確かめ、.xlsx で保存し直してもらってください",
        ),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600,
            "x.xlsx を Excel のファイルとして読めません。送り直してもらってください",
        ),
        (bomb(), f"x.xlsx は大きすぎるため読みません(30MB まで)。{AGAIN}"),
        (b"x" * 30_000_001, f"x.xlsx は大きすぎるため読みません(30MB まで)。{AGAIN}"),
        (None, "x.xlsx を読めません(No such file or directory)。ファイル名を確かめてください"),
    ],
)
def test_what_is_no_workbook_is_refused(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, sentence: str
) -> None:
    path = tmp_path / "x.xlsx"
    if data is not None:
        path.write_bytes(data)
    assert take(asked, path) == 2
    assert last_line(capsys) == sentence
