"""What people write into worklist.xlsx comes back whole, or not at all."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from henrei.errors import HenreiError
from henrei.home import Home
from henrei.reports.worklist import read_decisions
from henrei.schemas.ledgers import workbook as ledger_workbook
from henrei.store import books
from lib import inputs, workbook
from lib.bad_input import workbook_ways
from lib.home_history import HEAD, ONE, TWO, henrei, last_line, month
from lib.worklist_month import LEDGERS, THREE, book, groups

MAY = date(2026, 5, 1)
# Rows of sheet 1 as tests name them: B and A of child 1, A and B of child 3, claim and sheet of child 2.
B1, A1, A3, B3, CLAIM2, SHEET2 = range(2, 8)


def filled(home: Path, written: dict[int, dict[str, object]], name: str = "佐藤.xlsx") -> str:
    return str(workbook.fill(book(home), home.parent / name, written))


def decided(*rows: int, decision: str = "返戻") -> dict[int, dict[str, object]]:
    return {row: {"決定": decision} for row in rows}


def decisions_of(home: Path) -> list[tuple[str, str, str, str, str, str]]:
    rows = books.read_decisions(Home(home), MAY).select(
        "subject", "facility_no", "recipient_no", "decision", "note", "answer"
    )
    return rows.rows()


@pytest.mark.slow
def test_decisions_come_back_with_answer_and_note(home: Path) -> None:
    written = {
        B1: {"決定": "返戻", "回答": "誤りと回答", "備考": "4/1 分"},
        A3: {"決定": "支払", "備考": "=2+3"},
        SHEET2: {"決定": " 保留 "},
    }
    assert henrei(home, "decide", inputs.REVIEW, filled(home, written)) == 0
    assert decisions_of(home) == [
        ("claim", inputs.A, THREE, "accept", "=2+3", ""),
        ("claim", inputs.B, ONE, "return", "4/1 分", "誤りと回答"),
        ("sheet", inputs.A, TWO, "hold", "", ""),
    ]


@pytest.mark.slow
def test_two_clerks_and_a_csv_are_read_together(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = home.parent / "decisions.csv"
    table.write_text(f"{HEAD}sheet,{inputs.A},2,2026-04,accept,\r\n", encoding="utf-8")
    one, two = filled(home, decided(B1, A1), "佐藤.xlsx"), filled(home, decided(A1, A3), "鈴木.xlsx")
    assert henrei(home, "decide", inputs.REVIEW, one, str(table), two) == 0
    assert "4件の決定を取り込みました" in capsys.readouterr().out
    assert [row[:4] for row in decisions_of(home)] == [
        ("claim", inputs.A, ONE, "return"),
        ("claim", inputs.A, THREE, "return"),
        ("claim", inputs.B, ONE, "return"),
        ("sheet", inputs.A, TWO, "accept"),
    ]


def test_files_of_one_name_are_distinguished(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [home.parent / folder / "worklist.xlsx" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        workbook.fill(book(home), path, decided(A3, decision="返却"))
    assert henrei(home, "decide", inputs.REVIEW, *map(str, paths)) == 2
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [f"{path}:{A3}" for path in paths]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({A3: {"決定": "返却"}}, f"佐藤.xlsx:{A3} 「決定」に書かれたものは返戻・支払・保留のどれでもありません"),
        ({A3: {"決定": "返戻", "受給者証番号": "0000000009"}}, f"佐藤.xlsx:{A3} 一覧にない行です。番号を"),
        ({A3: {"決定": "返戻", "受給者証番号": ONE}}, f"佐藤.xlsx:{A3} 番号と隠れた列が食い違っています"),
        ({A3: {"決定": "返戻", "サービス提供年月": "春"}}, f"佐藤.xlsx:{A3} 一覧にない行です"),
        ({A3: {"決定": "返戻", "サービス提供年月": "1026-04"}}, f"佐藤.xlsx:{A3} 一覧にない行です"),
        ({20: {"種類": "明細書", "決定": "返戻"}}, "佐藤.xlsx:20 「その他の返戻」の番号か月が読めません"),
        ({40: {"種類": "明細書", "決定": "返戻"}}, "佐藤.xlsx:40 一覧にない行です。行を足さず、「その他の返戻」の行に"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_half_read(
    home: Path, capsys: pytest.CaptureFixture[str], written: dict[int, dict[str, object]], message: str
) -> None:
    assert henrei(home, "decide", inputs.REVIEW, filled(home, decided(B1) | written)) == 2
    line = last_line(capsys)
    assert line.startswith(message)
    assert line.endswith("(何も取り込んでいません)")
    assert decisions_of(home) == []


def test_everything_wrong_is_named_at_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = decided(B1) | {A3: {"決定": "返却"}, B3: {"決定": "支給"}}
    assert henrei(home, "decide", inputs.REVIEW, filled(home, written)) == 2
    screen = capsys.readouterr()
    assert f"佐藤.xlsx:{A3} " in screen.out and f"佐藤.xlsx:{B3} " in screen.out
    assert screen.err.startswith(f"佐藤.xlsx:{A3} ") and "(ほか1件)" in screen.err


@pytest.mark.slow
def test_rows_of_an_earlier_run_are_left_out_where_claim_or_reasons_changed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = filled(home, decided(B1, A3, CLAIM2))
    grants = LEDGERS["grants"].replace("3,631000,8,", "3,631000,7,")  # child 3: other reasons; child 1: another claim
    changed = [inputs.claim(inputs.B, ONE, days=3), *groups()]
    month(home, inputs.REVIEW, *(g for at, g in enumerate(changed) if at != 3), **{**LEDGERS, "grants": grants})
    assert henrei(home, "run", inputs.REVIEW) == 0
    capsys.readouterr()
    assert henrei(home, "decide", inputs.REVIEW, old) == 0
    left_out = "請求か指摘が変わったため取り込んでいません。新しい worklist.xlsx で決めてください"
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines == [f"※ 佐藤.xlsx:{B1} {left_out}", f"※ 佐藤.xlsx:{A3} {left_out}"]
    assert last.startswith("2026-05: 1件の決定を取り込みました。残り 必要")
    assert [row[:3] for row in decisions_of(home)] == [("claim", inputs.A, TWO)]


@pytest.mark.slow
def test_a_workbook_of_another_month_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    may = filled(home, decided(A3))
    month(home, "2026-06", *groups(), **LEDGERS)
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "decide", "2026-06", may) == 2
    assert "佐藤.xlsx は別の回(2026-05・112992)の一覧です" in last_line(capsys)


@pytest.mark.slow
def test_decisions_are_carried_into_the_next_list(home: Path) -> None:
    written = {A3: {"決定": "返戻", "回答": "認める", "備考": "電話"}, B3: {"決定": "支払"}}
    assert henrei(home, "decide", inputs.REVIEW, filled(home, written)) == 0
    changed = [inputs.claim(inputs.B, THREE, days=5, cap=9300), *groups()]
    month(home, inputs.REVIEW, *(g for at, g in enumerate(changed) if at != 9), **LEDGERS)
    assert henrei(home, "run", inputs.REVIEW) == 0
    rows = {
        (r["事業所番号"], r["受給者証番号"], r["種類"]): (r["決定"], r["回答"], r["備考"])
        for r in workbook.rows(book(home))
    }
    assert rows[inputs.A, THREE, "明細書"] == ("返戻", "認める", "電話")
    assert rows[inputs.B, THREE, "明細書"] == ("", "", "")  # its claim is another now


@pytest.mark.slow
def test_who_leaves_a_carried_decision_as_it_was_contradicts_nobody(home: Path) -> None:
    assert henrei(home, "decide", inputs.REVIEW, filled(home, {A3: {"決定": "返戻", "回答": "前回"}})) == 0
    assert henrei(home, "run", inputs.REVIEW) == 0
    one = filled(home, decided(A3, decision="支払"), "佐藤.xlsx")
    two = filled(home, decided(B1), "鈴木.xlsx")
    assert henrei(home, "decide", inputs.REVIEW, one, two) == 0
    assert [row[1:4] for row in decisions_of(home)] == [(inputs.A, THREE, "accept"), (inputs.B, ONE, "return")]
    assert henrei(home, "decide", inputs.REVIEW, str(book(home))) == 0  # nothing was written into it
    assert [row[3] for row in decisions_of(home)] == ["accept", "return"]


@pytest.mark.slow
def test_an_empty_cell_where_there_was_a_decision_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert henrei(home, "decide", inputs.REVIEW, filled(home, {A3: {"決定": "返戻", "備考": "電話"}})) == 0
    emptied = {A3: {"決定": ""}, B1: {"回答": "調べます"}}
    capsys.readouterr()
    assert henrei(home, "decide", inputs.REVIEW, filled(home, emptied)) == 0
    assert "決定を空にした1件は、前の決定のままです" in capsys.readouterr().out
    assert decisions_of(home) == [
        ("claim", inputs.A, THREE, "return", "電話", ""),
        ("claim", inputs.B, ONE, "", "", "調べます"),
    ]
    assert workbook.rows(book(home))[A3 - 2]["決定"] == "返戻"


@pytest.mark.slow
def test_a_csv_leaves_the_answer_as_it_was(home: Path) -> None:
    assert henrei(home, "decide", inputs.REVIEW, filled(home, {A3: {"決定": "返戻", "回答": "認める"}})) == 0
    table = home.parent / "decisions.csv"
    table.write_text(f"{HEAD}claim,{inputs.A},3,2026-04,hold,再確認\r\n", encoding="utf-8")
    assert henrei(home, "decide", inputs.REVIEW, str(table)) == 0
    assert decisions_of(home) == [("claim", inputs.A, THREE, "hold", "再確認", "認める")]


@pytest.mark.slow
def test_texts_without_a_decision_are_read_and_counted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(home, "decide", inputs.REVIEW, filled(home, decided(B1) | {A3: {"回答": "調べます"}})) == 0
    assert "回答・備考・事業所への一言だけを1件取り込みました" in capsys.readouterr().out
    assert decisions_of(home) == [
        ("claim", inputs.A, THREE, "", "", "調べます"),
        ("claim", inputs.B, ONE, "return", "", ""),
    ]
    assert henrei(home, "close", inputs.REVIEW) == 2  # a text decides nothing


@pytest.mark.slow
def test_what_excel_makes_of_numbers_and_months_is_read(home: Path) -> None:
    written = {
        A3: {"決定": "返戻", "受給者証番号": 3, "事業所番号": float(inputs.A), "サービス提供年月": datetime(2026, 4, 1)}
    }
    assert henrei(home, "decide", inputs.REVIEW, filled(home, written)) == 0
    assert [row[:4] for row in decisions_of(home)] == [("claim", inputs.A, THREE, "return")]


@pytest.mark.slow
def test_a_sorted_sheet_reads_the_same(home: Path) -> None:
    path = home.parent / "sorted.xlsx"
    workbook.fill(book(home), path, decided(B1))
    made = openpyxl.load_workbook(path)
    sheet = made[workbook.DECIDE]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for row, cells in enumerate(reversed(values), start=2):
        for place, value in enumerate(cells, start=1):
            sheet.cell(row, place).value = value
    made.save(path)
    assert henrei(home, "decide", inputs.REVIEW, str(path)) == 0
    assert [row[:4] for row in decisions_of(home)] == [("claim", inputs.B, ONE, "return")]


def test_what_is_no_worklist_gives_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, other, lost = (home.parent / name for name in ("a.xlsx", "b.xlsx", "c.xlsx"))
    text.write_text("返戻", encoding="utf-8")
    openpyxl.Workbook().save(other)
    made = openpyxl.load_workbook(book(home))
    head = [cell.value for cell in made[workbook.DECIDE][1]]
    made[workbook.DECIDE].delete_cols(head.index("照合") + 1)
    made.save(lost)
    for path, message in (
        (text, "Excel のブック(.xlsx)として読めません"),
        (other, "b.xlsx は henrei の worklist.xlsx ではありません"),
        (lost, "c.xlsx:1 列「照合」がありません"),
        (home.parent / "d.xlsx", "を読めません"),
    ):
        assert henrei(home, "decide", inputs.REVIEW, str(path)) == 2
        assert message in last_line(capsys)


@pytest.mark.parametrize(("column", "value", "refused"), [
    ("決定", None, True), ("備考", None, True), ("決定", "返戻", False), ("給付費", None, False),
])  # fmt: skip
def test_a_formula_counts_as_the_value_that_excel_stored_with_it(
    home: Path, column: str, value: str | None, refused: bool
) -> None:
    """A formula that was never worked out would else be an empty cell: a decision lost without a line."""
    given = Path(filled(home, {A1: {"備考": "x"}}))
    letter = openpyxl.utils.get_column_letter(
        [cell.value for cell in openpyxl.load_workbook(given)[workbook.DECIDE][1]].index(column) + 1
    )
    cell = f'<c r="{letter}{A1}" t="str"><f>A1</f>{"" if value is None else f"<v>{value}</v>"}</c>'
    parts = workbook_ways.unpacked(given.read_bytes())
    [name] = [part for part in parts if part.endswith("sheet2.xml")]
    pattern = rf'<c r="{letter}{A1}"(?: [^>]*)?(?:/>|>.*?</c>)'
    parts[name] = re.sub(pattern, cell, parts[name].decode("utf-8"), count=1).encode("utf-8")
    given.write_bytes(workbook_ways.packed(parts))
    if refused:
        with pytest.raises(HenreiError, match=f"佐藤.xlsx:{A1} 「{column}」が式で書かれ、値がありません"):
            read_decisions.read(given, given.name)
        return
    [row] = read_decisions.read(given, given.name).rows
    assert row.cells.decision == (value or "")


def test_a_list_that_unpacks_to_too_much_is_not_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Path(filled(home, {A1: {"備考": "x"}}))
    monkeypatch.setattr(ledger_workbook, "LARGEST", 2_000)
    with pytest.raises(HenreiError, match=r"大きすぎるため読みません"):
        read_decisions.read(given, given.name)
