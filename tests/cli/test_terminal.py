"""What the terminal shows: the tables at the end of a run, of run-all and of a survey."""

from __future__ import annotations

import polars as pl
import pytest

from henrei.cli import terminal
from lib.summaries import a_summary


def cells(output: str) -> list[list[str]]:
    """The rows of the table in the output, without its lines."""
    rows = [line.replace("┃", "│").strip() for line in output.splitlines()]
    return [[cell.strip() for cell in row[1:-1].split("│")] for row in rows if row.startswith("│")]


def test_a_run_ends_with_its_numbers_and_what_could_not_be_judged(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.run_summary(a_summary(), ["台帳の注意 [city]"])
    output = capsys.readouterr().out
    assert output.splitlines()[:2] == ["※ 台帳の注意 [city]", "2026-05 の確認結果".ljust(len(output.splitlines()[1]))]
    assert cells(output) == [
        ["項目", "内容", "件数", "判定できず"],
        ["ファイル", "", "2", ""],
        ["行", "取込 1,500 / 不備 5", "1,510", ""],
        ["請求", "給付費 9,876,543円", "1,234", ""],
        ["DAY201", "同じ日の重複利用", "2", "1,000"],
        ["SUB405", "決定済みの請求の再請求", "0", "全体"],
        ["返戻相当", "給付費 18,000円", "2", ""],
    ]
    assert output.splitlines()[-1] == "※ 判定していません(SUB405): 審査履歴がありません"


def test_a_check_without_anything_to_say_is_left_out_and_a_downgraded_one_marked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nothing = {"code": "CAP302", "findings": 0, "undetermined": 0, "reason": None, "braked": False}
    lowered = {"code": "CRT101", "findings": 30, "undetermined": 0, "reason": None, "braked": True}
    terminal.run_summary(a_summary(checks=[nothing, lowered]), [])
    output = capsys.readouterr().out
    assert [row[0] for row in cells(output)[4:]] == ["CRT101", "返戻相当"]
    assert "(台帳が古い可能性: 要確認に下げました)" in output
    assert "判定していません" not in output


def test_checks_with_the_same_reason_share_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    reason = {"findings": 0, "undetermined": None, "reason": "審査履歴がありません", "braked": False}
    terminal.run_summary(a_summary(checks=[{"code": "SUB405", **reason}, {"code": "SUB406", **reason}]), [])
    assert capsys.readouterr().out.splitlines()[-1] == "※ 判定していません(SUB405・SUB406): 審査履歴がありません"


def test_a_table_is_not_cut_where_the_output_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    terminal.run_summary(a_summary(), [])
    assert "決定済みの請求の再請求" in capsys.readouterr().out


def test_progress_is_not_drawn_where_the_output_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress() as report:
        report("receive", "受付", 0, 2)
        report("receive", "受付", 2, 2)
    assert capsys.readouterr().out.strip() == ""


NOT_NOW = "(今回は未実行)"


def test_run_all_ends_with_a_row_a_city(capsys: pytest.CaptureFixture[str]) -> None:
    done = {
        "home": "a/112992", "municipality_no": "112992", "status": 0, "seconds": 1.25, "claims": {"received": 1234},
        "findings": 5, "files": {"refused": 1}, "causes": [], "checks": {"unjudged": 0, "enabled": 80},
        "ledgers": {"absent": 0, "refused": 0}, "decisions": {"needed": 3, "decided": 1, "hold": 0},
        "ran": True, "state": "deciding", "version": "0.2.0",
        "next": {"command": "henrei decide 2026-05 out/2026-05/worklist.xlsx", "why": "未決定 2件"},
    }  # fmt: skip
    more = {"checks": {"unjudged": 44, "enabled": 80}, "ledgers": {"absent": 9, "refused": 1}}
    causes = [{"line": "80の確認のうち44を判定していません(ない台帳: A)。台帳を置いてください", "grave": True}]
    next_ = {"command": "henrei run 2026-05", "why": "…"}
    unjudged = {**done, "home": "c", "municipality_no": "112011", "causes": causes, "next": next_, **more}
    failed = {"home": "b", "municipality_no": "112038", "status": 3, "seconds": 0.04, "ran": True}
    before = {**done, "home": "d", "municipality_no": "113000", "ran": False, "state": "closed", "version": "0.1.0"}
    waiting = {key: value for key, value in before.items() if key not in ("claims", "findings", "files")}
    waiting |= {"home": "e", "municipality_no": "113018", "state": "received", "version": ""}
    summary = {
        "review_month": "2026-05",
        "cities": [done, failed, unjudged, before, waiting],
        "claims": {"received": 1234},
        "findings": 5,
        "files": {"refused": 1},
        "seconds": {"all": 2.0},
        "merged_fac": {"findings": 1, "undetermined": 2, "notes": ["台帳の行が市町村の間で違う事業所: A"]},
    }
    terminal.cities_summary(summary)
    output = capsys.readouterr().out
    assert cells(output) == [
        [
            *("作業フォルダー", "市町村", "状態", "秒", "請求", "指摘", "不備の行"),
            *("判定していない確認", "台帳の不備", "必要/決定済/保留", "次", "版"),
        ],
        ["a/112992", "112992", "決定中", "1.2", "1,234", "5", "1", "0/80", "0", "3/1/0", "decide", "0.2.0"],
        ["b", "112038", "失敗(3)", "0.0", *[""] * 8],
        ["c", "112011", "要対処・決定中", "1.2", "1,234", "5", "1", "44/80", "無9・不備1", "3/1/0", "run", "0.2.0"],
        ["d", "113000", f"締め済み{NOT_NOW}", "1.2", "1,234", "5", "1", "0/80", "0", "3/1/0", "decide", "0.1.0"],
        ["e", "113018", f"未確認{NOT_NOW}", "1.2", "", "", "", "0/80", "0", "3/1/0", "decide", ""],
        ["計", "", "2/5", "2.0", "1,234", "5", "1", *[""] * 5],
    ]
    assert output.splitlines()[0] == f"※ c: {causes[0]['line']}"
    *_, merged, note = output.splitlines()
    assert merged.endswith(": 指摘 1、判定できず 2")
    assert note == "※ 台帳の行が市町村の間で違う事業所: A"


def test_a_survey_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.survey(pl.DataFrame({"項目": ["対象の児童"], "値": ["12"]}), "2026-04 の調査")
    assert cells(capsys.readouterr().out) == [["項目", "値"], ["対象の児童", "12"]]
