"""worklist.xlsx as the team reads it: each sheet against findings.csv and against what the month holds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from henrei.reports import worklist
from henrei.reports.worklist.cells import Cells
from henrei.reports.worklist.sheets import SHEETS
from lib import inputs, workbook
from lib.home_history import ONE, TWO, decide, henrei, month
from lib.paths import DOCS
from lib.worklist_month import FACILITIES, FOUR, LEDGERS, RECIPIENTS, THREE, book, groups, make_home

CHILDREN, TOTALS, FINDINGS, CAUSES, UNDETERMINED, CHANGES, RETURN_ENTRY, ABOUT = (
    "2 児童別の利用日",
    "3 集計",
    "4 指摘一覧",
    "5 判定不能・取込不可",
    "5の明細",
    "6 前回との差",
    "7 返戻の入力",
    "説明",
)
KEY = ("種類", "事業所番号", "受給者証番号")


def rows(home: Path, sheet: str = workbook.DECIDE) -> list[dict[str, object]]:
    return workbook.rows(book(home), sheet)


def findings(home: Path) -> list[dict[str, str]]:
    return inputs.read_table(home / "out" / inputs.REVIEW / "findings.csv")


def test_the_guide_calls_the_sheets_by_their_names() -> None:
    guide = (DOCS / "手引き.md").read_text(encoding="utf-8")
    for sheet in SHEETS:
        assert f"| {sheet.TITLE} |" in guide


def test_every_sheet_but_the_last_keeps_its_head_in_view_and_filters(worklist_home: Path) -> None:
    made = openpyxl.load_workbook(book(worklist_home))
    for sheet in (made[one.TITLE] for one in SHEETS if one.TITLE != ABOUT):
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref == sheet.dimensions


def test_sheet_1_goes_case_by_case_by_what_is_at_issue(worklist_home: Path) -> None:
    """All is about facility A or both. At B the claim of child 1 is 10,000 yen for two days, all of them at issue."""
    assert [
        (row["事例"], *(row[name] for name in KEY), row["争点額"], row["給付費"]) for row in rows(worklist_home)
    ] == [
        (1, "明細書", inputs.B, ONE, 10000, 10000),
        (1, "明細書", inputs.A, ONE, 9000, 9000),
        (2, "明細書", inputs.A, THREE, 4000, 9000),
        (2, "明細書", inputs.B, THREE, 4000, 9000),
        (3, "明細書", inputs.A, TWO, 3333, 9000),
        (3, "結果票", inputs.A, TWO, "", ""),
    ]


def test_the_decision_stands_in_the_first_1300_pixels(worklist_home: Path) -> None:
    """What a laptop of 1366 shows of the cells at 100 %."""
    sheet = openpyxl.load_workbook(book(worklist_home))[workbook.DECIDE]
    head = [cell.value for cell in sheet[1]]
    until = head.index("決定") + 1
    assert sum(workbook.pixels_of(sheet)[:until]) < 1300
    assert head[until] == "理由"


@pytest.mark.parametrize("title", [sheet.TITLE for sheet in SHEETS])
def test_every_sheet_prints_with_city_month_and_title_at_8_points(worklist_home: Path, title: str) -> None:
    sheet = openpyxl.load_workbook(book(worklist_home))[title]
    assert (sheet.oddHeader.left.text, sheet.oddHeader.right.text) == ("試験市 2026年5月審査 審査一覧", title)
    assert sheet.oddFooter.center.text == "&P / &N"
    assert sheet.print_title_rows == "$1:$1"
    assert workbook.points_on_paper(sheet) >= 8


def test_a_row_says_why_and_when_and_with_whom(worklist_home: Path) -> None:
    first, _, third, *_ = rows(worklist_home)
    assert (first["要否"], first["重さ"], first["日付"]) == ("必要", "返戻相当", "4/1・4/2")
    assert (first["事業所名"], first["児童氏名"], first["サービス提供年月"]) == ("架空の家", "=1+1", "2026-04")
    assert first["ほかの事業所"] == f"{inputs.A} +架空の森"
    assert str(first["理由"]).startswith("【返戻相当】DAY201 同じ日の重複利用: 同じ日に他の通所支援の利用が")
    assert [line[:13] for line in str(third["理由"]).splitlines()] == ["【返戻相当】DAY202 ", "【要確認】DAY206 契"]
    assert (first["決定"], first["回答"], first["備考"]) == ("", "", "")


def test_the_decision_is_a_drop_down_on_every_row(worklist_home: Path) -> None:
    sheet = openpyxl.load_workbook(book(worklist_home))[workbook.DECIDE]
    choice, kinds = sheet.data_validations.dataValidation
    assert (choice.formula1, kinds.formula1) == ('"返戻,支払,保留"', '"明細書,結果票"')
    place = next(cell.column_letter for cell in sheet[1] if cell.value == "決定")
    assert str(choice.sqref) == f"{place}2:{place}{sheet.max_row}"
    assert str(kinds.sqref) == f"H{sheet.max_row - 19}:H{sheet.max_row}"  # where a person fills it in


def test_twenty_rows_are_left_for_what_no_check_found(worklist_home: Path) -> None:
    empty = workbook.other_rows(book(worklist_home))
    assert list(empty) == list(range(8, 28))
    assert {cell for row in empty.values() for cell in row.values()} == {"", "その他の返戻", Cells().digest}


def test_whatever_text_begins_with_it_stays_text_on_every_sheet(worklist_home: Path) -> None:
    cells = [cell for sheet in openpyxl.load_workbook(book(worklist_home)) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    strange = Counter(cell.value for cell in cells if str(cell.value)[:1] in "=+-@\t" and cell.value is not None)
    assert {"=1+1", "@タロウ", "-ハナコ", "+架空の森"} <= set(strange)
    assert all(cell.number_format == "@" for cell in cells if cell.value in strange)
    numbers = [cell.value for cell in cells if cell.data_type == "n" and cell.value is not None]
    assert max(numbers) < 1_000_000  # no id among them


def test_sheet_2_shows_every_child_with_a_days_finding_day_by_day(worklist_home: Path) -> None:
    wanted = {row["recipient_no"] for row in findings(worklist_home) if row["check_code"].startswith("DAY")}
    shown = rows(worklist_home, CHILDREN)
    assert {row["受給者証番号"] for row in shown} == wanted == {ONE, TWO, THREE}
    at_b = next(row for row in shown if (row["受給者証番号"], row["事業所番号"]) == (THREE, inputs.B))
    assert [day for day in range(1, 32) if at_b[str(day)] == "●"] == [6, 7, 8, 9, 10]
    numbers = ("支給量", "利用日数の合計", "この事業所の利用日数", "請求日数", "契約日数", "指摘")
    assert [at_b[name] for name in numbers] == [8, 10, 5, 5, 5, "DAY202・DAY206"]


def test_sheet_2_marks_the_days_of_the_finding_and_the_excess(worklist_home: Path) -> None:
    sheet = openpyxl.load_workbook(book(worklist_home))[CHILDREN]
    head = [cell.value for cell in sheet[1]]
    marked = {
        (cell.row, head[cell.column - 1])
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == "FFF8CBAD"
    }
    assert marked == {(2, "1"), (2, "2"), (3, "1"), (3, "2"), (5, "利用日数の合計"), (6, "利用日数の合計")}


@pytest.mark.slow
def test_sheet_2_adds_up_the_days_of_a_child_under_two_numbers(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    header, one, two, three = RECIPIENTS.splitlines()
    recipients = "\r\n".join((f"{header},児童コード", f"{one},77", f"{two},77", f"{three},", ""))
    month(home, inputs.REVIEW, *groups(), **{**LEDGERS, "recipients": recipients})
    assert henrei(home, "run", inputs.REVIEW) == 0
    together = {row["受給者証番号"]: row["利用日数の合計"] for row in rows(home, CHILDREN)}
    assert (together[ONE], together[THREE]) == (4 + 2, 10)


def test_sheet_3_adds_up_to_sheet_1(worklist_home: Path) -> None:
    totals, to_decide = rows(worklist_home, TOTALS), rows(worklist_home)
    money = sum(int(str(row["給付費"] or 0)) for row in to_decide)
    for kind in ("合計", "確認別", "事業所別", "確認×事業所"):
        part = [row for row in totals if row["区分"] == kind]
        assert sum(row["件数"] for row in part) == len(to_decide)  # type: ignore[misc]
        assert sum(row["給付費"] for row in part) == money  # type: ignore[misc]
    of_a = next(row for row in totals if row["区分"] == "事業所別" and row["事業所番号"] == inputs.A)
    assert of_a["件数"] == sum(row["事業所番号"] == inputs.A for row in to_decide)


def test_sheet_3_equals_what_the_findings_say(worklist_home: Path) -> None:
    returns = {
        (row["subject"], row["facility_no"], row["recipient_no"], row["service_month"]): int(row["amount_yen"] or 0)
        for row in findings(worklist_home)
        if row["severity"] == "return"
    }
    every, *more = rows(worklist_home, TOTALS)
    assert (every["うち決定が必要な件数"], every["うち決定が必要な給付費"]) == (len(returns), sum(returns.values()))
    hits = {row["確認"]: row["この確認が当たった指摘の数(4 指摘一覧)"] for row in more if row["区分"] == "確認別"}
    assert hits == dict(Counter(row["check_code"] for row in findings(worklist_home)))


def test_sheet_4_has_every_finding(worklist_home: Path) -> None:
    shown = rows(worklist_home, FINDINGS)
    assert sorted(row["指摘番号"] for row in shown) == sorted(row["finding_id"] for row in findings(worklist_home))  # type: ignore[type-var]
    assert [row["区分"] for row in shown] == ["返戻相当"] * 6 + ["要確認"] * 2
    assert (shown[0]["説明"], shown[0]["行"]) == (
        findings(worklist_home)[0]["message"],
        findings(worklist_home)[0]["source_lines"],
    )


@pytest.mark.slow
def test_sheet_5_has_what_was_refused_and_what_could_not_be_judged(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    (home / "inbox" / inputs.REVIEW / "grants.csv").unlink()
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert [(row["区分"], row["わけ"], row["件数"]) for row in rows(home, CAUSES)] == [
        ("確認全体を判定せず", "支給決定(grants.csv)がありません", 2),
        ("取り込めない行", "K122-02 「サービス開始日等／利用日数」は2桁以内の数字です", 5),
    ]
    shown = rows(home, UNDETERMINED)
    whole = [(row["コード"], row["理由"]) for row in shown if row["区分"] == "確認全体を判定せず"]
    assert whole == [(code, "支給決定(grants.csv)がありません") for code in ("DAY202", "DAY206")]
    refused = [(row["コード"], row["ファイル"], row["行"]) for row in shown if row["区分"] == "取り込めない行"]
    table = inputs.read_table(home / "out" / inputs.REVIEW / "rejects.csv")
    assert refused == [(row["reason_code"], row["file"], int(row["line"])) for row in table] != []
    of_claim = [row for row in shown if row["区分"] == "取り込めない行"]
    keys = {
        (row["対象"], row["事業所番号"], row["事業所名"], row["受給者証番号"], row["サービス提供年月"])
        for row in of_claim
    }
    assert keys == {("明細書", inputs.A, "+架空の森", FOUR, "2026-04")}
    assert [row["給付費"] for row in of_claim] == [9000, "", "", "", ""]
    assert len(shown) == len(table) + len(inputs.read_table(home / "out" / inputs.REVIEW / "undetermined.csv"))


@pytest.mark.slow
def test_refused_lines_beyond_what_anyone_reads_are_counted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("henrei.reports.worklist.data.MAX_LISTED", 2)
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert [row["理由"] for row in rows(home, UNDETERMINED)][2:] == ["ほか3行は rejects.csv にあります"]


@pytest.mark.slow
def test_sheet_6_shows_what_is_new_gone_and_the_same(home: Path) -> None:
    assert {row["変化"] for row in rows(home, CHANGES)} == {"新規"}
    right = [inputs.claim(inputs.A, TWO), *groups()]
    month(home, inputs.REVIEW, *(g for at, g in enumerate(right) if at != 5), **LEDGERS)
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert Counter(row["変化"] for row in rows(home, CHANGES)) == {"解消": 1, "継続": 7}
    gone = rows(home, CHANGES)[0]
    assert (gone["確認"], gone["受給者証番号"], gone["区分"], gone["給付費"]) == ("DAY203", TWO, "返戻相当", 9000)
    assert str(gone["説明"]).endswith("請求日数は3日ですが、実績記録票の利用日と加算の記録は合わせて2日です。")


@pytest.mark.slow
def test_sheet_7_goes_facility_by_facility_and_child_by_child(home: Path) -> None:
    keyed = [(row["事業所番号"], row["受給者証番号"], row["種別"]) for row in rows(home, RETURN_ENTRY)]
    assert keyed == [
        (inputs.A, ONE, "明"),
        (inputs.A, TWO, "明"),
        (inputs.A, TWO, "利"),
        (inputs.A, THREE, "明"),
        (inputs.B, ONE, "明"),
        (inputs.B, THREE, "明"),
    ]
    assert {row["決定"] for row in rows(home, RETURN_ENTRY)} == {"未決定(入力しない)"}
    third = rows(home, RETURN_ENTRY)[3]
    assert (third["返戻事由"], third["国保連のコード"]) == ("DAY202 支給量を超えた利用日数", "PQ84")
    decisions = (
        f"claim,{inputs.A},1,2026-04,accept,",
        f"claim,{inputs.B},1,2026-04,return,",
        f"claim,{inputs.B},3,2026-04,hold,",
    )
    assert decide(home, inputs.REVIEW, *decisions) == 0
    assert henrei(home, "run", inputs.REVIEW) == 0
    decided = {(row["事業所番号"], row["受給者証番号"]): row["決定"] for row in rows(home, RETURN_ENTRY)}
    assert (inputs.A, ONE) not in decided
    assert (decided[inputs.B, ONE], decided[inputs.B, THREE]) == ("返戻", "保留(入力しない)")


@pytest.mark.slow
def test_what_was_braked_says_that_the_ledger_may_be_old(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", "brake = { share = 0.3, least = 2 }\n")
    assert henrei(home, "run", inputs.REVIEW) == 0
    sure = {(row["受給者証番号"], row["種類"]): row["重さ"] for row in rows(home)}
    assert sure[ONE, "明細書"] == sure[THREE, "明細書"] == "要確認(台帳が古い可能性)"
    assert sure[TWO, "明細書"] == "返戻相当"
    assert rows(home)[0]["受給者証番号"] == TWO  # what is sure comes first
    assert {row["要否"] for row in rows(home)} == {"必要"}
    notes = {row["確認"]: row["注意"] for row in rows(home, TOTALS) if row["区分"] == "確認別"}
    assert notes["DAY201"] == notes["DAY202"] == "台帳が古い可能性(要確認に下げました)"
    assert notes["DAY203"] == ""
    assert {row["注意"] for row in rows(home, FINDINGS) if row["確認"] == "DAY201"} == {"台帳が古い可能性"}
    assert [row["項目"] for row in rows(home, ABOUT)].count("台帳が古い可能性") == 2


@pytest.mark.slow
def test_claims_only_to_be_looked_at_come_last_and_need_no_decision(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", '[checks.severity]\nDAY201 = "review"\nDAY203 = "notice"\n')
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert [(row["受給者証番号"], row["種類"], row["要否"]) for row in rows(home)] == [
        (THREE, "明細書", "必要"),
        (THREE, "明細書", "必要"),
        (TWO, "結果票", "必要"),
        (ONE, "明細書", "任意"),
        (ONE, "明細書", "任意"),
    ]


@pytest.mark.slow
def test_a_claim_without_findings_that_someone_decided_is_on_the_list(home: Path) -> None:
    right = [g for g in groups() if not g[0].startswith("K411")]
    month(home, inputs.REVIEW, *right, inputs.claim(inputs.B, TWO, days=0), **LEDGERS)
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert (inputs.B, TWO) not in [(row["事業所番号"], row["受給者証番号"]) for row in rows(home)]
    assert decide(home, inputs.REVIEW, f"claim,{inputs.B},2,2026-04,return,電話で確認") == 0
    assert henrei(home, "run", inputs.REVIEW) == 0
    last = rows(home)[-1]
    assert (last["事業所番号"], last["受給者証番号"], last["決定"], last["備考"]) == (
        inputs.B,
        TWO,
        "返戻",
        "電話で確認",
    )
    assert (last["重さ"], last["給付費"]) == ("指摘なし", 9000)
    assert rows(home, TOTALS)[0]["件数"] == len(rows(home))
    assert (inputs.B, TWO, "電話で確認") in [
        (r["事業所番号"], r["受給者証番号"], r["返戻事由"]) for r in rows(home, RETURN_ENTRY)
    ]


@pytest.mark.slow
def test_without_ledgers_of_names_the_list_is_made_all_the_same(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    (home / "inbox" / inputs.REVIEW / "facilities.csv").unlink()
    (home / "inbox" / inputs.REVIEW / "recipients.csv").write_text(RECIPIENTS.splitlines()[0], encoding="utf-8")
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert {(row["事業所名"], row["児童氏名"]) for row in rows(home)} == {("", "カクウ タロウ")}  # as on the claims
    assert len(rows(home)) == 6


@pytest.mark.slow
def test_a_month_without_findings_has_an_empty_list(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    month(home, inputs.REVIEW, inputs.claim(), inputs.attendance(), inputs.sheet(recipient=TWO), facilities=FACILITIES)
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert rows(home) == rows(home, CHILDREN) == rows(home, FINDINGS) == rows(home, RETURN_ENTRY) == []
    assert [(row["区分"], row["件数"]) for row in rows(home, TOTALS)] == [("合計", 0)]


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes(home: Path) -> None:
    assert henrei(home, "run", inputs.REVIEW) == 0
    before = book(home).read_bytes()
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert book(home).read_bytes() == before


@pytest.mark.slow
def test_all_files_of_a_run_come_or_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in (home / "out" / inputs.REVIEW).iterdir()}

    def fails(book: worklist.Book) -> bytes:
        raise OSError("no space left")

    month(home, inputs.REVIEW, inputs.claim(), inputs.attendance(), **LEDGERS)
    monkeypatch.setattr(worklist.Book, "bytes", fails)
    assert henrei(home, "run", inputs.REVIEW) == 2
    assert {path.name: path.read_bytes() for path in (home / "out" / inputs.REVIEW).iterdir()} == before
