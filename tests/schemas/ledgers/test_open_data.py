"""WAM NET's open data of facilities, read whatever its headers end with."""

from __future__ import annotations

import pytest

from henrei.schemas.ledgers.open_data import OpenData, read_open_data
from lib.open_data import DAY, EARLY, row, text

TYPES = {DAY: "63", EARLY: "61"}
A, B = "1350000001", "0150000002"


def read(data: str | bytes) -> OpenData | None:
    return read_open_data(data if isinstance(data, bytes) else data.encode("utf-8-sig"), TYPES)


def facilities(*rows: str) -> list[tuple]:
    found = read(text(*rows))
    assert found is not None
    return found.facilities.rows()


def test_a_row_a_facility_and_service_by_the_name_of_the_service() -> None:
    found = read(text(row(A, "甲"), row(A, "甲", EARLY, "5"), row(A, "甲", "障害児相談支援", "")))
    assert found is not None
    assert found.facilities.rows() == [
        (A, "63", "甲", "1234567890123", "10"),
        (A, "61", "甲", "1234567890123", "5"),
    ]
    assert found.services == {DAY: 1, EARLY: 1, "障害児相談支援": 1} and found.unreadable == 0


@pytest.mark.parametrize(
    ("written", "meant"), [("10人", "10"), ("１５", "15"), ("20名", "20"), ("10.0", "10"), ("0", None), ("別表", None)]
)
def test_spellings_of_a_capacity(written: str, meant: str | None) -> None:
    assert facilities(row(A, "甲", capacity=written))[0][4] == meant


@pytest.mark.parametrize(
    ("written", "meant"), [(" 1234567890123 ", "1234567890123"), ("1.23457E+12", None), ("123", None), ("", None)]
)
def test_a_corporation_has_thirteen_digits(written: str, meant: str | None) -> None:
    assert facilities(row(A, "甲", corporation=written))[0][3] == meant


def test_zeros_that_excel_took_are_put_back_also_in_cp932() -> None:
    found = read(text(row("150000002", "乙")).encode("cp932"))
    assert found is not None and found.facilities.rows() == [(B, "63", "乙", "1234567890123", "10")]


def test_what_two_rows_of_a_service_say_differently_is_not_known() -> None:
    assert facilities(row(A, "甲", capacity="10"), row(A, "甲の二", capacity="20")) == [
        (A, "63", "甲", "1234567890123", None)
    ]


def test_rows_that_cannot_be_read_are_counted() -> None:
    found = read(text(row(A, "甲"), "13000,1,余り", row("番号なし", "丙")))
    assert found is not None and found.unreadable == 2 and found.facilities.height == 1


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", "名前,住所\r\n甲,乙\r\n", text(), b"\x00\x01\x02\n"])
def test_what_is_no_such_file(data: str | bytes) -> None:
    assert read(data) is None
