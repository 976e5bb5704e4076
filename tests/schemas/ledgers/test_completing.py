"""Filling and adding in a ledger's file: what the city wrote stays, to the byte."""

from __future__ import annotations

import io

import openpyxl
import pytest

from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.completing import LedgerFile, new_ledger, open_ledger
from henrei.schemas.ledgers.export import Export

FACILITIES = ledgers()["facilities"]
HEAD = "事業所番号,事業所名,法人番号,サービス種類コード,定員\r\n"
ONE = "1350000001,架空の家,,63,\r\n"
NEW = {"facility_no": "1350000002", "facility_name": "新しい家", "service_type": "61", "capacity": "10"}


def opened(text: str | bytes, export: Export | None = None, suffix: str = ".csv") -> LedgerFile:
    data = text if isinstance(text, bytes) else text.encode()
    found = open_ledger(FACILITIES, data, export or Export(), suffix)
    assert found is not None
    return found


def test_an_empty_cell_is_filled_and_a_row_added_at_the_end() -> None:
    ledger = opened(HEAD + ONE + "\r\n\x1a")
    ledger.fill(2, 0, "capacity", "10")
    assert ledger.add(NEW)
    assert ledger.completed().decode() == HEAD + "1350000001,架空の家,,63,10\r\n1350000002,新しい家,,61,10\r\n\r\n\x1a"


def test_nothing_to_do_gives_the_same_bytes() -> None:
    for data in (HEAD.encode("utf-8-sig") + ONE.encode(), (HEAD + ONE).encode("cp932"), (HEAD + ONE[:-2]).encode()):
        assert opened(data).completed() == data


def test_a_last_line_without_its_end_gets_one() -> None:
    ledger = opened((HEAD + ONE[:-2]).replace("\r\n", "\n"))
    ledger.add(NEW)
    assert ledger.completed().decode().endswith("63,\n1350000002,新しい家,,61,10\n")


def test_the_bytes_of_other_cells_stay_where_a_character_has_two_codes() -> None:
    """髙 as NEC and as IBM wrote it: both read the same, each stays as it is."""
    rows = [b"1350000001,\xee\xe0,,63,\r\n", b"1350000003,\xfb\xfc,,63,\r\n"]
    ledger = opened(HEAD.encode("cp932") + b"".join(rows))
    for line in (2, 3):
        ledger.fill(line, 0, "capacity", "10")
    assert ledger.completed() == HEAD.encode("cp932") + b"".join(row.replace(b"63,", b"63,10") for row in rows)


def test_quotes_and_line_breaks_stay_and_a_new_row_is_quoted_like_the_last() -> None:
    row = '"1350000001","架空の\r\n家","",63,""\r\n'
    ledger = opened(HEAD + row)
    ledger.fill(2, 0, "corporation_no", "1234567890123")
    ledger.add({**NEW, "facility_name": '家"甲"'})
    expected = row.replace('"",63', '"1234567890123",63') + '"1350000002","家""甲""","",61,"10"\r\n'
    assert ledger.completed().decode() == HEAD + expected


def test_the_columns_words_and_title_lines_of_the_export() -> None:
    export = Export(
        columns={"事業所番号": "番号", "事業所名": "名称"},
        values={"サービス種類コード": {"児発": "61", "放デイ": "63"}},
    )
    text = "障害児施設一覧\r\n\r\nサービス種類コード,番号,名称,備考,定員\r\n放デイ,1350000001,架空の家,x,\r\n"
    ledger = opened(text, export)
    assert ledger.rows.select("facility_no", "service_type", "capacity").rows() == [("1350000001", "63", None)]
    ledger.add(NEW)
    assert ledger.completed().decode() == text + "児発,1350000002,新しい家,,10\r\n"


def test_services_side_by_side_in_a_row() -> None:
    group = [{"サービス種類コード": f"種類{n}", "定員": f"定員{n}"} for n in (1, 2)]
    text = "事業所番号,事業所名,法人番号,種類1,定員1,種類2,定員2\r\n1350000001,架空の家,,63,,61,5\r\n"
    ledger = opened(text, Export(groups=group))
    ledger.fill(2, 0, "capacity", "10")
    for number in (0, 1):
        ledger.fill(2, number, "corporation_no", "1234567890123")
    ledger.add(NEW)
    filled = text.replace("家,,63,,", "家,1234567890123,63,10,")
    assert ledger.completed().decode() == filled + "1350000002,新しい家,,61,10,,\r\n"


def test_what_a_constant_says_otherwise_cannot_be_added() -> None:
    text = "事業所番号,事業所名\r\n1350000001,架空の家\r\n"
    ledger = opened(text, Export(constants={"サービス種類コード": "63"}))
    assert not ledger.add(NEW) and ledger.add({**NEW, "service_type": "63"})
    assert ledger.completed().decode() == text + "1350000002,新しい家\r\n"


def test_a_character_that_the_encoding_lacks_becomes_a_mark_and_is_counted() -> None:
    ledger = opened((HEAD + ONE).encode("cp932"))
    ledger.add({**NEW, "facility_name": "𠮷野〜"})
    assert ledger.completed().decode("cp932").endswith("1350000002,〓野～,,61,10\r\n")
    assert ledger.replaced == 1


def test_rows_that_cannot_be_read_stay_and_are_counted() -> None:
    text = HEAD + "1350000001,架空の家\r\n" + ONE
    ledger = opened(text)
    assert ledger.unreadable == 1 and ledger.rows["line"].to_list() == [3]
    assert ledger.completed().decode() == text


def test_a_workbook_becomes_a_csv_with_its_title() -> None:
    book = openpyxl.Workbook()
    for row in (["障害児施設一覧"], [], HEAD.strip().split(","), [1350000001, "架空の家", None, 63]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    ledger = opened(stream.getvalue(), suffix=".xlsx")
    ledger.fill(4, 0, "capacity", "10")
    expected = "障害児施設一覧\r\n\r\n" + HEAD + "1350000001,架空の家,,63,10\r\n"
    assert ledger.completed() == expected.encode("utf-8-sig")


def test_a_ledger_that_was_completed_is_known() -> None:
    before = opened(HEAD + ONE)
    assert opened(HEAD + ONE.replace("63,", "63,10") + "1350000002,新しい家,,61,10\r\n").completes(before)
    assert not opened(HEAD + ONE.replace("架空", "別")).completes(before)
    assert not opened(HEAD).completes(before)


@pytest.mark.parametrize("export", [Export(), Export(columns={"事業所名": "名称"}), Export(groups=[{"定員": "定員1"}])])
def test_a_new_ledger_can_be_read_by_its_settings(export: Export) -> None:
    ledger = opened(new_ledger(FACILITIES, export), export)
    ledger.add(NEW)
    again = opened(ledger.completed(), export)
    assert again.rows.select("facility_no", "service_type", "capacity").rows() == [("1350000002", "61", "10")]


@pytest.mark.parametrize(("data", "suffix"), [(b"", ".csv"), ("名前\r\n甲\r\n".encode(), ".csv"), (b"PK", ".xlsx")])
def test_what_is_no_such_ledger(data: bytes, suffix: str) -> None:
    assert open_ledger(FACILITIES, data, Export(), suffix) is None
