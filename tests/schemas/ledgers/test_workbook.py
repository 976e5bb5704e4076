"""A ledger that comes as an Excel workbook."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers import workbook as ledger_workbook
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import LedgerPart, read_ledger
from henrei.schemas.ledgers.workbook import TooLarge, formula_cells, has_formulas, opened, rows_of
from lib.workbook import workbook

HEAD = ["受給者証番号", "決定サービスコード", "支給量", "支給量算定", "支給決定開始日", "支給決定終了日", "備考"]
ROW = [1, "631000", 10, None, date(2026, 4, 1), date(2027, 3, 31)]


def read(data: bytes, name: str = "grants", suffix: str = ".xlsx") -> LedgerPart:
    return read_ledger(ledgers()[name], data, Export(), "112992", suffix)


def changed(book: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with something else in its XML."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            after.writestr(name, re.sub(old, new, before.read(name)))
    return stream.getvalue()


def test_cells_are_what_a_csv_would_hold() -> None:
    rows = [
        [1.0, 631000, 10.0, None, date(2026, 4, 1), datetime(2027, 3, 31, 0, 0), None],
        ["0000000002", "631000", "23日/月", "", "R8.4.1", date(9999, 12, 31), 'a "b", c\nd'],
    ]
    part = read(workbook({"一覧": [["支給決定者一覧"], [], HEAD, *rows]}))
    assert part.rows.drop("allowance_rule").rows() == [
        (4, "0000000001", "631000", 10, date(2026, 4, 1), date(2027, 3, 31)),
        (5, "0000000002", "631000", 23, date(2026, 4, 1), date(9999, 12, 31)),
    ]
    assert part.counts == {"lines": 5, "loaded": 2, "refused": 0, "elsewhere": 0, "blank": 3}


def test_the_first_sheet_with_the_header_counts() -> None:
    part = read(workbook({"表紙": [["支給決定"]], "一覧": [HEAD, ROW], "前年": [HEAD, ROW, ROW]}))
    assert part.rows["line"].to_list() == [2]
    assert part.counts["lines"] == 2


def test_lines_are_rows_up_to_the_last_filled_one() -> None:
    part = read(workbook({"一覧": [HEAD, [], ROW, ["", None, " "], [None] * 9]}))
    assert part.counts == {"lines": 3, "loaded": 1, "refused": 0, "elsewhere": 0, "blank": 2}


def test_a_refused_row_and_its_text() -> None:
    rows = [[2, "631000", 1.5, None, date(2026, 4, 1), date(2027, 3, 31), "a,b"], [*ROW, None, "x"], ROW]
    part = read(workbook({"一覧": [HEAD, *rows]}))
    assert part.rejected.sort("line").select("line", "item_name", "reason_code").rows() == [
        (2, "支給量", "FMT109"),
        (3, None, "FMT109"),  # a cell beyond the header
    ]
    assert part.raw == {
        2: '2,631000,1.5,,2026-04-01,2027-03-31,"a,b"',
        3: "1,631000,10,,2026-04-01,2027-03-31,,x",
    }
    assert part.refused_rows["recipient_no"].to_list() == [None, "0000000002"]


@pytest.mark.parametrize(("stored", "days"), [(b"<v>10</v>", 10), (b"", None)])
def test_a_formula_counts_as_the_value_stored_with_it(stored: bytes, days: int | None) -> None:
    row = [1, "631000", "=5+5", None, date(2026, 4, 1), date(2027, 3, 31)]
    data = changed(workbook({"一覧": [HEAD, row]}), rb"</f><v ?/>|</f><v></v>", b"</f>" + stored)
    assert read(data).rows["allowance_days"].to_list() == [days]


@pytest.mark.parametrize("kind", ["empty", "text", "cut", "zip"])
def test_what_is_no_workbook_is_refused_whole(kind: str) -> None:
    book = workbook({"一覧": [HEAD]})
    data = {
        "empty": b"",
        "text": ",".join(HEAD).encode(),
        "cut": book[: len(book) // 2],
        "zip": b"PK\x05\x06" + b"\0" * 18,
    }
    part = read(data[kind])
    assert part.missing == (
        "支給決定を読めません。Excel のブック(.xlsx)として開けません。壊れているか、パスワードがかかっています。"
        "Excel で開き、パスワードなしで保存し直してください"
    )
    assert part.counts == {"lines": 1, "loaded": 0, "refused": 1, "elsewhere": 0, "blank": 0}
    assert part.rejected.select("line", "reason_code").rows() == [(1, "FMT108")]


def test_a_workbook_without_the_header() -> None:
    part = read(workbook({"表紙": [["支給決定"], ["2026"]], "一覧": [HEAD[1:]]}))
    assert part.missing is not None and "「受給者証番号」" in part.missing
    assert part.counts["lines"] == part.counts["refused"] == 2
    assert part.raw == {1: "支給決定", 2: "2026"}


def test_the_size_that_a_sheet_gives_is_not_believed() -> None:
    """Some programs write that of a single cell."""
    data = changed(workbook({"一覧": [HEAD, ROW]}), rb'<dimension ref="[^"]*"', b'<dimension ref="A1"')
    assert read(data).rows.height == 1


def widths(data: bytes) -> list[int]:
    with opened(data) as book:
        return [len(row) for row in rows_of(book.worksheets[0])]


def test_rows_end_with_their_last_filled_cell_whatever_the_sheet_claims() -> None:
    right = workbook({"一覧": [["a", None, "b", None], [], [None, "c"]]})
    claimed = changed(right, rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"')
    assert widths(right) == widths(claimed) == [3, 0, 2]


def test_cells_in_columns_that_no_table_has_are_not_looked_at() -> None:
    far = changed(workbook({"一覧": [["a", "b"], ["c", "d"]]}), b'r="B2"', b'r="XFD2"')
    assert widths(far) == [2, 1]


def test_rows_beyond_those_of_excel_are_not_made_up() -> None:
    beyond = changed(workbook({"一覧": [["a"], ["b"]]}), b'<row r="2"', b'<row r="99999999999"')
    assert [width for width in widths(beyond) if width] == [1]


def test_what_unpacks_to_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook({"一覧": [["a"]]})
    monkeypatch.setattr(ledger_workbook, "LARGEST", 1000)
    with pytest.raises(TooLarge, match=r"^0MB まで$"), opened(data):
        pass
    with opened(data, 1_000_000) as book:
        assert len(book.worksheets) == 1


def test_what_has_too_many_parts_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each empty cell is a few bytes, and weighs many times as much while it is read."""
    data = changed(workbook({"一覧": [["a"]]}), b"<sheetData>", b"<sheetData><row>" + b"<c/>" * 1_000 + b"</row>")
    monkeypatch.setattr(ledger_workbook, "MOST_TAGS", 1_000)
    with pytest.raises(TooLarge, match=r"^およそ200万セルまで$"), opened(data):
        pass
    monkeypatch.setattr(ledger_workbook, "MOST_TAGS", 2_000)
    with opened(data) as book:
        assert len(book.worksheets) == 1


def test_formulas_are_found_where_they_are() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "=1+1", 3])
    book.active.append(["b"])
    book.create_sheet("二").append(["=A1"])
    stream = io.BytesIO()
    book.save(stream)
    assert has_formulas(stream.getvalue()) and not has_formulas(workbook({"一覧": [["a", 1]]}))
    assert formula_cells(stream.getvalue()) == {"Sheet": {1: {1}}, "二": {1: {0}}}


def test_a_tag_that_lies_over_two_blocks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    data = changed(workbook({"一覧": [["a"]]}), b"</sheetData>", b" " * 200 + b"<x:f>1</x:f></sheetData>")
    for block in range(40, 60):
        monkeypatch.setattr(ledger_workbook, "_BLOCK", block)
        assert has_formulas(data)
