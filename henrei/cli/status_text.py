"""A month's status in, the lines that people read out: one screen, first what is wrong, last the next step. Called by the command
status, by the menu's head and at the end of a run.
"""

from __future__ import annotations

from collections.abc import Iterator

from henrei.flows.settings import Settings
from henrei.flows.status import EMPTY, RECEIVED, Status, describe, first_lines
from henrei.months import month_text, weekday

_MOST = 6  # causes, and reasons of checks, that are shown; the worklist and status --json have all of them
_DAYS = {"answers": "回答", "decide": "決定", "close": "締め"}


def lines(status: Status, settings: Settings) -> list[str]:
    """Everything, on one screen."""
    return [*head(status, settings), *_delivered(status), *_unjudged(status), next_line(status)]


def head(status: Status, settings: Settings) -> list[str]:
    """What is wrong, the state, and the numbers."""
    return [*(f"※ {line}" for line in warnings(status, settings)), _state(status), *_numbers(status)]


def warnings(status: Status, settings: Settings) -> list[str]:
    """What is wrong with the month's inputs, the worst first, and what else must be known."""
    shown = first_lines(status, settings)
    more = [f"ほかに{len(shown) - _MOST}件あります(worklist.xlsx の「0 今日すること」)"] if len(shown) > _MOST else []
    return [*shown[:_MOST], *more, *status.notes]


def next_line(status: Status) -> str:
    return f"次: {status.next.command} ({status.next.why})"


def decisions_line(status: Status) -> str:
    """What was decided and what is left."""
    counts = status.counts
    open_ = f"、その給付費 {counts.yen:,}円" if counts.text else ""
    more = ((status.untaken, "未取込"), (status.conflicts, "食い違い"))
    rest = "".join(f"・{label} {count:,}件" for count, label in more if count)
    return (
        f"決定: 必要 {counts.needed:,}件・決定済 {counts.decided:,}件・保留 {counts.hold:,}件{rest}"
        f"(未決定 {counts.undecided:,}件{open_})"
    )


def _state(status: Status) -> str:
    return f"審査月 {month_text(status.month)}: {describe(status.state)}"


def _numbers(status: Status) -> Iterator[str]:
    files = [file for file in status.files if file["kind"] not in ("unknown", "other")]
    refused = sum(file["refused"] or 0 for file in status.files)
    here = sum(account.present for account in status.inputs.accounts)
    rows = f"(取り込めない行 {refused:,})" if refused else ""
    yield f"ファイル {len(files):,}{rows}  台帳 {here}/{len(status.ledgers)}"
    if status.state not in (EMPTY, RECEIVED):
        yield decisions_line(status)
        if status.asked:
            yield f"確認依頼: {status.asked:,}事業所のうち {status.answered:,}事業所が回答"
    left = status.days_left()
    yield "期限: " + "、".join(
        f"{label} {day.month}/{day.day}({weekday(day)}){_left(left[name])}"
        for name, label in _DAYS.items()
        for day in [status.days[name]]
    )


def _left(days: int) -> str:
    if days == 0:
        return "今日"
    return f"あと{days}日" if days > 0 else f"{-days}日過ぎました"


def _delivered(status: Status) -> list[str]:
    """The lines of the ledgers that are there; the others are among what is wrong."""
    pairs = zip(ledger_lines(status), status.ledgers, strict=True)
    return [line for line, ledger in pairs if ledger["file"] is not None]


def ledger_lines(status: Status) -> Iterator[str]:
    """A line a ledger: where it is from, its rows and its age."""
    for ledger, account in zip(status.ledgers, status.inputs.accounts, strict=True):
        if ledger["file"] is None:
            yield f"  {account.shown}: ありません"
            continue
        refused = f"(うち{ledger['refused']:,}行は読めません)" if ledger["refused"] else ""
        age = "" if ledger["age_days"] is None else f" {ledger['age_days']:,}日前"
        yield f"  {account.shown}: {ledger['from']} {ledger['rows']:,}行{refused}{age}"


def _unjudged(status: Status) -> Iterator[str]:
    """The checks that could not be judged, a line a reason."""
    if not status.inputs.unjudged:
        return
    yield status.inputs.sentence
    reasons = list(status.inputs.by_reason.items())
    for reason, codes in reasons[:_MOST]:
        yield f"  {reason}: {'・'.join(codes)}"
    if more := [code for _, codes in reasons[_MOST:] for code in codes]:
        yield f"  ほかの理由: {'・'.join(more)}"
