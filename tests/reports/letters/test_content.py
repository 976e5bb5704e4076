"""What a notice tells a facility: reasons of a return, points to look at."""

from __future__ import annotations

from datetime import date
from typing import Any

from henrei.reports.letters import notice as notices
from henrei.reports.letters.inputs import Issuer, LetterInputs

MAY = date(2026, 5, 1)


def finding(code: str, severity: str, recipient: str = "0000000001", **more: Any) -> dict[str, Any]:
    usual = {"finding_id": code + recipient, "check_code": code, "severity": severity, "subject": "claim"}
    place = {"facility_no": "1350000001", "recipient_no": recipient, "service_month": "2026-04", "service_type": "63"}
    texts = {
        "use_dates": "",
        "observed": "",
        "other_facilities": "",
        "amount_yen": 9000,
        "message": code,
        "action": "直す",
    }
    return {**usual, **place, **texts, "downgraded": False, **more}


def outcome(recipient: str, ended: str) -> dict[str, Any]:
    key = {"facility_no": "1350000001", "recipient_no": recipient, "service_month": "2026-04"}
    return {"kind": "明", **key, "outcome": ended, "benefit_yen": 9000}


def notice_of(findings: list[dict[str, Any]], outcomes: list[dict[str, Any]], **more: Any) -> notices.Notice:
    """The notice of 1350000001 in a month of these findings and outcomes."""
    empty: dict[str, Any] = {name: {} for name in ("rejected", "facilities", "children", "services", "claims", "own")}
    known: dict[str, Any] = {"numbers": set(), "sheets_decided": set(), "managers": set(), "federation": {}}
    inputs = LetterInputs(
        issuer=Issuer("試験市", "112992"),
        month=MAY,
        window="6月1日から10日まで",
        findings=findings,
        outcomes=outcomes,
        **{**empty, **known, **more},
    )
    return notices.notices(inputs)["1350000001"]


def test_what_the_brake_lowered_is_a_reason_where_it_was_returned_and_settled_where_not() -> None:
    downgraded = [finding("CRT101", "review", no, downgraded=True) for no in ("0000000001", "0000000002")]
    at = [finding("DAY206", "review", no) for no in ("0000000001", "0000000002")]
    made = notice_of(downgraded + at, [outcome("0000000001", "返戻"), outcome("0000000002", "決定")])
    assert [[reason.code for reason in one.reasons] for one in made.returned] == [["CRT101"]]
    assert [(p.reason.code, p.subject.recipient_no, p.outcome) for p in made.points] == [
        ("DAY206", "0000000001", "返戻"),
        ("DAY206", "0000000002", "決定"),
    ]


def test_a_return_always_says_why() -> None:
    """By a finding to look at where none asked for it, by the federation's own reason, or by whom to ask."""
    outcomes = [outcome(f"{n:010}", "返戻") for n in (1, 2, 3)]
    federation = {("claim", "1350000001", "0000000002", "2026-04"): [("EG02", "受給者台帳に該当がありません")]}
    made = notice_of([finding("DAY206", "review"), finding("DAY203", "notice")], outcomes, federation=federation)
    assert [one.reasons[0].code for one in made.returned] == ["DAY206", "EG02", ""]
    assert made.returned[1].reasons[0].message == "国保連の審査により返戻となりました。受給者台帳に該当がありません"
    assert "下の連絡先へ" in made.returned[2].reasons[0].message
    assert [point.reason.code for point in made.points] == ["DAY203"]
