"""What is known of a month's ledgers in, the bytes of out/ledgers_<month>.xlsx out, for the team alone. Called by ledgers_data.

A sheet is a function here and its place in SHEETS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from henrei.months import month_text
from henrei.reports.workbook import Book, Column, Marked, TableOptions

MAX_ROWS = 20_000  # of one oddity, or refused of one file: more than anyone reads


@dataclass(frozen=True)
class ToDo:
    """What is wrong or odd, and what to do; rows: how many, in_month: of them in force in the service month."""

    text: str
    remedy: str = ""
    rows: int | None = None
    in_month: int | None = None
    grave: bool = False


@dataclass(frozen=True)
class LedgerRow:
    """A ledger as the sheet of ledgers has it. in_month: rows in force in the service month."""

    title: str
    file: str
    folder: str
    usable: bool
    rows: int
    refused: int
    reasons: str
    period: str
    in_month: int | None


@dataclass(frozen=True)
class CheckRow:
    """A check, whether it can be judged, and why not."""

    code: str
    title: str
    severity: str
    state: str
    reason: str


@dataclass(frozen=True)
class LedgersData:
    """Everything the workbook shows.

    odd: title of the ledger, what, recipient, facility, detail, ○, file, line, remedy; rejected: title of the ledger, file,
    line, column, reason; lacking: label, number and title of the ledger that has not what the claims of `compared_with` have.
    children, facilities: number → name.
    """

    month: date
    service_month: date
    compared_with: date | None
    city: str
    to_do: Sequence[ToDo]
    ledgers: Sequence[LedgerRow]
    odd: Sequence[Sequence[object]]
    rejected: Sequence[Sequence[object]]
    lacking: Sequence[tuple[str, str, str]]
    checks: Sequence[CheckRow]
    children: dict[str, str]
    facilities: dict[str, str]

    @property
    def in_force(self) -> str:
        """The head of the columns that say what is in force in the service month."""
        return f"{month_text(self.service_month)}に有効"


def workbook(data: LedgersData) -> bytes:
    """The finished workbook."""
    book = Book(data.month, f"{month_text(data.month)} 台帳")
    for add in SHEETS:
        add(book, data)
    return book.bytes()


def _add_to_do(book: Book, data: LedgersData) -> None:
    columns = (
        Column("内容", 80, wrap=True),
        Column("行数", 9, "number"),
        Column(data.in_force, 14, "number"),
        Column("すること", 60, wrap=True),
    )
    rows = [[Marked(one.text) if one.grave else one.text, one.rows, one.in_month, one.remedy] for one in data.to_do]
    above = (f"{month_text(data.month)} の台帳 {data.city}", "気になる行は、誤りとは限りません。確かめるためのものです")
    book.table(
        "0 確かめること", columns, rows or [["気になるところはありません", None, None, None]], TableOptions(above)
    )


def _add_ledgers(book: Book, data: LedgersData) -> None:
    columns = (
        Column("台帳", 22),
        Column("ファイル", 24, wrap=True),
        Column("場所", 18),
        Column("使えるか", 10),
        Column("行数", 9, "number"),
        Column("読めない行", 10, "number"),
        Column("読めない理由(多いものから)", 60, wrap=True),
        Column("期間", 26),
        Column(data.in_force, 14, "number"),
    )
    rows = [
        [
            one.title,
            one.file,
            one.folder,
            "使えます" if one.usable else Marked("使えません"),
            one.rows,
            one.refused,
            one.reasons,
            one.period,
            one.in_month,
        ]
        for one in data.ledgers
    ]
    book.table("1 台帳", columns, rows, TableOptions(freeze=1))


def _add_odd(book: Book, data: LedgersData) -> None:
    columns = (
        Column("台帳", 20),
        Column("気になること", 30, wrap=True),
        Column("受給者証番号", 12),
        Column("児童氏名", 14, wrap=True),
        Column("事業所番号", 12),
        Column("事業所名", 18, wrap=True),
        Column("内容", 50, wrap=True),
        Column(data.in_force, 14, centre=True),
        Column("ファイル", 22, wrap=True),
        Column("行", 8, "number"),
        Column("すること", 50, wrap=True),
    )
    rows = [
        [ledger, what, child, data.children.get(str(child)), facility, data.facilities.get(str(facility)), *rest]
        for ledger, what, child, facility, *rest in data.odd
    ]
    book.table("2 気になる行", columns, rows, TableOptions(freeze=2))


def _add_rejected(book: Book, data: LedgersData) -> None:
    columns = (
        Column("台帳", 20),
        Column("ファイル", 24, wrap=True),
        Column("行", 8, "number"),
        Column("列", 20),
        Column("理由", 90, wrap=True),
    )
    book.table("3 読めない行", columns, data.rejected, TableOptions(freeze=1))


def _add_lacking(book: Book, data: LedgersData) -> None:
    columns = (
        Column("種類", 16),
        Column("番号・コード", 14),
        Column("名前", 18, wrap=True),
        Column("載っていない台帳", 24),
    )
    names = data.children | data.facilities
    rows = [[label, number, names.get(number), ledger] for label, number, ledger in data.lacking]
    since = f"{month_text(data.compared_with)} に確認した請求" if data.compared_with else "確認した請求はまだありません"
    book.table("4 請求にあって台帳にない", columns, rows, TableOptions((since,)))


def _add_checks(book: Book, data: LedgersData) -> None:
    columns = (
        Column("コード", 9),
        Column("確認", 40, wrap=True),
        Column("重さ", 10),
        Column("判定", 16),
        Column("理由", 60, wrap=True),
    )
    rows = [
        [one.code, one.title, one.severity, Marked(one.state) if one.reason else one.state, one.reason]
        for one in data.checks
    ]
    book.table("5 判定できる確認", columns, rows, TableOptions(freeze=2))


SHEETS: tuple[Callable[[Book, LedgersData], None], ...] = (
    _add_to_do,
    _add_ledgers,
    _add_odd,
    _add_rejected,
    _add_lacking,
    _add_checks,
)
