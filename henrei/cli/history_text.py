"""A month's history in, the lines that people read out: one a command, oldest first. Called by the command history."""

from __future__ import annotations

from collections.abc import Iterator

from henrei.flows.history import Event, History
from henrei.machine import clock_text
from henrei.months import month_text


def lines(history: History) -> Iterator[str]:
    """Everything; a journal that somebody changed is named first."""
    name = month_text(history.month)
    if history.broken_at is not None:
        yield f"※ 監査記録(books/journal.jsonl)の{history.broken_at}行目から先が書きかえられています。控えと見比べてください"
    if not history.events:
        yield f"審査月 {name} の記録はありません"
        return
    yield f"審査月 {name} の記録 {len(history.events):,}件(古い順)"
    for event in history.events:
        yield from _event(event)


def _event(event: Event) -> Iterator[str]:
    who = f"{event.user}@{event.machine}" if event.machine else event.user
    counts = f": {'、'.join(event.counts)}" if event.counts else ""
    yield f"{clock_text(event.at)}  {who}  {event.title}{counts} [henrei {event.version}]"
    for file in event.files:
        yield f"    {file}"
    if event.note:
        yield f"    ※ {event.note}"
