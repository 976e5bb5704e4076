"""The keys of lines, the groups they belong to, and groups that are not whole."""

from __future__ import annotations

import polars as pl
import pytest

from henrei.schemas.exchange.envelope import with_heads
from henrei.schemas.exchange.groups import OPENING, group_faults, with_groups, with_keys
from henrei.schemas.exchange.lines import lines_of
from lib import inputs

KEYS = ("month", "municipality", "facility", "recipient", "form", "kind", "child")
BASE = "2,2,K122,01,202604,112992,1350000001,0000000001,,"


def keyed(*texts: str) -> pl.DataFrame:
    return with_keys(with_heads(lines_of(["".join(f"{text}\n" for text in texts).encode("cp932")])))


def groups_of(*texts: str) -> list[int]:
    return with_groups(keyed(*texts))["group"].to_list()


@pytest.mark.parametrize(
    ("text", "record", "keys"),
    [
        (BASE, "K122-01", ("202604", "112992", "1350000001", "0000000001", None, None, None)),
        ("2,2,K112,01,202604,112992,1350000001,9", "K112-01", ("202604", "112992", "1350000001", None, None, None, None)),
        # A sheet has its kind before the municipality, and only in its 01.
        ("2,2,K411,01,202604,1,112992,135,7,", "K411-01", ("202604", "112992", "0000000135", "0000000007", None, "1", None)),
        ("2,2,K411,02,202604,112992,135,7,1", "K411-02", ("202604", "112992", "0000000135", "0000000007", None, None, None)),
        ("2,2,K421,02,202604,112992,135,7,1,0,0,0,0,8", "K421-02", ("202604", "112992", "0000000135", "0000000007", None, None, "0000000008")),
        ("2,2,K611,02,202604,112992,135,7,0501,", "K611-02", ("202604", "112992", "0000000135", "0000000007", "0501", None, None)),
        # A return list names the facility first.
        ("2,2,K721,02,202604,135,112992,試験市,7", "K721-02", ("202604", "112992", "0000000135", "0000000007", None, None, None)),
        # A family that henrei does not know has its keys where most have them, so that the line finds its group.
        ("2,2,K129,01,202604,112992,135,7,0501", "K129-01", ("202604", "112992", "0000000135", "0000000007", None, None, None)),
        # What cannot be a key is none: letters, zeros, too many digits.
        ("2,2,K122,01,2026x4,000000,13500000012,,", "K122-01", (None, None, None, None, None, None, None)),
        ('"2","2","K122","01"," 202604 ","112992"', "K122-01", ("202604", "112992", None, None, None, None, None)),
    ],
)  # fmt: skip
def test_keys_of_a_line(text: str, record: str, keys: tuple) -> None:
    line = keyed(text)
    assert line["record"].item() == record
    assert line.select(KEYS).row(0) == keys


def test_known_and_data_records() -> None:
    lines = keyed(BASE, BASE.replace("K122", "K129"), BASE.replace("2,2,", "3,2,"), "2")
    assert lines.select("known", "is_data").rows() == [(True, True), (False, True), (True, False), (None, True)]


def test_a_01_opens_a_group() -> None:
    other = BASE.replace("0000000001", "0000000002")
    assert groups_of(BASE, BASE.replace(",01,", ",02,"), other, other.replace(",01,", ",04,")) == [1, 1, 3, 3]
    assert groups_of(BASE, BASE) == [1, 2]


def test_every_line_of_a_return_list_is_a_group() -> None:
    line = "2,2,K721,02,202604,1350000001,112992,試験市,0000000001"
    assert groups_of(line, line) == [1, 2]


def test_a_line_without_a_key_belongs_to_the_group_around_it() -> None:
    unreadable = "2,3,K122,02,202604,112992,1350000001,x!"
    third, other = BASE.replace(",01,", ",03,"), BASE.replace("0000000001", "0000000002")
    assert groups_of(BASE, unreadable, third) == [1, 1, 1]
    assert groups_of(BASE, unreadable, other) == [1, 1, 3]
    # The 01 itself: the lines after it open no group, so it is theirs.
    assert groups_of(other, unreadable.replace(",02,", ",01,"), third) == [1, 2, 2]


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        (inputs.claim(), None),
        (inputs.claim()[1:], "基本情報(01)のない行です"),
        (inputs.claim()[:2], "この明細書に明細情報(03)がありません"),
        (inputs.sheet()[:1], "この上限額管理結果票に明細情報(02)がありません"),
        (inputs.sheet(kind="3"), None),  # a cancelled sheet is its 01 alone
        ([inputs.attendance()[0], inputs.attendance(form="0301")[1]], "基本情報(01)と様式種別番号が違います"),
    ],
)
def test_groups_that_are_not_whole(records: list[str], reason: str | None) -> None:
    lines = with_groups(keyed(*(f"2,{number},{record}" for number, record in enumerate(records, start=2))))
    faults = group_faults(lines).select("line", "reason_code", "reason").rows()
    assert faults == ([(1, "FMT106", reason)] if reason else [])


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        (BASE, True),
        (BASE.replace(",01,", ",02,"), False),
        ('"2","2","K122","01","202604"', True),
        ("2,2,B731,K122,01,", True),
        ("2,2,K721,02,", True),
        ("3,2", False),
    ],
)
def test_where_a_large_file_may_be_cut(line: str, opens: bool) -> None:
    assert bool(OPENING.search(f"\n{line}\n".encode())) is opens
