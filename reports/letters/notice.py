"""The notice, sent at close: a month's outcomes and findings in, what each facility got back and why out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from henrei.labels import SUBJECT_OF_KIND
from henrei.reports.letters import resubmission
from henrei.reports.letters.content import Letterhead, Reason, Subject, letterhead, ranked, reason, severity, subject
from henrei.reports.letters.content import subject_of as subject_of_finding
from henrei.reports.letters.inputs import Key, LetterInputs, Row
from henrei.reports.letters.redaction import Redact
from henrei.reports.letters.rejected_lines import RejectedLines
from henrei.reports.letters.resubmission import Resubmission

_BY_FEDERATION = "国保連の審査により返戻となりました。"
_BY_CITY = "市の審査により返戻としました。理由は下の連絡先へおたずねください。"
_TO_CORRECT = "内容を確かめ、誤りを直して{window}に再請求してください。"


@dataclass(frozen=True)
class Returned:
    """A returned claim or sheet. `yen` is the claim's 給付費."""

    key: Key
    subject: Subject
    yen: int | None
    reasons: tuple[Reason, ...]
    resubmission: Resubmission


@dataclass(frozen=True)
class Point:
    """確認していただきたい点: a finding for which nothing is returned. `outcome` of its claim or sheet, else empty."""

    subject: Subject
    severity: str
    outcome: str
    reason: Reason


@dataclass(frozen=True)
class Total:
    label: str
    count: int
    unit: str
    yen: int | None = None


@dataclass(frozen=True)
class Notice:
    head: Letterhead
    totals: tuple[Total, ...]
    returned: tuple[Returned, ...]
    rejected: tuple[RejectedLines, ...]
    points: tuple[Point, ...]
    window: str


def key_of(row: Row) -> Key:
    """The key of a finding or of an outcome."""
    what = row["subject"] if "subject" in row else SUBJECT_OF_KIND[row["kind"]]
    return what, row["facility_no"], row["recipient_no"], row["service_month"]


def reasons_of(inputs: LetterInputs) -> dict[Key, list[Row]]:
    """Of every returned claim and sheet the findings that are its reason: those that ask for a return, also where the
    brake downgraded them; where there is none, those to look at, for which a person then returned it."""
    reasons: dict[Key, list[Row]] = {key_of(row): [] for row in inputs.outcomes if row["outcome"] == "返戻"}
    findings: dict[Key, list[Row]] = defaultdict(list)
    for row in inputs.findings:
        findings[key_of(row)].append(row)
    for key in reasons:
        asked = [row for row in findings[key] if row["severity"] == "return" or row["downgraded"]]
        reasons[key] = ranked(asked or [row for row in findings[key] if row["severity"] == "review"])
    return reasons


def points_of(inputs: LetterInputs) -> dict[str, list[Row]]:
    """By facility the findings to look at: 要確認 and 参考 that are no reason of a return. What asked for a return and
    was accepted (also downgraded by the brake) is left out: the team has judged it."""
    reasons = {row["finding_id"] for rows in reasons_of(inputs).values() for row in rows}
    points: dict[str, list[Row]] = defaultdict(list)
    for row in inputs.findings:
        if row["severity"] != "return" and not row["downgraded"] and row["finding_id"] not in reasons:
            points[row["facility_no"]].append(row)
    return points


def notices(inputs: LetterInputs) -> dict[str, Notice]:
    """The notice of every facility with something returned, rejected or to look at, by its number."""
    redactor = inputs.redactor()
    reasons, points = reasons_of(inputs), points_of(inputs)
    outcomes: dict[str, list[Row]] = defaultdict(list)
    for row in inputs.outcomes:
        outcomes[row["facility_no"]].append(row)
    facilities = sorted({key[1] for key in reasons} | set(points) | set(inputs.rejected))
    letters = {}
    for facility in facilities:
        own = outcomes[facility]
        redact = redactor.for_facility(facility, inputs.own.get(facility, set()))
        if inputs.issuer.disclose:
            redact = str
        rejected = tuple(
            replace(lines, file=redact(lines.file), reason=redact(lines.reason))
            for lines in inputs.rejected.get(facility, ())
        )
        ended = {key_of(row): row["outcome"] for row in own}  # the claim's own outcome comes after its 取下げ
        notice_points = tuple(
            Point(
                subject_of_finding(inputs, row),
                severity(row),
                ended.get(key_of(row), ""),
                reason(inputs, row, redact),
            )
            for row in ranked(points.get(facility, ()))
        )
        letters[facility] = Notice(
            head=letterhead(inputs, facility),
            totals=_totals(own, rejected, notice_points),
            returned=tuple(
                _returned(inputs, row, reasons, redact)
                for row in sorted(own, key=lambda row: row["kind"] != "明")
                if row["outcome"] == "返戻"
            ),
            rejected=rejected,
            points=notice_points,
            window=inputs.window,
        )
    return letters


def _totals(outcomes: list[Row], rejected: tuple[RejectedLines, ...], points: tuple[Point, ...]) -> tuple[Total, ...]:
    def of_kind(label: str, kind: str, outcome: str) -> Total:
        rows = [row for row in outcomes if row["kind"] == kind and row["outcome"] == outcome]
        yen = sum(row["benefit_yen"] or 0 for row in rows) if kind == "明" else None
        return Total(label, len(rows), "件", yen)

    return (
        of_kind("返戻した明細書", "明", "返戻"),
        of_kind("返戻した上限額管理結果票", "利", "返戻"),
        of_kind("決定した明細書", "明", "決定"),
        of_kind("過誤申立により取り下げた明細書", "明", "取下げ"),
        Total("取り込めなかった行", sum(lines.count for lines in rejected), "行"),
        Total("確認していただきたい点", len(points), "件"),
    )


def _returned(inputs: LetterInputs, row: Row, reasons: dict[Key, list[Row]], redact: Redact) -> Returned:
    key = key_of(row)
    what, facility, recipient, month = key
    reasons_given = [reason(inputs, one, redact) for one in reasons[key]]
    action = _TO_CORRECT.format(window=inputs.window)
    for code, text in inputs.federation.get(key, ()):
        message = f"{_BY_FEDERATION}{redact(text)}"
        reasons_given.append(Reason(code, "", "国保連の返戻", message, action))
    if not reasons_given:
        reasons_given.append(Reason("", "", "審査による返戻", _BY_CITY, action))
    if what == "sheet":
        again = resubmission.of_sheet(inputs.window, decided=key in inputs.sheets_decided)
    else:
        again = resubmission.of_claim(
            {one.code for one in reasons_given},
            inputs.window,
            manages=(facility, recipient, month) in inputs.managers,
            sheet_returned=("sheet", facility, recipient, month) in reasons,
        )
    return Returned(
        key, subject(inputs, what, facility, recipient, month), row["benefit_yen"], tuple(reasons_given), again
    )
