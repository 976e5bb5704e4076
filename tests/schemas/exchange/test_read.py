"""Reading exchange files: what is loaded, what is refused and why, and that nothing is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lib import inputs
from lib.exchange_batch import read_files, reasons, refused, rows


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


def test_a_month_without_a_layout(tmp_path: Path) -> None:
    batch = read_files(tmp_path, inputs.exchange("K11", inputs.claim(month="201203")))
    assert {code for _, code in refused(batch)} == {"FMT104"}
    assert reasons(batch)[2] == "このサービス提供年月の様式が登録されていません"
