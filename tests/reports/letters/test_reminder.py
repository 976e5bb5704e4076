"""The 請求の前のご案内: what each facility reads of its own children, and the team's list."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pypdf

from henrei.checks.reminders import Reminded
from henrei.reports.letters import reminder
from henrei.reports.letters.inputs import Issuer, LetterInputs
from henrei.reports.letters.pdf import Typesetter
from henrei.reports.letters.reminder import Reminder
from lib.letter_inputs import MAY, ONE, TWO, A, B, letter_inputs

CONTACT = "療育支援課 049-000-0000"
ENDED = "放課後等デイサービスの支給決定は3月31日で終わり、その後の支給決定がありません。"
ASK = "更新後の受給者証を確かめてください。"


def row(facility: str = A, recipient: str = ONE, **more: Any) -> Reminded:
    usual: Reminded = {
        "check_code": "CRT102",
        "title": "支給決定の期間が切れる",
        "facility_no": facility,
        "recipient_no": recipient,
        "service_month": date(2026, 4, 1),
        "services": "放課後等デイサービス",
        "since": date(2026, 4, 1),
        "by": date(2026, 5, 10),
        "message": ENDED,
        "action": ASK,
    }
    return {**usual, **more}  # type: ignore[typeddict-item]


def inputs_of(*rows: Reminded) -> LetterInputs:
    return letter_inputs(
        [],
        [],
        issuer=Issuer("試験市", "112992", CONTACT, rules="使った基準: 国の基準"),
        reminders=rows,
        facilities={A: "にじいろ教室", B: "こもれびひろば"},
        children={ONE: "カクウ ヒトミ", TWO: "ツキミ ハナコ"},
        people={ONE: {"カクウ ヒトミ"}, TWO: {"ツキミ ハナコ"}},
        numbers={A, B},
        own={A: {ONE}, B: {TWO}},
    )


def letters(*rows: Reminded) -> dict[str, Reminder]:
    return reminder.LETTER.contents(inputs_of(*rows))


def pdf_text(content: Reminder) -> str:
    data = Typesetter("reminder").pdf(content, MAY)
    return "".join("".join((page.extract_text() or "").split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def cells(data: bytes) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)]


def test_the_letter_says_that_nothing_is_decided_and_whom_to_call() -> None:
    letter = letters(row())[A]
    assert letter.plea == (
        "次の請求の前に確かめていただきたい点です。台帳と前の月までの請求からわかることだけで、まだ何も決まっていません。",
        "回答は要りません。ご不明な点や、すでに手続きがお済みのときは、下の問い合わせ先へお電話ください。",
        "期日は5月10日(日)です。",
    )
    text = pdf_text(letter)
    assert all("".join(line.split()) in text for line in letter.plea)
    assert f"お問い合わせ試験市{''.join(CONTACT.split())}" in text and "使った基準" not in text


def test_what_all_points_of_a_kind_ask_for_stands_once() -> None:
    text = pdf_text(letters(row(), row(recipient=TWO))[A])
    assert text.count(ASK) == 1 and text.count(ENDED) == 2 and "していただくこと" not in text
    different = pdf_text(letters(row(), row(recipient=TWO, action="ほかのこと。"))[A])
    assert different.count(ASK) == different.count("ほかのこと。") == different.count("していただくこと") == 1


def test_days_that_differ_stand_beside_their_points() -> None:
    letter = letters(row(), row(recipient=TWO, by=date(2026, 5, 1)))[A]
    assert len(letter.plea) == 2
    text = pdf_text(letter)
    assert text.count("5月10日(日)") == text.count("5月1日(金)") == 1


def test_what_has_no_check_comes_last() -> None:
    letter = letters(row(check_code="", title="再請求が届いていない"), row(recipient=TWO))[A]
    assert [group.title for group in letter.groups] == ["支給決定の期間が切れる", "再請求が届いていない"]


def test_the_workbook_has_a_row_a_point() -> None:
    rows = cells(reminder.workbook(letters(row())[A], MAY))
    assert rows[0][0] == "請求の前のご案内 2026年5月審査分"
    assert rows[-2] == [
        *("番号", "種別", "受給者証番号", "カナ氏名", "サービス提供年月", "種類"),
        *("内容", "お知らせ", "していただくこと", "期日"),
    ]
    assert rows[-1] == [
        *(1, "明細書", ONE, "カクウ ヒトミ", "2026年4月", "放課後等デイサービス"),
        *("支給決定の期間が切れる", ENDED, ASK, "5月10日(日)"),
    ]


def test_no_letter_names_another_facility_or_its_child() -> None:
    leak = f"{B} こもれびひろば {TWO} ツキミ ハナコ ﾂｷﾐﾊﾅｺ"
    made = letters(row(message=leak, action=leak), row(B, TWO))
    texts = [pdf_text(made[A]), str(cells(reminder.workbook(made[A], MAY)))]
    for text in texts:
        assert not [word for word in (B, "こもれび", TWO, "ツキミ", "ﾂｷﾐ") if word in text]
    assert "(他の事業所)(他の事業所)(番号)(氏名)" in texts[0]
    assert {ONE, "カクウ ヒトミ"} & set(str(cells(reminder.workbook(made[B], MAY)))) == set()


def test_the_teams_list_holds_all_in_the_columns_of_the_contract() -> None:
    inputs = inputs_of(row(), row(B, TWO, check_code="", message="まだ届いていません。"))
    (csv_name, data), (book_name, book) = reminder.LETTER.more(inputs, reminder.LETTER.contents(inputs))
    assert (csv_name, book_name) == ("reminders.csv", "reminders.xlsx")
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
        ["check_code", "facility_no", "recipient_no", "service_month", "by", "reason"],
        ["CRT102", A, ONE, "2026-04", "2026-05-10", ENDED],
        ["", B, TWO, "2026-04", "2026-05-10", "まだ届いていません。"],
    ]
    rows = cells(book)
    assert [line[0] for line in rows[:2]] == ["請求の前のご案内 2026-05 試験市", "事業所へ送るものではありません。"]
    assert rows[-1][:4] == [B, "こもれびひろば", TWO, "ツキミ ハナコ"]


def test_letters_are_numbered_in_the_order_of_the_facilities_and_dated() -> None:
    inputs = replace(inputs_of(row(B, TWO), row()), issued=date(2026, 5, 1))
    made = reminder.LETTER.contents(inputs)
    assert {at: (one.head.number, one.head.dated) for at, one in made.items()} == {
        A: ("2026-05-案-0001", "2026年5月1日"),
        B: ("2026-05-案-0002", "2026年5月1日"),
    }


def test_the_same_reminders_give_the_same_bytes() -> None:
    one, two = (letters(row())[A] for _ in range(2))
    assert reminder.workbook(one, MAY) == reminder.workbook(two, MAY)
    assert Typesetter("reminder").pdf(one, MAY) == Typesetter("reminder").pdf(two, MAY)
