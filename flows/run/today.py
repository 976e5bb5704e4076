"""A month's store and books in, the rows of the worklist's first sheet out: what is wrong, the next step, what is left, by when.
Called by whatever writes a worklist.

Nothing here looks at the clock or at a file's age: the same month gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl

from henrei.flows import causes, next_step
from henrei.flows.month_state import earlier_open_month
from henrei.flows.settings import Settings, days_of
from henrei.home import Home
from henrei.months import weekday
from henrei.reports.worklist import TodayRow

REPAIR, NEXT, DECISIONS, ASKED, DAYS, UNJUDGED = (
    "直すこと",
    "次にすること",
    "決定",
    "確認依頼",
    "期限",
    "判定していない確認",
)
_DAYS = {"answers": "事業所の回答", "decide": "決定", "close": "締め"}


def today_rows(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    month: date,
    settings: Settings,
    decisions: pl.DataFrame,
    asked: tuple[int, int],
    *,
    untaken: int = 0,
    conflicts: int = 0,
) -> list[TodayRow]:
    """The rows of the current month, which was run. `decisions`: the valid ones, with SUBJECT_KEY and decision; `asked`: how many
    facilities were asked, and how many of them have answered; `untaken`: rows of the list that were not read yet; `conflicts`:
    decisions that met another one."""
    inputs = causes.of_run(con, month, settings)
    found = causes.causes(inputs)
    counts = next_step.count(con, decisions)
    first = inputs.to_run_again(found) if decisions.is_empty() else ""
    earlier = earlier_open_month(home, month)
    step = next_step.after_run(home, month, counts, earlier=earlier, first=first, untaken=untaken, conflicts=conflicts)
    rows = [TodayRow(REPAIR, cause.text, cause.remedy, cause.grave) for cause in found]
    rows.append(TodayRow(NEXT, step.why, step.command))
    numbers = f"必要 {counts.needed:,}件・決定済 {counts.decided:,}件・保留 {counts.hold:,}件"
    left = f"未決定 {counts.undecided:,}件。決まっていないもの(保留を含む)の給付費 {counts.yen:,}円"
    rows.append(TodayRow(DECISIONS, f"{numbers}・{left}", "「1 決定」のタブで選び、保存して取り込みます"))
    if asked[0]:
        rows.append(
            TodayRow(ASKED, f"{asked[0]:,}事業所のうち {asked[1]:,}事業所が回答", "「電話・やりとり」のタブを見ます")
        )
    dates = [
        f"{_DAYS[name]} {day.month}月{day.day}日({weekday(day)})" for name, day in days_of(month, settings).items()
    ]
    rows.append(TodayRow(DAYS, "、".join(dates)))
    rows += _unjudged(inputs)
    return rows


def _unjudged(inputs: causes.Inputs) -> Iterator[TodayRow]:
    """The checks that could not be judged at all, a row a reason."""
    if inputs.unjudged:
        yield TodayRow(UNJUDGED, inputs.sentence)
    for reason, codes in inputs.by_reason.items():
        yield TodayRow(UNJUDGED, f"{reason}: {'・'.join(codes)}")
