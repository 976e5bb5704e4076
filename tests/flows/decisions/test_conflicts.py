"""Two clerks who decide otherwise: both decisions, files and times are named, and the worklist is as the book is."""

from __future__ import annotations

import itertools
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from henrei import machine
from henrei.flows.run.worklist import untaken
from henrei.flows.settings import load
from henrei.home import Home
from henrei.labels import DECISIONS
from henrei.store import books, journal
from lib import inputs, workbook
from lib.home_history import HEAD, ONE, TWO, henrei
from lib.worklist_month import THREE, book

MAY = date(2026, 5, 1)
B1, A1, A3, B3, CLAIM2, SHEET2 = range(2, 8)  # rows of sheet 1
AT = r"\d+/\d+ \d\d:\d\d"


@pytest.fixture
def home(worklist_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(worklist_home, tmp_path / "home"))


def filled(home: Path, name: str, written: dict[int, dict[str, object]], of: Path | None = None) -> str:
    return str(workbook.fill(of or book(home), home.parent / name, written))


def table(home: Path, name: str, header: str, *rows: str) -> str:
    path = home.parent / name
    path.write_text("".join(f"{line}\r\n" for line in (header, *rows)), encoding="utf-8", newline="")
    return str(path)


def decide(home: Path, *files: str) -> None:
    assert henrei(home, "decide", inputs.REVIEW, *files) == 0


def of_book(home: Path) -> dict[tuple[str, str, str], tuple[str, str, str, str]]:
    rows = books.read_decisions(Home(home), MAY)
    keys = rows.select("subject", "facility_no", "recipient_no").rows()
    return dict(zip(keys, rows.select("decision", "answer", "note", "message").rows(), strict=True))


def conflicts(home: Path) -> list[tuple[str, str, str]]:
    return books.read_conflicts(Home(home), MAY).select("recipient_no", "decision", "file").rows()


def sheet_7_equals_the_book(home: Path) -> None:
    labels = {"明細書": "claim", "結果票": "sheet"}
    shown = {
        (labels[str(row["種類"])], row["事業所番号"], row["受給者証番号"]): row["決定"]
        for row in workbook.rows(book(home), "7 返戻の入力")
    }
    decided = {key: words[0] for key, words in of_book(home).items() if words[0]}
    assert {key for key, text in shown.items() if text == "返戻"} == {k for k, v in decided.items() if v == "return"}
    assert {key for key, text in shown.items() if str(text).startswith("保留")} == {
        k for k, v in decided.items() if v == "hold"
    }
    assert not {k for k, v in decided.items() if v == "accept"} & set(shown)
    in_sheet_1 = {
        (labels[str(r["種類"])], r["事業所番号"], r["受給者証番号"]): r["決定"] for r in workbook.rows(book(home))
    }
    assert {k: v for k, v in in_sheet_1.items() if v} == {k: DECISIONS[v] for k, v in decided.items()}


@pytest.mark.slow
def test_the_second_of_two_clerks_overturns_nothing_unsaid(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sato = filled(home, "佐藤.xlsx", {A3: {"決定": "返戻", "備考": "日数"}, B1: {"決定": "返戻"}})
    suzuki = filled(home, "鈴木.xlsx", {A3: {"決定": "支払", "備考": "記録で確認"}, B3: {"決定": "保留"}})
    decide(home, sato)
    sheet_7_equals_the_book(home)
    capsys.readouterr()
    decide(home, suzuki)
    who = re.escape(machine.user())
    line, *_, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        rf"※ 食い違い: 明細書 鈴木\.xlsx:{A3} あなたの「支払」\(鈴木\.xlsx、保存 {AT}\) / "
        rf"すでに「返戻」\(佐藤\.xlsx、{AT}、{who}\)。取り込んでいません",
        line,
    )
    assert last == "2026-05: 1件の決定を取り込みました。残り 必要3件・保留1件 (給付費 27,000円)"
    assert of_book(home) == {
        ("claim", inputs.A, THREE): ("return", "", "日数 / 記録で確認", ""),
        ("claim", inputs.B, ONE): ("return", "", "", ""),
        ("claim", inputs.B, THREE): ("hold", "", "", ""),
    }
    assert conflicts(home) == [(THREE, "accept", "鈴木.xlsx")]
    sheet_7_equals_the_book(home)
    [entry] = [one for one in journal.of_month(Home(home), MAY) if one["command"] == "decide"][1:]
    assert (entry["conflicts"], entry["outcome"]) == (1, {"hold": 1})


@pytest.mark.slow
def test_a_conflict_is_named_in_the_list_until_someone_decides_again(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sato = filled(home, "佐藤.xlsx", {A3: {"決定": "返戻"}})
    suzuki = filled(home, "鈴木.xlsx", {A3: {"決定": "支払"}})
    decide(home, sato, suzuki)
    row = workbook.rows(book(home))[A3 - 2]
    assert row["決定"] == "返戻"
    assert re.fullmatch(
        rf"未取込 食い違い「支払」\(鈴木\.xlsx、保存 {AT}\)。今の決定のままなら備考に書いて取り込みます",
        str(row["取込"]),
    )
    decide(home, sato)  # the same file says nothing new
    assert conflicts(home) == [(THREE, "accept", "鈴木.xlsx")]
    # From the list that names both she pays, or she writes a note and leaves it.
    other = Path(shutil.copytree(home, home.with_name("other")))
    decide(home, filled(home, "鈴木.xlsx", {A3: {"決定": "支払"}}))
    decide(other, filled(other, "佐藤.xlsx", {A3: {"備考": "相談済み"}}))
    assert [of_book(one)["claim", inputs.A, THREE][0] for one in (home, other)] == ["accept", "return"]
    for one in (home, other):
        assert conflicts(one) == []
        assert workbook.rows(book(one))[A3 - 2]["取込"] == ""


@pytest.mark.slow
def test_decisions_csv_says_what_it_saw_or_counts_against_now(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decide(home, table(home, "一.csv", HEAD.strip(), f"claim,{inputs.A},3,2026-04,return,"))
    capsys.readouterr()
    header = f"{HEAD.strip()},handed_out,事業所への一言"
    rows = (
        f"claim,{inputs.A},3,2026-04,accept,,,",  # saw none: a conflict
        f"claim,{inputs.B},3,2026-04,return,,,日を直して",
    )
    decide(home, table(home, "二.csv", header, *rows))
    assert "※ 食い違い: 明細書 二.csv:2 あなたの「支払」" in capsys.readouterr().out
    assert of_book(home)["claim", inputs.B, THREE] == ("return", "", "", "日を直して")
    decide(home, table(home, "三.csv", header, f"claim,{inputs.A},3,2026-04,accept,,return,"))
    assert "決定を変えました" not in capsys.readouterr().out  # she saw it
    assert of_book(home)["claim", inputs.A, THREE][0] == "accept"
    decide(
        home, table(home, "四.csv", HEAD.strip(), f"claim,{inputs.A},3,2026-04,hold,", f"claim,{inputs.B},3,2026-04,,")
    )
    line, *_ = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"※ 決定を変えました: 明細書 四\.csv:2「保留」\(前は「支払」、三\.csv、{AT}、.+\)", line)
    assert [of_book(home)["claim", facility, THREE][0] for facility in (inputs.A, inputs.B)] == ["hold", "return"]
    assert conflicts(home) == []


def test_a_file_without_the_column_decision_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(home, "五.csv", "subject,facility_no,recipient_no,service_month", f"claim,{inputs.A},3,2026-04")
    assert henrei(home, "decide", inputs.REVIEW, path) == 2
    assert "五.csv:1 決定に列「decision」がありません" in capsys.readouterr().err


@pytest.mark.slow
def test_three_clerks_in_every_order(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Real files: the order decides who is first, and whoever was not is named."""
    words = {"佐藤": ("返戻", "日数"), "鈴木": ("支払", "記録で確認"), "田中": ("保留", "日数")}
    files = {
        name: filled(home, f"{name}.xlsx", {B1: {"決定": word, "備考": text}, CLAIM2: {"回答": name}})
        for name, (word, text) in words.items()
    }
    for order in itertools.permutations(files):
        copy = Path(shutil.copytree(home, home.with_name("-".join(order))))
        capsys.readouterr()
        decide(copy, *(files[name] for name in order))
        first, second, third = order
        said = re.findall(r"食い違い: 明細書 (..)\.xlsx:2 .*すでに「(..)」\((..)\.xlsx", capsys.readouterr().out)
        assert said == [(second, words[first][0], first), (third, words[first][0], first)]
        decision, _, note, _ = of_book(copy)["claim", inputs.B, ONE]
        assert DECISIONS[decision] == words[first][0]
        assert sorted(note.split(" / ")) == ["日数", "記録で確認"]
        assert of_book(copy)["claim", inputs.A, TWO] == ("", " / ".join(order), "", "")
        assert sorted(row[2] for row in conflicts(copy)) == sorted(f"{name}.xlsx" for name in order[1:])
        sheet_7_equals_the_book(copy)
        shutil.rmtree(copy)


def test_a_contradiction_within_one_file_refuses_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = {
        "種類": "明細書",
        "事業所番号": inputs.A,
        "受給者証番号": "3",
        "サービス提供年月": "2026-04",
        "決定": "支払",
    }
    path = filled(home, "佐藤.xlsx", {A3: {"決定": "返戻"}, 8: other})
    assert henrei(home, "decide", inputs.REVIEW, path) == 2
    assert f"佐藤.xlsx:{A3} と 佐藤.xlsx:8 で同じ明細書の決定が食い違っています" in capsys.readouterr().err
    assert of_book(home) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"受給者証番号": "9"}, "佐藤.xlsx:9 の明細書は 2026-05 の請求にありません。審査月と番号を確かめてください"),
        ({"受給者証番号": "6.1E+09"}, "佐藤.xlsx:9 「その他の返戻」の番号か月が読めません。事業所番号と"),
        ({"サービス提供年月": "春"}, "佐藤.xlsx:9 「その他の返戻」の番号か月が読めません。事業所番号と"),
        ({"種類": ""}, "佐藤.xlsx:9 「その他の返戻」の「種類」が読めません。明細書か結果票を選んでください"),
        ({"決定": ""}, "佐藤.xlsx:9 「その他の返戻」の「決定」が空欄です。返戻・支払・保留から選んでください"),
    ],
)
def test_what_cannot_be_read_of_another_return_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], fault: str
) -> None:
    right = {
        "種類": "明細書",
        "事業所番号": inputs.A,
        "受給者証番号": "2",
        "サービス提供年月": "2026-04",
        "決定": "返戻",
    }
    assert henrei(home, "decide", inputs.REVIEW, filled(home, "佐藤.xlsx", {9: right | changed})) == 2
    assert capsys.readouterr().err.startswith(fault)


@pytest.mark.slow
def test_where_the_list_is_open_the_new_one_lies_beside_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, beside = book(home).read_bytes(), book(home).with_name("worklist-新.xlsx")
    sato = filled(home, "佐藤.xlsx", {A3: {"決定": "返戻"}})

    def is_open(path: Path) -> bool:
        return path.name == "worklist.xlsx"

    with monkeypatch.context() as patch:
        patch.setattr("henrei.files.is_open_elsewhere", is_open)
        decide(home, sato)
    assert "worklist.xlsx が開いているため、新しい一覧は worklist-新.xlsx に書きました" in capsys.readouterr().out
    assert of_book(home)["claim", inputs.A, THREE][0] == "return"
    assert book(home).read_bytes() == before
    assert workbook.rows(beside)[A3 - 2]["決定"] == "返戻"
    # Words typed into either of the two are in the one list that the next decide writes.
    workbook.fill(book(home), book(home), {B1: {"決定": "支払"}})
    workbook.fill(beside, beside, {B3: {"備考": "電話"}})
    assert untaken(Home(home), MAY, load(Home(home))) == 2
    decide(home, sato)
    assert not beside.exists()
    rows = workbook.rows(book(home))
    assert [(rows[at - 2]["決定"], rows[at - 2]["備考"], rows[at - 2]["取込"]) for at in (B1, B3, A3)] == [
        ("支払", "", "未取込"),
        ("", "電話", "未取込"),
        ("返戻", "", ""),
    ]
