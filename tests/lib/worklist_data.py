"""Rows of findings and decisions in, the data of a worklist out, without a run: what unit tests of the worklist share."""

from __future__ import annotations

from datetime import date

import polars as pl

from henrei.checks.findings import UNDETERMINED_COLUMNS
from henrei.reports.worklist import CheckText, WorklistData
from henrei.store.tables import CHANGES, FINDINGS, REJECTS, SUBJECT_KEY

MAY = date(2026, 5, 1)
A, B = "1350000001", "1350000002"
_FINDINGS = {**FINDINGS, "service_month": pl.String()}


def finding(code: str, facility: str, recipient: str, severity: str = "return", **more: object) -> dict[str, object]:
    """A finding on a claim of April; `more` are other columns of the findings table."""
    usual = {
        "finding_id": f"{code}-{facility}-{recipient}",
        "check_code": code,
        "severity": severity,
        "subject": "claim",
    }
    key = {"facility_no": facility, "recipient_no": recipient, "service_month": "2026-04"}
    return {**usual, **key, "downgraded": False, "message": f"{code}です", **more}


def decision(facility: str, recipient: str, decided: str, answer: str = "", note: str = "") -> dict[str, object]:
    """A decision on a claim of April, without 事業所への一言."""
    key = {"subject": "claim", "facility_no": facility, "recipient_no": recipient, "service_month": "2026-04"}
    return {**key, "decision": decided, "answer": answer, "note": note, "message": ""}


def worklist_data(findings: list[dict], decisions: list[dict] | None = None, **more: object) -> WorklistData:
    """A month of these; every subject has a fingerprint. `more` are other fields of WorklistData."""
    decided = pl.DataFrame(
        decisions or [], schema=dict.fromkeys((*SUBJECT_KEY, "decision", "answer", "note", "message"), pl.String)
    )
    found = pl.DataFrame([{**dict.fromkeys(_FINDINGS), **one} for one in findings], schema=_FINDINGS)
    keys = pl.concat([found.select(SUBJECT_KEY), decided.select(SUBJECT_KEY)]).unique()
    codes = found["check_code"].unique().to_list()
    return WorklistData(
        **{  # type: ignore[arg-type]
            "review_month": MAY,
            "municipality_no": "112992",
            "city_name": "試験市",
            "checks": {code: CheckText(f"{code}の題") for code in codes},
            "findings": found,
            "undetermined": pl.DataFrame(schema=dict.fromkeys(UNDETERMINED_COLUMNS, pl.String)),
            "rejects": pl.DataFrame(schema=REJECTS),
            "changes": pl.DataFrame(schema={**CHANGES, "service_month": pl.String()}),
            "fingerprints": keys.with_columns(fingerprint=pl.concat_str(SUBJECT_KEY)),
            "decisions": decided,
            **more,
        }
    )
