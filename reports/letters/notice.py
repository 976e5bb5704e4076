"""The notice to a facility at close: what was returned and why, what was refused, what to look at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from henrei.labels import SUBJECT_OF_KIND
from henrei.reports.letters import resubmission as resend
from henrei.reports.letters.content import Letterhead, Reason, Subject, letterhead, ranked, reason, severity, subject
from henrei.reports.letters.content import subject_of as subject_of_finding
from henrei.reports.letters.inputs import Key, Row, Sources
from henrei.reports.letters.redaction import Redact
from henrei.reports.letters.rejected_lines import RefusedLines
from henrei.reports.letters.resubmission import Resend

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
    resend: Resend


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
    refused: tuple[RefusedLines, ...]
    points: tuple[Point, ...]
    window: str


def key_of(row: Row) -> Key:
    """The key of a finding or of an outcome."""
    what = row["subject"] if "subject" in row else SUBJECT_OF_KIND[row["kind"]]
    return what, row["facility_no"], row["recipient_no"], row["service_month"]


def reasons_of(sources: Sources) -> dict[Key, list[Row]]:
    """Of every returned claim and sheet the findings that are its reason: those that ask for a return, also where the
    brake downgraded them; where there is none, those to look at, for which a person then returned it."""
    found: dict[Key, list[Row]] = {key_of(row): [] for row in sources.outcomes if row["outcome"] == "返戻"}
    at_hand: dict[Key, list[Row]] = defaultdict(list)
    for row in sources.findings:
        at_hand[key_of(row)].append(row)
    for key in found:
        asked = [row for row in at_hand[key] if row["severity"] == "return" or row["downgraded"]]
        found[key] = ranked(asked or [row for row in at_hand[key] if row["severity"] == "review"])
    return found


def points_of(sources: Sources) -> dict[str, list[Row]]:
    """By facility the findings to look at: 要確認 and 参考 that are no reason of a return. What asked for a return and
    was accepted (also downgraded by the brake) is settled: the team has judged it."""
    reasons = {row["finding_id"] for rows in reasons_of(sources).values() for row in rows}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sources.findings:
        if row["severity"] != "return" and not row["downgraded"] and row["finding_id"] not in reasons:
            found[row["facility_no"]].append(row)
    return found


def notices(sources: Sources) -> dict[str, Notice]:
    """The notice of every facility with something returned, refused or to look at, by its number."""
    redactor = sources.redactor()
    reasons, points = reasons_of(sources), points_of(sources)
    outcomes: dict[str, list[Row]] = defaultdict(list)
    for row in sources.outcomes:
        outcomes[row["facility_no"]].append(row)
    facilities = sorted({key[1] for key in reasons} | set(points) | set(sources.refused))
    found = {}
    for facility in facilities:
        own = outcomes[facility]
        redact = redactor.for_facility(facility, sources.own.get(facility, set()))
        if sources.issuer.disclose:
            redact = str
        refused = tuple(
            replace(lines, file=redact(lines.file), reason=redact(lines.reason))
            for lines in sources.refused.get(facility, ())
        )
        ended = {key_of(row): row["outcome"] for row in own}  # the claim's own outcome comes after its 取下げ
        notice_points = tuple(
            Point(
                subject_of_finding(sources, row),
                severity(row),
                ended.get(key_of(row), ""),
                reason(sources, row, redact),
            )
            for row in ranked(points.get(facility, ()))
        )
        found[facility] = Notice(
            head=letterhead(sources, facility),
            totals=_totals(own, refused, notice_points),
            returned=tuple(
                _returned(sources, row, reasons, redact)
                for row in sorted(own, key=lambda row: row["kind"] != "明")
                if row["outcome"] == "返戻"
            ),
            refused=refused,
            points=notice_points,
            window=sources.window,
        )
    return found


def _totals(outcomes: list[Row], refused: tuple[RefusedLines, ...], points: tuple[Point, ...]) -> tuple[Total, ...]:
    def of_kind(label: str, kind: str, outcome: str) -> Total:
        rows = [row for row in outcomes if row["kind"] == kind and row["outcome"] == outcome]
        yen = sum(row["benefit_yen"] or 0 for row in rows) if kind == "明" else None
        return Total(label, len(rows), "件", yen)

    return (
        of_kind("返戻した明細書", "明", "返戻"),
        of_kind("返戻した上限額管理結果票", "利", "返戻"),
        of_kind("決定した明細書", "明", "決定"),
        of_kind("過誤申立により取り下げた明細書", "明", "取下げ"),
        Total("取り込めなかった行", sum(lines.count for lines in refused), "行"),
        Total("確認していただきたい点", len(points), "件"),
    )


def _returned(sources: Sources, row: Row, reasons: dict[Key, list[Row]], redact: Redact) -> Returned:
    key = key_of(row)
    what, facility, recipient, month = key
    told = [reason(sources, one, redact) for one in reasons[key]]
    action = _TO_CORRECT.format(window=sources.window)
    for code, text in sources.federation.get(key, ()):
        said = f"{_BY_FEDERATION}{redact(text)}"
        told.append(Reason(code, "", "国保連の返戻", said, action))
    if not told:
        told.append(Reason("", "", "審査による返戻", _BY_CITY, action))
    if what == "sheet":
        again = resend.of_sheet(sources.window, decided=key in sources.sheets_decided)
    else:
        again = resend.of_claim(
            {one.code for one in told},
            sources.window,
            manages=(facility, recipient, month) in sources.managers,
            sheet_returned=("sheet", facility, recipient, month) in reasons,
        )
    return Returned(key, subject(sources, what, facility, recipient, month), row["benefit_yen"], tuple(told), again)
