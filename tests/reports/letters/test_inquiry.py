"""The 確認依頼: one question a cause, what is decided already, by when and to whom the answer goes."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pypdf

from henrei.checks.catalogue import catalogue
from henrei.reports.letters import inquiry
from henrei.reports.letters.inputs import Issuer
from henrei.reports.letters.pdf import Typesetter
from henrei.reports.letters.questions import Inquiry
from lib.letter_inputs import MAY, ONE, THREE, TWO, A, finding, letter_inputs

DAY = next(c for c in catalogue().values() if c.role == "day_of_facility")
PLAIN = next(c.code for c in catalogue().values() if c.role is None and c.subject == "claim")
CONTACT = "療育支援課 049-000-0000"
NOT_YET = "まだ返戻は決まっていません。送り直しは、返戻のお知らせを受けてからにしてください。"


def made(findings: list[dict[str, Any]], **more: Any) -> Inquiry:
    issuer = Issuer("試験市", "112992", CONTACT, rules="使った基準: 国の基準")
    known = {"issuer": issuer, "answer_by": "2026年5月13日(水)", "services": {"63": "放課後等デイサービス"}, **more}
    return inquiry.LETTER.contents(letter_inputs(findings, [], **known))[A]


def pdf_text(content: Inquiry) -> str:
    data = Typesetter("inquiry").pdf(content, MAY)
    return "".join("".join((page.extract_text() or "").split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def book(content: Inquiry) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(inquiry.workbook(content, date(2026, 5, 1))))


def rows(content: Inquiry, sheet: str = "確認依頼") -> list[dict[str, Any]]:
    cells = list(book(content)[sheet].iter_rows(values_only=True))
    at = next(number for number, row in enumerate(cells) if str(row[0]).endswith("番号") and row[1])
    return [dict(zip(cells[at], row, strict=True)) for row in cells[at + 1 :]]


def over_capacity(count: int) -> list[dict[str, Any]]:
    numbers = [f"{number:010}" for number in range(1, count + 1)]
    return [finding(DAY.code, "return", one, use_dates="2026-04-03", message=f"{one}の文") for one in numbers]


def test_the_day_above_the_capacity_is_one_question_with_its_children() -> None:
    letter = made(over_capacity(3), children={ONE: "ｶｸｳ"})
    (row,) = rows(letter)
    assert row["確認していただきたい点"] == (
        "定員超過減算の日の基準を超えている: 4月3日の放課後等デイサービスの利用児童は、"
        "この市の児童だけを数えても定員超過利用減算の1日の基準を超えていますが、減算されていません。"
    )
    assert row["お願いすること"] == "その日に利用した児童は、他の市町村の児童も含めて何人でしたか。"
    assert row["受給者証番号"] == f"{ONE}\n{TWO}\n{THREE}"
    assert (row["種別"], row["該当日"], row["給付費"]) == ("明細書", "4月3日(金)", 27000)
    text = pdf_text(letter)
    assert text.count("何人でしたか") == text.count("請求のとおり") == 1
    assert "明細書3件" in text and f"対象{ONE}ｶｸｳ2026年4月分9,000円{TWO}2026年4月分" in text


def test_many_children_have_a_sheet_of_their_own() -> None:
    letter = made(over_capacity(6))
    (row,) = rows(letter)
    assert (row["種別"], row["受給者証番号"]) == ("6件", "シート「対象の一覧」")
    listed = rows(letter, "対象の一覧")
    assert [(one["問の番号"], one["受給者証番号"], one["給付費"]) for one in listed] == [
        (1, f"{number:010}", 9000) for number in range(1, 7)
    ]


def test_it_says_by_when_and_to_which_telephone_and_no_rule_of_the_law() -> None:
    letter = made([finding(PLAIN, "return")])
    by = f"「回答」の欄に書き入れて、2026年5月13日(水)までにお送りください。お電話でもうかがいます(試験市 {CONTACT})。"
    assert letter.plea == (by, NOT_YET)
    text = pdf_text(letter)
    assert "".join(by.split()) in text and "".join(NOT_YET.split()) in text and "使った基準" not in text
    above = [row[0] for row in book(letter)["確認依頼"].iter_rows(values_only=True)]
    assert by in above and NOT_YET in above and not [line for line in above if "使った基準" in str(line)]


def test_it_says_what_is_decided_already_question_by_question() -> None:
    keys = {number: ("claim", A, number, "2026-04") for number in (ONE, TWO, THREE)}
    decisions = {keys[ONE]: "return", keys[TWO]: "accept"}
    letter = made([finding(PLAIN, "return", number) for number in (ONE, TWO, THREE)], decisions=decisions)
    said = ["返戻と決めました", "支払と決めました", "まだ返戻は決まっていません"]
    assert [row["市の決定"] for row in rows(letter)] == said
    text = pdf_text(letter)
    assert [text.count(f"市の決定{one}") for one in said] == [1, 1, 1]
    assert letter.plea[1] == "送り直しは、返戻のお知らせを受けてからにしてください。"
    held = made([finding(PLAIN, "return")], decisions={keys[ONE]: "hold"})
    assert [row["市の決定"] for row in rows(held)] == ["保留にしています"]
    undecided = made([finding(PLAIN, "return")])
    assert "市の決定" not in rows(undecided)[0] and "市の決定" not in pdf_text(undecided)


def test_of_several_children_each_has_its_own_decision() -> None:
    decided = {("claim", A, ONE, "2026-04"): "return"}
    letter = made(over_capacity(2), decisions=decided)
    assert [row["市の決定"] for row in rows(letter)] == ["返戻と決めました\nまだ決まっていません"]
    text = pdf_text(letter)
    assert (
        "市の決定対象ごとに決めました" in text and "（返戻と決めました）" in text and "（まだ決まっていません）" in text
    )


def test_what_is_only_to_be_known_asks_for_nothing() -> None:
    letter = made([finding(PLAIN, "return"), finding(PLAIN, "notice", TWO, message="知っておく点")])
    assert [row["受給者証番号"] for row in rows(letter)] == [ONE]
    (point,) = rows(letter, "参考")
    assert point["受給者証番号"] == TWO and "回答" not in point
    text = pdf_text(letter)
    assert text.count("請求のとおり") == 1 and "知っておく点" in text.split("回答は要りません")[1]


def test_a_letter_without_a_question_asks_for_no_answer() -> None:
    letter = made([finding(PLAIN, "notice")])
    assert letter.plea == ("お知らせする点です。回答は要りません。",)
    assert rows(letter) == [] and inquiry.sent(letter) == []
    text = pdf_text(letter)
    assert "請求のとおり" not in text and "回答した日" not in text


def test_what_the_brake_lowered_is_asked_about() -> None:
    letter = made([finding(PLAIN, "review", downgraded=True)])
    assert len(letter.questions) == 1


def test_a_facility_without_a_name_is_addressed_by_its_number() -> None:
    letter = made([finding(PLAIN, "return")])
    assert f"事業所番号{A}御中" in pdf_text(letter)
    assert book(letter)["確認依頼"]["A3"].value == f"事業所番号 {A} 御中"
    named = pdf_text(made([finding(PLAIN, "return")], facilities={A: "にじいろ教室"}))
    assert f"事業所番号{A}にじいろ教室御中" in named


def test_a_child_that_the_ledger_does_not_know_has_the_name_on_its_own_claim() -> None:
    names = {(A, ONE): "カクウ タロウ", ("1350000002", TWO): "ホシゾラ ハナコ"}
    letter = made([finding(PLAIN, "return", ONE), finding(PLAIN, "return", TWO)], on_claims=names)
    assert [row["カナ氏名"] for row in rows(letter)] == ["カクウ タロウ", None]  # not what another facility wrote
    by_ledger = made([finding(PLAIN, "return", ONE)], on_claims=names, children={ONE: "ダイチョウ"})
    assert [row["カナ氏名"] for row in rows(by_ledger)] == ["ダイチョウ"]


def test_the_same_letter_gives_the_same_bytes() -> None:
    one, two = (made([finding(PLAIN, "return")]) for _ in range(2))
    assert inquiry.workbook(one, MAY) == inquiry.workbook(two, MAY)
