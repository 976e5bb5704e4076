"""`henrei upgrade`: a home that an earlier version worked in in, the same home as this version needs it out. Called by the
command; `rehearsal` does the same on a copy.

Files of people, decisions and outcomes stay as they are. What changes: of a closed month of 0.1.0, whose close kept nothing
of what its run found, books/ keeps what that run wrote into out/; and henrei.duckdb is made anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

import henrei
from henrei.errors import HenreiError
from henrei.files import parquet_bytes, write_atomic
from henrei.flows.closed_files import version_numbers
from henrei.flows.rebuild import rebuild
from henrei.flows.ruleset import ruleset
from henrei.home import Home
from henrei.months import month_dates, month_text
from henrei.store import books, journal, pending, tables
from henrei.store.database import read_store

_COMMAND = "upgrade"
_OF_RUN = ("findings", "undetermined", "rejects")  # what every version writes into out/


@dataclass(frozen=True)
class State:
    """What of a home is as an earlier version left it.

    version: of the last command; lacking: months that the database does not hold, or not in this version's tables;
    unkept: closed months whose findings are in out/ alone; outdated: open months that were run under other rules.
    """

    version: str
    lacking: list[date]
    unkept: list[date]
    outdated: list[date]

    @property
    def steps(self) -> list[str]:
        """What an upgrade does, a line each, in its order; empty where nothing is needed."""
        steps = []
        if self.unkept:
            steps.append(
                f"締めた時の指摘を out から books に控えます({_names(self.unkept)})。決定と結果には手を付けません"
            )
        if self.lacking or self.unkept:
            steps.append("henrei.duckdb を inbox と books から作り直します。終わるまで今のものを残します")
        return steps

    @property
    def following(self) -> list[str]:
        """What people do afterwards, a line each."""
        return [
            f"{name} は別の決まりで確認しています。henrei run {name} をもう一度実行してください(決定と書き込みは残ります)"
            for name in map(month_text, self.outdated)
        ]


def state_of(home: Home) -> State:
    """Reads the home and changes nothing. Raises HenreiError where this version cannot take it over."""
    _require_possible(home)
    runs = [month for month in books.runs(home) if not books.is_purged(home, month)]
    held = _held(home)
    return State(
        version=_last_version(home),
        lacking=[month for month in runs if month not in held],
        unkept=[month for month in runs if _is_unkept(home, month)],
        outdated=[
            month for month in runs if not books.is_closed(home, month) and _ruleset_of(home, month) != ruleset()
        ],
    )


def upgrade(home: Home, state: State) -> list[str]:
    """Does the steps of `state`; the caller holds the home's lock. Returns what people must know.

    Cut off in between, the home is as it was or can be upgraded again: each file comes whole, the database last.
    """
    notes = []
    for month in state.unkept:
        if fault := keep_findings(home, month):
            notes.append(fault)
    if state.steps:
        rebuild(home)
    return notes


def keep_findings(home: Home, month: date) -> str:
    """Puts what the run of a closed month wrote into out/ into books/, where closes of now keep it, and into the journal.

    Returns why not, where out/ does not hold what the journal says of that run: the month's findings are then computed.
    """
    fault = ""
    try:
        summary, frames = _written(home, month)
        counts = dict(frames["findings"].group_by("check_code").len().iter_rows())
        if counts != {code: count for code, count in _run_of(home, month)["outcome"].items() if count}:
            fault = "監査記録の件数と違います"
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as problem:
        fault = f"読めません({type(problem).__name__})"
    if _outcome(home, month) is None:  # of an upgrade that was cut off it is there
        heights = {} if fault else {name: frame.height for name, frame in frames.items()}
        journal.append(home, journal.entry(_COMMAND, month, outcome=heights))
    if fault:
        name = month_text(month)
        return f"out/{name} の指摘は控えられません: {fault}。{name} の指摘の内訳は今の決まりで計算します(締めた結果は変わりません)"
    text = json.dumps({"summary": summary, "ledgers": []}, ensure_ascii=False)
    write_atomic(home.books(month) / "summary.json", text.encode("utf-8"))
    for name, frame in frames.items():
        write_atomic(books.kept_by_close(home, month)[name], parquet_bytes(frame))
    return ""


def _written(home: Home, month: date) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    """summary.json but for its seconds, and the tables of out/<month>/ as the store has them."""
    out = home.out(month)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    braked = [check["code"] for check in summary["checks"] if check["braked"]]
    frames = {name: pl.read_csv(out / f"{name}.csv", infer_schema=False) for name in _OF_RUN}
    # 0.1.0 did not write which findings the brake took down: those of a braked check that are no more than 要確認.
    downgraded = pl.col("check_code").is_in(braked) & (pl.col("severity") == "review")
    frames["findings"] = frames["findings"].with_columns(downgraded=downgraded)
    return {name: value for name, value in summary.items() if name != "seconds"}, {
        name: frame.select(_typed(column, kind) for column, kind in _kept_columns(name).items())
        for name, frame in frames.items()
    }


def _kept_columns(name: str) -> dict[str, pl.DataType]:
    newer = ("position", *tables.NEWER_COLUMNS.get(name, ()))
    return {column: kind for column, kind in tables.RESULTS[name].items() if column not in newer}


def _typed(column: str, kind: pl.DataType) -> pl.Expr:
    return month_dates(pl.col(column)) if kind == pl.Date() else pl.col(column).cast(kind)


def _require_possible(home: Home) -> None:
    journal.require_whole(home)
    if version_numbers(version := _last_version(home)) > version_numbers(henrei.__version__):
        raise HenreiError(
            f"この作業フォルダーは新しい版(henrei {version})で使われています。その版の henrei を使ってください"
        )
    if left := pending.read(home):
        entry, _, _ = left
        if entry["version"] != henrei.__version__:
            command = f"{entry['command']} {entry['month']}"
            raise HenreiError(
                f"前回の {command} が途中で止まっています。先に、その時の版(henrei {entry['version']})で henrei {command} を"
                "もう一度実行して仕上げてください"
            )


def _last_version(home: Home) -> str:
    return next((entry["version"] for entry in reversed(journal.read(home)) if "version" in entry), "")


def _held(home: Home) -> set[date]:
    """The months that the database holds in the tables of this version."""
    with read_store(home, date.min) as con:
        if con is None:
            return set()
        return {month for (month,) in con.execute("SELECT review_month FROM run_state").fetchall()}


def _is_unkept(home: Home, month: date) -> bool:
    """A closed month whose close kept nothing of what was found, unless an upgrade could not keep it either."""
    return books.is_closed(home, month) and not books.has_results(home, month) and _outcome(home, month) != {}


def _outcome(home: Home, month: date) -> dict[str, int] | None:
    """How many rows an upgrade has kept of the month, by the journal; None where none has looked at it."""
    entries = (e for e in reversed(journal.of_month(home, month)) if e["command"] in (_COMMAND, "close"))
    newest = next(entries)
    return newest["outcome"] if newest["command"] == _COMMAND else None


def _run_of(home: Home, month: date) -> journal.Entry:
    """The journal's line of the month's last run."""
    return next(entry for entry in reversed(journal.of_month(home, month)) if entry["command"] == "run")


def _ruleset_of(home: Home, month: date) -> str:
    return _run_of(home, month).get("ruleset", "")


def _names(months: list[date]) -> str:
    first = month_text(months[0])
    return first if len(months) == 1 else f"{first} 〜 {month_text(months[-1])} の{len(months)}か月"
