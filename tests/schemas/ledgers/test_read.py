"""Reading the city's ledgers in every spelling, and refusing row by row."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from henrei.schemas.ledgers import REFUSED_KEYS, ledgers, spelling
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import LedgerPart, read_ledger

HEAD = "受給者証番号,決定サービスコード,支給量,支給量算定,支給決定開始日,支給決定終了日\r\n"


def read(text: str, name: str = "grants", encoding: str = "utf-8", **mapping: str) -> LedgerPart:
    return read_ledger(ledgers()[name], text.encode(encoding), Export(columns=mapping), "112992")


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
    monkeypatch.setattr(spelling, "MANY", many)
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
    part = read_ledger(ledgers()["grants"], data.replace(b"2,631000", b"2,\xff631000"), Export(), "112992")
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
    part = read_ledger(ledgers()["grants"], b"\xef\xbb\xbf", Export(), "112992")
    assert part.counts == {"lines": 1, "loaded": 0, "refused": 0, "elsewhere": 0, "blank": 1}
    assert part.missing is not None


@pytest.mark.parametrize("opened", ["", '"'])
def test_a_line_too_long_is_refused_alone(opened: str) -> None:
    good = "{},631000,10,,2026-04-01,2027-03-31\r\n"
    part = read(HEAD + good.format(1) + f"2,631000,{opened}{'9' * 3_000_000}\r\n" + good.format(3))
    assert part.rows["recipient_no"].to_list() == ["0000000001", "0000000003"]
    assert part.rejected.select("line", "reason_code").rows() == [(3, "FMT109")]
    assert part.rejected["reason"][0].startswith("行が長すぎます(1MBを超えています)")


def test_titles_above_the_header_are_ignored_and_counted() -> None:
    """The header is the first of the first ten lines with every required column; one that lacks a column is a title."""
    titles = "支給決定者一覧\r\n\r\n作成日,2026-05-01\r\n受給者証番号,決定サービスコード\r\n" + "\r\n" * 5
    part = read(titles + HEAD + "1,631000,10,,2026-04-01,2027-03-31\r\n")
    assert part.rows.select("line", "recipient_no").rows() == [(11, "0000000001")]
    assert part.counts == {"lines": 11, "loaded": 1, "refused": 0, "elsewhere": 0, "blank": 10}
    late = read("一覧\r\n" + titles + HEAD + "1,631000,10,,2026-04-01,2027-03-31\r\n")
    assert late.missing is not None and late.rows.is_empty()
    assert "「支給決定開始日」、「支給決定終了日」がありません" in late.missing


def test_a_title_in_another_encoding_than_the_bad_byte_below() -> None:
    data = ("List\r\n" + HEAD + "1,631000,10,,2026-04-01,2027-03-31\r\n").encode("cp932") + b"2,\x80\r\n"
    part = read_ledger(ledgers()["grants"], data, Export(), "112992")
    assert part.rows["recipient_no"].to_list() == ["0000000001"]


@pytest.mark.parametrize("start", ["0000-01-01", "0000/1/1", "00000101", "0000/01/01"])
@pytest.mark.parametrize("end", ["9999-12-31", "9999/12/31", "99991231", "令和99年12月31日", "R99.12.31"])
def test_open_periods(start: str, end: str) -> None:
    """An open start satisfies ◎, and so does an open end where one is required."""
    part = read(HEAD + f"1,631000,10,,{start},{end}\r\n")
    assert part.rows.select("valid_from", "valid_to").rows() == [(date(1, 1, 1), date(9999, 12, 31))]
    head = "受給者証番号,上限額管理事業所番号,有効開始日,有効終了日\r\n"
    part = read(head + f"1,1350000001,{start},{end}\r\n", "cap_managers")
    assert part.rows.select("valid_from", "valid_to").rows() == [(date(1, 1, 1), None)]


def test_year_0_is_a_start_only() -> None:
    head = "受給者証番号,市町村番号,生年月日,利用者負担上限月額,適用開始日,適用終了日\r\n"
    text = (
        head + "1,112992,0000-01-01,0,2026-04-01,\r\n2,112992,,0,2026-04-01,0000-01-01\r\n3,112992,,0,0000-01-02,\r\n"
    )
    part = read(text, "recipients")
    assert refused(part) == [
        (2, 3, "生年月日", "FMT109"),
        (3, 6, "適用終了日", "FMT109"),
        (4, 5, "適用開始日", "FMT109"),
    ]


@pytest.mark.parametrize(
    ("written", "days"),
    [("23", 23), ("23日/月", 23), ("２３日／月", 23), ("23日", 23), ("23 日 / 月", 23), ("23.0", 23), ("", None)],
)
def test_an_allowance_in_every_spelling(written: str, days: int | None) -> None:
    part = read(HEAD + f"1,631000,{written},,2026-04-01,2027-03-31\r\n")
    assert part.rows["allowance_days"].to_list() == [days]


@pytest.mark.parametrize("written", ["月23日", "23時間/月", "1.5日/月", "-3", "原則の日数"])
def test_what_is_no_allowance(written: str) -> None:
    part = read(HEAD + f"1,631000,{written},,2026-04-01,2027-03-31\r\n")
    assert refused(part) == [(2, 3, "支給量", "FMT109")]


RECIPIENTS = "受給者証番号,利用者負担上限月額,無償化対象,適用開始日\r\n"


def exported(text: str, name: str, export: Export) -> LedgerPart:
    return read_ledger(ledgers()[name], text.encode(), export, "112992")


def test_values_are_translated_and_others_stay() -> None:
    export = Export(
        values={"無償化対象": {"対象": "2", "非対象": "", "Ａ": "2"}, "適用開始日": {"当初": "0000-01-01"}},
        constants={"市町村番号": "112992"},
    )
    rows = "1,0,対象,2026-04-01\r\n2,0, 非対象 ,当初\r\n3,0,2,2026-04-01\r\n4,0,A,2026-04-01\r\n5,0,他,2026-04-01\r\n"
    part = exported(RECIPIENTS + rows, "recipients", export)
    assert part.rows["free_of_charge"].to_list() == ["2", None, "2", "2"]
    assert part.rows["valid_from"].to_list() == [date(2026, 4, 1), date(1, 1, 1), date(2026, 4, 1), date(2026, 4, 1)]
    assert refused(part) == [(6, 3, "無償化対象", "FMT109")]


def test_a_constant_fills_a_column_that_is_missing_only() -> None:
    export = Export(constants={"市町村番号": "112992", "利用者負担上限月額": "9300"})
    part = exported(RECIPIENTS + "1,4600,,2026-04-01\r\n2,,,2026-04-01\r\n", "recipients", export)
    assert part.rows.select("municipality_no", "burden_cap").rows() == [("112992", 4600)]
    assert refused(part) == [(3, 2, "利用者負担上限月額", "FMT109")]  # empty is not missing


SPLIT = Export(
    columns={"受給者証番号": "番号"},
    groups=[
        {
            "決定サービスコード": f"サービス{n}",
            "支給量": f"支給量{n}",
            "支給決定開始日": f"開始{n}",
            "支給決定終了日": f"終了{n}",
        }
        for n in (1, 2)
    ],
)
SPLIT_HEAD = "番号,サービス1,支給量1,開始1,終了1,サービス2,支給量2,開始2,終了2\r\n"


def test_one_row_of_an_export_holds_several_of_ours() -> None:
    rows = (
        "1,631000,10日/月,2026-04-01,2027-03-31,611000,5日/月,2025-04-01,2026-03-31\r\n"
        "2,631000,10,2026-04-01,2027-03-31,,,,\r\n"
        "3,,10,,,641000,3,2026-04-01,2027-03-31\r\n"
        "4,,,,,,,,\r\n"
        "5,631000,10,2026-04-01,2027-03-31,611000,5,,\r\n"
        "x6,631000,10,2026-04-01,2027-03-31,611000,5,2026-04-01,?\r\n"
    )
    part = exported(SPLIT_HEAD + rows, "grants", SPLIT)
    assert part.rows.select("line", "recipient_no", "grant_code", "allowance_days").rows() == [
        (2, "0000000001", "631000", 10),
        (2, "0000000001", "611000", 5),
        (3, "0000000002", "631000", 10),
        (4, "0000000003", "641000", 3),
    ]
    assert refused(part) == [(6, 8, "支給決定開始日", "FMT109"), (7, 1, "受給者証番号", "FMT109")]
    assert part.refused_rows["recipient_no"].to_list() == ["0000000005", None]
    assert part.counts == {"lines": 7, "loaded": 3, "refused": 2, "elsewhere": 0, "blank": 2}
    assert part.unknown == 0


def test_a_group_whose_column_is_missing_refuses_the_ledger() -> None:
    """Nothing would say that its grants are gone."""
    part = exported(SPLIT_HEAD.replace("開始2", "開始二"), "grants", SPLIT)
    assert part.missing is not None and "列「開始2」がありません" in part.missing


def test_two_columns_of_ours_may_be_one_of_theirs() -> None:
    export = Export(columns={"届出日": "日付", "有効開始日": "日付"})
    head = "事業所番号,サービス種類コード,区分,加算キー,日付\r\n"
    part = exported(head + "1,63,加算,pickup,2026-04-01\r\n", "facility_addons", export)
    assert part.rows.select("filed_on", "valid_from").rows() == [(date(2026, 4, 1), date(2026, 4, 1))]


def test_what_can_be_read_of_a_refused_row() -> None:
    head = "受給者証番号,市町村番号,利用者負担上限月額,適用開始日,世帯番号,児童コード\r\n"
    text = head + (
        "1,112992,x,2026-04-01,S1,C1\r\n"
        "1-2,112992,0,2026-04-01,S2,\r\n"
        "3,?,x,2026-04-01,,\r\n"
        "4,112992,0,2026-04-01\r\n"
        "5,112992,0,2026-04-01,S5,C5\r\n"
    )
    part = read(text, "recipients")
    names = ["recipient_no", "child_code", "household_no"]
    assert part.refused_rows.select(names).rows() == [
        (None, None, None),  # with fewer cells than the header, nothing is sure
        ("0000000001", "C1", "S1"),
        (None, None, "S2"),
        ("0000000003", None, None),
    ]
    assert part.refused_rows.schema == REFUSED_KEYS


def test_what_can_be_read_of_refused_petitions_and_codes() -> None:
    head = "申立年月,事業所番号,受給者証番号,サービス提供年月,申立事由コード\r\n"
    part = read(head + "?,1350000001,1,2026-03,4102\r\n2026-05,6.1E+09,1,R8.x,4102\r\n", "petitions")
    names = ["facility_no", "recipient_no", "service_month", "service_code"]
    assert part.refused_rows.select(names).rows() == [
        ("1350000001", "0000000001", date(2026, 3, 1), None),
        (None, "0000000001", None, None),
    ]
    head = "サービスコード,名称,単位数,種別,有効開始日\r\n"
    part = read(head + "631110,基本,x,基本,2024-04-01\r\n63111,基本,1,基本,2024-04-01\r\n", "service_codes")
    assert part.refused_rows["service_code"].to_list() == ["631110", None]


def test_a_facility_needs_neither_region_nor_start() -> None:
    part = read("事業所番号,事業所名,サービス種類コード\r\n1350000001,架空園,63\r\n", "facilities")
    assert part.rows.select("facility_no", "region_code", "valid_from").rows() == [("1350000001", None, None)]


@pytest.mark.parametrize("name", ["髙野の家", "\ufa19田㈱", "ｶｸｳ園 １"])
def test_a_facilitys_name_stays_as_it_is_written(name: str) -> None:
    part = read(f"事業所番号,事業所名,サービス種類コード\r\n1350000001, {name}　,６３\r\n", "facilities")
    assert part.rows.select("facility_name", "service_type").rows() == [(name, "63")]
