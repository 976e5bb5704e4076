"""The shared workbook: text stays text, the same bytes every time, nothing cut in silence."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from henrei.errors import HenreiError
from henrei.files import write_for_user
from henrei.reports import cell_lines, row_sheet, workbook
from henrei.reports.workbook import Book, Column, Link, Marked, TableOptions
from lib.workbook import column, points_on_paper

DAY = date(2026, 5, 1)
COLUMNS = (Column("番号", 12), Column("円", 10, "number"), Column("決定", 8, choices=("返戻", "支払")))


def made(*rows: tuple, **more: object) -> bytes:
    book = Book(DAY)
    book.table("表", COLUMNS, rows, TableOptions(**more))  # type: ignore[arg-type]
    return book.bytes()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_same_bytes_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    here = made(("番号", 1, None))
    monkeypatch.setattr("sys.platform", "win32")
    assert made(("番号", 1, None)) == here
    assert {entry.create_system for entry in zipfile.ZipFile(io.BytesIO(here)).infolist()} == {3}


@pytest.mark.parametrize(
    "text", ["0000000001", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://a.example", "1e5"]
)
def test_text_stays_text(text: str) -> None:
    cell = opened(made((text, 1, None)))["表"]["A2"]
    assert (cell.value, cell.data_type, cell.number_format, cell.hyperlink) == (text, "s", "@", None)


def test_numbers_are_numbers_and_nothing_is_empty() -> None:
    sheet = opened(made((None, 1234, ""), ("x", Marked(5), Marked("返戻"))))["表"]
    assert [[cell.value for cell in row] for row in sheet["A2:C3"]] == [[None, 1234, None], ["x", 5, "返戻"]]
    assert sheet["B2"].number_format == "#,##0"


def test_head_is_frozen_and_filtered_and_the_drop_down_reaches_every_row() -> None:
    sheet = opened(made(("1", 1, None), ("2", 2, None), freeze=1))["表"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:C3")
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1, choice.showErrorMessage) == ("C2:C3", '"返戻,支払"', True)
    assert sheet.column_dimensions["A"].width == pytest.approx(12, abs=1)


def test_lines_above_move_the_table_down() -> None:
    sheet = opened(made(("1", 1, None), above=("題", "説明")))["表"]
    assert [sheet.cell(row, 1).value for row in range(1, 5)] == ["題", "説明", "番号", "1"]
    assert sheet.auto_filter.ref == "A3:C4"


def test_the_same_content_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(("1", 1, "返戻"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert made(("1", 1, "返戻")) == first
    assert opened(first).properties.created.date() == DAY


def test_the_last_row_counts_what_a_sheet_cannot_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workbook, "ROWS", 4)
    path = tmp_path / "a.xlsx"
    path.write_bytes(made(*((str(n), n, None) for n in range(5))))
    assert column(path, "番号", "表") == ["0", "1", "ほか3行は Excel に入りきらないため、CSV を見てください"]


def test_a_text_that_a_cell_cannot_hold_is_cut_and_says_so() -> None:
    text = opened(made(("あ" * 40_000, 1, None)))["表"]["A2"].value
    assert len(text) == row_sheet.CHARACTERS
    assert text.endswith("…(長いため切りました)")


def test_of_letters_that_excel_counts_twice_half_as_many_fit() -> None:
    text = opened(made(("😀" * 20_000, 1, None)))["表"]["A2"].value
    assert len(text.encode("utf-16-le")) == 2 * row_sheet.CHARACTERS - 2  # half a letter is none
    assert text.endswith("…(長いため切りました)")


def test_a_file_that_excel_holds_gives_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"before")

    def held(self: Path, target: Path) -> Path:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(HenreiError, match="Excelなどで開いていれば閉じて"):
        write_for_user(path, b"after")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.xlsx", b"before")]


def test_a_link_is_a_number_that_opens_the_file_beside_the_book() -> None:
    book = Book(DAY)
    book.table("表", (Column("事例", 6),), [(Link((12,), "casebook.html"),), (Link((3, 4), "casebook.html"),), (None,)])
    sheet = opened(book.bytes())["表"]
    assert [(cell.value, cell.hyperlink and cell.hyperlink.target) for cell in sheet["A"]] == [
        ("事例", None),
        (12, "casebook.html"),
        ("3・4", "casebook.html"),
        (None, None),
    ]
    assert book.linked == [(12, "表", 2), (3, "表", 3), (4, "表", 3)]


def test_links_below_each_other_are_one_in_the_file_and_each_cell_opens_its_own() -> None:
    targets = ("a.html", "a.html", "b.html", None, "b.html")
    book = Book(DAY)
    book.table("表", (Column("事例", 6),), [(target and Link((1,), target),) for target in targets])
    data = book.bytes()
    assert [cell.hyperlink and cell.hyperlink.target for cell in opened(data)["表"]["A"][1:]] == list(targets)
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<hyperlink ref="([^"]+)"', sheet) == ["A2:A3", "A4", "A6"]


def test_more_links_than_excel_opens_are_numbers_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LINKS", 1)
    sheet = opened(made((Link((1,), "a.html"), 1, None), (Link((2,), "a.html"), 2, None)))["表"]
    assert [(cell.value, bool(cell.hyperlink)) for cell in sheet["A"][1:]] == [(1, True), (2, False)]


def test_a_row_is_as_high_as_its_wrapped_text() -> None:
    """Of 22 days two stand on a line of 14 characters; no day is broken, and no line begins with a dot."""
    days = "・".join(f"4/{day}" for day in range(9, 31))
    book = Book(DAY)
    book.table("表", (Column("日付", 14, wrap=True),), [(days,)])
    assert opened(book.bytes())["表"].row_dimensions[2].height == 11 * 15


def test_a_row_that_would_be_higher_than_there_can_be_gets_a_wider_column() -> None:
    days = "・".join(f"4/{day}" for day in range(1, 32))
    reasons = "\n".join(
        f"【返戻相当】DAY20{n} 同じ日の重複利用: {days}に他の通所支援の利用があります。" for n in range(9)
    )
    book = Book(DAY)
    book.table("表", (Column("番号", 6), Column("理由", 20, wrap=True)), [("1", reasons)])
    sheet = opened(book.bytes())["表"]
    height, width = sheet.row_dimensions[2].height, sheet.column_dimensions["B"].width
    assert height <= 409 and width > 20
    assert cell_lines.lines(reasons, width - 5 / 7) * 15 <= height
    assert sheet.column_dimensions["A"].width < 7


def test_on_paper_stand_whose_sheet_it_is_and_its_pages() -> None:
    book = Book(DAY, "返戻のお知らせ A&B")
    book.table("表", (Column("番号", 12), Column("事由", 90, wrap=True), Column("次", 90)), [("1", "a", "b")])
    sheet = opened(book.bytes())["表"]
    assert (sheet.oddHeader.left.text, sheet.oddHeader.right.text) == ("返戻のお知らせ A&&B", "表")
    assert sheet.oddFooter.center.text == "&P / &N"
    assert ([one.id for one in sheet.col_breaks.brk], sheet.print_title_cols) == ([2], "$A:$A")
    assert points_on_paper(sheet) >= 8
