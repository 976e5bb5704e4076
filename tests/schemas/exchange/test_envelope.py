"""The envelope of a file: what it says, and where it is broken, line by line and piece by piece."""

from __future__ import annotations

import polars as pl
import pytest

from henrei.schemas.exchange.envelope import Envelope, as_original, check_piece, is_copy, with_heads, with_originals
from henrei.schemas.exchange.lines import lines_of

CONTROL = "1,1,0,2,K11,0,1350000001,0,1,202605,"
RECORDS = ["2,2,K122,01,202604", "2,3,K122,02,202604"]
END = "3,4"


def heads(*texts: str, first_line: int = 1) -> pl.DataFrame:
    return with_heads(lines_of(["".join(f"{text}\n" for text in texts).encode("cp932")], first_line))


def check(*texts: str) -> Envelope:
    envelope = Envelope()
    check_piece([envelope], heads(*texts), True, "202605")
    return envelope


def test_a_right_file() -> None:
    envelope = check(CONTROL, *RECORDS, END)
    assert envelope.fault is None
    assert envelope.data_type == "K11" and envelope.first_id == "K122"
    assert envelope.control is not None
    assert (envelope.control.records, envelope.control.facility_no, envelope.control.month) == (
        2,
        "1350000001",
        "202605",
    )


@pytest.mark.parametrize(
    ("texts", "line", "code", "sentence"),
    [
        ([*RECORDS, END], 1, "FMT101", "コントロールレコードで始まっていません"),
        ([CONTROL + ",", *RECORDS, END], 1, "FMT101", "コントロールレコードの項目数が12です(規定は11)"),
        ([CONTROL, RECORDS[1], END], 2, "FMT101", "レコード番号が前の行から続いていません"),
        ([CONTROL, *RECORDS], 3, "FMT101", "エンドレコードで終わっていません"),
        ([CONTROL, *RECORDS, "3,4,5"], 4, "FMT101", "エンドレコードの項目数が3です(規定は2)"),
        ([CONTROL, RECORDS[0], "3,3"], 1, "FMT101", "コントロールレコードの件数(2)とデータレコードの数(1)が違います"),
        (
            [CONTROL.replace("K11", "K61"), *RECORDS, END],
            1,
            "FMT101",
            "コントロールレコードのデータ種別「K61」と最初の識別番号が合いません",
        ),
        (
            [CONTROL.replace("202605", "202606"), *RECORDS, END],
            1,
            "FMT101",
            "処理対象年月が2026年6月ですが、2026年5月審査のフォルダーにあります",
        ),
        ([], 1, "FMT101", "中身がありません"),
        (["PK\x03\x04", *RECORDS, END], 1, "FMT101", "ZIPファイルです"),
    ],
)
def test_a_broken_one(texts: list[str], line: int, code: str, sentence: str) -> None:
    fault = check(*texts).fault
    assert fault is not None
    assert fault[:2] == (line, code) and fault[2].startswith(sentence)


def test_the_first_fault_is_kept() -> None:
    envelope = Envelope()
    envelope.break_at(3, "one", lossy=False)
    envelope.break_at(5, "two")
    assert envelope.fault == (3, "FMT101", "one") and envelope.lossy


def test_a_file_in_pieces() -> None:
    """The first data record and the numbers may go on in the next piece."""
    whole, broken = Envelope(), Envelope()
    for envelope, second in (
        (whole, heads(*RECORDS, END, first_line=2)),
        (broken, heads(RECORDS[1], END, first_line=2)),
    ):
        check_piece([envelope], heads(CONTROL), False, "202605")
        assert envelope.fault is None and envelope.first_id is None
        check_piece([envelope], second, True, "202605")
        assert envelope.first_id == "K122"
    assert whole.fault is None
    assert broken.fault is not None and broken.fault[0] == 2


def test_heads_are_the_first_nine_cells_without_quotes() -> None:
    lines = heads('"2","2","K122"', "2,3,K122,01,202604,112992,1350000001,0000000001,112992,ｶｸｳ")
    assert lines.select("h0", "h2", "h3", "h8").rows() == [("2", "K122", None, None), ("2", "K122", "01", "112992")]
    assert "h9" not in lines.columns


def test_a_citys_copy_is_read_as_its_original() -> None:
    lines = with_originals(heads("2,2,K122,01", '"2","3","B731","K122","02"'))
    assert lines.select("text", "h2", "h3", "copied").rows() == [
        ("2,2,K122,01", "K122", "01", False),
        ('"2","3","K122","02"', "K122", "02", True),
    ]
    assert "copied" not in with_originals(heads("2,2,K122,01")).columns
    texts = pl.DataFrame({"text": ["2,2,B731,K122,01", "2,2,K122,B731"]})
    assert texts.select(is_copy(pl.col("text"))).to_series().to_list() == [True, False]
    assert texts.select(as_original(pl.col("text"))).to_series().to_list() == ["2,2,K122,01", "2,2,K122,B731"]
