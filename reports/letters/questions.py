"""What a 確認依頼 asks: a month's findings in, each facility's own questions out, one a cause. Called by `inquiry`.

What is only to be known (参考) stands apart and asks for no answer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import cast

from henrei.checks.causes import Cause, Row, causes
from henrei.labels import SEVERITIES
from henrei.reports.letters.content import (
    Letterhead,
    Reason,
    Subject,
    in_order,
    letterhead,
    reason_of_cause,
    subject_of,
)
from henrei.reports.letters.inputs import Finding, Key, LetterInputs
from henrei.reports.letters.redaction import Redact

_DECIDED = {"return": "返戻と決めました", "accept": "支払と決めました", "hold": "保留にしています"}
_OPEN = "まだ返戻は決まっていません。"
_LATER = "送り直しは、返戻のお知らせを受けてからにしてください。"


@dataclass(frozen=True)
class Asked:
    """A claim, sheet … that a question is about. `yen`: the 給付費 at stake; `decided`: what the team has decided of it."""

    key: Key
    subject: Subject
    yen: int | None
    decided: str


@dataclass(frozen=True)
class Question:
    """A cause as the facility reads it. `id` of the cause, `is_day` where that is a day at the facility; `decided`: what the
    letter says of the decision, empty where nothing that it asks about is decided."""

    id: str
    severity: str
    asked: tuple[Asked, ...]
    reason: Reason
    decided: str
    is_day: bool

    @property
    def yen(self) -> int | None:
        """What is at stake, each claim once; None where there is none."""
        amounts = {one.key: one.yen for one in self.asked if one.yen is not None}
        return sum(amounts.values()) if amounts else None


@dataclass(frozen=True)
class Inquiry:
    """`plea`: what the letter asks for, a sentence a line; `points`: what is only to be known."""

    head: Letterhead
    municipality_no: str
    review_month: str
    plea: tuple[str, ...]
    questions: tuple[Question, ...]
    points: tuple[Question, ...]


def inquiries(inputs: LetterInputs) -> dict[str, Inquiry]:
    """The 確認依頼 of every facility with a finding, by its number."""
    redaction = inputs.redaction()
    of_facility: dict[str, list[Cause]] = defaultdict(list)
    for cause in causes(inputs.findings):
        of_facility[cause.facility_no].append(cause)
    made = {facility: _inquiry(inputs, facility, own, redaction(facility)) for facility, own in of_facility.items()}
    return in_order(inputs, made, "確")


def _inquiry(inputs: LetterInputs, facility: str, own: list[Cause], redact: Redact) -> Inquiry:
    decided = any(key in inputs.decisions for cause in own for key in map(key_of, cause.rows))
    made = {cause.id: _question(inputs, cause, redact, decided=decided and cause.asks) for cause in own}
    head = letterhead(inputs, facility, with_rules=False)
    questions = tuple(made[cause.id] for cause in own if cause.asks)
    return Inquiry(
        head=head,
        municipality_no=inputs.issuer.municipality_no,
        review_month=inputs.month.strftime("%Y-%m"),
        plea=_plea(inputs, head, asks=bool(questions), decided=decided),
        questions=questions,
        points=tuple(made[cause.id] for cause in own if not cause.asks),
    )


def _plea(inputs: LetterInputs, head: Letterhead, *, asks: bool, decided: bool) -> tuple[str, ...]:
    if not asks:
        return ("お知らせする点です。回答は要りません。",)
    by = f"{inputs.answer_by}までに" if inputs.answer_by else ""
    return (
        f"「回答」の欄に書き入れて、{by}お送りください。お電話でもうかがいます({head.city_name} {head.contact})。",
        _LATER if decided else _OPEN + _LATER,
    )


def _question(inputs: LetterInputs, cause: Cause, redact: Redact, *, decided: bool) -> Question:
    asked: dict[Key, Asked] = {}
    for row in cause.rows:
        finding = cast(Finding, row)
        key = key_of(row)
        decision = _DECIDED.get(inputs.decisions.get(key, ""), "")
        asked.setdefault(key, Asked(key, subject_of(inputs, finding), finding["amount_yen"], decision))
    decisions = {one.decided for one in asked.values()}
    of_all = "対象ごとに決めました" if len(decisions) > 1 else next(iter(decisions)) or _OPEN.rstrip("。")
    return Question(
        id=cause.id,
        severity=SEVERITIES[cause.severity],
        asked=tuple(asked.values()),
        reason=reason_of_cause(inputs, cause, redact, "asked" if cause.asks else "known"),
        decided=of_all if decided else "",
        is_day=bool(cause.day),
    )


def key_of(row: Row) -> Key:
    return row["subject"], row["facility_no"], row["recipient_no"], row["service_month"]
