"""A worklist.xlsx that people filled in with Excel or LibreOffice in, the rows of its sheet 1 out. Called by decide, and by
whoever writes the next worklist and carries over what is not read yet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import HenreiError
from henrei.files import unreadable
from henrei.months import is_month, month_text
from henrei.reports.worklist import labels
from henrei.reports.worklist.cells import Cells, OtherReturn
from henrei.reports.worklist.sheets import decisions
from henrei.schemas.ledgers import normalize

Key = tuple[str, str, str, str]

_HEADS = (
    labels.SUBJECT,
    labels.FACILITY,
    labels.RECIPIENT,
    labels.MONTH,
    labels.DECISION,
    labels.ANSWER,
    labels.NOTE,
    labels.ROW_TOKEN,
    labels.PREVIOUS_DECISION,
    labels.INITIAL_DIGEST,
)
# What 0.1.0 did not have yet: a list has all of them or none.
_LATER = (labels.MESSAGE, labels.PREVIOUS_ANSWER, labels.PREVIOUS_NOTE, labels.PREVIOUS_MESSAGE)
_READ = (decisions.TITLE, labels.HIDDEN)  # the sheets of which rows are read
_WRITTEN = (labels.DECISION, labels.ANSWER, labels.NOTE, labels.MESSAGE)  # what people write into
_AGAIN = "henrei の worklist.xlsx に書いたものを使ってください"
SUBJECTS = {label: name for name, label in labels.SUBJECTS.items() if name in ("claim", "sheet")}
DECISIONS = {label: name for name, label in labels.DECISIONS.items()}


@dataclass(frozen=True)
class FilledRow:
    """A row that someone wrote into. `number`: of the line in the sheet. `key`: None where what is written is none.

    base: what it was handed out with; of a list of 0.1.0 the texts are not known, but their digest is (`knows_texts` is
    false). other: the row as it is written, where it is one of those for claims that no check found.
    """

    number: int
    key: Key | None
    token: str
    cells: Cells
    base: Cells
    digest: str
    knows_texts: bool = True
    other: OtherReturn | None = None

    def known_base(self, answer: str, note: str) -> Cells | None:
        """What it was handed out with, where the texts are known or are these or none; else None."""
        if self.knows_texts:
            return self.base
        for texts in (("", ""), (answer, note)):
            base = Cells(self.base.decision, *texts)
            if base.first_digest == self.digest:
                return base
        return None


@dataclass(frozen=True)
class FilledList:
    """The rows into which someone wrote, and of which month and city the list is."""

    review_month: str
    municipality_no: str
    rows: list[FilledRow]


def read(path: Path, label: str) -> FilledList:
    """Reads a workbook; `label` names it in places (`label:row`). Raises HenreiError if it is no worklist."""
    from henrei.schemas.ledgers import (
        workbook,
    )  # what reads Excel takes time to load, and few runs find a list before theirs

    try:
        # Read whole and closed at once: Excel on Windows cannot save a file that is open here.
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        with workbook.opened(data) as book:
            sheets = {sheet.title: list(workbook.rows_of(sheet)) for sheet in book.worksheets if sheet.title in _READ}
        formulas = workbook.formula_cells(data) if workbook.has_formulas(data) else {}
    except workbook.TooLarge as limit:
        raise HenreiError(f"{path} は大きすぎるため読みません({limit})。{_AGAIN}") from None
    except workbook.Unreadable:
        raise HenreiError(f"{path} は Excel のブック(.xlsx)として読めません。Excel で保存し直してください") from None
    run = {_text(row[0]): _text(row[1]) for row in sheets.get(labels.HIDDEN, []) if len(row) > 1}
    table = sheets.get(decisions.TITLE)
    if table is None or not run:
        raise HenreiError(
            f"{label} は henrei の worklist.xlsx ではありません(シート「{decisions.TITLE}」がないか、作り直されています)"
        )
    rows = list(_rows(label, table, formulas.get(decisions.TITLE, {})))
    return FilledList(run.get("review_month", ""), run.get("municipality_no", ""), rows)


def _rows(label: str, table: list[tuple], formulas: Mapping[int, set[int]]) -> Iterator[FilledRow]:
    head = [_text(cell) for cell in table[0]] if table else []
    later = [name for name in _LATER if name in head]
    missing = [name for name in (*_HEADS, *(_LATER if later else ())) if name not in head]
    if missing:
        raise HenreiError(
            f"{label}:1 列「{'」「'.join(missing)}」がありません。列を消さずに worklist.xlsx を使ってください"
        )
    places = {name: head.index(name) for name in (*_HEADS, *later, labels.NEEDED) if name in head}
    written = {places[name]: name for name in _WRITTEN if name in places}
    for number, cells in enumerate(table[1:], start=2):
        for at in sorted(formulas.get(number, set()) & written.keys()):
            if at >= len(cells) or not _text(cells[at]):
                raise HenreiError(
                    f"{label}:{number} 「{written[at]}」が式で書かれ、値がありません。選ぶか、文字で書き直して Excel で保存してください"
                )
        row = {name: _text(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        at = places[labels.MONTH]
        month = _month(cells[at]) if at < len(cells) else ""
        filled = _filled(number, row, month, bool(later))
        if filled is not None:
            yield filled


def _filled(number: int, row: dict[str, str], month: str, knows_texts: bool) -> FilledRow | None:
    """The row; None where nobody wrote into it."""
    cells = Cells(row[labels.DECISION], row[labels.ANSWER], row[labels.NOTE], row.get(labels.MESSAGE, ""))
    token, digest = row[labels.ROW_TOKEN], row[labels.INITIAL_DIGEST]
    subject, facility, recipient = (row[name] for name in (labels.SUBJECT, labels.FACILITY, labels.RECIPIENT))
    base = Cells(row[labels.PREVIOUS_DECISION])
    if knows_texts:
        texts = (row[name] for name in (labels.PREVIOUS_ANSWER, labels.PREVIOUS_NOTE, labels.PREVIOUS_MESSAGE))
        base = Cells(base.decision, *texts)
    key = _key(subject, facility, recipient, month)
    if row.get(labels.NEEDED) == labels.OTHER and not token:
        other = OtherReturn(subject, facility, recipient, month or row[labels.MONTH], cells)
        return FilledRow(number, key, "", cells, Cells(), digest, other=other) if other else None
    unchanged = digest == (cells.digest if knows_texts else cells.first_digest)
    if unchanged or not (cells or base):
        return None
    return FilledRow(number, key, token, cells, base, digest, knows_texts)


def _key(subject: str, facility: str, recipient: str, month: str) -> Key | None:
    kind = SUBJECTS.get(subject)
    numbers = [unicodedata.normalize("NFKC", number).zfill(10) for number in (facility, recipient) if number]
    if kind is None or not month or len(numbers) < 2:
        return None
    return kind, numbers[0], numbers[1], month


def _text(value: object) -> str:
    """A cell as text; a number that Excel made of an id loses its `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip(" \t\r\n\u3000")


def _month(value: object) -> str:
    """`YYYY-MM` of what people write for a month (also R8.4), and of a date that Excel made of it; empty where it is none."""
    if isinstance(value, date):
        return month_text(value)
    text = unicodedata.normalize("NFKC", _text(value))
    if is_month(text) or not text:
        return text
    digits = str(pl.select(normalize.month(pl.lit(text))).item())
    month = f"{digits[:4]}-{digits[4:]}"
    return month if is_month(month) else ""
