"""What facilities were asked of a month and what they answered: books/<month>/inquiry.csv and answers.csv in and out. Called by
inquire, answers, the worklist and status.

- `inquiry.csv`: every question of every letter that inquire made (SENT), the letters made before a later one, too: a
  facility may answer any of them;
- `answers.csv`: every question of every workbook that was read back (ANSWERS), answered or left empty. Of a facility's
  workbooks the one that was given last stands for the questions that it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from henrei.home import Home

Key = tuple[str, str, str, str]  # of a finding's subject (tables.SUBJECT_KEY), the month as YYYY-MM


@dataclass(frozen=True)
class SentQuestion:
    """A question as it was sent. `sending`: one for all questions of a letter; `question`: the cause's id; `digest` of its
    text; `subjects`: what it is about (`subjects_text`); `days`: the days, where these are the question."""

    facility_no: str
    sending: str
    number: int
    question: str
    digest: str
    check_code: str
    days: str
    subjects: str


@dataclass(frozen=True)
class Answer:
    """A question of a workbook that came back, with what the facility wrote; `answered_by`: who and when, as written."""

    facility_no: str
    sending: str
    number: int
    question: str
    check_code: str
    days: str
    subjects: str
    choice: str
    text: str
    answered_by: str

    @property
    def filled(self) -> bool:
        return bool(self.choice or self.text)


def _schema(fields: Iterable[str]) -> dict[str, pl.DataType]:
    return {name: pl.Int64() if name == "number" else pl.String() for name in fields}


SENT = _schema(("asked_at", *SentQuestion.__dataclass_fields__))
# `taking`: the number of the workbook among the month's; `file` and `sha256` of the workbook; when and by whom it was read.
ANSWERS = _schema(("taking", *Answer.__dataclass_fields__, "file", "sha256", "read_at", "read_by"))
_SENT_FILE, _ANSWERS_FILE = "inquiry.csv", "answers.csv"


def sent_path(home: Home, month: date) -> Path:
    return home.books(month) / _SENT_FILE


def answers_path(home: Home, month: date) -> Path:
    return home.books(month) / _ANSWERS_FILE


def read_sent(home: Home, month: date) -> pl.DataFrame:
    """SENT, the oldest first; empty where nobody was asked."""
    return _read(sent_path(home, month), SENT)


def read_answers(home: Home, month: date) -> pl.DataFrame:
    """ANSWERS in the order in which they were read."""
    return _read(answers_path(home, month), ANSWERS)


def with_sent(before: pl.DataFrame, questions: Iterable[SentQuestion], asked_at: str) -> pl.DataFrame:
    """SENT with the questions of new letters; a letter that was made before with the same text is there already."""
    rows = [{"asked_at": asked_at, **asdict(question)} for question in questions]
    new = pl.DataFrame(rows, schema=SENT).join(before, on=["facility_no", "sending"], how="anti", maintain_order="left")
    return pl.concat([before, new])


def with_answers(before: pl.DataFrame, answers: Iterable[Answer], facts: Mapping[str, str]) -> pl.DataFrame:
    """ANSWERS with those of one more workbook; `facts` about it: file, sha256, read_at, read_by."""
    taking = max(map(int, before["taking"]), default=0) + 1
    rows = [{"taking": str(taking), **facts, **asdict(answer)} for answer in answers]
    return pl.concat([before, pl.DataFrame(rows, schema=ANSWERS)])


def newest_taking(answers: pl.DataFrame, facility_no: str) -> str | None:
    """Which workbook of the facility was read last."""
    own = answers.filter(pl.col("facility_no") == facility_no)["taking"]
    return None if own.is_empty() else str(own[-1])


def current(answers: pl.DataFrame) -> pl.DataFrame:
    """ANSWERS that count, one row a facility and question, in the order of the letter; questions left empty are left out."""
    last = answers.unique(["facility_no", "question"], keep="last", maintain_order=True)
    filled = (pl.col("choice") != "") | (pl.col("text") != "")
    return last.filter(filled).sort("facility_no", "number", maintain_order=True)


def counts(home: Home, month: date) -> tuple[int, int]:
    """How many facilities were asked in the month, and how many of them have answered anything that counts."""
    return counts_of(read_sent(home, month), current(read_answers(home, month)))


def counts_of(sent: pl.DataFrame, given: pl.DataFrame) -> tuple[int, int]:
    """The same of SENT and of the ANSWERS that count."""
    return sent["facility_no"].n_unique(), given["facility_no"].n_unique()


def subjects_text(keys: Iterable[Key]) -> str:
    """Subjects in one cell: `claim:0000000001:2026-04;…`; the facility is the row's."""
    return ";".join(f"{subject}:{recipient}:{month}" for subject, _, recipient, month in keys)


def subjects_of(facility_no: str, text: str) -> list[Key]:
    """And back."""
    parts = (one.split(":") for one in text.split(";") if one)
    return [(subject, facility_no, recipient, month) for subject, recipient, month in parts]


def _read(path: Path, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    if not path.is_file():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(path.read_bytes(), schema=schema).with_columns(pl.col(pl.String).fill_null(""))
