"""The notice, sent at close: a month's outcomes and findings in, what each facility got back and why out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from henrei.publication import NOTICES
from henrei.reports.letters import workbook_parts as parts
from henrei.reports.letters.blocks import Block, point_blocks, returned_blocks, state_of
from henrei.reports.letters.content import (
    Letterhead,
    Reason,
    Subject,
    in_order,
    letterhead,
    ranked,
    reason,
    severity,
    subject_of,
)
from henrei.reports.letters.inputs import Finding, Key, LetterInputs, Outcome
from henrei.reports.letters.instruction import BY_DEADLINE
from henrei.reports.letters.letter import Files, Letter
from henrei.reports.letters.redaction import Redact
from henrei.reports.letters.rejected_lines import RejectedLines
from henrei.reports.letters.return_list import returns_csv
from henrei.reports.letters.returned import Returned, key_of_finding, key_of_outcome, reasons_of, returned_of
from henrei.reports.workbook import Book, Column, TableOptions

TITLE = "審査結果(返戻等)のお知らせ"
MESSAGE = "市からの一言"


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
    """`window`: when the next claims are accepted; `returned_blocks`, `point_blocks`: the same as `returned` and `points`, one
    a cause."""

    head: Letterhead
    totals: tuple[Total, ...]
    returned: tuple[Returned, ...]
    rejected: tuple[RejectedLines, ...]
    points: tuple[Point, ...]
    window: str
    returned_blocks: tuple[Block, ...] = ()
    point_blocks: tuple[Block, ...] = ()


def notices(inputs: LetterInputs) -> dict[str, Notice]:
    """The notice of every facility with something returned, rejected or to look at, by its number."""
    redaction = inputs.redaction()
    reasons = reasons_of(inputs)
    points = _points(inputs, reasons)
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in inputs.outcomes:
        outcomes[outcome["facility_no"]].append(outcome)
    letters = {}
    for facility in sorted({key[1] for key in reasons} | set(points) | set(inputs.rejected)):
        own, redact = outcomes[facility], redaction(facility)
        rejected = tuple(
            replace(lines, file=redact(lines.file), reason=redact(lines.reason))
            for lines in inputs.rejected.get(facility, ())
        )
        ended = {key_of_outcome(one): one["outcome"] for one in own}  # the claim's own outcome comes after its 取下げ
        findings = points.get(facility, [])
        own_points = _points_with_outcomes(inputs, findings, ended, redact)
        returned = tuple(
            returned_of(inputs, outcome, reasons, redact)
            for outcome in sorted(own, key=lambda outcome: outcome["kind"] != "明")
            if outcome["outcome"] == "返戻"
        )
        letters[facility] = Notice(
            head=letterhead(inputs, facility),
            totals=_totals(own, rejected, own_points),
            returned=returned,
            rejected=rejected,
            points=own_points,
            window=inputs.window,
            returned_blocks=returned_blocks(inputs, returned, reasons, redact),
            point_blocks=point_blocks(inputs, findings, ended, redact),
        )
    return in_order(inputs, letters, "返")


def _points(inputs: LetterInputs, reasons: Mapping[Key, list[Finding]]) -> dict[str, list[Finding]]:
    """By facility the findings to look at: 要確認 and 参考 that are no reason of a return.

    What asked for a return and was accepted (also if the brake downgraded it) is left out: the team has judged it.
    """
    used = {finding["finding_id"] for findings in reasons.values() for finding in findings}
    points: dict[str, list[Finding]] = defaultdict(list)
    for finding in inputs.findings:
        if finding["severity"] != "return" and not finding["downgraded"] and finding["finding_id"] not in used:
            points[finding["facility_no"]].append(finding)
    return points


def _points_with_outcomes(
    inputs: LetterInputs,
    findings: list[Finding],
    ended: Mapping[Key, str],
    redact: Redact,
) -> tuple[Point, ...]:
    made = []
    for finding in ranked(findings):
        outcome = ended.get(key_of_finding(finding), "")
        window = BY_DEADLINE if outcome == "返戻" else ""
        shown = reason(inputs, finding, redact, state_of(outcome), window)
        made.append(Point(subject_of(inputs, finding), severity(finding), outcome, shown))
    return tuple(made)


def _totals(
    outcomes: list[Outcome], rejected: tuple[RejectedLines, ...], points: tuple[Point, ...]
) -> tuple[Total, ...]:
    def of_kind(label: str, kind: str, ended: str) -> Total:
        rows = [row for row in outcomes if row["kind"] == kind and row["outcome"] == ended]
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


def workbook(notice: Notice, created: date) -> bytes:
    """Sheets お知らせ (totals and contact), 返戻, 取り込めなかった行, 確認していただきたい点; those with rows only."""
    book = Book(created, parts.book_title(TITLE, notice.head))
    book.table(
        "お知らせ",
        (Column("区分", 34), Column("件数", 10, "number"), Column("単位", 6), Column("給付費(円)", 14, "number")),
        [(total.label, total.count, total.unit, total.yen) for total in notice.totals],
        TableOptions(above=parts.letterhead_lines(TITLE, notice.head), filters=False, landscape=False),
    )
    if notice.returned:
        _add_returned(book, notice.returned)
    if notice.rejected:
        _add_rejected(book, notice.rejected, notice.window)
    if notice.points:
        _add_points(book, notice.points)
    return book.bytes()


def _add_returned(book: Book, returned: tuple[Returned, ...]) -> None:
    discloses = any(one.others for entry in returned for one in entry.reasons)
    book.table(
        "返戻",
        (
            *parts.SUBJECT,
            parts.YEN,
            parts.CODE,
            Column("事由", 46, wrap=True),
            parts.DATES,
            parts.GRID,
            Column("次にすること", 46, wrap=True),
            Column("期日", 18, wrap=True),
            Column("作成区分", 12),
            Column("一緒に送る書類", 24, wrap=True),
            *((parts.OTHERS,) if discloses else ()),
        ),
        [
            (
                *parts.subject_cells(number, entry.subject),
                entry.yen,
                parts.numbered([one.codes for one in entry.reasons]),
                "\n".join(
                    filter(
                        None,
                        (
                            parts.numbered([f"{one.title}: {one.message}" for one in entry.reasons]),
                            entry.message and f"{MESSAGE}: {entry.message}",
                        ),
                    )
                ),
                parts.numbered([one.dates for one in entry.reasons]),
                parts.grid_cell(entry.reasons),
                parts.numbered([one.action for one in entry.reasons]),
                entry.resubmission.by,
                entry.resubmission.submission_kind,
                entry.resubmission.documents,
                *((parts.numbered([one.others for one in entry.reasons]),) if discloses else ()),
            )
            for number, entry in enumerate(returned, start=1)
        ],
        TableOptions(freeze=3),
    )


def _add_rejected(book: Book, rejected: tuple[RejectedLines, ...], window: str) -> None:
    book.table(
        "取り込めなかった行",
        (
            Column("ファイル", 18, wrap=True),
            Column("行", 12),
            Column("行数", 8, "number"),
            Column("記録", 20, wrap=True),
            Column("項目", 30, wrap=True),
            Column("理由", 60, wrap=True),
            Column("送り直す期日", 18, wrap=True),
        ),
        [(one.file, one.lines, one.count, one.record, one.item, one.reason, window) for one in rejected],
    )


def _add_points(book: Book, points: tuple[Point, ...]) -> None:
    book.table(
        "確認していただきたい点",
        (
            *parts.SUBJECT,
            Column("区分", 9),
            Column("結果", 8),
            parts.CODE,
            Column("内容", 46, wrap=True),
            parts.DATES,
            Column("お願いすること", 46, wrap=True),
            parts.GRID,
        ),
        [
            (
                *parts.subject_cells(number, point.subject),
                point.severity,
                point.outcome,
                *parts.reason_cells(point.reason),
                parts.grid_cell([point.reason]),
            )
            for number, point in enumerate(points, start=1)
        ],
        TableOptions(freeze=3),
    )


def _returns_csv(inputs: LetterInputs, letters: Mapping[str, Notice]) -> Files:
    returned = [entry for notice in letters.values() for entry in notice.returned]
    return [("returns.csv", returns_csv(inputs, returned))]


LETTER = Letter(NOTICES, "notice", notices, workbook, _returns_csv)
