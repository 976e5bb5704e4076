"""Labels of the worklist: a code in, what people read out, and back. Called by its sheets and by read_decisions."""

from __future__ import annotations

# ruff: noqa: F401 -- the worklist's modules take all labels from here
from henrei.labels import DECISIONS, SEVERITIES
from henrei.labels import SHORT_SUBJECTS as SUBJECTS

STALE = "台帳が古い可能性"
CHANGES = {"new": "新規", "gone": "解消", "unjudged": "判定できず", "same": "継続"}

HIDDEN = "henrei"  # the sheet that people do not see: of which month and city the worklist is

AT_ISSUE = "争点額"  # the yen that the mistake concerns; empty where it cannot be said
WEIGHT = "重さ"
CASE = "事例"  # of every row that speaks of a claim, sheet …: the number of its case

# Heads of sheet 1 that are read back.
SUBJECT, FACILITY, RECIPIENT, MONTH = "種類", "事業所番号", "受給者証番号", "サービス提供年月"
NEEDED = "要否"
DECISION, ANSWER, NOTE, MESSAGE = "決定", "回答", "備考", "事業所への一言"
FACILITY_ANSWER = "事業所の回答"  # shown beside them, and never read back
ROW_TOKEN, PREVIOUS_DECISION, INITIAL_DIGEST = "照合", "前の決定", "控え"
PREVIOUS_ANSWER, PREVIOUS_NOTE, PREVIOUS_MESSAGE = "前の回答", "前の備考", "前の一言"
STATE = "取込"  # of what is written in a row

OTHER = "その他の返戻"  # what NEEDED says of the rows for claims and sheets that no check found
UNREAD = "未取込"


def dates(use_dates: str | None) -> str:
    """`2026-04-04;2026-04-09` → `4/4・4/9`."""
    days = (day.split("-") for day in (use_dates or "").split(";") if day)
    return "・".join(f"{int(month)}/{int(day)}" for _, month, day in days)
