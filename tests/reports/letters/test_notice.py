"""What a notice tells a facility: reasons of a return, points to look at, totals."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pypdf

from henrei.reports.letters import notice
from henrei.reports.letters.inputs import Issuer
from henrei.reports.letters.pdf import Typesetter
from henrei.reports.letters.rejected_lines import RejectedLines
from lib.letter_inputs import MAY, ONE, THREE, TWO, WINDOW, A, B, finding, letter_inputs, outcome


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
    assert made.returned[2].reasons[0].message == (
        "市の審査により返戻としました。直すところは、この通知の番号を添えて、お問い合わせ先へお電話ください。"
    )
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
    assert "お電話ください" not in texts[2]
    text = pdf_text(made)
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


def claims_back(count: int, code: str, **more: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Returned claims of so many children, each with this finding."""
    numbers = [f"{number:010}" for number in range(1, count + 1)]
    return [finding(code, "return", no, **more) for no in numbers], [outcome(no, "返戻") for no in numbers]


def test_one_fault_of_the_facility_is_one_block_with_its_claims() -> None:
    more = {"observed": "加算A", "message": "届出がありません。"}
    findings, outcomes = claims_back(3, "FAC504", **more)
    findings += [finding("FAC504", "return", no, **{**more, "observed": "加算B"}) for no in ("0000000004",)]
    outcomes += [outcome("0000000004", "返戻")]
    made = notice_of(findings, outcomes)
    assert [[one.subject.recipient_no for one in block.listed] for block in made.returned_blocks] == [
        [ONE, TWO, THREE],
        ["0000000004"],
    ]
    (reason,) = made.returned_blocks[0].reasons
    assert (reason.message, reason.action) == (
        "届出がありません。",
        "この加算を外して期日までに再請求してください。体制届が済んでいるときは、先に控えを添えて市へ連絡してください。",
    )
    assert len(made.returned) == 4  # the workbook has a row each
    assert pdf_text(made).count("体制届が済んでいるときは") == 2


def test_a_day_above_the_capacity_says_its_fact_once_with_each_claims_days() -> None:
    one, two = (finding("FAC507", "return", no, message="一人の文") for no in (ONE, TWO))
    findings = [{**one, "use_dates": "2026-04-03;2026-04-10"}, {**two, "use_dates": "2026-04-10"}]
    made = notice_of(findings, [outcome(no, "返戻") for no in (ONE, TWO)], services={"63": "放課後等デイサービス"})
    (block,) = made.returned_blocks
    assert block.reasons[0].message == (
        "4月3日・4月10日の放課後等デイサービスの利用児童は、この市の児童だけを数えても定員超過利用減算の1日の基準を"
        "超えていますが、減算されていません。"
    )
    assert [one.dates for one in block.listed] == ["4月3日(金)・4月10日(金)", "4月10日(金)"]


def test_a_fault_that_was_said_already_is_pointed_to() -> None:
    more = {"observed": "加算A", "message": "届出がありません。"}
    findings, outcomes = claims_back(2, "FAC504", **more)
    other = [finding(code, "return", THREE, **more) for code in ("DAY203", "FAC504")]
    made = notice_of([*findings, *other], [*outcomes, outcome(THREE, "返戻")])
    first, second = made.returned_blocks
    assert [one.same_as for one in first.reasons] == [0]
    assert [(one.code, one.same_as, one.message) for one in second.reasons] == [
        ("DAY203", 0, "届出がありません。"),
        ("FAC504", 1, ""),
    ]
    assert "番号1と同じ事由です。番号1と同じです。" in pdf_text(made)


def test_what_is_to_be_looked_at_says_what_its_outcome_has_room_for() -> None:
    findings = [finding("DAY203", "notice", no, reason="under", message="少ない。") for no in (ONE, TWO)]
    findings += [finding("SUB406", "review", THREE, subject="petition", message="再請求がない。")]
    made = notice_of(findings, [outcome(ONE, "返戻"), outcome(TWO, "決定")])
    assert {(block.outcome, block.reasons[0].action) for block in made.point_blocks} == {
        ("返戻", "請求漏れであれば、日数も直して期日までに再請求してください。"),
        ("決定", "請求漏れがないか確かめてください。"),
        (
            "",
            "元の請求は取下げとなり、給付費の全額が差し引かれます。"
            f"請求し直すときは、直した明細書を実績記録票とともに{WINDOW}に送ってください。",
        ),
    }
    text = pdf_text(made)
    places = [text.index(title) for title in ("あわせて確かめて", "支払の決まった請求で", "知っておいて")]
    assert places == sorted(places)


def test_a_sheet_that_was_decided_and_sent_twice_has_one_kind_and_one_deadline() -> None:
    sheet = {"subject": "sheet", "service_type": "", "amount_yen": None}
    findings = [finding(code, "return", **sheet) for code in ("SUB401", "SUB404")]
    outcomes = [outcome(ONE, "返戻", kind="利", benefit_yen=None)]
    made = notice_of(findings, outcomes, sheets_decided={("sheet", A, ONE, "2026-04")})
    (entry,) = made.returned
    assert [one.action for one in entry.reasons] == [
        "決定した結果票から変えるところを直し、作成区分「2 修正」で期日までに送ってください。",
        "正しい一件だけを、作成区分「2 修正」で期日までに送ってください。",
    ]
    assert (entry.resubmission.by, entry.resubmission.submission_kind) == (WINDOW, "2 修正")


def test_a_sheet_that_changes_nothing_has_no_deadline() -> None:
    sheet = {"subject": "sheet", "service_type": "", "reason": "same"}
    decided = {"sheets_decided": {("sheet", A, ONE, "2026-04")}}
    outcomes = [outcome(ONE, "返戻", kind="利", benefit_yen=None)]
    (entry,) = notice_of([finding("SUB401", "return", **sheet)], outcomes, **decided).returned
    assert entry.reasons[0].action == (
        "決定した結果票がそのまま有効なので、結果票を送る必要はありません。"
        "変えるところがあるときは、作成区分「2 修正」で送ってください。"
    )
    assert (entry.resubmission.by, entry.resubmission.documents) == ("送り直しは要りません", "なし")
    wrong = finding("CAP309", "return", **{**sheet, "reason": "default"})
    (entry,) = notice_of([finding("SUB401", "return", **sheet), wrong], outcomes, **decided).returned
    assert "必要はありません" not in str(entry)
    assert entry.resubmission.submission_kind == "2 修正"


def test_a_claim_that_is_decided_already_has_one_deadline() -> None:
    findings = [finding(code, "return", reason=reason) for code, reason in (("SUB405", "default"), ("DAY203", "over"))]
    (entry,) = notice_of(findings, [outcome(ONE, "返戻")]).returned
    assert [one.action for one in entry.reasons] == [
        "実績記録票と明細書の日数をそろえて過誤申立の処理の月に再請求してください。",
        "請求を直すときは、先に過誤申立書を市へ出し、その処理の月に再請求してください。"
        "直すところがなければ、前に支払の決まった請求がそのまま有効です。",
    ]
    assert entry.resubmission.by == "過誤申立の処理の月に合わせて"


def test_the_reader_is_told_her_own_part_alone() -> None:
    findings = [finding("CAP302", "return", no, reason="alone") for no in (ONE, TWO, THREE)]
    managers = {(A, ONE, "2026-04"), (B, TWO, "2026-04")}
    made = notice_of(findings, [outcome(no, "返戻") for no in (ONE, TWO, THREE)], managers=managers)
    manager, related, _ = (entry.reasons[0].action for entry in made.returned)
    assert manager == "結果票を作り、作成区分「1 新規」で明細書とともに期日までに送ってください。"
    assert related == (
        "上限額管理の結果を管理事業所に確かめ、明細書の上限額管理の欄を合わせて期日までに再請求してください。"
    )
    assert [entry.resubmission.documents for entry in made.returned] == [
        "明細書・実績記録票・上限額管理結果票(作成区分「1 新規」)",
        "明細書・実績記録票(結果票は上限額管理事業所が送ります)",
        "明細書・実績記録票",
    ]


def test_what_the_federation_found_is_mended_as_the_rule_it_names() -> None:
    said = {"reason": "return", "message": "国保連の一次審査で返戻予定とされました：該当なし"}
    codes = {ONE: "EG02", TWO: "EG17;EJ13", THREE: "ZZ99"}
    findings = [finding("KHR901", "return", no, observed=code, **said) for no, code in codes.items()]
    made = notice_of(findings, [outcome(no, "返戻") for no in codes])
    assert [entry.reasons[0].action for entry in made.returned] == [
        "受給者証の番号と市町村番号を確かめ、正しい番号に直して期日までに再請求してください。",
        "「決定利用者負担額の誤り」か「上限額管理加算を算定できない」に当たらないか確かめてください。"
        "国保連の示した点を直して期日までに再請求してください。",
        "国保連の示した点を直して期日までに再請求してください。",
    ]


def test_a_month_that_an_earlier_version_closed_says_what_that_version_said() -> None:
    kept = {"reason": "", "action": "その版の文。"}
    findings = [finding("CAP302", "return", **kept), finding("CRT101", "return", TWO, **kept)]
    made = notice_of(findings, [outcome(no, "返戻") for no in (ONE, TWO)])
    assert [entry.reasons[0].action for entry in made.returned] == [
        "その版の文。",
        "受給者証の番号と市町村番号を確かめ、正しい番号に直して期日までに再請求してください。",
    ]


def test_letters_have_a_number_in_the_order_of_the_facilities_and_a_date() -> None:
    findings = [finding("DAY203", "return", facility_no=at) for at in (B, A)]
    outcomes = [outcome(ONE, "返戻", facility_no=at) for at in (B, A)]
    made = notice.notices(letter_inputs(findings, outcomes, issued=date(2026, 6, 15)))
    heads = {at: (letter.head.number, letter.head.dated) for at, letter in made.items()}
    assert heads == {A: ("2026-05-返-0001", "2026年6月15日"), B: ("2026-05-返-0002", "2026年6月15日")}
    assert "2026-05-返-0002" in pdf_text(made[B]) and "2026年6月15日" in pdf_text(made[B])
    above = openpyxl.load_workbook(io.BytesIO(notice.workbook(made[B], MAY)))["お知らせ"]
    assert above["A2"].value == "2026-05-返-0002 2026年6月15日"


def test_the_childs_own_days_stand_beside_the_item() -> None:
    days = {(A, ONE, "2026-04"): {date(2026, 4, day) for day in (1, 2, 30)}}
    findings = [
        finding("DAY201", "return", use_dates="2026-04-02"),
        finding("DAY203", "return", TWO, reason="over"),
        finding("CRT101", "return", THREE),
    ]
    made = notice_of(findings, [outcome(no, "返戻") for no in (ONE, TWO, THREE)], days=days)
    grids = [block.reasons[0].grid for block in made.returned_blocks]
    assert grids[0] is not None and grids[1:] == [None, None]  # without a record, and not about days
    signs = {day.number: day.sign for week in grids[0].weeks for day in week if day.sign}
    assert signs == {1: "○", 2: "●", 30: "○"}
    rows = list(openpyxl.load_workbook(io.BytesIO(notice.workbook(made, MAY)))["返戻"].values)
    at = rows[0].index("利用の記録")
    assert [row[at] for row in rows[1:]] == ["4月 1・【2】・30", None, None]


def pdf_text(made: notice.Notice) -> str:
    pages = pypdf.PdfReader(io.BytesIO(Typesetter("notice").pdf(made, MAY))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


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
