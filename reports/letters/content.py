"""A finding in, its subject and its reason as the facility reads them out: the parts of every letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from henrei.checks.catalogue import Check, catalogue
from henrei.checks.causes import Cause
from henrei.labels import SEVERITIES, SUBJECTS
from henrei.reports.letters.day_grid import DayGrid, day_grid
from henrei.reports.letters.day_text import dated, days_of_week, month_of_use, short_days
from henrei.reports.letters.inputs import Finding, LetterInputs
from henrei.reports.letters.instruction import BY_DEADLINE, instruction
from henrei.reports.letters.redaction import Redact

Letter = TypeVar("Letter", bound=Any)  # a letter's content: a frozen dataclass with `head`


@dataclass(frozen=True)
class Reason:
    """Why, and what to do. `code` is the check's, `published` the federation's own codes, `others` only if disclosed;
    `dates_in_message`: the message contains the dates; `grid`: the days that it is about; `cause`: that of a fault of the
    facility's, which others may have, too; `same_as`: the number in the letter that says it already."""

    code: str
    published: str
    title: str
    message: str
    action: str
    dates: str = ""
    dates_in_message: bool = False
    others: str = ""
    grid: DayGrid | None = None
    cause: str = ""
    same_as: int = 0

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
    number: str = ""
    dated: str = ""


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


def reason(
    inputs: LetterInputs, finding: Finding, redact: Redact, state: str, window: str = "", *, alone: bool = True
) -> Reason:
    """A finding as its facility reads it where its subject is in `state` (catalogue.STATES): its sentences, never what was
    observed elsewhere. `window`, `alone` as of `instruction`."""
    return reason_of_rows(inputs, [finding], redact, state, window, alone=alone)


def reason_of_rows(
    inputs: LetterInputs, rows: Sequence[Finding], redact: Redact, state: str, window: str = "", *, alone: bool = True
) -> Reason:
    """Findings of one check and cause as one reason: each sentence once, or what they share."""
    first = rows[0]
    check = catalogue()[first["check_code"]]
    # What the federation's first review observed are its own error codes.
    published = first["observed"].split(";") if check.role == "first_review" else check.federation
    days = sorted({day for row in rows for day in row["use_dates"].split(";") if day})
    message = "\n".join(dict.fromkeys(redact(row["message"]) for row in rows))
    if check.together and len(rows) > 1:
        message = together(inputs, check, rows, days)
    to_do = dict.fromkeys(redact(instruction(inputs, row, state, window, alone=alone)) for row in rows)
    others = dict.fromkeys(one for row in rows for one in row["other_facilities"].split(";") if one)
    return Reason(
        code=check.code,
        published=redact("・".join(filter(None, published))),
        title=check.title,
        message=message,
        action="\n".join(to_do),
        dates=days_of_week(days),
        dates_in_message=short_days(days) in message,
        others=_others(inputs, others) if inputs.issuer.disclose else "",
        grid=_grid(inputs, rows, days) if check.days or days else None,
        cause=cause_of(first),
    )


def together(inputs: LetterInputs, check: Check, rows: Sequence[Finding], days: Sequence[str]) -> str:
    """What several findings of one cause share."""
    types = sorted({one for row in rows for one in row["service_type"].split(";") if one})
    return check.together.format(
        dates=short_days(days),
        services="・".join(inputs.services.get(one, one) for one in types),
        month=month_of_use(rows[0]["service_month"]),
    )


def reason_of_cause(inputs: LetterInputs, cause: Cause, redact: Redact, state: str) -> Reason:
    """The findings behind a cause as one reason."""
    rows = cast(tuple[Finding, ...], cause.rows)
    made = reason_of_rows(inputs, rows, redact, state, BY_DEADLINE if state == "returned" else "")
    if not cause.day:
        return made
    # Its findings may be about other days, too.
    message = together(inputs, catalogue()[cause.check_code], rows, cause.use_dates)
    return replace(made, message=message, dates=days_of_week(cause.use_dates), dates_in_message=True)


def cause_of(finding: Finding) -> str:
    """What findings of one cause at the facility have in common, whichever their day; empty where a finding is its own."""
    role = catalogue()[finding["check_code"]].role
    facts = [finding[name] for name in ("check_code", "reason", "service_month", "service_type", "facility_no")]
    if role == "state_of_facility":
        return "\x1f".join([*facts, finding["observed"], finding["expected"]])
    return "\x1f".join(facts) if role == "day_of_facility" else ""


def _grid(inputs: LetterInputs, rows: Sequence[Finding], days: Sequence[str]) -> DayGrid | None:
    """The child's month, where the findings are about one."""
    places = {(row["facility_no"], row["recipient_no"], row["service_month"]) for row in rows}
    if len(places) > 1:
        return None
    ((facility, recipient, month),) = places
    return day_grid(month, inputs.days.get((facility, recipient, month), set()), days) if recipient and month else None


def in_order(inputs: LetterInputs, letters: Mapping[str, Letter], sign: str) -> dict[str, Letter]:
    """Letters by facility, with their number (review month, kind, place in the order of the facilities) and their date."""
    numbered = {}
    for place, facility in enumerate(sorted(letters), start=1):
        number = f"{inputs.month:%Y-%m}-{sign}-{place:04}"
        head = replace(letters[facility].head, number=number, dated=dated(inputs.issued) if inputs.issued else "")
        numbered[facility] = replace(letters[facility], head=head)
    return numbered


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first; then by child, month and check."""
    return sorted(
        findings,
        key=lambda r: (list(SEVERITIES).index(r["severity"]), r["recipient_no"], r["service_month"], r["check_code"]),
    )


def severity(finding: Finding) -> str:
    return SEVERITIES[finding["severity"]]


def _others(inputs: LetterInputs, numbers: Iterable[str]) -> str:
    return "、".join(f"{one} {inputs.facilities.get(one, '')}".strip() for one in numbers)
