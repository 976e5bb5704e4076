"""What people typed into a worklist and nobody read yet is in the next one, where claim and reasons are the same."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from henrei.errors import HenreiError
from henrei.flows.run.worklist import untaken
from henrei.flows.settings import load
from henrei.home import Home
from henrei.store import books
from lib import inputs, workbook
from lib.home_history import TWO, henrei, month
from lib.worklist_month import LEDGERS, THREE, book, groups

MAY = date(2026, 5, 1)
B1, A1, A3, B3, CLAIM2, SHEET2 = range(2, 8)  # rows of sheet 1
ENTRY = ("決定", "回答", "備考", "事業所への一言", "取込")
OTHER = {"種類": "結果票", "事業所番号": inputs.A, "受給者証番号": "２", "サービス提供年月": "R8.4"}
TYPED: dict[int, dict[str, object]] = {
    B1: {"決定": "返戻", "備考": "電話で確認"},
    A1: {"決定": "支払"},
    A3: {"決定": "保留", "回答": "調べます"},
    B3: {"備考": "記録待ち"},
    CLAIM2: {"事業所への一言": "日を直してください"},
    SHEET2: {"決定": "返却"},  # no decision, and kept as it was typed
    9: {**OTHER, "決定": "返戻"},
}


@pytest.fixture
def home(worklist_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(worklist_home, tmp_path / "home"))


def shown(home: Path) -> dict[tuple[object, ...], tuple[object, ...]]:
    """What each row of sheet 1 says in its entry cells."""
    rows = workbook.rows(book(home))
    return {(r["種類"], r["事業所番号"], r["受給者証番号"]): tuple(r[name] for name in ENTRY) for r in rows}


def not_read(home: Path) -> int:
    return untaken(Home(home), MAY, load(Home(home)))


def kept(home: Path) -> list[Path]:
    return sorted(book(home).parent.glob("worklist-kept-*.xlsx"))


@pytest.mark.slow
def test_after_a_changed_ledger_row_every_other_row_keeps_its_words(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook.fill(book(home), book(home), TYPED)
    typed = book(home).read_bytes()
    assert not_read(home) == 7
    # Child 3 is granted fifteen days now: nothing is wrong with its two claims any more.
    grants = LEDGERS["grants"].replace("3,631000,8,", "3,631000,15,")
    month(home, inputs.REVIEW, *groups(), **{**LEDGERS, "grants": grants})
    assert henrei(home, "run", inputs.REVIEW) == 0
    screen = capsys.readouterr().out.replace("\n", "")
    [copy] = kept(home)
    assert copy.read_bytes() == typed
    assert f"worklist.xlsx に書いて取り込んでいない2件は、請求か指摘が変わったため移せません: {copy.name} に" in screen
    assert "取り込んでいない5件は、新しい一覧に「未取込」として移しました" in screen
    first, second, claim, sheet = (
        ("返戻", "", "電話で確認", "", "未取込"),
        ("支払", "", "", "", "未取込"),
        ("", "", "", "日を直してください", "未取込"),
        ("返却", "", "", "", "未取込"),
    )
    assert list(shown(home).values()) == [first, second, claim, sheet]
    others = workbook.other_rows(book(home))
    assert [row["取込"] for row in others.values()] == ["未取込", *[""] * 20]
    assert not_read(home) == 5

    # They survive a second run, and a decide with another file.
    assert henrei(home, "run", inputs.REVIEW) == 0
    table = home.parent / "decisions.csv"
    head = "subject,facility_no,recipient_no,service_month,decision,note\r\n"
    table.write_text(f"{head}claim,{inputs.A},1,2026-04,accept,\r\n", encoding="utf-8", newline="")
    assert henrei(home, "decide", inputs.REVIEW, str(table)) == 0
    assert list(shown(home).values()) == [first, ("支払", "", "", "", ""), claim, sheet]
    assert kept(home) == [copy]

    # With the fault put right decide reads them all.
    workbook.fill(book(home), book(home), {5: {"決定": "支払"}, 6: {"事業所番号": inputs.A}})
    assert henrei(home, "decide", inputs.REVIEW, str(book(home))) == 2  # the sheet of the last row is the fifth's
    workbook.fill(book(home), book(home), {5: {"決定": "返戻"}})
    assert henrei(home, "decide", inputs.REVIEW, str(book(home))) == 0
    assert not_read(home) == 0
    assert [row[4] for row in shown(home).values()] == [""] * 4
    assert books.read_decisions(Home(home), MAY).height == 4
    assert all(row["種類"] == "" for row in workbook.other_rows(book(home)).values())


@pytest.mark.slow
def test_what_someone_else_decided_meanwhile_is_a_conflict_later(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook.fill(book(home), book(home), {A3: {"決定": "返戻", "備考": "日数"}, B3: {"備考": "電話"}})
    copy = workbook.fill(
        book(home), home.parent / "鈴木.xlsx", {A3: {"決定": "支払", "備考": ""}, B3: {"決定": "支払"}}
    )
    assert henrei(home, "decide", inputs.REVIEW, str(copy)) == 0
    key_a, key_b = ("明細書", inputs.A, THREE), ("明細書", inputs.B, THREE)
    for _ in range(2):  # the list of the decide, and of the run after it
        assert shown(home)[key_a] == ("返戻", "", "日数", "", "未取込")
        assert shown(home)[key_b] == ("支払", "", "電話", "", "")  # the note was in the copy, too
        assert henrei(home, "run", inputs.REVIEW) == 0
    capsys.readouterr()
    assert henrei(home, "decide", inputs.REVIEW, str(book(home))) == 0
    assert f"食い違い: 明細書 worklist.xlsx:{A3} あなたの「返戻」" in capsys.readouterr().out
    decision, note, state = (shown(home)[key_a][at] for at in (0, 2, 4))
    assert (decision, note) == ("支払", "日数") and str(state).startswith("未取込 食い違い「返戻」")
    assert not_read(home) == 0  # it is read: the conflict counts it


@pytest.mark.slow
def test_what_is_no_list_of_the_month_is_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = workbook.workbook({"memo": [["電話した"]]})
    book(home).write_bytes(data)
    with pytest.raises(HenreiError, match=r"worklist\.xlsx は henrei の worklist\.xlsx ではありません"):
        not_read(home)
    assert henrei(home, "run", inputs.REVIEW) == 0
    [copy] = kept(home)
    assert copy.read_bytes() == data
    line = f"worklist.xlsx はこの月の一覧ではないため、{copy.name} として残しました"
    assert line in capsys.readouterr().out.replace("\n", "")
    assert len(shown(home)) == 6


@pytest.mark.slow
def test_a_list_that_was_saved_without_a_change_leaves_no_copy(home: Path) -> None:
    workbook.fill(book(home), book(home), {})
    assert henrei(home, "run", inputs.REVIEW) == 0
    assert kept(home) == [] and not_read(home) == 0
    assert {row[4] for row in shown(home).values()} == {""}
    assert {row["受給者証番号"] for row in workbook.rows(book(home))} >= {TWO}


@pytest.mark.slow
def test_close_says_first_what_it_does_not_use(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook.fill(book(home), book(home), {A1: {"決定": "支払"}, B3: {"備考": "記録待ち"}})
    assert henrei(home, "close", inputs.REVIEW, "--undecided", "return") == 0
    shown = capsys.readouterr().out
    line = "worklist.xlsx に取り込んでいない書き込みが2件あります。使わずに締めます(先に henrei decide で取り込めます)"
    assert shown.index(line) < shown.index("明細書 返戻")
