"""A check's code in, everything about it on one page out, from its own files. Called by `henrei explain` and by docs_page."""

from __future__ import annotations

import difflib
import re

from henrei.checks.catalogue import Check, catalogue
from henrei.checks.examples import parse, text_of
from henrei.checks.reminders import Reminder, reminders
from henrei.errors import HenreiError
from henrei.labels import SEVERITIES, SUBJECTS
from henrei.schemas.ledgers import ledgers
from henrei.store.view_sql import statements

_PLACEHOLDERS = {
    "since": "〔日付〕",
    "by": "〔期限〕",
    "dates": "〔日付〕",
    "observed": "〔請求の値〕",
    "expected": "〔正しい値〕",
    "services": "〔サービス種類〕",
    "month": "〔提供年月〕",
    "detail": "〔内容〕",
    "window": "〔次の請求期間〕",
    "kind": "〔作成区分〕",
}
_STATES = {"asked": "確認依頼", "returned": "返戻", "paid": "支払", "known": "お知らせ"}
_READERS = {"": "", "manager": "管理事業所へ", "related": "関係事業所へ", "biller": "届出がないとき"}


def explain(code: str) -> str:
    """The page of a check, with its SQL. Raises HenreiError if there is no such code."""
    check = catalogue().get(code.upper())
    if check is None:
        near = difflib.get_close_matches(code.upper(), catalogue(), n=3)
        hint = f"近いもの: {'、'.join(near)}。" if near else ""
        raise HenreiError(f"確認コード「{code}」はありません。{hint}henrei checks で一覧を見られます")
    head = f"{check.code} {check.title}  ({check.name})"
    place = f"checks/{check.group}/{check.file}"
    lines = [head, "", *page(check), f"判定のSQL ({place})", "", check.sql]
    for reminder in reminders():
        if reminder.check == check.code:
            lines += ["", f"請求の前の案内のSQL (checks/{check.group}/{reminder.file})", "", reminder.sql]
    return "\n".join(lines)


def page(check: Check) -> list[str]:
    """What a check's own files hold, in lines of Markdown: law, data, logic, sentences, examples."""
    needs = [need(name) for name in check.needs] or ["請求の交換ファイルだけ"]
    lines = [
        f"- 重さ: {SEVERITIES[check.severity]} (見るもの: {SUBJECTS[check.subject]})",
        f"- 出典: {check.source}",
        *([f"- 国保連のエラーコード: {'・'.join(check.federation)}"] if check.federation else []),
        f"- 必要な資料: {'、'.join(needs)}",
        *([f"- 決まりの表: {'、'.join(_tables(check))}"] if _tables(check) else []),
        f"- 判定: {check.logic}",
        f"- なぜ起こるか: {check.why}",
        "",
        "事業所への説明と、すること",
        "",
    ]
    for reason in check.message:
        lines += [f"- {_shown(check.message[reason])}", *_by_state(check, reason)]
    if check.undetermined:
        lines += ["", "判定しないとき", "", *(f"- {text}" for text in check.undetermined.values())]
    for reminder in reminders():
        if reminder.check == check.code:
            lines += ["", *reminder_lines(reminder)]
    if text := text_of(check):
        shown, more = _examples(text)
        lines += ["", "例", "", *shown]
        if more:
            lines += [f"(ほかに{more}例: checks/{check.group}/{check.file.removesuffix('.sql')}.md)", ""]
    return lines


def reminder_lines(reminder: Reminder) -> list[str]:
    """What `henrei remind` says before the claims come, in lines of Markdown."""
    lines = [f"請求の前の案内(`henrei remind`): {reminder.title}", ""]
    if reminder.needs:
        lines.append(f"- 必要な資料: {'、'.join(map(need, reminder.needs))}")
    lines.append(f"- 知らせる条件: {reminder.logic}")
    return lines + [f"- {_shown(text + reminder.action[reason])}" for reason, text in reminder.message.items()]


def _by_state(check: Check, reason: str) -> list[str]:
    """What letters say of a reason in each state, and to whom where they say several things."""
    lines = []
    for state in check.states:
        to_all = check.sentence(state, reason)
        for reader, to_whom in _READERS.items():
            text = check.sentence(state, reason, reader)
            if not reader or text != to_all:
                label = "・".join(filter(None, (_STATES[state], to_whom)))
                lines.append(f"  - {label}: {_shown(text)}")
    return lines


def _tables(check: Check) -> list[str]:
    """The tables of the law that a check reads, itself or through the views it names."""
    views = statements()
    seen: set[str] = set()
    waiting = [check.sql]
    while waiting:
        names = set(re.findall(r"\w+", waiting.pop())) - seen
        seen |= names
        waiting += [views[name].sql for name in names if name in views]
    return [f"data/rules/{name.removeprefix('rule_')}.csv" for name in sorted(seen) if name.startswith("rule_")]


def _examples(text: str) -> tuple[list[str], int]:
    """The first example that passes, the first that fails and the first undetermined; and how many more there are."""
    cases = [part.strip() for part in re.split(r"(?m)^(?=## )", text) if part.strip()]
    first: dict[str, str] = {}
    for case in cases:
        (example,) = parse(case)
        verdicts = {row["verdict"] for row in example.expect or []}
        kind = "open" if verdicts == {"undetermined"} or example.not_judged else "fails" if verdicts else "passes"
        first.setdefault(kind, case)
    shown = [first[kind] for kind in ("passes", "fails", "open") if kind in first]
    return [line for case in shown for line in (case, "")], len(cases) - len(shown)


def _shown(template: str) -> str:
    """A sentence with labels where a finding has its own values."""
    for name, label in _PLACEHOLDERS.items():
        template = template.replace("{" + name + "}", label)
    return template


def need(name: str) -> str:
    """What a check needs, as people say it: a ledger with its file, a column of one, or the outcomes of earlier months."""
    if name == "outcomes":
        return "審査履歴(過去の結果)"
    name, _, column = name.partition(".")
    ledger = ledgers()[name]
    return f"{ledger.title}({name}.csv)" + (f"の{ledger.label(column)}" if column else "")
