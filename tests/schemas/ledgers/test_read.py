"""Reading the city's ledgers in every spelling, and refusing row by row."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers import read as ledger_reader
from henrei.schemas.ledgers.read import LedgerPart, read_ledger

HEAD = "受給者証番号,決定サービスコード,支給量,支給量算定,支給決定開始日,支給決定終了日\r\n"


def read(text: str, name: str = "grants", encoding: str = "utf-8", **mapping: str) -> LedgerPart:
    return read_ledger(ledgers()[name], text.encode(encoding), mapping, "112992")


def refused(part: LedgerPart) -> list[tuple]:
    return part.rejected.select("line", "item_no", "item_name", "reason_code").rows()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_the_encoding_goes_by_content(encoding: str) -> None:
    part = read(HEAD + "1,631000,,原則日数,2026-04-01,2027-03-31\r\n", encoding=encoding)
    assert part.rows.row(0, named=True) == {
        "line": 2,
        "recipient_no": "0000000001",
        "grant_code": "631000",
        "allowance_days": None,
        "allowance_rule": "原則日数",
        "valid_from": date(2026, 4, 1),
        "valid_to": date(2027, 3, 31),
    }
    assert part.counts == {"lines": 2, "loaded": 1, "refused": 0, "elsewhere": 0, "blank": 1}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-04-01", date(2026, 4, 1)),
        ("2026/4/1", date(2026, 4, 1)),
        ("20260401", date(2026, 4, 1)),
        ("R8.4.1", date(2026, 4, 1)),
        ("令和8年4月1日", date(2026, 4, 1)),
        ("令和８年４月１日", date(2026, 4, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("2026/4/1 0:00:00", date(2026, 4, 1)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_spellings_of_a_date(written: str, meant: date) -> None:
    part = read(HEAD + f"1,631000,10,,{written},2027-03-31\r\n")
    assert part.rows["valid_from"].to_list() == [meant]


@pytest.mark.parametrize("written", ["2026-02-29", "8.4.1", "20261301", "R8.4.31", "4/1", "6.1E+09"])
def test_what_is_no_date_is_refused(written: str) -> None:
    part = read(HEAD + f"1,631000,10,,{written},2027-03-31\r\n")
    assert refused(part) == [(2, 5, "支給決定開始日", "FMT109")]


@pytest.mark.parametrize(
    "written", ["2026-04", "2026/4", "202604", "R8.4", "令和8年4月", "2026/4/1", "2026-04-01", "20260401"]
)
def test_spellings_of_a_month(written: str) -> None:
    head = "申立年月,事業所番号,受給者証番号,サービス提供年月,申立事由コード\r\n"
    part = read(head + f"2026-05,1,1,{written},4102\r\n", "petitions")
    assert part.rows["service_month"].to_list() == [date(2026, 4, 1)]


@pytest.mark.parametrize("many", [1, 20_000])
def test_a_column_may_hold_several_spellings(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """However long it is, and whether its dates are all written in digits or not."""
    monkeypatch.setattr(ledger_reader, "_MANY", many)
    rows = [("2026-04-01", "2027-03-31"), ("20260401", "R9.3.31"), ("2026-04-01", "令和９年３月３１日")]
    part = read(HEAD + "".join(f"{n},631000,10,,{begin},{end}\r\n" for n, (begin, end) in enumerate(rows, 1)))
    assert part.rows["recipient_no"].to_list() == ["0000000001", "0000000002", "0000000003"]
    assert part.rows["valid_from"].to_list() == [date(2026, 4, 1)] * 3
    assert part.rows["valid_to"].to_list() == [date(2027, 3, 31)] * 3


def test_zeros_that_excel_took_are_put_back_and_its_powers_refused() -> None:
    part = read(HEAD + "1000001,631000,10,,2026-04-01,2027-03-31\r\n6.1E+09,631000,10,,2026-04-01,2027-03-31\r\n")
    assert part.rows["recipient_no"].to_list() == ["0001000001"]
    assert refused(part) == [(3, 1, "受給者証番号", "FMT109")]
    assert "6.1E+09" in part.rejected["reason"][0]


def test_columns_in_any_order_mapped_and_unknown() -> None:
    text = "備考,支給決定終了日,開始,決定サービスコード,受給者番号\r\n,2027-03-31,2026-04-01,631000,1\r\n"
    part = read(text, 受給者証番号="受給者番号", 支給決定開始日="開始")
    assert part.rows["recipient_no"].to_list() == ["0000000001"]
    assert part.unknown == 1


def test_a_required_column_that_is_missing_refuses_the_ledger() -> None:
    part = read("受給者証番号,決定サービスコード\r\n1,631000\r\n")
    assert part.missing is not None
    assert "「支給決定開始日」、「支給決定終了日」がありません" in part.missing
    assert {code for *_, code in refused(part)} == {"FMT108"}
    assert part.counts == {"lines": 2, "loaded": 0, "refused": 2, "elsewhere": 0, "blank": 0}


def test_a_required_value_that_is_missing_refuses_the_row() -> None:
    part = read(HEAD + "1,,10,,2026-04-01,2027-03-31\r\n2,631000,10,,2026-04-01,2027-03-31\r\n")
    assert refused(part) == [(2, 2, "決定サービスコード", "FMT109")]
    assert part.rows["recipient_no"].to_list() == ["0000000002"]


def test_more_or_fewer_cells_than_the_header() -> None:
    part = read(HEAD + "1,631000,10,,2026-04-01\r\n1,631000,10,,2026-04-01,2027-03-31,\r\n")
    assert [(line, code) for line, *_, code in refused(part)] == [(2, "FMT109"), (3, "FMT109")]


def test_rows_of_other_cities_and_empty_rows_are_ignored() -> None:
    head = "受給者証番号,市町村番号,利用者負担上限月額,適用開始日\r\n"
    part = read(head + '1,112038,x,2026-04-01\r\n,,,\r\n\r\n2,112992,"4,600",2026-04-01\r\n', "recipients")
    assert part.rows["burden_cap"].to_list() == [4600]
    assert part.counts == {"lines": 5, "loaded": 1, "refused": 0, "elsewhere": 1, "blank": 3}


def test_a_line_break_inside_quotes_belongs_to_the_row() -> None:
    text = HEAD.replace("\r\n", ",備考\r\n") + '1,631000,10,,2026-04-01,2027-03-31,"一行目\r\n二行目"\r\n'
    part = read(text + '2,631000,10,,x,2027-03-31,"一行目\r\n二行目"\r\n')
    assert part.rows["recipient_no"].to_list() == ["0000000001"]
    assert refused(part) == [(4, 5, "支給決定開始日", "FMT109"), (5, 5, "支給決定開始日", "FMT109")]
    assert part.counts == {"lines": 5, "loaded": 2, "refused": 2, "elsewhere": 0, "blank": 1}


def test_a_quote_that_nobody_closes_costs_its_row_only() -> None:
    good = "{},631000,10,,2026-04-01,2027-03-31\r\n"
    part = read(HEAD + good.format(1) + '"2,631000,10,,2026-04-01,2027-03-31\r\n' + good.format(3) + good.format(4))
    assert part.rows["recipient_no"].to_list() == ["0000000001", "0000000003", "0000000004"]
    assert [(line, code) for line, *_, code in refused(part)] == [(3, "FMT109")]


def test_a_bad_byte_costs_its_row_only() -> None:
    data = (HEAD + "1,631000,10,,2026-04-01,2027-03-31\r\n2,631000,10,,2026-04-01,2027-03-31\r\n").encode()
    part = read_ledger(ledgers()["grants"], data.replace(b"2,631000", b"2,\xff631000"), {}, "112992")
    assert part.rows["recipient_no"].to_list() == ["0000000001"]
    assert [(line, code) for line, *_, code in refused(part)] == [(3, "FMT102")]


@pytest.mark.parametrize("text", ["", "\r\n", HEAD])
def test_a_ledger_without_rows_loads_nothing(text: str) -> None:
    part = read(text)
    assert part.rows.is_empty()
    assert part.counts["lines"] == part.counts["loaded"] + part.counts["refused"] + part.counts["blank"]


def test_values_outside_their_list() -> None:
    head = "受給者証番号,計画区分,適用開始日\r\n"
    part = read(head + "1,3,2026-04-01\r\n1,１,2026-04-01\r\n", "plans")
    assert refused(part) == [(2, 2, "計画区分", "FMT109")]
    assert part.rows["plan_kind"].to_list() == ["1"]
    assert isinstance(part.rows, pl.DataFrame)


def test_a_ledger_of_nothing_but_a_mark_is_one_line() -> None:
    part = read_ledger(ledgers()["grants"], b"\xef\xbb\xbf", {}, "112992")
    assert part.counts == {"lines": 1, "loaded": 0, "refused": 0, "elsewhere": 0, "blank": 1}
    assert part.missing is not None


@pytest.mark.parametrize("opened", ["", '"'])
def test_a_line_too_long_is_refused_alone(opened: str) -> None:
    good = "{},631000,10,,2026-04-01,2027-03-31\r\n"
    part = read(HEAD + good.format(1) + f"2,631000,{opened}{'9' * 3_000_000}\r\n" + good.format(3))
    assert part.rows["recipient_no"].to_list() == ["0000000001", "0000000003"]
    assert part.rejected.select("line", "reason_code").rows() == [(3, "FMT109")]
    assert part.rejected["reason"][0].startswith("行が長すぎます(1MBを超えています)")
