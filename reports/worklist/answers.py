"""What facilities answered (store.answers, what counts) in, the text beside each claim or sheet out, and of each facility how
far its letter has come. Called by the sheets.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from henrei.checks.causes import causes
from henrei.store.answers import Key, subjects_of


@dataclass
class Talk:
    """A facility with something to ask about, or that was asked. `items`: causes that its findings have now, `yen` at stake
    in them; `asked_at`, `answered_at`: the newest letter and workbook, None without; `questions` of all its letters."""

    facility_no: str
    items: int = 0
    yen: int = 0
    asked_at: date | None = None
    answered_at: date | None = None
    questions: int = 0
    answers: list[str] = field(default_factory=list)


def beside_rows(given: pl.DataFrame) -> dict[Key, str]:
    """What was answered about each claim, sheet …: `請求のとおり: …(9/10 佐藤)`, a line an answer; with the check where there
    are several."""
    of_subject: dict[Key, list[dict[str, str]]] = defaultdict(list)
    for row in given.iter_rows(named=True):
        for key in subjects_of(row["facility_no"], row["subjects"]):
            of_subject[key].append(row)
    return {
        key: "\n".join(answer_text(row) if len(rows) == 1 else f"{_about(row)} {answer_text(row)}" for row in rows)
        for key, rows in of_subject.items()
    }


def answer_text(row: dict[str, str]) -> str:
    """An answer in one text: what was chosen, what was written, by whom and when."""
    text = ": ".join(part for part in (row["choice"], row["text"]) if part)
    return f"{text}({row['answered_by']})" if row["answered_by"] else text


def talks(findings: pl.DataFrame, sent: pl.DataFrame, given: pl.DataFrame) -> list[Talk]:
    """By facility number. `findings` as in WorklistData; `sent` as answers.SENT, `given` as answers.ANSWERS, what counts."""
    found: dict[str, Talk] = {}
    stakes: dict[str, dict[tuple, int]] = defaultdict(dict)
    for cause in causes(findings.iter_rows(named=True)):
        if cause.asks:
            talk = found.setdefault(cause.facility_no, Talk(cause.facility_no))
            talk.items += 1
            for row in cause.rows:
                key = (row["subject"], row["recipient_no"], row["service_month"])
                stakes[cause.facility_no][key] = row["amount_yen"] or 0
    for facility, asked_at, questions in (
        sent.group_by("facility_no").agg(pl.col("asked_at").max(), pl.col("question").n_unique()).iter_rows()
    ):
        talk = found.setdefault(facility, Talk(facility))
        talk.asked_at, talk.questions = date.fromisoformat(asked_at[:10]), questions
    for row in given.iter_rows(named=True):
        talk = found.setdefault(row["facility_no"], Talk(row["facility_no"]))
        talk.answered_at = max(talk.answered_at or date.min, date.fromisoformat(row["read_at"][:10]))
        talk.answers.append(f"問{row['number']} {_about(row)} {_whom(row)}{answer_text(row)}")
    for facility, amounts in stakes.items():
        found[facility].yen = sum(amounts.values())
    return [found[facility] for facility in sorted(found)]


def _about(row: dict[str, str]) -> str:
    return f"{row['check_code']} {row['days']}".strip()


def _whom(row: dict[str, str]) -> str:
    """The children that a question is about, as far as one reads them at a glance."""
    numbers = list(dict.fromkeys(key[2] for key in subjects_of(row["facility_no"], row["subjects"]) if key[2]))
    if not numbers:
        return ""
    return f"{numbers[0]}ほか{len(numbers) - 1}人 " if len(numbers) > 1 else f"{numbers[0]} "
