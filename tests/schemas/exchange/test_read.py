"""Reading exchange files: what is loaded, what is refused and why, and that nothing is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei.data.fictional.records import line
from henrei.schemas.exchange import read
from lib import inputs


def read_files(folder: Path, *files: bytes, month: str = "202605") -> read.Batch:
    paths = {}
    for number, data in enumerate(files):
        paths[number] = folder / f"{number}.CSV"
        paths[number].write_bytes(data)
    return read.read_batch(paths, inputs.CITY, month)


def rows(batch: read.Batch, record: str) -> pl.DataFrame:
    return pl.concat(batch.rows[record]) if record in batch.rows else pl.DataFrame()


def refused(batch: read.Batch) -> list[tuple[int, str]]:
    frame = pl.concat(batch.rejected) if batch.rejected else pl.DataFrame(schema=read.REJECTED_LINE)
    return list(frame.sort("file", "line").select("line", "reason_code").iter_rows())


def reasons(batch: read.Batch) -> dict[int, str]:
    return dict(pl.concat(batch.rejected).select("line", "reason").iter_rows())


def remarks(batch: read.Batch) -> list[tuple[int, int]]:
    return [row for part in batch.remarks for row in part.select("line", "item_no").rows()]


def counts(batch: read.Batch) -> dict[str, int]:
    return pl.concat(batch.counts).drop("file").sum().row(0, named=True)


def test_both_styles_give_the_same_rows(tmp_path: Path) -> None:
    styles = []
    for name, full in (("sparing", False), ("full", True)):
        (tmp_path / name).mkdir()
        groups = [inputs.claim(full=full), inputs.attendance(full=full), inputs.sheet(full=full)]
        batch = read_files(tmp_path / name, inputs.exchange("K11", *groups))
        assert refused(batch) == []
        styles.append({record: pl.concat(parts) for record, parts in batch.rows.items()})
    sparing, full = styles
    assert list(sparing) == list(full)
    for record in sparing:
        assert sparing[record].equals(full[record]), record


def test_types_of_what_is_kept(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(), inputs.attendance(days=(3,))))
    claim = rows(batch, "K122-01").row(0, named=True)
    assert claim["service_month"] == date(2026, 4, 1)
    assert (claim["facility_no"], claim["recipient_no"]) == (inputs.A, "0000000001")
    assert (claim["burden_cap"], claim["benefit_yen"], claim["cap_manager_no"]) == (4600, 9000, None)
    assert (claim["line"], claim["group"], claim["last_line"]) == (2, 2, 6)
    assert rows(batch, "K122-05")["contracted_days"].to_list() == [500]
    assert rows(batch, "K611-02")["use_day"].to_list() == [date(2026, 4, 3)]


def test_the_day_may_come_without_its_zero(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K61", inputs.attendance(days=("3", "30"))))
    assert rows(batch, "K611-02")["use_day"].to_list() == [date(2026, 4, 3), date(2026, 4, 30)]


def test_a_day_the_month_does_not_have_is_refused(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K61", inputs.attendance(days=(30, 31))))
    assert refused(batch) == [(2, "FMT106"), (3, "FMT106"), (4, "FMT105")]
    assert "「日付」はその月にある日(1〜31)です" in reasons(batch)[4]


@pytest.mark.parametrize(
    ("extra", "code", "sentence"),
    [
        ({"K122-02": {10: "1x"}}, "FMT105", "「サービス開始日等／利用日数」は2桁以内の数字です(値: 1x)"),
        ({"K122-02": {10: "100"}}, "FMT105", "「サービス開始日等／利用日数」は2桁以内の数字です(値: 100)"),
        ({"K122-02": {10: None}}, "FMT105", "「サービス開始日等／利用日数」がありません"),
        ({"K122-02": {8: "20260431"}}, "FMT105", "「サービス開始日等／開始年月日」は西暦年月日8桁(YYYYMMDD)です"),
        ({"K122-02": {7: "6３"}}, "FMT105", "「サービス種類コード」は"),
    ],
)
def test_an_item_that_does_not_fit_refuses_its_claim(
    tmp_path: Path, extra: dict[str, dict[int, object]], code: str, sentence: str
) -> None:
    good = inputs.claim(recipient="0000000002")
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=extra), good))
    assert refused(batch) == [(2, "FMT106"), (3, code), (4, "FMT106"), (5, "FMT106"), (6, "FMT106")]
    assert sentence in reasons(batch)[3]
    assert reasons(batch)[2] == "同じ明細書の3行目に誤りがあるため、まとめて取り込みません"
    assert rows(batch, "K122-01")["recipient_no"].to_list() == ["0000000002"]


def test_a_refused_line_names_every_item_that_does_not_fit(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(cap="x", extra={"K122-01": {28: "", 10: "99"}})))
    reason = reasons(batch)[2]
    assert "地域区分コード" in reason and "利用者負担上限月額①" in reason and "給付費" in reason
    assert pl.concat(batch.rejected).filter(pl.col("line") == 2)["item_no"].to_list() == [10]


def test_a_fault_in_an_item_that_nothing_reads_is_a_remark(tmp_path: Path) -> None:
    odd = {
        "K122-01": {7: "12", 9: "かな"},
        "K122-03": {11: "abc"},
        "K122-04": {8: "x", 9: None},
        "K122-05": {11: None},
    }
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=odd)))
    assert refused(batch) == []
    assert sorted(remarks(batch)) == [(2, 7), (2, 9), (4, 11), (5, 8), (5, 9), (6, 11)]
    assert rows(batch, "K122-04")["class_no"].to_list() == [None]
    assert not any("かな" in reason for part in batch.remarks for reason in part["reason"])


def test_what_is_refused_has_no_remarks(tmp_path: Path) -> None:
    odd = {"K122-01": {9: "かな"}, "K122-02": {10: "x"}}
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=odd)))
    assert len(refused(batch)) == 5
    assert remarks(batch) == []


def test_items_that_the_layout_leaves_unset_are_not_looked_at(tmp_path: Path) -> None:
    odd = {"K122-01": {11: "9", 14: "zz", 18: "???", 29: "none"}}
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=odd)))
    assert refused(batch) == []


def test_zeros_and_blanks_are_unset(tmp_path: Path) -> None:
    blank = {"K122-01": {7: "000000", 15: "0000000000", 16: "0", 17: "", 9: "  "}, "K122-03": {11: "　　　"}}
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra=blank)))
    claim = rows(batch, "K122-01").row(0, named=True)
    assert (claim["cap_manager_no"], claim["cap_result"], claim["cap_result_yen"]) == (None, None, 0)


def test_a_bad_byte_refuses_one_group_only(tmp_path: Path) -> None:
    data = inputs.exchange("K11", inputs.claim(), inputs.claim(recipient="0000000002"))
    data = data.replace("ｶｸｳ".encode("cp932"), b"\xb6\x81\x39", 1)
    batch = read_files(tmp_path, data)
    assert refused(batch)[0] == (2, "FMT102")
    assert [line for line, _ in refused(batch)] == [2, 3, 4, 5, 6]
    assert rows(batch, "K122-01")["recipient_no"].to_list() == ["0000000002"]


def test_bytes_that_python_lets_through_are_not_cp932(tmp_path: Path) -> None:
    data = inputs.exchange("K11", inputs.claim()).replace("ｶｸｳ".encode("cp932"), b"\xb6\xfd\xb3", 1)
    assert refused(read_files(tmp_path, data))[0] == (2, "FMT102")


def test_kanji_of_windows_are_cp932(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra={"K122-03": {11: "髙﨑㈱①"}})))
    assert refused(batch) == []


def test_the_wrong_number_of_items(tmp_path: Path) -> None:
    claim = inputs.claim()
    claim[3] += ","
    batch = read_files(tmp_path, inputs.exchange("K11", claim))
    assert refused(batch)[3] == (5, "FMT103")
    assert reasons(batch)[5] == "項目数が34です(規定は33)。列の抜けや余分なカンマを直してください"


def test_a_comma_inside_quotes_is_no_item(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(extra={"K122-01": {9: '"ｶｸｳ,""ﾀﾛｳ"""'}})))
    assert refused(batch) == []


def test_a_quote_that_nobody_closes(tmp_path: Path) -> None:
    batch = read_files(
        tmp_path,
        inputs.exchange("K11", inputs.claim(extra={"K122-03": {11: '"あ'}}), inputs.claim(recipient="0000000002")),
    )
    assert refused(batch)[2] == (4, "FMT103")
    assert rows(batch, "K122-01").height == 1


def test_an_unknown_record(tmp_path: Path) -> None:
    claim = inputs.claim()
    claim[2] = claim[2].replace("K122", "K129")
    batch = read_files(tmp_path, inputs.exchange("K11", claim, inputs.claim(recipient="0000000002")))
    assert refused(batch) == [(2, "FMT106"), (3, "FMT106"), (4, "FMT104"), (5, "FMT106"), (6, "FMT106")]


@pytest.mark.parametrize("gone", [0, 1, 2, 3])
def test_a_claim_without_one_of_its_records(tmp_path: Path, gone: int) -> None:
    claim = inputs.claim()
    del claim[gone]
    batch = read_files(tmp_path, inputs.exchange("K11", claim, inputs.claim(recipient="0000000002")))
    assert refused(batch) == [(line, "FMT106") for line in (2, 3, 4, 5)]
    reason = {0: "基本情報(01)のない行です", 1: "日数情報(02)", 2: "明細情報(03)", 3: "集計情報(04)"}[gone]
    assert reason in reasons(batch)[2]


def test_a_claim_without_contract_is_whole(tmp_path: Path) -> None:
    assert refused(read_files(tmp_path, inputs.exchange("K11", inputs.claim()[:4]))) == []


def test_attendance_without_days_and_a_cancelled_sheet_are_whole(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K61", inputs.attendance(days=()), inputs.sheet(kind="3")))
    assert refused(batch) == []
    assert rows(batch, "K411-01")["submission_kind"].to_list() == ["3"]


def test_a_live_sheet_needs_its_rows(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K41", inputs.sheet()[:1]))
    assert refused(batch) == [(2, "FMT106")]
    assert "明細情報(02)がありません" in reasons(batch)[2]


def test_days_of_another_form_do_not_belong(tmp_path: Path) -> None:
    record = inputs.attendance()
    record[2] = record[2].replace(",0501,", ",0301,")
    batch = read_files(tmp_path, inputs.exchange("K61", record))
    assert [code for _, code in refused(batch)] == ["FMT106"] * 3


def test_other_cities_are_counted_and_not_judged(tmp_path: Path) -> None:
    theirs = inputs.claim(city=inputs.OTHER_CITY, days="xx")
    batch = read_files(tmp_path, inputs.exchange("K11", theirs, inputs.claim(), inputs.sheet()))
    assert refused(batch) == []
    assert counts(batch) == {"lines": 15, "blank": 0, "elsewhere": 5, "refused": 0, "loaded": 8}


def test_blank_lines_and_the_old_end_mark(tmp_path: Path) -> None:
    data = inputs.exchange("K11", inputs.claim()).replace(b"\r\n2,4,", b"\r\n\r\n2,4,") + b"\x1a"
    batch = read_files(tmp_path, data)
    assert batch.envelopes[0].fault is None
    assert counts(batch) == {"lines": 9, "blank": 2, "elsewhere": 0, "refused": 0, "loaded": 5}


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


def test_a_file_of_sheets_may_begin_with_a_household(tmp_path: Path) -> None:
    household = inputs.sheet(children=("0000000001", "0000000002"))
    for kind in ("K41", "K42"):
        batch = read_files(tmp_path, inputs.exchange(kind, household, inputs.sheet(recipient="0000000003")))
        assert batch.envelopes[0].fault is None
        assert batch.envelopes[0].data_type == "K41"
    assert rows(batch, "K421-02")["child_recipient_no"].to_list() == ["0000000001", "0000000002"]


def _copies(*records: str) -> list[str]:
    return [f"B731,{record}" for record in records]


def test_a_citys_copies_are_read_like_their_originals(tmp_path: Path) -> None:
    batch = read_files(
        tmp_path, inputs.exchange("B73", _copies(*inputs.claim(), *inputs.attendance(), *inputs.sheet()))
    )
    assert batch.envelopes[0].fault is None and refused(batch) == []
    assert batch.envelopes[0].data_type == "B73"
    assert {name: pl.concat(part).height for name, part in batch.rows.items()} == {
        "K122-01": 1,
        "K122-02": 1,
        "K122-03": 1,
        "K122-04": 1,
        "K122-05": 1,
        "K611-01": 1,
        "K611-02": 2,
        "K411-01": 1,
        "K411-02": 2,
    }


def test_copies_that_do_not_fit_their_originals_are_not_read(tmp_path: Path) -> None:
    batch = read_files(
        tmp_path, inputs.exchange("B73", _copies(*inputs.claim()), [f"{_copies(inputs.claim()[0])[0]},"])
    )
    fault = batch.envelopes[0].fault
    assert fault is not None
    assert (fault[0], fault[1]) == (7, "FMT103")


@pytest.mark.slow
def test_a_large_file_in_pieces_gives_what_it_gives_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [inputs.claim(recipient=f"{n:010}", days="x" if n == 7 else 2) for n in range(1, 40)]
    data = inputs.exchange("K11", *claims)
    whole = read_files(tmp_path, data)
    monkeypatch.setattr(read, "PIECE", 1000)
    pieces = read_files(tmp_path, data)
    assert len(pieces.counts) > 5
    assert counts(pieces) == counts(whole)
    assert refused(pieces) == refused(whole)
    for record in whole.rows:
        assert rows(pieces, record).equals(rows(whole, record)), record
    monkeypatch.setattr(read, "PIECE", 1000)
    assert read_files(tmp_path, data[:-20]).envelopes[0].fault is not None


def test_a_city_file_and_returns_are_cut_where_a_group_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [f"B731,{record}" for n in range(1, 30) for record in inputs.claim(recipient=f"{n:010}")]
    data = inputs.exchange("B73", claims)
    monkeypatch.setattr(read, "PIECE", 1000)
    batch = read_files(tmp_path, data)
    assert len(batch.counts) > 5
    assert batch.envelopes[0].fault is None and refused(batch) == []


def test_a_group_larger_than_a_piece_breaks_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = inputs.exchange(
        "K61", inputs.attendance(days=tuple(range(1, 31))), inputs.attendance(recipient="0000000002")
    )
    monkeypatch.setattr(read, "PIECE", 600)
    fault = read_files(tmp_path, data).envelopes[0].fault
    assert fault is not None and fault[1] == "FMT101"
    assert "を超えています" in fault[2]


@pytest.mark.parametrize(
    ("item", "code"),
    [("9" * 2_000_000, "FMT105"), (",".join("9" * 1_000_000), "FMT103")],
)
def test_a_line_longer_than_any_record_refuses_its_claim(tmp_path: Path, item: str, code: str) -> None:
    good = inputs.claim(recipient="0000000002")
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(days=item), good))
    assert refused(batch) == [(2, "FMT106"), (3, code), (4, "FMT106"), (5, "FMT106"), (6, "FMT106")]
    assert reasons(batch)[3].startswith("行が長すぎます(1MBを超えています)")
    assert rows(batch, "K122-01")["recipient_no"].to_list() == ["0000000002"]


def test_a_long_value_is_shown_by_its_beginning(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(days="9" * 1000)))
    assert reasons(batch)[3].endswith(f"(値: {'9' * 40}…(ほか960字))")


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


def test_refused_groups_say_what_they_could_have_been(tmp_path: Path) -> None:
    household = inputs.sheet(children=("0000000001", "0000000002"))
    household[1] = household[1].replace(",10000,", ",x,")
    batch = read_files(tmp_path, inputs.exchange("K41", household), inputs.exchange("K11", inputs.claim(days="x")))
    groups = pl.concat(batch.refused_groups).sort("file", "recipient_no").rows()
    april = date(2026, 4, 1)
    assert groups == [
        (0, "sheet", inputs.A, "0000000001", april),
        (0, "sheet", inputs.A, "0000000002", april),
        (1, "claim", inputs.A, "0000000001", april),
    ]


def test_a_household_of_which_a_child_cannot_be_read_may_be_anyones(tmp_path: Path) -> None:
    household = inputs.sheet(children=("0000000001", "x"))
    groups = pl.concat(read_files(tmp_path, inputs.exchange("K41", household)).refused_groups)
    assert groups["recipient_no"].to_list() == ["0000000001", None]


def test_a_month_without_a_layout(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(month="201203")))
    assert {code for _, code in refused(batch)} == {"FMT104"}
    assert reasons(batch)[2] == "このサービス提供年月の様式が登録されていません"


def test_returns_of_the_federation(tmp_path: Path) -> None:
    head = "K721,01,202605,,,,,,"
    detail = {3: "202605", 4: inputs.A, 5: inputs.CITY, 6: "試験市", 9: "利", 10: "202604", 13: "EG02", 14: "理由"}
    named = {7: "0000000001", 8: "ｶｸｳ"}
    invoice = line("K721-02", {**detail, 9: "請"}, False)
    batch = read_files(tmp_path, inputs.exchange("K72", [head, line("K721-02", {**detail, **named}, False), invoice]))
    assert refused(batch) == []
    assert rows(batch, "K721-02")["kind"].sort().to_list() == ["利", "請"]
    batch = read_files(tmp_path, inputs.exchange("K72", [line("K721-02", {**detail, 9: "明"}, False)]))
    assert refused(batch) == [(2, "FMT105")]
    assert reasons(batch)[2].startswith("「受給者証番号」がありません")


def test_what_nothing_reads_of_a_return_is_a_remark(tmp_path: Path) -> None:
    detail = {3: "202605", 4: inputs.A, 5: inputs.CITY, 7: "0000000001", 9: "明", 10: "202604"}
    batch = read_files(tmp_path, inputs.exchange("K72", [line("K721-02", detail, False)]))
    assert rows(batch, "K721-02").select("recipient_no", "reason_code").rows() == [("0000000001", None)]
    assert remarks(batch) == [(2, no) for no in (6, 8, 11, 12, 13, 14)]
