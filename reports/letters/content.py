"""A finding in, its subject and its reason as the facility reads them out: the parts of every letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from henrei.checks.catalogue import catalogue
from henrei.labels import SEVERITIES, SUBJECTS
from henrei.reports.letters import resubmission
from henrei.reports.letters.inputs import Finding, LetterInputs
from henrei.reports.letters.redaction import Redact

_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True)
class Reason:
    """Why, and what to do. `code` is the check's, `published` the federation's own codes, `others` only if disclosed;
    `dates_in_message`: the message contains the dates."""

    code: str
    published: str
    title: str
    message: str
    action: str
    dates: str = ""
    dates_in_message: bool = False
    others: str = ""

    @property
    def codes(self) -> str:
        return f"{self.code}({self.published})" if self.published else self.code


@dataclass(frozen=True)
class Subject:
    """A claim, sheet, record, petition or the facility itself; what is unknown is empty."""

    kind: str
    recipient_no: str
    name: str
    service_month: str
    services: str


@dataclass(frozen=True)
class Letterhead:
    """To whom the letter goes, and who sends it."""

    month: str
    facility_no: str
    facility_name: str
    city_name: str
    contact: str
    rules: str


def letterhead(inputs: LetterInputs, facility_no: str) -> Letterhead:
    issuer = inputs.issuer
    return Letterhead(
        month=f"{inputs.month.year}年{inputs.month.month}月審査分",
        facility_no=facility_no,
        facility_name=inputs.facilities.get(facility_no, ""),
        city_name=issuer.city_name or f"市町村番号 {issuer.municipality_no}",
        contact=issuer.contact or "給付担当課",
        rules=issuer.rules,
    )


def subject(
    inputs: LetterInputs, kind: str, facility_no: str, recipient_no: str, month: str, types: str = ""
) -> Subject:
    """`types`: service types with `;` between, for what is no claim of the month."""
    facts = inputs.claims.get(("claim", facility_no, recipient_no, month)) if kind == "claim" else None
    labels = "・".join(inputs.services.get(one, one) for one in types.split(";") if one)
    return Subject(
        kind=SUBJECTS[kind],
        recipient_no=recipient_no,
        name=inputs.children.get(recipient_no, ""),
        service_month=f"{month[:4]}年{int(month[5:])}月" if month else "",
        services=facts.types if facts else labels,
    )


def subject_of(inputs: LetterInputs, finding: Finding) -> Subject:
    """The subject of a finding."""
    return subject(
        inputs,
        finding["subject"],
        finding["facility_no"],
        finding["recipient_no"],
        finding["service_month"],
        finding["service_type"],
    )


def reason(inputs: LetterInputs, finding: Finding, redact: Redact) -> Reason:
    """A finding as its facility reads it: its sentences, never what was observed elsewhere."""
    check = catalogue()[finding["check_code"]]
    action = finding["action"]
    if finding["subject"] == "sheet":
        key = ("sheet", finding["facility_no"], finding["recipient_no"], finding["service_month"])
        action = resubmission.action_of_sheet(action, decided=key in inputs.sheets_decided)
    # What the federation's first review observed are its own error codes.
    published = finding["observed"].split(";") if check.role == "first_review" else check.federation
    days = [date.fromisoformat(text) for text in finding["use_dates"].split(";") if text]
    return Reason(
        code=check.code,
        published=redact("・".join(filter(None, published))),
        title=check.title,
        message=redact(finding["message"]),
        action=redact(action),
        dates="・".join(f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})" for day in days),
        dates_in_message="・".join(f"{day.month}月{day.day}日" for day in days) in finding["message"],
        others=_others(inputs, finding["other_facilities"]) if inputs.issuer.disclose else "",
    )


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first; then by child, month and check."""
    return sorted(
        findings,
        key=lambda r: (list(SEVERITIES).index(r["severity"]), r["recipient_no"], r["service_month"], r["check_code"]),
    )


def severity(finding: Finding) -> str:
    return SEVERITIES[finding["severity"]]


def _others(inputs: LetterInputs, numbers: str) -> str:
    return "、".join(f"{one} {inputs.facilities.get(one, '')}".strip() for one in numbers.split(";") if one)
