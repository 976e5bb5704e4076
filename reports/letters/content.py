"""A finding in, its subject and its reason as the facility reads them out: the parts of every letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from henrei.checks.catalogue import catalogue
from henrei.checks.causes import Cause
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


def letterhead(inputs: LetterInputs, facility_no: str, *, with_rules: bool = True) -> Letterhead:
    """`with_rules`: the letter says by which variants of the law the month was reviewed."""
    issuer = inputs.issuer
    return Letterhead(
        month=f"{inputs.month.year}年{inputs.month.month}月審査分",
        facility_no=facility_no,
        facility_name=inputs.facilities.get(facility_no, ""),
        city_name=issuer.city_name or f"市町村番号 {issuer.municipality_no}",
        contact=issuer.contact or "給付担当課",
        rules=issuer.rules if with_rules else "",
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
        name=inputs.child(facility_no, recipient_no),
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
    days = finding["use_dates"].split(";")
    return Reason(
        code=check.code,
        published=redact("・".join(filter(None, published))),
        title=check.title,
        message=redact(finding["message"]),
        action=redact(action),
        dates=days_of_week(days),
        dates_in_message=short_days(days) in finding["message"],
        others=_others(inputs, finding["other_facilities"]) if inputs.issuer.disclose else "",
    )


def short_days(days: Iterable[str]) -> str:
    """ISO dates as sentences have them: 4月1日・4月2日."""
    return "・".join(f"{day.month}月{day.day}日" for day in map(date.fromisoformat, filter(None, days)))


def days_of_week(days: Iterable[str]) -> str:
    """The same with the days of the week: 4月1日(水)・4月2日(木)."""
    dates = map(date.fromisoformat, filter(None, days))
    return "・".join(f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})" for day in dates)


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first; then by child, month and check."""
    return sorted(
        findings,
        key=lambda r: (list(SEVERITIES).index(r["severity"]), r["recipient_no"], r["service_month"], r["check_code"]),
    )


def severity(finding: Finding) -> str:
    return SEVERITIES[finding["severity"]]


def reason_of_cause(inputs: LetterInputs, cause: Cause, redact: Redact) -> Reason:
    """The findings behind a cause as one reason: each sentence once, or the check's question about what they share."""
    rows = cast(tuple[Finding, ...], cause.rows)
    reasons = [reason(inputs, row, redact) for row in rows]
    message = "\n".join(dict.fromkeys(one.message for one in reasons))
    question = catalogue()[cause.check_code].question
    if question and (cause.day or len(reasons) > 1):
        month = rows[0]["service_month"]
        types = sorted({one for row in rows for one in row["service_type"].split(";") if one})
        message = question.format(
            dates=short_days(cause.use_dates),
            services="・".join(inputs.services.get(one, one) for one in types),
            month=f"{month[:4]}年{int(month[5:])}月分" if month else "",
        )
    others = dict.fromkeys(one for row in rows for one in row["other_facilities"].split(";") if one)
    return replace(
        reasons[0],
        message=message,
        action="\n".join(dict.fromkeys(one.action for one in reasons)),
        dates=days_of_week(cause.use_dates),
        dates_in_message=short_days(cause.use_dates) in message,
        others=_others(inputs, ";".join(others)) if inputs.issuer.disclose else "",
    )


def _others(inputs: LetterInputs, numbers: str) -> str:
    return "、".join(f"{one} {inputs.facilities.get(one, '')}".strip() for one in numbers.split(";") if one)
