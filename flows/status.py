"""`henrei status`: a home and a month in, how far the month is and the next step out. Called by the command, the menu, the run
and the board of many cities. It only reads: nothing in the home is changed, and a run beside it is not disturbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb

from henrei.errors import NOTHING, HenreiError
from henrei.flows import causes, copies, inbox, next_step
from henrei.flows.causes import Cause, Inputs
from henrei.flows.contact import contact_fault
from henrei.flows.ledger_account import LedgerAccount
from henrei.flows.month_state import (
    changed_since_run,
    earlier_open_month,
    require_held,
    require_open,
    still_valid,
    valid_decisions,
)
from henrei.flows.next_step import Counts, Next
from henrei.flows.run import worklist
from henrei.flows.run.ledgers import LedgersOfMonth
from henrei.flows.settings import Settings, days_of
from henrei.home import Home
from henrei.months import month_text
from henrei.publication import REMINDERS_NAME, WORKLIST_NAME
from henrei.store import answers, books, pending
from henrei.store.database import read_store

EMPTY, RECEIVED, CHECKED, DECIDING, CLOSED = STATES = ("empty", "received", "checked", "deciding", "closed")


@dataclass(frozen=True)
class Status:
    """How far a month is; `as_json` is the contract's.

    files: as in summary.json, before a run without counts; ledgers: name, file, from, rows, refused, age_days; causes: what is
    wrong with the inputs, the worst first; notes: what else is to be said; days: by what → the day.
    """

    month: date
    state: str
    next: Next
    inputs: Inputs
    causes: list[Cause]
    files: list[dict[str, Any]]
    ledgers: list[dict[str, Any]]
    counts: Counts
    days: dict[str, date]
    today: date
    untaken: int = 0
    conflicts: int = 0
    asked: int = 0
    answered: int = 0
    notes: list[str] = field(default_factory=list)

    def days_left(self) -> dict[str, int]:
        """Days from today on; negative where the day is past."""
        return {name: (day - self.today).days for name, day in self.days.items()}

    def as_json(self) -> dict[str, Any]:
        """`status --json` (contract section 2)."""
        counts = self.counts
        return {
            "review_month": month_text(self.month),
            "state": self.state,
            "next": asdict(self.next),
            "files": self.files,
            "ledgers": self.ledgers,
            "checks": {
                "enabled": self.inputs.enabled,
                "unjudged": [{"code": code, "reason": reason} for code, reason in self.inputs.unjudged.items()],
            },
            "decisions": {
                "needed": counts.needed,
                "decided": counts.decided,
                "hold": counts.hold,
                "untaken": self.untaken,
                "conflicts": self.conflicts,
                "yen": counts.yen,
            },
            "answers": {"asked": self.asked, "answered": self.answered},
            "days_left": self.days_left(),
        }


@dataclass(frozen=True)
class _Found:
    """The part of a status that is found in one way of a month that was run, in another of one that is still to be run."""

    state: str
    next: Next
    inputs: Inputs
    files: list[dict[str, Any]]
    counts: Counts = field(default_factory=Counts)
    untaken: int = 0
    conflicts: int = 0
    notes: list[str] = field(default_factory=list)


def newest_month(home: Home) -> date:
    """The newest month that has a folder in the inbox. Raises HenreiError (status 3) where none has."""
    months = home.inbox_months()
    if not months:
        raise HenreiError(
            f"{home.inbox()} に審査月のフォルダー(例 inbox/2026-05)がありません。作って、届いたファイルを入れてください",
            NOTHING,
        )
    return months[-1]


def status(home: Home, month: date, settings: Settings, today: date) -> Status:
    """Reads how far the month is. Raises HenreiError where the store cannot be read."""
    closed = books.is_closed(home, month)
    with read_store(home, month) as con:
        changed: list[str] | None = None
        if con is not None and closed:
            changed = []
        elif con is not None and home.inbox(month).is_dir():
            changed = changed_since_run(con, home, month, settings)
        if con is not None and changed == []:
            found = _of_run(con, home, month, settings, closed=closed)
        else:
            found = _before_run(home, month, settings, changed or [], closed=closed)
    asked, answered = answers.counts(home, month)
    accounts = found.inputs.accounts
    listed = causes.causes(found.inputs) + causes.on_disk(home, month, settings)
    listed += causes.old_ledgers(_changed_on(home, accounts), month, today)
    return Status(
        month=month,
        state=found.state,
        next=found.next,
        inputs=found.inputs,
        causes=[] if closed else listed,
        files=found.files,
        ledgers=[_ledger(home, account, today) for account in accounts],
        counts=found.counts,
        days=days_of(month, settings),
        today=today,
        untaken=found.untaken,
        conflicts=found.conflicts,
        asked=asked,
        answered=answered,
        notes=[*_interrupted(home), *copies.notes(home, month), *found.notes],
    )


def first_lines(status: Status, settings: Settings) -> list[str]:
    """What comes before anything else: what is wrong with the inputs, and a missing telephone number."""
    lines = [cause.line for cause in status.causes]
    grave = sum(cause.grave for cause in status.causes)
    fault = contact_fault(settings)
    return [*lines[:grave], fault, *lines[grave:]] if fault else lines


# Of a month that was run --------------------------------------------------------------------------------------------


def _of_run(con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings, *, closed: bool) -> _Found:
    inputs = causes.of_run(con, month, settings)
    decisions, _ = valid_decisions(con, home, month)
    counts = next_step.count(con, decisions, closed=closed)
    if closed:
        return _Found(CLOSED, _after_close(home, month), inputs, inputs.files, counts)
    untaken, unread = _untaken(con, home, month, settings)
    conflicts = still_valid(con, books.read_conflicts(home, month)).height
    deciding = not books.read_decisions(home, month).is_empty()
    step = next_step.after_run(
        home,
        month,
        counts,
        earlier=earlier_open_month(home, month),
        first="" if deciding else inputs.to_run_again(causes.causes(inputs)),
        untaken=untaken,
        conflicts=conflicts,
    )
    try:
        require_held(con, home, month)
    except HenreiError as error:
        step = Next("henrei rebuild", str(error))
    state = DECIDING if deciding else CHECKED
    return _Found(state, step, inputs, inputs.files, counts, untaken, conflicts, unread)


def _after_close(home: Home, month: date) -> Next:
    later = next((one for one in home.inbox_months() if one > month and not books.is_closed(home, one)), None)
    more = f"。次は {month_text(later)} です" if later else ""
    return Next("henrei dashboard", f"{month_text(month)} は締め済みです{more}")


def _untaken(con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings) -> tuple[int, list[str]]:
    """How many rows of worklist.xlsx hold what was not read yet, and the line for a worklist that cannot be read."""
    try:
        return worklist.untaken(home, month, settings, con), []
    except (HenreiError, OSError) as problem:
        text = str(problem) if isinstance(problem, HenreiError) else type(problem).__name__
        return 0, [f"{home.name_of(home.out(month) / WORKLIST_NAME)} の書き込みを数えられません({text})"]


# Of a month that is still to be run ---------------------------------------------------------------------------------


def _before_run(home: Home, month: date, settings: Settings, changed: list[str], *, closed: bool) -> _Found:
    files = inbox.scan(home, month, settings) if home.inbox(month).is_dir() else []
    ledgers = LedgersOfMonth(home, month, settings, files)
    if not closed:
        ledgers.load_all()
    inputs = causes.before_run(month, settings, list(ledgers.accounts.values()))
    state = RECEIVED if any(file.kind == "exchange" for file in files) else EMPTY
    return _Found(
        state=CLOSED if closed else state,
        next=_after_close(home, month) if closed else _to_run(home, inputs, state, changed),
        inputs=inputs,
        files=[_file(file) for file in files],
        notes=_to_remind(home, month) if state == EMPTY and not closed else [],
    )


def _to_remind(home: Home, month: date) -> list[str]:
    """What can be done before anything of a month has come: what will go wrong goes to the facilities."""
    if (home.out(month) / REMINDERS_NAME).is_file() or not any(one < month for one in books.runs(home)):
        return []
    name = month_text(month)
    return [f"請求の前の案内をまだ作っていません(henrei remind {name} で、間違いそうなことを事業所へ先に知らせます)"]


def _to_run(home: Home, inputs: Inputs, state: str, changed: list[str]) -> Next:
    month, name = inputs.month, month_text(inputs.month)
    try:
        require_open(home, month)
    except HenreiError as error:  # a later month is closed
        return Next(f"henrei status {month_text(max(books.closed(home)))}", str(error))
    if state == EMPTY:
        return Next(f"henrei run {name}", f"国保連から届いたファイルと台帳を inbox/{name}/ に入れてから実行します")
    if changed:
        return Next(f"henrei run {name}", f"{'・'.join(changed)}が前回の確認の後に変わっています")
    if month in books.runs(home):
        return Next(
            f"henrei run {name}", "henrei.duckdb にこの月の確認がありません(版が変わったか、ファイルがなくなりました)"
        )
    first = inputs.to_run_again(causes.causes(inputs))
    return Next(f"henrei run {name}", first or "届いたファイルをまだ確認していません")


def _file(file: inbox.InboxFile) -> dict[str, Any]:
    """A file as summary.json has it, as far as it is known before a run."""
    counts = {"lines": file.lines, "loaded": None, "refused": None, "ignored": None}
    return {"file": file.name, "sha256": file.sha256, "kind": file.kind, **counts}


# Of both ------------------------------------------------------------------------------------------------------------


def _ledger(home: Home, account: LedgerAccount, today: date) -> dict[str, Any]:
    changed = _last_change(home, account)
    return {
        "name": account.name,
        "file": account.file,
        "from": account.folder,
        "rows": account.rows,
        "refused": account.refused,
        "age_days": max((today - changed).days, 0) if changed else None,
    }


def _changed_on(home: Home, accounts: list[LedgerAccount]) -> list[tuple[LedgerAccount, date]]:
    """The ledgers that count, each with the day on which it was last changed."""
    days = ((one, _last_change(home, one)) for one in accounts if one.present)
    return [(one, day) for one, day in days if day]


def _last_change(home: Home, account: LedgerAccount) -> date | None:
    """When the newest of the ledger's files was last changed; None where they are not there any more."""
    if account.file is None or account.folder is None:
        return None
    folder = home.path_of(account.folder)
    paths = [folder / name for name in account.file.split(";")]
    times = [path.stat().st_mtime for path in paths if path.is_file()]
    return datetime.fromtimestamp(max(times)).date() if times else None


def _interrupted(home: Home) -> list[str]:
    """Nothing is repaired here: that is for the next command that changes the home."""
    if not pending.path_of(home).is_file() and not home.work.is_dir():
        return []
    return [
        "別の henrei が実行中か、前回の henrei が途中で止まっています(次に実行した henrei が、仕上げるか取り消します)"
    ]


def describe(state: str, *, short: bool = False) -> str:
    """A state as people read it: a sentence, or short for a table."""
    return (_SHORT if short else _LABELS)[state]


_LABELS: Mapping[str, str] = {
    EMPTY: "まだ届いていません",
    RECEIVED: "届きました。まだ確認していません",
    CHECKED: "確認しました。まだ決めていません",
    DECIDING: "決めています",
    CLOSED: "締め済み",
}
_SHORT: Mapping[str, str] = {
    EMPTY: "未着",
    RECEIVED: "未確認",
    CHECKED: "確認済み",
    DECIDING: "決定中",
    CLOSED: "締め済み",
}
