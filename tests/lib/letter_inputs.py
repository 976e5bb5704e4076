"""Findings and outcomes in, the inputs of a month's letters out, without a run: what unit tests of letters share."""

from __future__ import annotations

from datetime import date
from typing import Any

from henrei.reports.letters.inputs import Issuer, LetterInputs

MAY = date(2026, 5, 1)
A, B = "1350000001", "1350000002"
ONE, TWO, THREE = (f"{number:010}" for number in (1, 2, 3))
WINDOW = "6月1日から10日まで"


def finding(code: str, severity: str, recipient: str = ONE, **more: Any) -> dict[str, Any]:
    """A finding on a claim of A in April; `more` are other columns, or others' values."""
    usual = {"finding_id": code + recipient, "check_code": code, "severity": severity, "subject": "claim"}
    place = {"facility_no": A, "recipient_no": recipient, "service_month": "2026-04", "service_type": "63"}
    texts = {
        "use_dates": "",
        "observed": "",
        "expected": "",
        "other_facilities": "",
        "group_id": "",
        "message": code,
        "action": "直す",
        "reason": "default",
    }
    return {**usual, **place, **texts, "amount_yen": 9000, "downgraded": False, **more}


def outcome(recipient: str, ended: str, **more: Any) -> dict[str, Any]:
    """An outcome of a claim of A in April."""
    key = {"facility_no": A, "recipient_no": recipient, "service_month": "2026-04"}
    return {"kind": "明", **key, "outcome": ended, "benefit_yen": 9000, **more}


def letter_inputs(findings: list[dict[str, Any]], outcomes: list[dict[str, Any]], **more: Any) -> LetterInputs:
    """A month of these; `more` are other fields of LetterInputs."""
    empty: dict[str, Any] = {name: {} for name in ("rejected", "facilities", "children", "services", "claims", "own")}
    known: dict[str, Any] = {"numbers": set(), "sheets_decided": set(), "managers": set(), "federation": {}}
    usual = {"issuer": Issuer("試験市", "112992"), "month": MAY, "window": WINDOW, **empty, **known}
    return LetterInputs(findings=findings, outcomes=outcomes, **{**usual, **more})  # type: ignore[arg-type]
