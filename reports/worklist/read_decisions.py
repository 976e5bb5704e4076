"""A worklist.xlsx that people filled in with Excel or LibreOffice in, its decisions as a table out. Called by decide."""

from __future__ import annotations

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
from henrei.months import is_month, month_of, month_text
from henrei.reports.worklist import labels
from henrei.reports.worklist.sheets import decisions

SCHEMA: dict[str, pl.DataType] = {
    "place": pl.String(),
    "subject": pl.String(),
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "decision": pl.String(),
    "note": pl.String(),
    "answer": pl.String(),
    "row_token": pl.String(),
}
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
_SUBJECTS = {label: name for name, label in labels.SUBJECTS.items() if name in ("claim", "sheet")}
_DECISIONS = {label: name for name, label in labels.DECISIONS.items()}
_CHOICES = "・".join(_DECISIONS)


@dataclass
class DecisionFile:
    """What was read from a workbook. `rows`: SCHEMA, one per changed row; `faults`: one line per wrong row.

    `undecided`: how many rows have 回答 or 備考 but no decision; they are left out.
    """

    rows: pl.DataFrame
    faults: list[str] = field(default_factory=list)
    undecided: int = 0


def read(path: Path, label: str, review_month: date, municipality_no: str) -> DecisionFile:
    """Reads a workbook; `label` names it in places (`label:row`). Raises HenreiError if it is no worklist."""
    try:
        # Read whole and closed at once: Excel on Windows cannot save a file that is open here.
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            sheets = {
                sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets if _is_read(sheet)
            }
    except OSError as error:
        raise HenreiError(f"{path} を読めません({error.strerror})。ファイル名を確かめてください") from None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        raise HenreiError(f"{path} は Excel のブック(.xlsx)として読めません。Excel で保存し直してください") from None
    run = {_text(row[0]): _text(row[1]) for row in sheets.get(labels.HIDDEN, []) if len(row) > 1}
    table = sheets.get(decisions.TITLE)
    if table is None or not run:
        raise HenreiError(
            f"{label} は henrei の worklist.xlsx ではありません(シート「{decisions.TITLE}」がないか、作り直されています)"
        )
    expected = {"review_month": month_text(review_month), "municipality_no": municipality_no}
    if run != expected:
        theirs = f"{run.get('review_month', '')}・{run.get('municipality_no', '')}"
        return DecisionFile(
            pl.DataFrame(schema=SCHEMA),
            [f"{label} は別の回({theirs})の一覧です。{month_text(review_month)} の worklist.xlsx を使ってください"],
        )
    return _decisions(label, table)


def _is_read(sheet: Any) -> bool:
    return sheet.title in (decisions.TITLE, labels.HIDDEN)


def _decisions(label: str, table: list[tuple]) -> DecisionFile:
    head = [_text(cell) for cell in table[0]] if table else []
    missing = [name for name in _HEADS if name not in head]
    if missing:
        raise HenreiError(
            f"{label}:1 列「{'」「'.join(missing)}」がありません。列を消さずに worklist.xlsx を使ってください"
        )
    places = {name: head.index(name) for name in _HEADS}
    file = DecisionFile(pl.DataFrame(schema=SCHEMA))
    rows: list[tuple] = []
    for number, cells in enumerate(table[1:], start=2):
        row = {name: _text(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        row[labels.MONTH] = _month(cells[places[labels.MONTH]]) if places[labels.MONTH] < len(cells) else ""
        rows += _changed_row(file, f"{label}:{number}", row)
    file.rows = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return file


def _changed_row(file: DecisionFile, place: str, row: dict[str, str]) -> Iterator[tuple]:
    """The row of SCHEMA; none if nothing was changed or if it is wrong, which goes into the faults of `file`."""
    decision, answer, note = row[labels.DECISION], row[labels.ANSWER], row[labels.NOTE]
    previous = row[labels.PREVIOUS_DECISION]
    if row[labels.INITIAL_DIGEST] == decisions.initial_digest(decision, answer, note):
        return
    if not any((decision, answer, note, previous)):
        return
    if not decision and previous:
        file.faults.append(
            f"{place} 前に決めた「{previous}」が消えています。{_CHOICES}から選んでください(取り消すなら保留)"
        )
    elif not decision:
        file.undecided += 1
    elif decision not in _DECISIONS:
        file.faults.append(f"{place} 「決定」に書かれたものは{_CHOICES}のどれでもありません")
    elif (subject := _SUBJECTS.get(row[labels.SUBJECT])) is None or not row[labels.MONTH] or not row[labels.ROW_TOKEN]:
        file.faults.append(f"{place} 一覧にない行です。行を足さず、henrei が作った行の「決定」に書いてください")
    else:
        facility, recipient = (row[name].zfill(10) for name in (labels.FACILITY, labels.RECIPIENT))
        month = month_of(row[labels.MONTH])
        yield place, subject, facility, recipient, month, _DECISIONS[decision], note, answer, row[labels.ROW_TOKEN]


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
    return text if is_month(text) else ""
