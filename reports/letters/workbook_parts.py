"""Parts of a letter in, columns, cells and lines of its workbook out: what the workbooks of all letters share."""

from __future__ import annotations

from collections.abc import Sequence

from henrei.reports.letters.content import Letterhead, Reason, Subject
from henrei.reports.workbook import Column

# The columns of `subject_cells`.
SUBJECT = (
    Column("番号", 6, "number"),
    Column("種別", 14, wrap=True),
    Column("受給者証番号", 13),
    Column("カナ氏名", 18, wrap=True),
    Column("サービス提供年月", 11),
    Column("種類", 20, wrap=True),
)
YEN = Column("給付費", 12, "number")
CODE, DATES = Column("事由コード", 15, wrap=True), Column("該当日", 20, wrap=True)
GRID = Column("利用の記録", 24, wrap=True)
OTHERS = Column("関係する事業所", 24, wrap=True)


def book_title(title: str, head: Letterhead) -> str:
    """The title in the file's properties."""
    return f"{title} {head.month} {head.facility_no}"


def letterhead_lines(title: str, head: Letterhead) -> tuple[str, ...]:
    """The lines above the first table: what it is, for whom and from whom."""
    rules = (head.rules,) if head.rules else ()
    return (
        f"{title} {head.month}",
        *(" ".join(filter(None, (head.number, head.dated))),) * bool(head.number),
        f"事業所番号 {head.facility_no} {head.facility_name} 御中".replace("  ", " "),
        f"お問い合わせ: {head.city_name} {head.contact}",
        *rules,
    )


def subject_cells(number: int, subject: Subject) -> tuple[object, ...]:
    """The cells under SUBJECT; `number` counts the rows."""
    return (number, subject.kind, subject.recipient_no, subject.name, subject.service_month, subject.services)


def reason_cells(reason: Reason) -> tuple[str, str, str, str]:
    """Codes, sentence, dates and action."""
    return reason.codes, f"{reason.title}: {reason.message}", reason.dates, reason.action


def grid_cell(reasons: Sequence[Reason]) -> str:
    """The days of the child's record, those that a reason is about in 【】; of several reasons the first that has them."""
    return next((one.grid.line for one in reasons if one.grid), "")


def numbered(texts: Sequence[str]) -> str:
    """Several texts in one cell, a line each; numbered, so that columns can be read together."""
    if len(texts) == 1:
        return texts[0]
    return "\n".join(f"({number}) {text}" for number, text in enumerate(texts, start=1) if text)
