"""Findings in, the causes behind them out: what one person at the facility answers once. Called by the letters and the worklist.

Findings of one check on one overlap or excess (group_id) are one cause at the facility. Of a check whose role says that
not the child but the facility is the cause, findings of many claims are one: `day_of_facility` for each day,
`state_of_facility` for each month, service type and fact. Every other finding is a cause of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from henrei.checks.catalogue import catalogue
from henrei.files import sha256
from henrei.labels import SEVERITIES

Row = Mapping[str, Any]  # a row of findings.csv with `downgraded`; service_month as YYYY-MM
_SUBJECT = ("subject", "facility_no", "recipient_no", "service_month")


@dataclass(frozen=True)
class Cause:
    """`id` is the same in every run that finds the cause again; `day` (ISO) where the cause is a day; `rows`: its findings,
    the gravest first."""

    id: str
    facility_no: str
    check_code: str
    day: str
    rows: tuple[Row, ...]

    @property
    def severity(self) -> str:
        return str(self.rows[0]["severity"])

    @property
    def asks(self) -> bool:
        """False for what is only to be known (参考); what the brake lowered is asked about all the same."""
        return any(row["severity"] != "notice" for row in self.rows)

    @property
    def use_dates(self) -> list[str]:
        """The days it is about, ISO, each once."""
        if self.day:
            return [self.day]
        return sorted({day for row in self.rows for day in (row["use_dates"] or "").split(";") if day})


def causes(findings: Iterable[Row]) -> list[Cause]:
    """The gravest first; then by child, month and check, as their first finding has them."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in findings:
        for facts in _facts(row):
            found.setdefault(facts, []).append(row)
    made = []
    for facts, rows in found.items():
        rows.sort(key=_rank)
        identity = sha256("\x1f".join(facts).encode("utf-8"))[:16]
        day = facts[-1] if facts[2] == "day" else ""
        made.append(Cause(identity, facts[1], facts[0], day, tuple(rows)))
    return sorted(made, key=lambda cause: (_rank(cause.rows[0]), cause.day))


def _rank(row: Row) -> tuple[int, str, str, str, str]:
    """The gravest first; then by child, month and check."""
    place = list(SEVERITIES).index(row["severity"])
    return place, row["recipient_no"] or "", row["service_month"] or "", row["check_code"], row["subject"]


def _facts(row: Row) -> list[tuple[str, ...]]:
    """What makes the causes of a finding: check, facility, kind, and the facts by which others have the same cause."""
    head = (str(row["check_code"]), str(row["facility_no"]))
    check = catalogue().get(row["check_code"])  # of a run by another version, a check may be gone since
    role = check.role if check else None
    place = (row["service_month"] or "", row["service_type"] or "")
    days = [day for day in (row["use_dates"] or "").split(";") if day]
    # What is only to be known is no part of a question.
    grave = "notice" if row["severity"] == "notice" else ""
    if role == "day_of_facility" and days:
        return [(*head, "day", grave, *place, day) for day in days]
    if role == "state_of_facility":
        return [(*head, "state", grave, *place, row["observed"] or "", row["expected"] or "")]
    if row["group_id"]:
        return [(*head, "group", grave, row["group_id"])]
    return [(*head, "subject", *(row[name] or "" for name in _SUBJECT), row["service_type"] or "")]
