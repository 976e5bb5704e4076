"""The 月初めの案内, sent before a month's claims are written: what will go wrong with them, by facility; and the team's list.

It is no letter about a claim: nothing has come, and nothing is decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from henrei.checks.findings import submission_window
from henrei.checks.reminders import Reminded, day_of_week
from henrei.files import csv_bytes
from henrei.months import month_text
from henrei.publication import REMINDERS
from henrei.reports.ledger_names import names_on_claims, newest_names, service_labels
from henrei.reports.letters import workbook_parts as parts
from henrei.reports.letters.content import Letterhead, Subject, in_order, letterhead
from henrei.reports.letters.inputs import Issuer, LetterInputs
from henrei.reports.letters.letter import Files, Letter
from henrei.reports.letters.redaction import Redact
from henrei.reports.workbook import Book, Column, TableOptions

TITLE = "請求の前のご案内"
COLUMNS = ("check_code", "facility_no", "recipient_no", "service_month", "by", "reason")
_WHAT, _DO, _BY = Column("お知らせ", 50, wrap=True), Column("していただくこと", 50, wrap=True), Column("期日", 13)
_OWN = """
SELECT facility_no, recipient_no FROM v_claims WHERE review_month = last_review()
UNION SELECT facility_no, recipient_no FROM v_now_petitions
"""
_NUMBERS = """
SELECT facility_no FROM v_now_facilities UNION SELECT facility_no FROM v_claims UNION SELECT facility_no FROM v_now_cap_managers
UNION SELECT facility_no FROM v_now_petitions UNION SELECT core_facility_no FROM v_now_plans
"""


@dataclass(frozen=True)
class Point:
    """What will go wrong with a claim of the child. `code` of the check that would find it, or empty."""

    subject: Subject
    code: str
    message: str
    action: str
    by: str


@dataclass(frozen=True)
class Group:
    """What is of one kind, and its points. `action`: what all of them ask for; empty where they differ."""

    title: str
    action: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Reminder:
    """`plea`: what the letter is, a sentence a line; `by`: the day that all points have, empty where they differ."""

    head: Letterhead
    by: str
    plea: tuple[str, ...]
    groups: tuple[Group, ...]


def gather(
    con: duckdb.DuckDBPyConnection, issuer: Issuer, rows: Sequence[Reminded], issued: date | None = None
) -> LetterInputs:
    """What these letters are made from: the reminders, and names by the ledgers of the current review month, of which
    nothing has come yet. `issued`: the day on the letters."""
    own: dict[str, set[str]] = defaultdict(set)
    for facility, recipient in con.execute(_OWN).fetchall():
        own[facility].add(recipient)
    on_claims = names_on_claims(con)
    people: dict[str, set[str]] = defaultdict(set)
    for column in ("child_name", "guardian_name"):
        sql = f"SELECT DISTINCT recipient_no, {column} FROM v_now_recipients WHERE {column} IS NOT NULL"
        for recipient, name in con.execute(sql).fetchall():
            people[recipient].add(name)
    for row in rows:
        own[row["facility_no"]].add(row["recipient_no"])
    return LetterInputs(
        issuer=issuer,
        month=con.execute("SELECT review_month()").fetchall()[0][0],
        window=submission_window(con),
        findings=[],
        outcomes=[],
        rejected={},
        facilities=newest_names(con, "facility_no", "facility_name", "v_now_facilities"),
        children=newest_names(con, "recipient_no", "child_name", "v_now_recipients"),
        services=service_labels(con),
        claims={},
        own=own,
        numbers={number for (number,) in con.execute(_NUMBERS).fetchall() if number},
        sheets_decided=set(),
        managers=set(),
        federation={},
        people=people,
        on_claims=on_claims,
        reminders=rows,
        issued=issued,
    )


def reminders(inputs: LetterInputs) -> dict[str, Reminder]:
    """The letter of every facility with a reminder, by its number."""
    redaction = inputs.redaction()
    of_facility: dict[str, list[Reminded]] = defaultdict(list)
    for row in inputs.reminders:
        of_facility[row["facility_no"]].append(row)
    letters = {facility: _letter(inputs, facility, own, redaction(facility)) for facility, own in of_facility.items()}
    return in_order(inputs, letters, "案")


def _letter(inputs: LetterInputs, facility: str, own: list[Reminded], redact: Redact) -> Reminder:
    head = letterhead(inputs, facility, with_rules=False)
    by_title: dict[str, list[Point]] = defaultdict(list)
    for row in sorted(own, key=lambda row: (not row["check_code"], row["check_code"])):
        by_title[row["title"]].append(_point(inputs, row, redact))
    by = _common(point.by for points in by_title.values() for point in points)
    return Reminder(
        head=head,
        by=by,
        plea=(
            "次の請求の前に確かめていただきたい点です。台帳と前の月までの請求からわかることだけで、まだ何も決まっていません。",
            "回答は要りません。ご不明な点や、すでに手続きがお済みのときは、下の問い合わせ先へお電話ください。",
            *((f"期日は{by}です。",) if by else ()),
        ),
        groups=tuple(
            Group(title, _common(point.action for point in points), tuple(points)) for title, points in by_title.items()
        ),
    )


def _common(texts: Iterable[str]) -> str:
    """The text where all are the same one."""
    different = set(texts)
    return different.pop() if len(different) == 1 else ""


def _point(inputs: LetterInputs, row: Reminded, redact: Redact) -> Point:
    month = row["service_month"]
    return Point(
        subject=Subject(
            kind="明細書",
            recipient_no=row["recipient_no"],
            name=inputs.child(row["facility_no"], row["recipient_no"]),
            service_month=f"{month.year}年{month.month}月",
            services=row["services"],
        ),
        code=row["check_code"],
        message=redact(row["message"]),
        action=redact(row["action"]),
        by=day_of_week(row["by"]),
    )


def workbook(reminder: Reminder, created: date) -> bytes:
    """One sheet, a row a point."""
    book = Book(created, parts.book_title(TITLE, reminder.head))
    book.table(
        "ご案内",
        (*parts.SUBJECT, Column("内容", 24, wrap=True), _WHAT, _DO, _BY),
        [
            (*parts.subject_cells(number, point.subject), title, point.message, point.action, point.by)
            for number, (title, point) in enumerate(
                ((group.title, point) for group in reminder.groups for point in group.points), start=1
            )
        ],
        TableOptions(above=(*parts.letterhead_lines(TITLE, reminder.head), *reminder.plea), freeze=3),
    )
    return book.bytes()


def _for_the_team(inputs: LetterInputs, letters: Mapping[str, Reminder]) -> Files:
    """reminders.csv and, with names, reminders.xlsx."""
    table = pl.DataFrame(
        [
            (
                row["check_code"],
                row["facility_no"],
                row["recipient_no"],
                month_text(row["service_month"]),
                row["by"].isoformat(),
                row["message"],
            )
            for row in inputs.reminders
        ],
        schema=dict.fromkeys(COLUMNS, pl.String),
        orient="row",
    )
    return [("reminders.csv", csv_bytes(table)), ("reminders.xlsx", _team_workbook(inputs))]


def _team_workbook(inputs: LetterInputs) -> bytes:
    title = f"{TITLE} {month_text(inputs.month)}"
    book = Book(inputs.month, title)
    book.table(
        "ご案内の一覧",
        (
            Column("事業所番号", 12),
            Column("事業所名", 24, wrap=True),
            *parts.SUBJECT[2:],
            Column("確認コード", 11),
            Column("内容", 24, wrap=True),
            _WHAT,
            _DO,
            _BY,
        ),
        [
            (
                row["facility_no"],
                inputs.facilities.get(row["facility_no"], ""),
                row["recipient_no"],
                inputs.child(row["facility_no"], row["recipient_no"]),
                f"{row['service_month'].year}年{row['service_month'].month}月",
                row["services"],
                row["check_code"],
                row["title"],
                row["message"],
                row["action"],
                day_of_week(row["by"]),
            )
            for row in inputs.reminders
        ],
        TableOptions(
            above=(f"{title} {inputs.issuer.city_name}".rstrip(), "事業所へ送るものではありません。"), freeze=2
        ),
    )
    return book.bytes()


LETTER = Letter(REMINDERS, "reminder", reminders, workbook, _for_the_team)
