"""Sheet 5: what could not be judged and not be taken in, by what a clerk puts right once."""

from __future__ import annotations

import io

import openpyxl
import polars as pl
import pytest

from henrei.checks.catalogue import catalogue
from henrei.checks.findings import UNDETERMINED_COLUMNS
from henrei.reports import worklist
from henrei.reports.reasons import for_clerks
from henrei.reports.worklist import WorklistData
from henrei.reports.worklist.sheets import undetermined, undetermined_rows
from henrei.reports.worklist.unjudged import remedy
from henrei.store.tables import REJECTS
from lib.worklist_data import A, B, finding, worklist_data

ONE, TWO = "0000000001", "0000000002"
SEVERAL = "この番号には児童発達支援・放課後等デイサービスの行が同じ日に複数あり、人数を分けられません"
NO_PRICE = "この種類と月の単価が登録されていません(data/rules/unit_prices.csv)"
NO_GRANTS = "支給決定(grants.csv)がありません"


def subject(code: str, reason: str, facility: str | None = A, recipient: str | None = ONE) -> tuple:
    month = "2026-04" if facility else None
    return (code, "claim", facility, recipient, month, reason)


def refused(file: str, line: int, reason: str, record: str = "K122-01", code: str = "FMT105") -> dict[str, object]:
    return {
        **dict.fromkeys(REJECTS),
        "file": file,
        "line": line,
        "record": record,
        "reason_code": code,
        "reason": reason,
    }


def data_of(subjects: list[tuple] = (), lines: list[dict] = (), **more: object) -> WorklistData:  # type: ignore[assignment]
    """The checks of the subjects are known, as they are of the catalogue."""
    schema = dict.fromkeys(UNDETERMINED_COLUMNS, pl.String)
    known = [finding(code, B, "0000000009") for code in dict.fromkeys(row[0] for row in subjects)]
    undetermined_rows = pl.DataFrame(subjects, schema=schema, orient="row")
    return worklist_data(known, undetermined=undetermined_rows, rejects=pl.DataFrame(lines, schema=REJECTS), **more)


def test_many_rows_of_one_reason_are_one_cause_whatever_the_check() -> None:
    subjects = [
        subject("FAC507", SEVERAL),
        subject("FAC508", SEVERAL),
        subject("FAC507", SEVERAL, B, TWO),
        subject("FAC503", NO_PRICE),
    ]
    amounts = {(A, ONE, "2026-04"): 9000, (B, TWO, "2026-04"): 500}
    first, second = data_of(subjects, amounts=amounts, facilities={A: "森", B: "家"}).unjudged.causes
    assert (first.text, first.count, first.claims, first.facilities, first.yen) == (SEVERAL, 3, 2, 2, 9500)
    assert first.remedy == "台帳の誤りではありません。人数は事業所の単位ごとに目で確かめます"
    assert first.places == "森、家"
    assert (second.text, second.yen) == ("この種類と月の単価が登録されていません", 9000)
    assert second.remedy == "法令の表にまだない決まりです。システムの担当に知らせ、それまでは目で確かめます"


def test_a_ledger_that_is_not_there_is_one_cause_of_all_its_checks_and_comes_first() -> None:
    whole = [subject(code, NO_GRANTS, None, None) for code in ("CRT102", "DAY202", "DAY206")]
    first, _ = data_of([*whole, *(subject("FAC507", SEVERAL) for _ in range(9))]).unjudged.causes
    assert (first.kind, first.text, first.count, first.claims, first.facilities) == (
        "確認全体を判定せず",
        NO_GRANTS,
        3,
        0,
        0,
    )
    assert (first.remedy, first.places) == (
        "台帳の足りないところを足し、もう一度確認します",
        "確認 CRT102、DAY202、DAY206",
    )


def test_a_file_refused_whole_is_one_row() -> None:
    lines = [
        refused("a.csv", 1, "件数が合いません", "", "FMT101"),
        *(
            refused("a.csv", n, "同じファイルの1行目に誤りがあるため、まとめて取り込みません", code="FMT101")
            for n in range(2, 40)
        ),
    ]
    (cause,) = data_of(lines=lines, refused_files=frozenset({"a.csv"})).unjudged.causes
    assert (cause.kind, cause.text, cause.count) == ("ファイルごと取り込めない", "件数が合いません", 39)
    assert (cause.places, cause.remedy) == ("a.csv 1–39行", "台帳を直し、もう一度確認します")


def test_a_line_that_goes_with_a_wrong_one_has_its_cause_and_values_do_not_part_them() -> None:
    value = "「請求日数」は2桁以内の数字です(値: {})"
    lines = [
        refused("a.csv", 2, value.format("1x"), "K122-02"),
        refused("a.csv", 3, "同じ明細書の2行目に誤りがあるため、まとめて取り込みません", "K122-04"),
        refused("b.csv", 9, value.format("2y"), "K122-02"),
        refused("b.csv", 12, "「サービスコード」がありません(6桁の数字が必要です)", "K122-03"),
    ]
    first, second = data_of(lines=lines).unjudged.causes
    assert (first.text, first.count, first.places) == (
        "K122-02 「請求日数」は2桁以内の数字です",
        3,
        "a.csv 2–3行、b.csv 9行",
    )
    assert (second.text, second.count) == ("K122-03 「サービスコード」がありません(6桁の数字が必要です)", 1)


def test_doubles_are_one_cause_whatever_the_other_place() -> None:
    text = "同じ児童・同じ月の明細書が {} にもあります。正しい方だけを残してください"
    lines = [refused("a.csv", n, text.format(f"b.csv の{n}行目"), code="FMT107") for n in (2, 5)]
    (cause,) = data_of(lines=lines).unjudged.causes
    assert cause.text == "K122-01 同じ児童・同じ月の明細書がほかにもあります。正しい方だけを残してください"


def test_nothing_is_lost_and_the_details_name_their_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("henrei.reports.worklist.data.MAX_LISTED", 2)
    subjects = [subject("FAC507", SEVERAL), subject("FAC503", NO_PRICE), subject("DAY202", NO_GRANTS, None, None)]
    data = data_of(subjects, [refused("a.csv", n, "「請求日数」がありません") for n in range(1, 6)])
    book = openpyxl.load_workbook(io.BytesIO(worklist.build(data).data))
    grouped, rows = (list(book[sheet.TITLE].iter_rows(values_only=True)) for sheet in (undetermined, undetermined_rows))
    count = grouped[0].index("件数")
    assert sum(row[count] for row in grouped[1:]) == data.undetermined.height + data.rejects.height
    by_number = {row[0]: row[count] for row in grouped[1:]}
    number = rows[0].index("番号")
    many = rows[0].index("件数")
    assert {one: sum(row[many] for row in rows[1:] if row[number] == one) for one in by_number} == by_number
    assert (rows[-2][rows[0].index("理由")], grouped[-1][2]) == (
        "この番号には児童発達支援・放課後等デイサービスの行が同じ日に複数あり、人数を分けられません",
        "数が多いため、種類ごとには分けていません",
    )


def test_all_claims_of_a_facility_whose_state_is_unjudged_are_one_row_with_its_case() -> None:
    data = data_of([subject("FAC507", SEVERAL), subject("FAC507", SEVERAL, recipient=TWO), subject("DAY203", SEVERAL)])
    built = worklist.build(data)
    rows = list(openpyxl.load_workbook(io.BytesIO(built.data))[undetermined_rows.TITLE].iter_rows(values_only=True))
    places = [rows[0].index(name) for name in ("事例", "コード", "件数", "受給者証番号", "児童氏名")]
    shown = [tuple(row[place] for place in places) for row in rows[1:]]
    child, facility = (
        next(one.number for one in data.cases.all if one.undetermined and one.of_child == of_child)
        for of_child in (True, False)
    )
    assert shown == [(child, "DAY203", 1, ONE, None), (facility, "FAC507", 2, None, "この事業所の請求")]


def test_every_sentence_of_the_checks_has_a_remedy_and_names_no_file_of_henrei() -> None:
    sentences = {text for check in catalogue().values() for text in check.undetermined.values()}
    by_eye = {text for text in sentences if remedy(text) == "決めるときに、目で確かめます"}
    assert len(by_eye) < len(sentences) / 4
    assert not [text for text in sentences if "data/" in for_clerks(text)]
