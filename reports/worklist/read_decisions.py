"""Taking the decisions back from a worklist.xlsx that people have worked in, with Excel or LibreOffice."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.utils.exceptions import InvalidFileException

from henrei.errors import HenreiError
from henrei.months import month_of, month_text
from henrei.reports.worklist import labels
from henrei.reports.worklist.sheets.decisions import kept

SCHEMA: dict[str, pl.DataType] = {
    "place": pl.String(),
    "subject": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "decision": pl.String(),
    "note": pl.String(),
    "answer": pl.String(),
    "tie": pl.String(),
}
_HEADS = (
    labels.SUBJECT,
    labels.FACILITY,
    labels.RECIPIENT,
    labels.MONTH,
    labels.DECISION,
    labels.ANSWER,
    labels.NOTE,
    labels.TIE,
    labels.BEFORE,
    labels.KEPT,
)
_SUBJECTS = {label: name for name, label in labels.SUBJECTS.items() if name in ("claim", "sheet")}
_DECISIONS = {label: name for name, label in labels.DECISIONS.items()}


@dataclass
class DecisionFile:
    """What a workbook says. `rows`: SCHEMA, one a row that says something new; `faults`: one line a row that is wrong.

    `undecided`: rows with 回答 or 備考 but without a decision; they are not taken.
    """

    rows: pl.DataFrame
    faults: list[str] = field(default_factory=list)
    undecided: int = 0


def read(path: Path, label: str, review_month: date, municipality_no: str) -> DecisionFile:
    """Reads a workbook; `label` names it in places (`label:row`). Raises HenreiError where it is no worklist."""
    try:
        # Read whole and closed at once: Excel on Windows may not be held off a file.
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets if _ours(sheet)}
    except OSError as found:
        raise HenreiError(f"{path} を読めません({found.strerror})。ファイル名を確かめてください") from None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        raise HenreiError(f"{path} は Excel のブック(.xlsx)として読めません。Excel で保存し直してください") from None
    run = {_text(row[0]): _text(row[1]) for row in sheets.get(labels.HIDDEN, []) if len(row) > 1}
    table = sheets.get(labels.DECIDE)
    if table is None or not run:
        raise HenreiError(
            f"{label} は henrei の worklist.xlsx ではありません(シート「{labels.DECIDE}」がないか、作り直されています)"
        )
    want = {"review_month": month_text(review_month), "municipality_no": municipality_no}
    if run != want:
        theirs = f"{run.get('review_month', '')}・{run.get('municipality_no', '')}"
        return DecisionFile(
            pl.DataFrame(schema=SCHEMA),
            [f"{label} は別の回({theirs})の一覧です。{month_text(review_month)} の worklist.xlsx を使ってください"],
        )
    return _taken(label, table)


def _ours(sheet: Any) -> bool:
    return sheet.title in (labels.DECIDE, labels.HIDDEN)


def _taken(label: str, table: list[tuple]) -> DecisionFile:
    head = [_text(cell) for cell in table[0]] if table else []
    lost = [name for name in _HEADS if name not in head]
    if lost:
        raise HenreiError(
            f"{label}:1 列「{'」「'.join(lost)}」がありません。列を消さずに worklist.xlsx を使ってください"
        )
    places = {name: head.index(name) for name in _HEADS}
    taken = DecisionFile(pl.DataFrame(schema=SCHEMA))
    rows: list[tuple] = []
    for number, cells in enumerate(table[1:], start=2):
        row = {name: _text(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        row[labels.MONTH] = _month(cells[places[labels.MONTH]]) if places[labels.MONTH] < len(cells) else ""
        rows += _one(taken, f"{label}:{number}", row)
    taken.rows = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return taken


def _one(taken: DecisionFile, place: str, row: dict[str, str]) -> Iterator[tuple]:
    """The row of SCHEMA, or none: nothing new is said, or it is wrong and goes to the faults."""
    word, answer, note = row[labels.DECISION], row[labels.ANSWER], row[labels.NOTE]
    if row[labels.KEPT] == kept(word, answer, note) or not (word or answer or note or row[labels.BEFORE]):
        return
    if not word and row[labels.BEFORE]:
        taken.faults.append(
            f"{place} 前に決めた「{row[labels.BEFORE]}」が消えています。{_CHOICES}から選んでください(取り消すなら保留)"
        )
    elif not word:
        taken.undecided += 1
    elif word not in _DECISIONS:
        taken.faults.append(f"{place} 「決定」に書かれたものは{_CHOICES}のどれでもありません")
    elif (subject := _SUBJECTS.get(row[labels.SUBJECT])) is None or not row[labels.MONTH] or not row[labels.TIE]:
        taken.faults.append(f"{place} 一覧にない行です。行を足さず、henrei が作った行の「決定」に書いてください")
    else:
        facility, recipient = (row[name].zfill(10) for name in (labels.FACILITY, labels.RECIPIENT))
        month = month_of(row[labels.MONTH])
        yield place, subject, facility, recipient, month, _DECISIONS[word], note, answer, row[labels.TIE]


_CHOICES = "・".join(_DECISIONS)


def _text(value: object) -> str:
    """A cell as text; a number that Excel made of an id loses its `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip(" \t\r\n\u3000")


def _month(value: object) -> str:
    """`YYYY-MM`, also of a date that Excel made of it; empty where it is none."""
    if isinstance(value, date):
        return month_text(value)
    text = unicodedata.normalize("NFKC", _text(value))
    return text if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) else ""
