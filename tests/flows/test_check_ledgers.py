"""`henrei check-ledgers`: what it prints and writes, its exit statuses, and that it changes nothing else."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from henrei.flows import purge_plan
from henrei.home import Home
from lib import inputs
from lib.home_history import henrei

NAME = "ledgers_2026-05.xlsx"
RECIPIENTS, GRANTS = inputs.LEDGERS["recipients"], inputs.LEDGERS["grants"]
SHEETS = [
    "0 確かめること", "1 台帳", "2 気になる行", "3 読めない行", "4 請求にあって台帳にない", "5 判定できる確認"
]  # fmt: skip


def put(home: Path, name: str, text: str, folder: str = "inbox/2026-05") -> None:
    path = home / folder / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def check(home: Path, capsys: pytest.CaptureFixture[str], *given: str, status: int = 0) -> list[str]:
    """The lines on the screen."""
    capsys.readouterr()
    assert henrei(home, "check-ledgers", *given) == status
    return capsys.readouterr().out.splitlines()


def only_ledgers(home: Path) -> Path:
    """Before any claim: no exchange file has arrived."""
    for path in (home / "inbox" / "2026-05").glob("*.CSV"):
        path.unlink()
    return home


def sheet(home: Path, title: str) -> list[tuple[object, ...]]:
    """The rows of a sheet, with what is above them."""
    book = openpyxl.load_workbook(home / "out" / NAME)
    assert book.sheetnames == SHEETS
    return list(book[title].iter_rows(values_only=True))


def files(home: Path) -> dict[str, int]:
    return {path.relative_to(home).as_posix(): path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}


def test_before_any_claim_it_says_what_the_ledgers_hold(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    only_ledgers(home)
    before = files(home)
    lines = check(home, capsys, "2026-05")
    assert lines[0] == "審査月 2026-05(おもに 2026-04 のサービス)の台帳"
    assert "  受給者台帳(recipients.csv): inbox/2026-05 2行 2025-04-01〜期限なし(2026-04に有効 2行)" in lines
    assert "  支給決定(grants.csv): inbox/2026-05 2行 2025-04-01〜2027-03-31(2026-04に有効 2行)" in lines
    assert "  過誤申立(petitions.csv): inbox/2026-05 0行" in lines
    assert "  利用計画(plans.csv): ありません" in lines
    assert "前の請求との比較: まだ確認(run)した月がありません" in lines
    assert "台帳に気になる行はありません" in lines
    assert lines[-1] == f"結果: {home / 'out' / NAME}"
    assert len(lines) <= 40
    after = files(home)
    assert after.pop(f"out/{NAME}") and after == before


@pytest.mark.slow
def test_without_a_month_it_is_the_newest_of_the_inbox(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(home, capsys)[0].startswith("審査月 2026-05")
    (home / "inbox" / "2026-06").mkdir()
    assert check(home, capsys)[0].startswith("審査月 2026-06")
    shutil.rmtree(home / "inbox")
    check(home, capsys, status=3)


def test_a_month_without_a_folder_has_the_ledgers_that_count_for_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(home, "grants", GRANTS, "ledgers")
    lines = check(home, capsys, "2026-07")
    assert any(line.startswith("  支給決定(grants.csv): ledgers 2行") for line in lines)
    assert any(line.startswith("  受給者台帳(recipients.csv): inbox/2026-05 2行") for line in lines)


def test_which_checks_can_be_judged_and_why_not(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(home, "plans", "受給者証番号,計画区分,適用開始日\r\n1,2,2025-04-01\r\n")
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[checks]\ndisabled = ["DAY201"]\n')
    lines = check(home, capsys, "2026-05")
    assert "  利用計画(plans.csv)に記録受領日が一つもありません: ADD611" in lines
    assert any(line.startswith("  審査履歴がありません: ") and "SUB401" in line for line in lines)
    rows = {row[0]: row[3:] for row in sheet(home, "5 判定できる確認")}
    assert rows["ADD611"] == ("判定できません", "利用計画(plans.csv)に記録受領日が一つもありません")
    assert rows["DAY201"] == ("行いません", "設定(checks.disabled)により行っていません")
    assert rows["CRT104"] == ("判定できます", None)
    can = sum(row[0] == "判定できます" for row in rows.values())
    assert f"判定できる確認: {can}/{len(rows) - 2}" in lines  # without the head, and without the disabled one


@pytest.mark.slow
def test_with_a_history_the_checks_of_earlier_outcomes_can_be_judged(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "種別,審査月,事業所番号,受給者証番号,サービス提供年月,結果\r\n"
    put(home, "history", f"{head}明,2026-05,1350000001,1,2026-03,決定\r\n")
    assert any(
        "SUB401" in line for line in check(home, capsys, "2026-05")
    )  # an outcome of the month itself says nothing
    put(home, "history", f"{head}明,2026-04,1350000001,1,2026-03,決定\r\n")
    assert not any("SUB401" in line for line in check(home, capsys, "2026-05"))


@pytest.mark.slow
def test_the_checks_that_cannot_be_judged_are_those_of_the_run(
    may_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    check(may_run, capsys, "2026-05")
    summary = json.loads((may_run / "out" / "2026-05" / "summary.json").read_text(encoding="utf-8"))
    in_run = {one["code"]: one["reason"] for one in summary["checks"]}
    assert {row[0]: row[4] for row in sheet(may_run, "5 判定できる確認")[1:]} == in_run


def test_an_oddity_is_named_once_with_its_rows_in_the_workbook(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(home, "recipients", RECIPIENTS.replace("2,112992,4600", "2,112992,1865"))
    put(home, "facilities", "事業所番号,事業所名,サービス種類コード,地域区分コード\r\n1350000001,架空事業所,63,\r\n")
    lines = check(home, capsys, "2026-05")
    assert [line for line in lines if "気になる" in line] == []
    [cap] = [line for line in lines if "法令の額でない" in line]
    assert cap.startswith("※ 受給者台帳: 利用者負担上限月額が法令の額でない行 1行(うち2026-04に有効 1行)。受給者証と")
    [region] = [line for line in lines if "地域区分コードのない" in line]
    assert region.startswith(
        "※ 障害児施設台帳: 地域区分コードのない事業所の行 1行(うち2026-04に有効 1行) 事業所 1350000001。"
    )
    assert "000000000" not in "".join(lines)  # no number of a child
    rows = sheet(home, "2 気になる行")[1:]
    assert [row[:10] for row in rows] == [
        ("受給者台帳", "利用者負担上限月額が法令の額でない行", "0000000002", None, None, None,
         "1,865円(法令の額: 0円・4,600円・37,200円)", "○", "recipients.csv", 3),
        ("障害児施設台帳", "地域区分コードのない事業所の行", None, None, "1350000001", "架空事業所",
         "63 の単価が決まりません", "○", "facilities.csv", 2),
    ]  # fmt: skip
    to_do = sheet(home, "0 確かめること")
    assert [row[:3] for row in to_do if row[1] == 1] == [
        ("受給者台帳: 利用者負担上限月額が法令の額でない行", 1, 1),
        ("障害児施設台帳: 地域区分コードのない事業所の行", 1, 1),
    ]


def test_refused_rows_are_counted_with_the_reason(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(home, "grants", GRANTS + "9,631000,10,2025-04-01,99999999\r\n", "ledgers")
    (home / "inbox" / "2026-05" / "grants.csv").unlink()
    lines = check(home, capsys, "2026-05")
    assert any(line.startswith("  支給決定(grants.csv): ledgers 3行(うち1行は読めません)") for line in lines)
    assert any("の3行のうち1行(33%)が読めません(4行目など1行: 「支給決定終了日」は" in line for line in lines)
    assert [row[:4] for row in sheet(home, "3 読めない行")[1:]] == [
        ("支給決定", "ledgers/grants.csv", 4, "支給決定終了日")
    ]
    grants = next(row for row in sheet(home, "1 台帳") if row[0] == "支給決定")
    assert grants[3:6] == ("使えます", 3, 1)


def test_a_ledger_refused_whole_ends_with_3(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(home, "grants", "受給者証番号,支給量\r\n1,10\r\n")
    assert henrei(home, "check-ledgers", "2026-05") == 3
    out, err = capsys.readouterr()
    assert err == (
        "inbox/2026-05/grants.csv: 支給決定に列「決定サービスコード」、「支給決定開始日」、「支給決定終了日」がありません。"
        "見出しを直すか henrei.toml の ledgers.columns で対応づけてください\n"
    )
    assert "  支給決定(grants.csv): inbox/2026-05 使えません" in out.splitlines()
    assert "CRT102" in out  # what it stops
    assert next(row for row in sheet(home, "1 台帳") if row[0] == "支給決定")[3] == "使えません"
    assert len(sheet(home, "3 読めない行")) == 2  # not every row with the same sentence


def test_a_ledger_of_which_no_row_can_be_read_ends_with_3(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(
        home,
        "grants",
        "受給者証番号,決定サービスコード,支給決定開始日,支給決定終了日\r\n1,631000,きのう,2027-03-31\r\n",
    )
    put(home, "recipients", "受給者証番号\r\n1\r\n")
    assert henrei(home, "check-ledgers", "2026-05") == 3
    err = capsys.readouterr().err
    assert err.startswith("inbox/2026-05/recipients.csv: ") and err.endswith("(ほか1つの台帳も使えません)\n")
    put(home, "recipients", RECIPIENTS)
    assert henrei(home, "check-ledgers", "2026-05") == 3
    err = capsys.readouterr().err
    assert err.startswith("inbox/2026-05/grants.csv:2: 支給決定のどの行も読めません(「支給決定開始日」は日付")
    assert "きのう" not in err


def test_a_ledger_with_only_its_header_and_one_that_is_not_there_end_with_0(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(home, "grants", GRANTS.split("\r\n")[0] + "\r\n")
    (home / "inbox" / "2026-05" / "recipients.csv").unlink()
    lines = check(home, capsys, "2026-05")
    assert "  支給決定(grants.csv): inbox/2026-05 見出しだけです(ないものとして扱います)" in lines
    assert "  受給者台帳(recipients.csv): ありません" in lines


@pytest.mark.slow
def test_last_months_children_facilities_and_codes(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(may_run, "recipients", RECIPIENTS, "inbox/2026-06")
    put(may_run, "grants", "\r\n".join(GRANTS.split("\r\n")[:2]) + "\r\n", "inbox/2026-06")
    put(may_run, "facilities", "事業所番号,事業所名,サービス種類コード\r\n1350000099,架空,63\r\n", "inbox/2026-06")
    lines = check(may_run, capsys, "2026-06")
    assert (
        "2026-05 に確認した請求との比較: 児童 2のうち受給者台帳に2、児童 2のうち支給決定に1、事業所 1のうち障害児施設台帳に0、"
        "サービスコード 1のうちサービスコード表に1"
    ) in lines
    book = openpyxl.load_workbook(may_run / "out" / "ledgers_2026-06.xlsx")
    rows = list(book["4 請求にあって台帳にない"].iter_rows(values_only=True))
    assert rows[0][0] == "2026-05 に確認した請求" and rows[2:] == [
        ("児童", "0000000002", None, "支給決定"),
        ("事業所", "1350000001", None, "障害児施設台帳"),
    ]
    assert check(may_run, capsys, "2026-04")[11] == "前の請求との比較: まだ確認(run)した月がありません"


@pytest.mark.slow
def test_a_closed_month_is_seen_with_the_ledgers_of_its_run(
    may_accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = check(may_accepted, capsys, "2026-05")
    assert "※ 2026-05 は締め済みです。確認したときの台帳を見ています" in lines
    assert not any("henrei run" in line for line in lines)


@pytest.mark.slow
def test_a_purged_month_has_no_ledgers(may_accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(may_accepted, capsys, "2026-05")
    assert purge_plan.elsewhere(Home(may_accepted))[may_accepted / "out" / NAME] == date(2026, 5, 1)
    assert henrei(may_accepted, "purge", "--before", "2026-06", "--yes", "--force") == 0
    assert not (may_accepted / "out" / NAME).exists()
    capsys.readouterr()
    assert henrei(may_accepted, "check-ledgers", "2026-05") == 2
    assert capsys.readouterr().err == "2026-05 は消去済みです。この月の台帳は残っていません\n"


def test_an_open_workbook_is_a_clear_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "out" / NAME).mkdir(parents=True)  # a folder in its place can no more be replaced than an open workbook
    assert henrei(home, "check-ledgers", "2026-05") == 2
    assert NAME in capsys.readouterr().err


@pytest.mark.slow
def test_the_same_ledgers_give_the_same_workbook(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(home, capsys)
    first = (home / "out" / NAME).read_bytes()
    check(home, capsys)
    assert (home / "out" / NAME).read_bytes() == first
