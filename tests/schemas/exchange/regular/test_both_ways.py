"""Files read in bulk and the same files read line by line give the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from henrei.schemas.exchange import read
from henrei.schemas.exchange.regular import buffer, distinct, split
from henrei.schemas.exchange.regular.judged import Judged
from lib import inputs
from lib.bad_input import months, valid_files
from lib.both_ways import differences
from lib.exchange_batch import counts, read_files, refused, remarks, rows

CLAIMS = inputs.exchange("K11", inputs.claim(), inputs.claim(recipient="0000000002"))
DAYS = inputs.exchange("K61", inputs.attendance(days=(1, 2, 3)), inputs.attendance(recipient="0000000002", days=(4,)))


def regular(*files: bytes) -> list[int]:
    """The positions of the files that are regular."""
    found = split.split(buffer.joined(files), 1, 1, begins=True, ends=True)
    return [] if found is None else found.counts["file"].to_list()


def written(folder: Path, *files: bytes) -> list[Path]:
    paths = [folder / f"{number}.CSV" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("full", [False, True])
def test_files_of_real_programs_are_regular(tmp_path: Path, full: bool) -> None:
    files = [valid_files.exchange(7, kind, full) for kind in ("K11", "K41", "K61")]
    assert regular(*files) == [0, 1, 2]
    assert differences(written(tmp_path, *files)) == []


def test_blank_lines_and_an_old_mark_of_the_end_are_nothing_odd(tmp_path: Path) -> None:
    lines = CLAIMS.split(b"\r\n")
    blank = b"\r\n".join([*lines[:3], b" \x81\x40", b"", *lines[3:], b"", b"\x1a"])
    assert regular(blank, CLAIMS.replace(b"\r\n", b"\n"), CLAIMS[:-2]) == [0, 1, 2]
    assert differences(written(tmp_path, blank, CLAIMS)) == []
    assert counts(read_files(tmp_path, blank))["blank"] == 5


ODD = {
    "a number twice": CLAIMS.replace(b"\r\n2,4,", b"\r\n2,3,"),
    "a number with a blank": CLAIMS.replace(b"\r\n2,4,", b"\r\n2, 4,"),
    "a number too long": CLAIMS.replace(b"\r\n2,4,", b"\r\n2,000000004,"),
    "an unknown record": CLAIMS.replace(b"K122,03", b"K122,09"),
    "half a quote": CLAIMS.replace(b"K122,03", b'"K122,03'),
    "no data record": CLAIMS.replace(b"\r\n2,4,", b"\r\n1,4,"),
    "a copy for the city": valid_files.exchange(7, "B73", False),
    "a return list": valid_files.exchange(7, "K72", False),
    "a line of another kind": CLAIMS.replace(b"\r\n2,4,", b"\r\nx,4,"),
    "nothing": b"",
    "no line but the frame": inputs.exchange("K11"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read_line_by_line_and_the_others_are_not(tmp_path: Path, name: str) -> None:
    assert regular(CLAIMS, ODD[name], DAYS) == [0, 2]
    assert differences(written(tmp_path, CLAIMS, ODD[name], DAYS)) == []


WRONG = {
    "a bad byte": (CLAIMS.replace("ｶｸｳ".encode("cp932"), b"\xb6\x81\x39", 1), "FMT102"),
    "an item": (inputs.exchange("K11", inputs.claim(days="x"), inputs.claim(recipient="0000000002")), "FMT105"),
    "one item more": (CLAIMS.replace(b"\r\n2,4,", b",\r\n2,4,", 1), "FMT103"),
    "a day that April has not": (inputs.exchange("K61", inputs.attendance(days=(1, 31))), "FMT105"),
    "no month of a layout": (inputs.exchange("K11", inputs.claim(month="201203")), "FMT104"),
    "no service days": (inputs.exchange("K11", inputs.claim()[:1] + inputs.claim()[2:]), "FMT106"),
    "no 01": (inputs.exchange("K11", inputs.claim()[1:], inputs.claim(recipient="0000000002")), "FMT106"),
    "a key with a bad byte": (CLAIMS.replace(b",0000000001", b",000000000\xfd"), "FMT102"),
    "a key with a byte of UTF-8": (CLAIMS.replace(b",0000000001", b",00000000\xc3\xa9"), "FMT105"),
    "a quote in a text": (CLAIMS.replace("ｶｸｳ".encode("cp932"), b'a"b', 1), "FMT103"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_in_the_same_words(tmp_path: Path, name: str) -> None:
    data, code = WRONG[name]
    assert differences(written(tmp_path, DAYS, data)) == []
    batch = read_files(tmp_path, data, DAYS)
    assert code in {found for _, found in refused(batch)}
    assert rows(batch, "K611-01").height == 2


def test_a_key_with_a_blank_is_right_all_the_same(tmp_path: Path) -> None:
    data = CLAIMS.replace(b",0000000001", b",000000001 ")
    assert differences(written(tmp_path, data, DAYS)) == []
    assert rows(read_files(tmp_path, data), "K122-01")["recipient_no"].to_list() == ["0000000001", "0000000002"]


def test_a_form_that_is_not_that_of_the_01(tmp_path: Path) -> None:
    days = inputs.attendance(form="0301", days=(1, 2))
    days[2] = days[2].replace("0301", "0501", 1)
    data = inputs.exchange("K61", days, inputs.attendance(recipient="0000000002"))
    assert differences(written(tmp_path, data)) == []
    assert {code for _, code in refused(read_files(tmp_path, data))} == {"FMT106"}


def test_a_remark_refuses_nothing_and_is_the_same(tmp_path: Path) -> None:
    claim = inputs.claim(extra={"K122-03": {11: "abc"}, "K122-05": {11: "x"}})
    data = inputs.exchange("K11", claim, inputs.claim(recipient="0000000002"))
    assert differences(written(tmp_path, data)) == []
    assert remarks(read_files(tmp_path, data)) == [(4, 11), (6, 11)]


def test_lines_of_another_city_are_counted_and_not_judged(tmp_path: Path) -> None:
    other = inputs.claim(recipient="0000000003", city=inputs.OTHER_CITY, days="x")
    data = inputs.exchange("K11", inputs.claim(), other, inputs.claim(recipient="0000000002"))
    assert differences(written(tmp_path, data)) == []
    assert counts(read_files(tmp_path, data)) == {"lines": 17, "blank": 0, "elsewhere": 5, "refused": 0, "loaded": 10}


@pytest.mark.slow
def test_pieces_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (7, 19)
    claims = [inputs.claim(recipient=f"{n:010}", days="x" if n in wrong else 2) for n in range(1, 30)]
    data = inputs.exchange("K11", *claims).replace(b"\r\n2,50,", b"\r\n\r\n2,50,")
    monkeypatch.setattr(read, "PIECE", 2000)
    assert differences(written(tmp_path, data)) == []
    batch = read_files(tmp_path, data)
    assert len(batch.counts) > 5 and len(refused(batch)) == 10 and batch.envelopes[0].fault is None
    assert differences(written(tmp_path, data.replace(b"\r\n2,70,", b"\r\n2,71,"))) == []


@pytest.mark.slow
def test_what_was_judged_before_is_judged_alike(tmp_path: Path) -> None:
    judged = Judged()
    for days in ((1, 2, 28), (1, 2, 29)):  # of February and of April
        for month in (b"202602", b"202604"):
            sheets = [inputs.attendance(recipient=f"{n:010}", days=days) for n in range(1, 9)]
            data = inputs.exchange("K61", *sheets).replace(b"202604", month)
            assert differences(written(tmp_path, data), judged=judged) == []


def test_nothing_is_remembered_beyond_the_bound(tmp_path: Path) -> None:
    sheets = [inputs.attendance(recipient=f"{n:010}", days=(1, 2)) for n in range(1, 9)]
    assert differences(written(tmp_path, inputs.exchange("K61", *sheets)), judged=Judged(most=1)) == []


def test_equal_hashes_are_no_equal_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct, "hashes", lambda text, kind: pl.Series("hash", [1] * len(text), dtype=pl.UInt64))
    assert differences(written(tmp_path, CLAIMS, DAYS)) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_spoilt_files(tmp_path: Path, first: int) -> None:
    files = [months.exchange_file(number).data for number in range(first, first + 20)]
    assert differences(written(tmp_path, *files)) == []
