"""service_codes.csv and a new period: what stays, what is closed, what is replaced."""

from __future__ import annotations

from datetime import date

import pytest

from henrei.errors import HenreiError
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.code_periods import Merged, Period, merge
from henrei.schemas.ledgers.export import Export

LEDGER = ledgers()["service_codes"]
HEAD = "サービスコード,名称,単位数,種別,有効開始日,有効終了日"
NEW = {"service_code": "63H574", "name": "放デイ４１１", "units": "580", "class": "基本"}


def merged(
    before: str | bytes | None, *rows: dict[str, str], until: date | None = None, export: Export | None = None
) -> Merged:
    """The period of 63 from 2026-06-01 on."""
    data = before.encode("utf-8-sig") if isinstance(before, str) else before
    period = Period(date(2026, 6, 1), until, frozenset({"63"}))
    return merge(data, rows or (NEW,), period, LEDGER, export or Export(), "service_codes.csv")


def after(line: str) -> str:
    """What became of a row below HEAD, without the columns that are added: "" where it is gone."""
    _, *kept, new = merged(f"{HEAD}\r\n{line}").data.decode("utf-8-sig").splitlines()
    assert new.startswith("63H574,放デイ４１１,580,基本,2026-06-01,") and len(kept) <= 1
    return "".join(kept).removesuffix("," * 9)


def test_without_a_file_all_columns_are_written() -> None:
    assert merged(None).data.decode("utf-8-sig") == (
        "サービスコード,名称,単位数,種別,加算キー,定員下限,定員上限,重心区分,時間区分,提供区分,医ケア区分,届出要,月上限,有効開始日,有効終了日\r\n"
        "63H574,放デイ４１１,580,基本,,,,,,,,,,2026-06-01,\r\n"
    )
    assert merged(None).data.startswith(b"\xef\xbb\xbf")
    assert merged(b"\xef\xbb\xbf\r\n").data == merged(None).data
    assert merged(None, until=date(2027, 3, 31)).data.endswith(b",2026-06-01,2027-03-31\r\n")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("63H574,あ,574,基本,2024-04-01,", "63H574,あ,574,基本,2024-04-01,2026-05-31"),
        ("63H999,い,574,基本,R6.4.1,9999-12-31", "63H999,い,574,基本,R6.4.1,2026-05-31"),  # gone from the new table
        ("63H574,あ,574,基本,0000-01-01,2026-06-01", "63H574,あ,574,基本,0000-01-01,2026-05-31"),
        ("63H574,あ,574,基本,2024-04-01,2026-05-31", "63H574,あ,574,基本,2024-04-01,2026-05-31"),
        ("63H574,あ,574,基本,2024-04-01,2025-03-31", "63H574,あ,574,基本,2024-04-01,2025-03-31"),
        ("61H574,あ,574,基本,2024-04-01,", "61H574,あ,574,基本,2024-04-01,"),  # a type that the workbooks do not hold
        ("63H574,あ,574,基本,2026/6/1,", ""),  # the same period again
        ("63H999,い,574,基本,2027-04-01,", "63H999,い,574,基本,2027-04-01,"),
        ("63H574,あ,574,基本,2026-13-01,", "63H574,あ,574,基本,2026-13-01,"),  # cannot be read
        ("", ""),
    ],
)  # fmt: skip
def test_a_row_of_the_file_before(line: str, left: str) -> None:
    assert after(line) == left


def test_what_was_done_is_counted() -> None:
    done = merged(
        "\n".join(
            [
                HEAD,
                "63H574,放デイ４１１,574,基本,2024-04-01,",
                "63H575,放デイ４１２,609,基本,2024-04-01,2026-05-31",
                "63H576,放デイ４１３,666,基本,2024-04-01,2026-05-30",
                "63H577,あ,1,基本,2026-06-01,",
                "6,あ,1,基本,2026-06-01,",
                "63H578,足りない",
            ]
        )
    )
    assert (done.closed, done.replaced, done.later, done.unreadable) == (1, 1, 0, 2)
    assert done.former == {"63H574": ("放デイ４１１", "574"), "63H575": ("放デイ４１２", "609")}
    assert "\r\n63H578,足りない\r\n" in done.data.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("until", "end"), [(None, "2027-03-31"), (date(2027, 4, 1), "2027-03-31"), (date(2027, 3, 30), "2027-03-30")]
)
def test_a_code_ends_before_a_row_of_it_that_begins_later(until: date | None, end: str) -> None:
    done = merged(f"{HEAD}\n63H574,あ,574,基本,2028-04-01,\n63H574,あ,574,基本,2027-04-01,2028-03-31", until=until)
    assert done.data.decode("utf-8-sig").splitlines()[-1].startswith(f"63H574,放デイ４１１,580,基本,2026-06-01,{end},")
    assert done.later == (end == "2027-03-31")


def test_again_it_is_the_same() -> None:
    once = merged(f"{HEAD}\n63H574,あ,574,基本,2024-04-01,")
    again = merged(once.data)
    assert again.data == once.data and (again.closed, again.replaced) == (0, 1) and again.former == once.former


def test_the_file_keeps_its_dress() -> None:
    """Titles, other headings, columns that henrei does not know, CP932."""
    before = (
        'コード表\r\nコード,名称,単位数,種別,"メモ, 市",有効開始日\r\n63H574,あ,574,基本,"大事, とても",2024-04-01\r\n'
    )
    export = Export(columns={"サービスコード": "コード", "有効終了日": "終わり"}, constants={"月上限": "9"})
    lines = merged(before.encode("cp932"), export=export).data.decode("utf-8-sig").splitlines()
    assert lines[:2] == [
        "コード表",
        'コード,名称,単位数,種別,"メモ, 市",有効開始日,加算キー,定員下限,定員上限,重心区分,時間区分,提供区分,医ケア区分,届出要,月上限,終わり',
    ]
    assert lines[2] == '63H574,あ,574,基本,"大事, とても",2024-04-01,,,,,,,,,9,2026-05-31'
    assert lines[3] == "63H574,放デイ４１１,580,基本,,2026-06-01,,,,,,,,,,"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "コード,名称\n63H574,あ\n".encode(),
            "service_codes.csv にサービスコード表の見出しがないため、書き足せません。見出しを直すか、このファイルをほかの名前に変えてください",
        ),
        (
            b"\xff\xfe\x00\x81",
            "service_codes.csv を読めないため、書き足せません。Excel で開いて CSV で保存し直すか、このファイルをほかの名前に変えてください",
        ),
    ],
)
def test_a_file_that_is_no_table_is_left_alone(data: bytes, message: str) -> None:
    with pytest.raises(HenreiError, match=f"^{message}$") as error:
        merged(data)
    assert error.value.status == 2
