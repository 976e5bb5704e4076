"""A letter's content in, its workbook out: one row per returned claim or sheet, finding or rejected range of lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from henrei.reports.letters.content import Letterhead, Reason, Subject
from henrei.reports.letters.inquiry import ANSWERS, Inquiry
from henrei.reports.letters.notice import Notice
from henrei.reports.workbook import Book, Column, TableOptions

NOTICE_TITLE, INQUIRY_TITLE = "審査結果(返戻等)のお知らせ", "請求内容の確認依頼"
_SUBJECT = (
    Column("番号", 6, "number"),
    Column("種別", 14, wrap=True),
    Column("受給者証番号", 13),
    Column("カナ氏名", 18, wrap=True),
    Column("サービス提供年月", 11),
    Column("種類", 20, wrap=True),
)
_YEN = Column("給付費", 12, "number")
_CODE, _DATES = Column("事由コード", 15, wrap=True), Column("該当日", 20, wrap=True)
_OTHERS = Column("関係する事業所", 24, wrap=True)


def notice_book(notice: Notice, created: date) -> bytes:
    """Sheets お知らせ (totals and contact), 返戻, 取り込めなかった行, 確認していただきたい点; those with rows only."""
    book = Book(created, _title(NOTICE_TITLE, notice.head))
    book.table(
        "お知らせ",
        (Column("区分", 34), Column("件数", 10, "number"), Column("単位", 6), Column("給付費(円)", 14, "number")),
        [(total.label, total.count, total.unit, total.yen) for total in notice.totals],
        TableOptions(above=_letterhead(NOTICE_TITLE, notice.head), filters=False, landscape=False),
    )
    if notice.returned:
        discloses = any(one.others for entry in notice.returned for one in entry.reasons)
        book.table(
            "返戻",
            (
                *_SUBJECT,
                _YEN,
                _CODE,
                Column("事由", 46, wrap=True),
                _DATES,
                Column("次にすること", 46, wrap=True),
                Column("期日", 18, wrap=True),
                Column("作成区分", 12),
                Column("一緒に送る書類", 24, wrap=True),
                *((_OTHERS,) if discloses else ()),
            ),
            [
                (
                    *_subject(number, entry.subject),
                    entry.yen,
                    _lines([one.codes for one in entry.reasons]),
                    _lines([f"{one.title}: {one.message}" for one in entry.reasons]),
                    _lines([one.dates for one in entry.reasons]),
                    _lines([one.action for one in entry.reasons]),
                    entry.resubmission.by,
                    entry.resubmission.submission_kind,
                    entry.resubmission.documents,
                    *((_lines([one.others for one in entry.reasons]),) if discloses else ()),
                )
                for number, entry in enumerate(notice.returned, start=1)
            ],
            TableOptions(freeze=3),
        )
    if notice.rejected:
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
            [(r.file, r.lines, r.count, r.record, r.item, r.reason, notice.window) for r in notice.rejected],
        )
    if notice.points:
        book.table(
            "確認していただきたい点",
            (
                *_SUBJECT,
                Column("区分", 9),
                Column("結果", 8),
                _CODE,
                Column("内容", 46, wrap=True),
                _DATES,
                Column("お願いすること", 46, wrap=True),
            ),
            [
                (*_subject(number, point.subject), point.severity, point.outcome, *_reason(point.reason))
                for number, point in enumerate(notice.points, start=1)
            ],
            TableOptions(freeze=3),
        )
    return book.bytes()


def inquiry_book(inquiry: Inquiry, created: date) -> bytes:
    """One sheet 確認依頼, a row a question, with columns for the answer."""
    book = Book(created, _title(INQUIRY_TITLE, inquiry.head))
    discloses = any(question.reason.others for question in inquiry.questions)
    book.table(
        "確認依頼",
        (
            *_SUBJECT,
            _YEN,
            Column("区分", 9),
            _CODE,
            Column("確認していただきたい点", 44, wrap=True),
            _DATES,
            Column("誤りがあった場合や返戻となった場合", 36, wrap=True),
            *((_OTHERS,) if discloses else ()),
            Column("回答", 14, entry=True, choices=ANSWERS),
            Column("回答の内容", 40, wrap=True, entry=True),
            Column("回答した日・人", 18, wrap=True, entry=True),
        ),
        [
            (
                *_subject(number, question.subject),
                question.yen,
                question.severity,
                *_reason(question.reason),
                *((question.reason.others,) if discloses else ()),
                "",
                "",
                "",
            )
            for number, question in enumerate(inquiry.questions, start=1)
        ],
        TableOptions(
            above=(
                *_letterhead(INQUIRY_TITLE, inquiry.head),
                "黄色の欄に回答を書き入れて、お送りください。まだ返戻は決まっていません。送り直しは、返戻のお知らせを受けてからにしてください。",
            ),
            freeze=3,
        ),
    )
    return book.bytes()


def _title(title: str, head: Letterhead) -> str:
    return f"{title} {head.month} {head.facility_no}"


def _letterhead(title: str, head: Letterhead) -> tuple[str, ...]:
    rules = (head.rules,) if head.rules else ()
    return (
        f"{title} {head.month}",
        f"事業所番号 {head.facility_no} {head.facility_name} 御中".replace("  ", " "),
        f"お問い合わせ: {head.city_name} {head.contact}",
        *rules,
    )


def _subject(number: int, subject: Subject) -> tuple[object, ...]:
    return (number, subject.kind, subject.recipient_no, subject.name, subject.service_month, subject.services)


def _reason(reason: Reason) -> tuple[str, str, str, str]:
    return reason.codes, f"{reason.title}: {reason.message}", reason.dates, reason.action


def _lines(texts: Sequence[str]) -> str:
    """Several reasons in one cell, a line each; numbered, so that columns can be read together."""
    if len(texts) == 1:
        return texts[0]
    return "\n".join(f"({number}) {text}" for number, text in enumerate(texts, start=1) if text)
