"""What became of the rows of a decide in, lines for the screen and for the list out: places, decisions, files, times and who.
Never a name or number of a child. Called by decide and by the worklist.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from henrei import labels
from henrei.flows.decisions.merge import Entry, Key, Meeting, Merged
from henrei.months import month_texts
from henrei.store.tables import SUBJECT_KEY

_UNDECIDED = "未決定"
# A row that is as it was handed out is no row: who agrees with what is there says so by a text.
_TO_SETTLE = "今の決定のままなら備考に書いて取り込みます"
_UNKNOWN = "ファイルと時刻の記録なし"


def of_merge(merged: Merged, changed_since: Iterable[str]) -> list[str]:
    """A line for every row that changed a decision unseen or met another one, and for every kind of row that was left."""
    lines = [_changed(meeting) for meeting in merged.changed]
    lines += [_conflict(meeting) for meeting in merged.conflicts]
    lines += [
        f"{place} 請求か指摘が変わったため取り込んでいません。新しい worklist.xlsx で決めてください"
        for place in changed_since
    ]
    counts = (
        (merged.emptied, "決定を空にした{}件は、前の決定のままです(取り消すときは保留を選んでください)"),
        (len(merged.noted), "回答・備考・事業所への一言だけを{}件取り込みました"),
        (merged.removed, "空にした回答・備考・事業所への一言{}件を消しました"),
    )
    return [*lines, *(sentence.format(count) for count, sentence in counts if count)]


def _changed(meeting: Meeting) -> str:
    row, entry = meeting.row, meeting.entry
    return f"決定を変えました: {_kind(row.key)} {row.place}「{_label(row.decision)}」(前は「{_label(entry.decision)}」、{_source(entry)})"


def _conflict(meeting: Meeting) -> str:
    row, entry = meeting.row, meeting.entry
    theirs = f"あなたの「{_label(row.decision)}」({row.file}、保存 {_clock(row.saved)})"
    there = f"すでに「{_label(entry.decision)}」" + (f"({_source(entry)})" if entry.decision else "")
    return f"食い違い: {_kind(row.key)} {row.place} {theirs} / {there}。取り込んでいません"


def of_conflicts(rows: pl.DataFrame) -> dict[Key, str]:
    """What the list says beside a row of decisions that were not made (books.CONFLICT_COLUMNS)."""
    sentences: dict[Key, list[str]] = {}
    table = rows.with_columns(month_texts(pl.col("service_month")))
    for row in table.select(*SUBJECT_KEY, "decision", "file", "saved").iter_rows():
        subject, facility, recipient, month, decision, file, saved = row
        sentence = f"未取込 食い違い「{_label(decision)}」({file}、保存 {_clock(saved)})。{_TO_SETTLE}"
        sentences.setdefault((subject, facility, recipient, month), []).append(sentence)
    return {key: "\n".join(of_key) for key, of_key in sentences.items()}


def _kind(key: Key) -> str:
    return labels.SHORT_SUBJECTS[key[0]]


def _label(decision: str) -> str:
    return labels.DECISIONS.get(decision, _UNDECIDED)


def _source(entry: Entry) -> str:
    """Where a decision came from: file, time and who; versions before 0.2 did not keep it."""
    return f"{entry.file}、{_clock(entry.at)}、{entry.who}" if entry.file else _UNKNOWN


def _clock(at: str) -> str:
    """`2026-09-10T14:03:00+09:00` → `9/10 14:03`."""
    time = datetime.fromisoformat(at)
    return f"{time.month}/{time.day} {time:%H:%M}"
