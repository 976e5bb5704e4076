"""What a notice tells a facility: reasons of a return, points to look at, totals."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pypdf

from henrei.reports.letters import notice
from henrei.reports.letters.inputs import Issuer
from henrei.reports.letters.pdf import Typesetter
from henrei.reports.letters.rejected_lines import RejectedLines
from lib.letter_inputs import MAY, ONE, THREE, TWO, A, B, finding, letter_inputs, outcome


def notice_of(findings: list[dict[str, Any]], outcomes: list[dict[str, Any]], **more: Any) -> notice.Notice:
    """The notice of A in a month of these findings and outcomes."""
    return notice.notices(letter_inputs(findings, outcomes, **more))[A]


def test_what_the_brake_lowered_is_a_reason_where_it_was_returned_and_left_out_where_not() -> None:
    downgraded = [finding("CRT101", "review", no, downgraded=True) for no in (ONE, TWO)]
    at = [finding("DAY206", "review", no) for no in (ONE, TWO)]
    made = notice_of(downgraded + at, [outcome(ONE, "返戻"), outcome(TWO, "決定")])
    assert [[reason.code for reason in one.reasons] for one in made.returned] == [["CRT101"]]
    assert [(p.reason.code, p.subject.recipient_no, p.outcome) for p in made.points] == [
        ("DAY206", ONE, "返戻"),
        ("DAY206", TWO, "決定"),
    ]


def test_a_return_always_has_a_reason() -> None:
    """A finding to look at where none asked for it, the federation's own reason, or whom to ask."""
    outcomes = [outcome(no, "返戻") for no in (ONE, TWO, THREE)]
    federation = {("claim", A, TWO, "2026-04"): [("EG02", "受給者台帳に該当がありません")]}
    made = notice_of([finding("DAY206", "review"), finding("DAY203", "notice")], outcomes, federation=federation)
    assert [one.reasons[0].code for one in made.returned] == ["DAY206", "EG02", ""]
    assert made.returned[1].reasons[0].message == "国保連の審査により返戻となりました。受給者台帳に該当がありません"
    assert "下の連絡先へ" in made.returned[2].reasons[0].message
    assert [point.reason.code for point in made.points] == ["DAY203"]


def test_what_the_city_says_stands_beside_the_reasons_or_is_the_reason() -> None:
    claims = [("claim", A, no, "2026-04") for no in (ONE, TWO, THREE)]
    messages = dict.fromkeys(claims, f"9/3は欠席でした。{B}へもお願いします。")
    federation = {claims[1]: [("EG02", "受給者台帳に該当がありません")]}
    outcomes = [outcome(no, "返戻") for no in (ONE, TWO, THREE)]
    inputs = letter_inputs(
        [finding("DAY206", "review")], outcomes, federation=federation, messages=messages, numbers={A, B}
    )
    made = notice.notices(inputs)[A]
    redacted = "9/3は欠席でした。(他の事業所)へもお願いします。"
    assert [one.message for one in made.returned] == [redacted, redacted, ""]
    (reason,) = made.returned[2].reasons
    assert (reason.title, reason.message) == ("審査による返戻", f"市の審査により返戻としました。{redacted}")
    table = openpyxl.load_workbook(io.BytesIO(notice.workbook(made, MAY)))["返戻"]
    texts = [row[8].value for row in table.iter_rows(min_row=2)]
    assert [f"市からの一言: {redacted}" in text for text in texts] == [True, True, False]
    assert "おたずねください" not in texts[2]
    pages = pypdf.PdfReader(io.BytesIO(Typesetter("notice").pdf(made, MAY))).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    assert text.count("市からの一言") == 2 and text.count("9/3は欠席でした") == 3


def test_what_the_city_says_of_a_paid_claim_is_not_sent() -> None:
    messages = {("claim", A, ONE, "2026-04"): "次は気をつけてください"}
    made = notice_of([finding("DAY206", "review")], [outcome(ONE, "決定")], messages=messages)
    assert "気をつけて" not in str(made)


def test_totals_count_outcomes_by_kind_rejected_lines_and_points() -> None:
    outcomes = [
        outcome(ONE, "返戻"),
        outcome(ONE, "返戻", kind="利", benefit_yen=None),
        outcome(TWO, "決定", benefit_yen=7000),
        outcome(THREE, "取下げ", benefit_yen=500),
        outcome(THREE, "決定", benefit_yen=600),
    ]
    rejected = {A: [RejectedLines("K11.CSV", "2–5", 4, "明細書", "", "誤り")]}
    totals = notice_of([finding("DAY206", "review", TWO)], outcomes, rejected=rejected).totals
    assert [(total.label, total.count, total.unit, total.yen) for total in totals] == [
        ("返戻した明細書", 1, "件", 9000),
        ("返戻した上限額管理結果票", 1, "件", None),
        ("決定した明細書", 2, "件", 7600),
        ("過誤申立により取り下げた明細書", 1, "件", 500),
        ("取り込めなかった行", 4, "行", None),
        ("確認していただきたい点", 1, "件", None),
    ]


def test_only_facilities_with_something_to_read_get_a_notice() -> None:
    inputs = letter_inputs([finding("DAY203", "return", facility_no=B)], [outcome(ONE, "決定")])
    assert notice.notices(inputs) == {}


def test_other_facilities_are_named_only_if_the_city_says_so() -> None:
    message = f"管理事業所{B}の記録と違います。"
    findings = [finding("DAY206", "review", message=message, other_facilities=B)]
    more = {"numbers": {A, B}, "facilities": {A: "森", B: "家の教室"}}
    (point,) = notice_of(findings, [], **more).points
    assert point.reason.message == "管理事業所(他の事業所)の記録と違います。"
    assert point.reason.others == ""
    (point,) = notice_of(findings, [], issuer=Issuer("試験市", "112992", disclose=True), **more).points
    assert (point.reason.message, point.reason.others) == (message, f"{B} 家の教室")
