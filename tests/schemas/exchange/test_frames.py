"""The frame of an exchange file: a broken one breaks its file and no other, and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import inputs
from lib.exchange_batch import counts, read_files


def _frame(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


RIGHT = inputs.exchange("K11", inputs.claim())


BROKEN = {
    "no control record": (RIGHT.split(b"\r\n", 1)[1], 1, "コントロールレコードで始まっていません"),
    "wrong count": (_frame(RIGHT, b"1,1,0,5,", b"1,1,0,6,"), 1, "件数(6)とデータレコードの数(5)が違います"),
    "no end record": (RIGHT.rsplit(b"3,7", 1)[0], 6, "エンドレコードで終わっていません"),
    "cut in a line": (RIGHT[: len(RIGHT) // 2], 4, "エンドレコードで終わっていません"),
    "a number twice": (_frame(RIGHT, b"\r\n2,4,", b"\r\n2,3,"), 4, "レコード番号が前の行から続いていません"),
    "a number unreadable": (_frame(RIGHT, b"\r\n2,4,", b"\r\n2,x,"), 4, "レコード番号が前の行から続いていません"),
    "another month": (inputs.exchange("K11", inputs.claim(), month="202604"), 1, "処理対象年月が2026年4月ですが"),
    "another type": (_frame(RIGHT, b",K11,", b",K61,"), 1, "データ種別「K61」と最初の識別番号が合いません"),
    "nothing in it": (b"", 1, "中身がありません"),
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + RIGHT, 1, "UTF-8で保存されています"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_frame_breaks_the_file_and_no_other(tmp_path: Path, name: str) -> None:
    data, line, sentence = BROKEN[name]
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(recipient="0000000002")), data)
    assert batch.envelopes[0].fault is None
    fault = batch.envelopes[1].fault
    assert fault is not None
    assert (fault[0], fault[1]) == (line, "FMT102" if "UTF-8" in name else "FMT101")
    assert sentence in fault[2]


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (inputs.exchange("K11", inputs.claim()).decode("cp932").encode("utf-16"), "FMT102", "UTF-16で保存されています"),
        (
            b"\xfe\xff" + inputs.exchange("K11", inputs.claim()).decode("cp932").encode("utf-16-be"),
            "FMT102",
            "UTF-16で",
        ),
        (b"PK\x03\x04\x14\x00", "FMT101", "ZIPファイルです"),
        (b"\r\r\n" + inputs.exchange("K11", inputs.claim()), "FMT101", "コントロールレコードで始まっていません"),
    ],
)
def test_what_is_no_exchange_file_says_what_it_is(tmp_path: Path, data: bytes, code: str, sentence: str) -> None:
    fault = read_files(tmp_path, data).envelopes[0].fault
    assert fault is not None and (fault[0], fault[1]) == (1, code)
    assert fault[2].startswith(sentence)


@pytest.mark.parametrize(("kind", "month"), [("K" * 9000, "202605"), ("K11", "9" * 9000)])
def test_a_control_record_full_of_rubbish_is_not_repeated_on_every_line(tmp_path: Path, kind: str, month: str) -> None:
    frame = read_files(tmp_path, inputs.exchange(kind, inputs.claim(), month=month, facility="1" * 9000)).envelopes[0]
    assert frame.fault is not None and len(frame.fault[2]) < 200
    assert frame.control is not None and frame.control.facility_no is None


def test_blank_lines_and_the_old_end_mark(tmp_path: Path) -> None:
    data = inputs.exchange("K11", inputs.claim()).replace(b"\r\n2,4,", b"\r\n\r\n2,4,") + b"\x1a"
    batch = read_files(tmp_path, data)
    assert batch.envelopes[0].fault is None
    assert counts(batch) == {"lines": 9, "blank": 2, "elsewhere": 0, "refused": 0, "loaded": 5}
