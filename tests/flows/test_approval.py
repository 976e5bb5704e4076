"""approval.pdf: every number is that of outcomes.csv or summary.json, and the page goes where it no longer holds."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from henrei import cli
from lib import answered, inputs
from lib.home_history import APRIL, HEAD, ONE, TWO, decide, henrei, last_line, month
from lib.letters_city import MAY, NAMES, OF_A, OF_B, overlapping, pdf_text


def page(home: Path, name: str = MAY) -> str:
    return pdf_text(home / "out" / name / "approval.pdf")


def yen(rows: list[dict[str, str]]) -> int:
    return sum(int(row["benefit_yen"] or 0) for row in rows)


@pytest.fixture(scope="module")
def outcomes_at_close(
    closed_city_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, str]]]:
    """Month → the rows of the outcomes.csv that its page names by its SHA-256: as it was before the next month brought
    more official outcomes of it, so those months are reopened in a copy."""
    home = Path(shutil.copytree(closed_city_home, tmp_path_factory.mktemp("reopened") / "home"))
    found = {}
    for name in ("2026-07", "2026-06", "2026-05"):
        path = home / "out" / name / "outcomes.csv"
        assert f"outcomes.csvのSHA-256{hashlib.sha256(path.read_bytes()).hexdigest()}" in page(closed_city_home, name)
        found[name] = inputs.read_table(path)
        assert henrei(home, "reopen", name) == 0
    return dict(sorted(found.items()))


def test_each_number_is_that_of_outcomes_and_summary(
    closed_city_home: Path, outcomes_at_close: dict[str, list[dict[str, str]]]
) -> None:
    # The month before counts as it stands now, with what became official after its close.
    rates = {row["review_month"]: row for row in inputs.read_table(closed_city_home / "out" / "return_rates.csv")}
    before: dict[str, int] | None = None
    for name, outcomes in outcomes_at_close.items():
        out = closed_city_home / "out" / name
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        text = page(closed_city_home, name)
        claims = summary["claims"]
        assert f"受け付けた請求{claims['received']:,}件—{claims['benefit_yen']:,}円" in text
        assert (
            f"返戻相当の指摘がある請求{claims['with_return_finding']:,}件—{claims['with_return_finding_yen']:,}円"
            in text
        )
        for label, outcome in (
            ("返戻するもの", "返戻"),
            ("支払を決定するもの", "決定"),
            ("取り下げるもの(過誤申立など)", "取下げ"),
        ):
            of = [row for row in outcomes if row["outcome"] == outcome]
            counts = [sum(row["kind"] == kind for row in of) for kind in "明利"]
            assert f"{label}{counts[0]:,}件{counts[1]:,}件{yen(of):,}円" in text
        undetermined = sum(check["undetermined"] or 0 for check in summary["checks"])
        assert f"一件ずつ判定できなかったもの{undetermined:,}件" in text
        returned = [row for row in outcomes if row["outcome"] == "返戻" and row["kind"] == "明"]
        now = {"請求": len(returned), "給付費": yen(returned)}
        if before is not None:
            for what, unit in (("請求", "件"), ("給付費", "円")):
                change = f"{now[what] - before[what]:+,}".replace("-", "−").replace("+0", "±0")
                assert f"返戻する{what}{now[what]:,}{unit}{before[what]:,}{unit}{change}{unit}" in text
        before = {"請求": int(rates[name]["claims_returned"]), "給付費": int(rates[name]["yen_returned"])}


def key(row: dict[str, str]) -> tuple[str, ...]:
    return row["facility_no"], row["recipient_no"], row["service_month"]


def test_what_was_decided_otherwise_is_counted_against_the_findings(
    closed_city_home: Path, outcomes_at_close: dict[str, list[dict[str, str]]]
) -> None:
    for name, outcomes in outcomes_at_close.items():
        found = inputs.read_table(closed_city_home / "out" / name / "findings.csv")
        to_return = {key(row) for row in found if row["subject"] == "claim" and row["severity"] == "return"}
        of_claims = [row for row in outcomes if row["kind"] == "明"]
        paid = [row for row in of_claims if row["outcome"] == "決定" and key(row) in to_return]
        without = [row for row in of_claims if row["outcome"] == "返戻" and key(row) not in to_return]
        assert paid and without
        text = page(closed_city_home, name)
        for title, rows in (
            ("返戻相当の指摘があるが支払うもの", paid),
            ("返戻相当の指摘がないが返戻するもの", without),
        ):
            assert re.search(rf"{title}明細書{len(rows)}件(・結果票\d+件)?{yen(rows):,}円", text)


def with_a_return_finding(home: Path) -> Path:
    """The claim of ONE bills a day too many; that of TWO is right."""
    month(
        home,
        MAY,
        inputs.claim(days=3),
        inputs.attendance(),
        inputs.claim(recipient=TWO),
        inputs.attendance(recipient=TWO),
    )
    assert henrei(home, "run", MAY) == 0
    return home


@pytest.mark.slow
def test_decide_writes_what_is_decided_so_far(home: Path) -> None:
    with_a_return_finding(home)
    assert not (home / "out" / MAY / "approval.pdf").exists()
    assert decide(home, MAY, f"claim,{inputs.A},{TWO},{APRIL},return,記録と違う") == 0
    text = page(home)
    assert "未確定(取り込んだ決定の途中の集計)" in text
    assert "返戻と決めたもの1件0件9,000円" in text
    assert "支払と決めたもの0件0件0円" in text
    assert "まだ決めていないもの(決定が必要)1件0件9,000円" in text
    assert (
        "返戻相当の指摘がないが返戻するもの明細書1件9,000円確認理由件数給付費担当者の判断記録と違う明細書1件9,000円"
        in text
    )
    assert "前に締めた月はありません。" in text
    digest = hashlib.sha256((home / "books" / MAY / "decisions.csv").read_bytes()).hexdigest()
    assert f"decisions.csv(取り込んだ決定)のSHA-256{digest}" in text


@pytest.mark.slow
def test_close_writes_what_was_paid_against_a_finding_and_why(home: Path) -> None:
    with_a_return_finding(home)
    assert decide(home, MAY, f"claim,{inputs.A},{ONE},{APRIL},accept,3日目の記録を後から受け取った") == 0
    assert henrei(home, "close", MAY) == 0
    text = page(home)
    assert "締めた結果" in text and "未確定" not in text
    assert "返戻相当の指摘があるが支払うもの明細書1件9,000円" in text
    assert "3日目の記録を後から受け取った明細書1件9,000円" in text
    digest = hashlib.sha256((home / "out" / MAY / "outcomes.csv").read_bytes()).hexdigest()
    assert f"outcomes.csvのSHA-256{digest}" in text
    entry = json.loads((home / "books/journal.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    year, of_year, day = (int(part) for part in entry["at"][:10].split("-"))
    assert f"作成{year}年{of_year}月{day}日{int(entry['at'][11:13])}時{entry['at'][14:16]}分" in text


@pytest.mark.slow
def test_what_nobody_decided_one_by_one_says_so(home: Path) -> None:
    with_a_return_finding(home)
    assert henrei(home, "close", MAY, "--undecided", "accept") == 0
    assert "うち理由のないもの1件" in page(home)
    assert "一件ずつの決定なし(締めのときにまとめて決定)明細書1件9,000円" in page(home)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "answers", "reopen"])
def test_it_goes_where_it_no_longer_holds(tmp_path: Path, command: str) -> None:
    home = overlapping(tmp_path)
    assert henrei(home, "run", MAY) == 0
    assert henrei(home, "inquire", MAY) == 0
    assert decide(home, MAY, f"claim,{inputs.A},{OF_A},{APRIL},accept,確認") == 0
    if command == "reopen":
        assert henrei(home, "close", MAY, "--undecided", "accept") == 0
    path = home / "out" / MAY / "approval.pdf"
    assert path.is_file()
    given = [MAY]
    if command == "answers":
        letter = home / "out" / MAY / "inquiries" / f"{inputs.A}.xlsx"
        given.append(str(answered.fill(letter, tmp_path / "answered.xlsx", answered.as_sent(1))))
    assert henrei(home, command, *given) == 0
    assert not path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "decide", "close", "reopen"])
def test_open_in_a_viewer_nothing_is_done(
    home: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_a_return_finding(home)
    rows = (f"claim,{inputs.A},{ONE},{APRIL},accept,確認",)
    assert decide(home, MAY, *rows) == 0
    if command == "reopen":
        assert henrei(home, "close", MAY) == 0
    books = {path: path.read_bytes() for path in (home / "books").rglob("*") if path.is_file()}
    path = home / "out" / MAY / "approval.pdf"
    monkeypatch.setattr("henrei.files.is_open_elsewhere", lambda one: one == path)
    assert (decide(home, MAY, *rows) if command == "decide" else henrei(home, command, MAY)) == 2
    assert last_line(capsys) == f"{path} に書けません。Excelなどで開いていれば閉じて、もう一度実行してください"
    assert {path: path.read_bytes() for path in (home / "books").rglob("*") if path.is_file()} == books


@pytest.mark.slow
def test_no_name_or_number_of_a_child_is_on_it(tmp_path: Path) -> None:
    home = overlapping(tmp_path)
    assert henrei(home, "run", MAY) == 0
    path = tmp_path / "decisions.csv"
    note = f"{NAMES[OF_A]}({OF_A})の記録を{inputs.A}に電話で確認"
    path.write_text(f"{HEAD}claim,{inputs.A},{OF_A},{APRIL},accept,{note}\r\n", encoding="utf-8", newline="")
    for given in (["decide", MAY, str(path)], ["close", MAY, "--undecided", "accept"]):
        assert cli.main([*given, "--home", str(home)]) == 0
        text = page(home)
        assert f"(氏名)((番号))の記録を{inputs.A}に電話で確認" in text
        assert not [one for one in (ONE, OF_A, OF_B, *NAMES.values()) if "".join(one.split()) in text]


@pytest.mark.slow
def test_refused_lines_and_checks_without_their_ledger_are_counted(home: Path) -> None:
    broken = [line.replace("9000", "90X0") for line in inputs.claim(days=3)]
    month(home, MAY, broken, inputs.claim(recipient=TWO), inputs.attendance(recipient=TWO))
    (home / "inbox" / MAY / "recipients.csv").unlink()
    assert henrei(home, "run", MAY) == 0
    summary = json.loads((home / "out" / MAY / "summary.json").read_text(encoding="utf-8"))
    assert henrei(home, "close", MAY) == 0
    unjudged = [check["code"] for check in summary["checks"] if check["undetermined"] is None]
    refused = sum(file["refused"] for file in summary["files"])
    rejects = list(csv.DictReader((home / "out" / MAY / "rejects.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert unjudged and refused == len(rejects) > 0
    text = page(home)
    assert f"全体を判定できなかった確認{len(unjudged)}({len(summary['checks'])}のうち)" in text
    assert f"取り込めなかった行{refused}行(うち明細書1件、丸ごと取り込めなかったファイル0)" in text
