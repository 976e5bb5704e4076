"""What `henrei facilities` and `henrei columns` did in, the lines that a person reads out. Called by the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from henrei.months import month_text

if TYPE_CHECKING:
    from henrei.flows.columns import Proposed
    from henrei.flows.facilities import Completion

_SHOWN = 20  # facilities named in a line


def completed_facilities(done: Completion) -> list[str]:
    """Counts and numbers of facilities, which are public; never a name."""
    rows = sum(done.services.values())
    services = "、".join(
        f"{name} {count:,}" for name, count in sorted(done.services.items(), key=lambda one: -one[1])[:6]
    )
    lines = [
        f"WAM NET: {rows:,}行({services})、{month_text(done.state)} の状態({done.state_from}から)",
        f"台帳: {done.base or 'なし(新しく作ります)'}、請求: 審査月 {month_text(done.month)}",
        f"足した事業所: {len(done.added):,}行{_named(done.added)}",
        f"埋めた空欄: {sum(done.filled.values()):,}"
        + (f"({'、'.join(f'{label} {count:,}' for label, count in done.filled.items())})" if done.filled else ""),
    ]
    if done.lacking:
        lines.append(
            f"請求にあり、台帳にも WAM NET のファイルにもない事業所: {len(done.lacking):,}行{_named(done.lacking)}"
        )
    if done.added:
        lines.append(
            "※ 足した行の地域区分コード・重心区分・センター区分・算定定員・指定開始日は空です(WAM NET にありません)。分かるものを書くと、判定できる確認が増えます"
        )
    return lines + [f"※ {note}" for note in done.notes]


def _named(keys: Sequence[tuple[str, str]]) -> str:
    if not keys:
        return ""
    more = f" ほか{len(keys) - _SHOWN:,}行" if len(keys) > _SHOWN else ""
    return "(" + "、".join(f"{number} の {kind}" for number, kind in keys[:_SHOWN]) + more + ")"


def proposed_columns(proposed: Proposed) -> list[str]:
    """A line a ledger: how many of its columns have an item, how many of these are guesses."""
    lines = [f"項目 {proposed.items:,}、グループ {proposed.groups:,}、コード表 {proposed.code_lists:,} を読みました"]
    for title, columns, sure, guessed, tables in proposed.ledgers:
        values = f"、値の対応 {tables}列" if tables else ""
        lines.append(f"  {title}: {columns}列のうち 案 {sure}、推測 {guessed}、なし {columns - sure - guessed}{values}")
    lines += [f"※ {note}" for note in proposed.notes]
    return [*lines, "※ 案は henrei に読まれません。確かめてから、要るところを henrei.toml に写してください"]
