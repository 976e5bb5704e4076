"""What facilities answered: beside the claims that they were asked about, and in the sheet 電話・やりとり."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.reports import worklist
from henrei.reports.worklist.answers import answer_text, beside_rows
from henrei.reports.worklist.sheets import about, decisions, talks
from henrei.store import answers
from lib.worklist_data import A, B, finding, worklist_data

DAY = next(c.code for c in catalogue().values() if c.role == "day_of_facility")
ONE, TWO = "0000000001", "0000000002"


def question(number: int, facility: str = A, subjects: str = f"claim:{ONE}:2026-04", **more: Any) -> dict[str, Any]:
    usual = {"facility_no": facility, "sending": "s", "number": number, "question": f"q{number}", "digest": "d"}
    return {
        "asked_at": "2026-05-11T09:00:00+09:00",
        **usual,
        "check_code": "DAY203",
        "days": "",
        "subjects": subjects,
        **more,
    }


def answer(number: int, facility: str = A, subjects: str = f"claim:{ONE}:2026-04", **more: Any) -> dict[str, Any]:
    asked = {name: value for name, value in question(number, facility, subjects).items() if name in answers.ANSWERS}
    usual = {"taking": "t", "choice": "請求のとおり", "text": "", "answered_by": "", "file": "a.xlsx", "sha256": "x"}
    return {**asked, **usual, "read_at": "2026-05-12T09:00:00+09:00", "read_by": "佐藤", **more}


def given(*rows: dict[str, Any]) -> pl.DataFrame:
    return answers.current(pl.DataFrame(list(rows), schema=answers.ANSWERS))


def sent(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=answers.SENT)


def test_an_answer_in_one_text() -> None:
    def text(choice: str, words: str, who: str) -> str:
        return answer_text({"choice": choice, "text": words, "answered_by": who})

    assert text("請求のとおり", "記録を確かめました", "9/10 佐藤") == "請求のとおり: 記録を確かめました(9/10 佐藤)"
    assert text("誤りがある", "", "") == "誤りがある"
    assert text("", "電話で", "9/10") == "電話で(9/10)"


def test_a_row_has_what_was_answered_about_it_and_by_check_where_there_is_more() -> None:
    both = f"claim:{ONE}:2026-04;sheet:{TWO}:2026-04"
    table = given(
        answer(1, subjects=both), answer(2, text="1人", choice="", check_code=DAY, days="4月3日(金)"), answer(3, B)
    )
    assert beside_rows(table) == {
        ("claim", A, ONE, "2026-04"): f"DAY203 請求のとおり\n{DAY} 4月3日(金) 1人",
        ("sheet", A, TWO, "2026-04"): "請求のとおり",
        ("claim", B, ONE, "2026-04"): "請求のとおり",
    }


def sheet(**more: Any) -> list[dict[str, Any]]:
    findings = more.pop("findings")
    data = worklist_data(findings, facilities={A: "森"}, answer_by=date(2026, 5, 13), **more)
    head, *rows = openpyxl.load_workbook(io.BytesIO(worklist.build(data).data))[talks.TITLE].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_each_facility_is_there_once() -> None:
    day = {"use_dates": "2026-04-03", "service_type": "63", "amount_yen": 9000}
    findings = [
        finding(DAY, A, ONE, **day),
        finding(DAY, A, TWO, **day),
        finding("DAY203", A, ONE, amount_yen=9000),
        finding("DAY203", B, ONE, severity="notice"),
    ]
    (row,) = sheet(findings=findings)
    assert list(row.values()) == [A, "森", None, 2, 18000, None, None, None, None, None]
    assert row["件"] == 2  # the day once, whoever came


def test_it_says_how_far_each_letter_has_come() -> None:
    findings = [finding("DAY203", at, ONE, amount_yen=9000) for at in (A, B)]
    asked = sent(question(1), question(2), question(1, asked_at="2026-05-12T09:00:00+09:00"), question(1, B))
    rows = sheet(findings=findings, sent=asked, given=given(answer(2, text="1人"), answer(1, choice="")))
    assert [(row["聞いた日"], row["期限"], row["回答"], row["回答の内容"]) for row in rows] == [
        ("5/12", "5/13", "5/12 2問のうち1問", f"問2 DAY203 {ONE} 請求のとおり: 1人"),
        ("5/11", "5/13", "まだ(1問)", None),
    ]


def test_an_answer_stays_in_the_list_where_its_finding_is_gone() -> None:
    both = f"claim:{ONE}:2026-04;claim:{TWO}:2026-04"
    (row,) = sheet(findings=[], sent=sent(question(1)), given=given(answer(1, subjects=both)))
    assert (row["件"], row["給付費"]) == (0, 0)
    assert row["回答の内容"] == f"問1 DAY203 {ONE}ほか1人 請求のとおり"


def test_the_book_says_that_nobody_reads_the_memo() -> None:
    book = openpyxl.load_workbook(io.BytesIO(worklist.build(worklist_data([])).data))
    lines = dict(book[about.TITLE].iter_rows(values_only=True))
    assert lines[talks.TITLE] == talks.NOTE
    assert "メモ(henrei は読みません)" in [cell.value for cell in book[talks.TITLE][1]]


def test_the_answer_is_beside_the_row_and_is_read_only() -> None:
    data = worklist_data(
        [finding("DAY203", A, ONE), finding("DAY203", A, TWO)], given=given(answer(1, text="記録どおり"))
    )
    table = openpyxl.load_workbook(io.BytesIO(worklist.build(data).data))[decisions.TITLE]
    head, *body = table.iter_rows(values_only=True)
    at = head.index("事業所の回答")
    assert head[at + 1] == "回答"
    beside = {row[head.index("受給者証番号")]: row[at] for row in body}
    # The empty rows for what no check found have none either.
    assert beside == {ONE: "請求のとおり: 記録どおり", TWO: None, None: None}
    entries = [column.label for column in decisions.COLUMNS if column.entry]
    assert "事業所の回答" not in entries and "回答" in entries
