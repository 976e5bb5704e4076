"""What was returned and what is to be looked at in, one block a cause out: a PDF says each sentence once. Called by `notice`.

Claims that go back for the same faults of the facility are one block; where one of these stands among other reasons, the
block points to the number that has said it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from henrei.checks.causes import causes
from henrei.labels import SEVERITIES
from henrei.reports.letters.content import Reason, Subject, cause_of, reason_of_cause, reason_of_rows, subject_of
from henrei.reports.letters.day_text import days_of_week
from henrei.reports.letters.inputs import Finding, Key, LetterInputs
from henrei.reports.letters.redaction import Redact
from henrei.reports.letters.resubmission import Resubmission
from henrei.reports.letters.returned import Returned, key_of_finding, window_of


@dataclass(frozen=True)
class Listed:
    """A claim or sheet of a block; `dates` where the block has several."""

    subject: Subject
    yen: int | None
    dates: str = ""


@dataclass(frozen=True)
class Block:
    """`resubmission` of what was returned; `severity`, `outcome` of what is to be looked at."""

    listed: tuple[Listed, ...]
    reasons: tuple[Reason, ...]
    resubmission: Resubmission | None = None
    message: str = ""
    severity: str = ""
    outcome: str = ""


def returned_blocks(
    inputs: LetterInputs, entries: Iterable[Returned], reasons: Mapping[Key, Sequence[Finding]], redact: Redact
) -> tuple[Block, ...]:
    """`reasons`: of each returned claim or sheet the findings that are its reason."""
    groups: dict[tuple[object, ...], list[Returned]] = {}
    for entry in entries:
        shared = tuple(cause_of(finding) for finding in reasons[entry.key])
        whole = shared and all(shared) and len(shared) == len(entry.reasons)
        group = (shared, entry.resubmission, entry.message) if whole else (entry.key,)
        groups.setdefault(group, []).append(entry)
    made = [_returned_block(inputs, members, reasons, redact) for members in groups.values()]
    return tuple(_each_once(made))


def _returned_block(
    inputs: LetterInputs, members: Sequence[Returned], reasons: Mapping[Key, Sequence[Finding]], redact: Redact
) -> Block:
    first = members[0]
    if len(members) == 1:
        return Block((Listed(first.subject, first.yen),), first.reasons, first.resubmission, first.message)
    given = [reasons[member.key] for member in members]
    window = window_of(given[0])
    return Block(
        tuple(
            Listed(member.subject, member.yen, days_of_week(sorted({day for one in own for day in _days(one)})))
            for member, own in zip(members, given, strict=True)
        ),
        tuple(reason_of_rows(inputs, rows, redact, "returned", window) for rows in zip(*given, strict=True)),
        first.resubmission,
        first.message,
    )


def _each_once(blocks: Iterable[Block]) -> Iterable[Block]:
    numbers: dict[str, int] = {}
    for number, block in enumerate(blocks, start=1):
        reasons = []
        for reason in block.reasons:
            if reason.cause in numbers:
                reason = replace(reason, message="", action="", same_as=numbers[reason.cause], dates_in_message=False)
            elif reason.cause:
                numbers[reason.cause] = number
            reasons.append(reason)
        yield replace(block, reasons=tuple(reasons))


def point_blocks(
    inputs: LetterInputs, findings: Iterable[Finding], ended: Mapping[Key, str], redact: Redact
) -> tuple[Block, ...]:
    """What is to be looked at, one block a cause and outcome; `ended`: the outcome of each claim and sheet."""
    by_outcome: dict[str, list[Finding]] = {}
    for finding in findings:
        by_outcome.setdefault(ended.get(key_of_finding(finding), ""), []).append(finding)
    return tuple(
        Block(
            tuple(
                Listed(
                    subject_of(inputs, row), row["amount_yen"], days_of_week(_days(row)) if len(cause.rows) > 1 else ""
                )
                for row in cast(tuple[Finding, ...], cause.rows)
            ),
            (reason_of_cause(inputs, cause, redact, state_of(outcome)),),
            severity=SEVERITIES[cause.severity],
            outcome=outcome,
        )
        for outcome, rows in by_outcome.items()
        for cause in causes(rows)
    )


def state_of(outcome: str) -> str:
    """The state (catalogue.STATES) in which a letter after the close speaks of a finding."""
    return {"返戻": "returned", "決定": "paid"}.get(outcome, "known")


def _days(finding: Finding) -> list[str]:
    return [day for day in finding["use_dates"].split(";") if day]
