"""`henrei history`: a home and a month in, what was done to the month out: who, on which machine, when, with which files and
counts. Called by the command. It only reads, and it gives no name or number of a child or facility.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from henrei import labels
from henrei.home import Home
from henrei.machine import UNKNOWN
from henrei.months import month_text
from henrei.store import journal

_SHOWN_DIGITS = 12  # of a SHA-256


@dataclass(frozen=True)
class Event:
    """One command on the month. at: ISO with zone; counts: texts; files: name and the first digits of the SHA-256; note:
    what is odd about the line, or empty."""

    at: str
    user: str
    machine: str
    title: str
    counts: list[str]
    files: list[str]
    version: str
    note: str = ""


@dataclass(frozen=True)
class History:
    """The month's events, oldest first; broken_at: the first line of the journal that somebody changed, else None."""

    month: date
    events: list[Event]
    broken_at: int | None


def history(home: Home, month: date) -> History:
    """Reads the journal. Raises OSError where the file cannot be read."""
    name = month_text(month)
    events: list[Event] = []
    before: datetime | None = None
    for entry in journal.read(home):
        at = _time(entry)
        if entry.get("month") == name or name in entry.get("months", ()):
            back = at is not None and before is not None and at < before
            events.append(_event(entry, "PC の時計が前の記録より戻っています" if back else ""))
        before = at or before
    return History(month, events, journal.broken_at(home))


def _time(entry: journal.Entry) -> datetime | None:
    try:
        return datetime.fromisoformat(entry["at"])
    except (KeyError, TypeError, ValueError):  # a line that somebody changed: `broken_at` names it
        return None


def _event(entry: journal.Entry, note: str) -> Event:
    command = str(entry.get("command", ""))
    title, counts = _COMMANDS.get(command, (command, _no_counts))
    return Event(
        at=str(entry.get("at", "")),
        user=str(entry.get("who", UNKNOWN)),
        machine=str(entry.get("machine", "")),  # before 0.2 it was not kept
        title=title,
        counts=list(counts(entry)),
        files=list(_files(entry)),
        version=str(entry.get("version", "")),
        note=note,
    )


def _files(entry: journal.Entry) -> Iterator[str]:
    inputs = entry.get("inputs")
    if isinstance(inputs, dict):  # of a decide; a run's is one hash over all of them
        for label, digest in inputs.items():
            yield f"{journal.file_name(str(label))} {str(digest)[:_SHOWN_DIGITS]}"  # before 0.2 whatever it was called


# What each command counts -------------------------------------------------------------------------------------------


def _outcome(entry: journal.Entry) -> Mapping[str, Any]:
    outcome = entry.get("outcome")
    return outcome if isinstance(outcome, dict) else {}


def _no_counts(entry: journal.Entry) -> Iterator[str]:
    yield from ()


def _of_run(entry: journal.Entry) -> Iterator[str]:
    received = entry.get("received")
    if received:  # before 0.2 it was not kept
        yield f"{received['files']:,}ファイル {received['lines']:,}行(取り込めない行 {received['refused']:,})"
    yield f"指摘 {sum(_outcome(entry).values()):,}件"
    yield from _untaken(entry)


def _untaken(entry: journal.Entry) -> Iterator[str]:
    if entry.get("untaken"):
        yield f"未取込 {entry['untaken']:,}件"


def _of_inquire(entry: journal.Entry) -> Iterator[str]:
    yield f"{_outcome(entry).get('facilities', 0):,}事業所"


def _of_remind(entry: journal.Entry) -> Iterator[str]:
    yield from _of_inquire(entry)
    yield f"案内 {sum(_outcome(entry).get('reminders', {}).values()):,}件"


def _of_answers(entry: journal.Entry) -> Iterator[str]:
    outcome = _outcome(entry)
    if "removed" in outcome:
        yield f"取り消した回答 {outcome['removed']:,}件"
        return
    yield f"{outcome.get('files', 0):,}ファイル 回答 {outcome.get('answers', 0):,}件"
    if outcome.get("refused"):
        yield f"受け付けなかったファイル {outcome['refused']:,}"


def _of_decide(entry: journal.Entry) -> Iterator[str]:
    for decision, count in _outcome(entry).items():
        yield f"{labels.DECISIONS.get(decision, decision or '取消')} {count:,}件"
    if entry.get("conflicts"):
        yield f"食い違い {entry['conflicts']:,}件"
    yield from _untaken(entry)


def _of_close(entry: journal.Entry) -> Iterator[str]:
    for kind_and_outcome, count in _outcome(entry).items():
        kind, outcome = kind_and_outcome[:1], kind_and_outcome[1:]
        yield f"{labels.SHORT_SUBJECTS[labels.SUBJECT_OF_KIND[kind]]}の{outcome} {count:,}件"
    if entry.get("undecided"):
        yield f"決まっていないものは{labels.DECISIONS[entry['undecided']]}"


def _of_official(entry: journal.Entry) -> Iterator[str]:
    yield f"{entry.get('replaced', 0):,}件(審査月 {entry.get('known_in', '')} に届いたもの)"


def _of_purge(entry: journal.Entry) -> Iterator[str]:
    yield f"{len(entry.get('months', ())):,}か月"


_COMMANDS: Mapping[str, tuple[str, Callable[[journal.Entry], Iterator[str]]]] = {
    "run": ("確認", _of_run),
    "inquire": ("確認依頼", _of_inquire),
    "remind": ("請求の前の案内", _of_remind),
    "answers": ("回答の取り込み", _of_answers),
    "decide": ("決定の取り込み", _of_decide),
    "close": ("締め", _of_close),
    "reopen": ("締めの取消", _no_counts),
    "upgrade": ("新しい版への移行", _no_counts),
    "official": ("国保連の結果への差し替え", _of_official),
    "purge": ("氏名と番号の消去", _of_purge),
}
