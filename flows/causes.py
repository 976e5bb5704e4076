"""What a month was run on in, what is wrong with it out: the worst first, each in one line with its own remedy. Called by status,
the run, the worklist and the board of many cities, so that all of them say the same.

On a month of which every ledger is there and every line was read there is none. No cause holds a number or name of a child.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from henrei.checks.catalogue import catalogue
from henrei.flows import inbox
from henrei.flows.ledger_account import Fault, LedgerAccount, from_json
from henrei.flows.settings import Settings
from henrei.home import SETTINGS, Home
from henrei.months import month_text
from henrei.schemas.exchange import reject_reasons
from henrei.schemas.ledgers import ledgers
from henrei.store import load
from henrei.store.database import query

MOST_FILES = 10  # named one by one; of more files only how many they are
OLD_DAYS = 62  # a ledger that is older is hardly this month's
_MANY_UNJUDGED = 3  # of the enabled checks, one in so many: `run --strict` ends with 1, status says to run again
_BEFORE, _AFTER = "を判定できません", "を判定していません"


@dataclass(frozen=True)
class Cause:
    """text: what is wrong; remedy: what to do; grave: it must be put right before anything is decided; weight: the greatest
    comes first."""

    text: str
    remedy: str
    grave: bool = False
    weight: float = 0

    @property
    def line(self) -> str:
        return f"{self.text}。{self.remedy}"


@dataclass(frozen=True)
class Inputs:
    """What a month was, or is to be, run on.

    enabled: how many checks; unjudged: those that cannot be judged at all, code → reason; files: as in summary.json; faults:
    file → line and reason of the first refused line of an exchange file; braked: codes; done: the month was run.
    """

    month: date
    enabled: int
    unjudged: dict[str, str]
    accounts: list[LedgerAccount]
    files: list[dict[str, Any]]
    faults: dict[str, tuple[int, str]]
    braked: list[str]
    done: bool = True

    @property
    def hardly_judged(self) -> bool:
        """True where a third or more of the enabled checks cannot be judged."""
        return bool(self.unjudged) and _MANY_UNJUDGED * len(self.unjudged) >= self.enabled

    @property
    def by_reason(self) -> dict[str, list[str]]:
        """Why checks cannot be judged at all → their codes."""
        reasons: dict[str, list[str]] = {}
        for code, reason in self.unjudged.items():
            reasons.setdefault(reason, []).append(code)
        return reasons

    def to_run_again(self, found: list[Cause]) -> str:
        """Why the month must be run again before anything is decided, and what to do before; empty where it need not.
        `found`: its causes, the worst first."""
        return f"{self.sentence}。{found[0].remedy}" if found and self.hardly_judged else ""

    @property
    def sentence(self) -> str:
        return f"{self.enabled}の確認のうち{len(self.unjudged)}" + (_AFTER if self.done else _BEFORE)


def unjudged_of(summary: dict[str, Any], settings: Settings) -> dict[str, str]:
    """Enabled checks that the run could not judge at all, code → reason."""
    return {c["code"]: c["reason"] for c in summary["checks"] if c["reason"] and c["code"] not in settings.disabled}


def enabled_checks(settings: Settings) -> int:
    """How many checks the city has not disabled."""
    return len(catalogue().keys() - settings.disabled)


def of_run(con: duckdb.DuckDBPyConnection, month: date, settings: Settings) -> Inputs:
    """The inputs of the month's last run, from the store, in which it is the current month."""
    summary, kept = load.read_summary(con, month)
    if not summary:  # closed by a version that did not keep it
        return Inputs(month, enabled_checks(settings), {}, [], [], {}, [])
    companion = reject_reasons.COMPANION_TEXT.rpartition("、")[2]
    first = query(
        con,
        "SELECT file, min(line) AS line, arg_min(reason, line) AS reason FROM rejects "
        "WHERE review_month = $month AND NOT ends_with(reason, $companion) GROUP BY file",
        {"month": month, "companion": companion},
    )
    return Inputs(
        month=month,
        enabled=enabled_checks(settings),
        unjudged=unjudged_of(summary, settings),
        accounts=[from_json(one) for one in kept],
        files=summary["files"],
        faults={file: (line, reason.partition("(値: ")[0]) for file, line, reason in first.iter_rows()},
        braked=[check["code"] for check in summary["checks"] if check["braked"]],
    )


def before_run(month: date, settings: Settings, accounts: list[LedgerAccount]) -> Inputs:
    """The inputs of a month that is still to be run, as far as its ledgers say."""
    absent = {one.name: f"{one.title}({one.name}.csv)がありません" for one in accounts if not one.present}
    unjudged = {
        code: "。".join(absent[need] for need in check.needs if need in absent)
        for code, check in catalogue().items()
        if code not in settings.disabled and any(need in absent for need in check.needs)
    }
    return Inputs(month, enabled_checks(settings), unjudged, accounts, [], {}, [], done=False)


def causes(inputs: Inputs) -> list[Cause]:
    """What is wrong with the inputs, the worst first."""
    found = [
        *_absent(inputs),
        *_spoilt_ledgers(inputs),
        *_broken_files(inputs),
        *_of_nobody(inputs),
        *_stray(inputs),
        *_braked(inputs),
        *_refused_rows(inputs),
        *_refused_lines(inputs),
    ]
    return sorted(found, key=lambda cause: -cause.weight)


def on_disk(home: Home, month: date, settings: Settings) -> list[Cause]:
    """What only the disk of now can say: exchange files where nobody reads them. Never in a file that must be the same
    again."""
    files = inbox.stray_exchange_files(home, month, settings)
    if not files:
        return []
    return [Cause(f"{_some(files)} は読みません", f"inbox/{month_text(month)}/ に移してください", weight=0.25)]


def old_ledgers(ages: Sequence[tuple[LedgerAccount, date]], month: date, today: date) -> list[Cause]:
    """Ledgers, each with the day it was last changed, that are too old for the month. The table of codes changes every few
    years only."""
    at = min(today, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return [
        Cause(f"{one.shown}は{(today - day).days}日前のものです", "新しいものに替えてください", weight=0.05)
        for one, day in ages
        if not ledgers()[one.name].beside_settings and (at - day).days > OLD_DAYS
    ]


# Ledgers ------------------------------------------------------------------------------------------------------------


def _again(inputs: Inputs) -> str:
    month = month_text(inputs.month)
    return f"henrei run {month} をやり直してください" if inputs.done else f"henrei run {month} を実行してください"


def _unjudged_by(inputs: Inputs, names: set[str]) -> int:
    return sum(not names.isdisjoint(catalogue()[code].needs) for code in inputs.unjudged)


def _is_missing(account: LedgerAccount) -> bool:
    """True for a ledger of which nothing was delivered; one that was refused is another matter."""
    return not account.present and not account.missing and not account.refused


def _weight(inputs: Inputs, checks: int) -> float:
    """By the share of the checks; above everything else where a third of them cannot be judged."""
    return 1 + checks / max(inputs.enabled, 1) + (2 if inputs.hardly_judged else 0)


def _absent(inputs: Inputs) -> Iterator[Cause]:
    absent = [one for one in inputs.accounts if _is_missing(one)]
    if not absent:
        return
    names = "、".join(one.shown + (":見出しだけ" if one.file else "") for one in absent)
    folder = f"inbox/{month_text(inputs.month)}/"
    stray = [name for one in absent for name in one.stray]
    place = (
        f"{_some(stray)} は読みません。{folder} か ledgers/ に移し" if stray else f"台帳を {folder} か ledgers/ に置き"
    )
    may_be_none = [one.usual for one in absent if ledgers()[one.name].empty_means_none and not one.stray]
    none = f"({'・'.join(may_be_none)} は、1件もない月なら見出しだけを {folder} に)" if may_be_none else ""
    checks = _unjudged_by(inputs, {one.name for one in absent})
    text = f"{inputs.sentence}(ない台帳: {names})" if checks else f"ない台帳: {names}"
    yield Cause(text, f"{place}、{_again(inputs)}{none}", True, _weight(inputs, checks))


def _spoilt_ledgers(inputs: Inputs) -> Iterator[Cause]:
    """Ledgers that were refused whole, or so much that they hardly count. The first says how many checks that leaves."""
    for one in inputs.accounts:
        checks = _unjudged_by(inputs, {one.name}) if not one.present else 0
        begin = f"{inputs.sentence}。" if checks else ""
        if one.missing:
            text = f"{begin}{one.shown}を読めません: {one.missing}"
            yield Cause(text.removesuffix("。"), f"直したら {_again(inputs)}", True, _weight(inputs, checks))
        elif one.is_spoilt:
            share = one.refused / one.rows
            text = f"{begin}{one.shown}の{one.rows:,}行のうち{one.refused:,}行({share:.0%})が読めません{_why(one)}"
            weight = _weight(inputs, checks) if checks else 1 + share
            yield Cause(text, f"{_put_right(one)}、{_again(inputs)}", True, weight)


def _why(account: LedgerAccount) -> str:
    """The commonest fault, with how the value is written but not what it is."""
    if not account.faults:
        return ""
    fault = account.faults[0]
    shape = f"、今は「{fault.shape}」" if fault.shape else ""
    return f"({fault.line}行目など{fault.count:,}行: {fault.sentence}{shape})"


def _put_right(account: LedgerAccount) -> str:
    fault = account.faults[0] if account.faults else Fault(0, 0, "", "")
    if not fault.column or not fault.shape:
        return "台帳を直し"
    place = f'{SETTINGS} の [ledgers.values.{account.name}."{fault.column}"]'
    if fault.codes:
        return f'{place} に "{_example(fault)}" = "{fault.codes[0]}" のように読みかえを書き'
    return f"台帳を出し直すか {place} に読みかえを書き"


def _example(fault: Fault) -> str:
    return "台帳の書き方" if fault.shape.startswith("(") else fault.shape


def _of_nobody(inputs: Inputs) -> Iterator[Cause]:
    for one in inputs.accounts:
        if one.of_nobody:
            yield Cause(
                f"{one.shown}: {one.of_nobody:,}行は誰(どこ)の行かも読めないため、この台帳による返戻相当の指摘を要確認に下げます",
                f"台帳を直し、{_again(inputs)}",
                weight=0.5,
            )


def _refused_rows(inputs: Inputs) -> Iterator[Cause]:
    """Ledgers of which a few rows were refused."""
    for one in inputs.accounts:
        if one.refused and not one.missing and not one.is_spoilt:
            text = f"{one.shown}の{one.rows:,}行のうち{one.refused:,}行が読めません{_why(one)}"
            yield Cause(text, f"{_put_right(one)}、{_again(inputs)}", weight=0.02)


def _stray(inputs: Inputs) -> Iterator[Cause]:
    """Files of ledgers that count from elsewhere: she may have put the new one where nobody reads it."""
    for one in inputs.accounts:
        if one.stray and not _is_missing(one):
            used = f"{one.folder}/{one.file}".removeprefix("./")
            yield Cause(
                f"{_some(list(one.stray))} は読みません({used} を使います)",
                f"使うなら inbox/{month_text(inputs.month)}/ に移してください",
                weight=0.2,
            )


def _braked(inputs: Inputs) -> Iterator[Cause]:
    if inputs.braked:
        yield Cause(
            f"{'・'.join(inputs.braked)} は多くの請求に当たったため要確認に下げました(台帳が古い可能性)",
            "台帳が新しいか確かめてください",
            weight=0.3,
        )


# Exchange files -----------------------------------------------------------------------------------------------------


def _broken_files(inputs: Inputs) -> Iterator[Cause]:
    broken = [file["file"] for file in inputs.files if file["kind"] == "broken"]
    for name in broken[:MOST_FILES]:
        reason = inputs.faults.get(name, (0, "ファイル全体を取り込みません"))[1]
        yield Cause(f"{name}: {reason}", f"送り直しを受け取って入れ替え、{_again(inputs)}", True, 1.0)
    if more := broken[MOST_FILES:]:
        yield Cause(f"全体を取り込めないファイルがほかに{len(more):,}あります", "rejects.csv を見てください", True, 1.0)


def _refused_lines(inputs: Inputs) -> Iterator[Cause]:
    """Exchange files of which some lines were refused."""
    refused = [
        file
        for file in inputs.files
        if file["refused"] and file["kind"] != "broken" and not set(file["kind"].split(";")) & ledgers().keys()
    ]
    for file in refused[:MOST_FILES]:
        line, reason = inputs.faults.get(file["file"], (0, ""))
        why = f"(最初は{line}行目: {reason})" if line else ""
        text = f"{file['file']} の{file['lines']:,}行のうち{file['refused']:,}行を取り込めません{why}"
        yield Cause(text, "rejects.csv の行を直して送り直してもらってください", weight=0.01)
    if more := refused[MOST_FILES:]:
        text = f"取り込めない行のあるファイルがほかに{len(more):,}あります"
        yield Cause(text, "rejects.csv を見てください", weight=0.01)


def _some(files: list[str]) -> str:
    """Files by name: the first ones, and how many more there are."""
    shown, more = files[:3], len(files) - 3
    return "、".join(shown) + (f" ほか{more}" if more > 0 else "")
