"""How far the decisions of a month are in, the next step out. Called by status and the worklist; the conditions are those by
which close itself refuses (`outcomes`, `month_state`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from henrei.flows.outcomes import on_hold, undecided_subjects
from henrei.home import Home
from henrei.months import month_text
from henrei.store.database import query
from henrei.store.tables import CLAIM_KEY, SUBJECT_KEY


@dataclass(frozen=True)
class Counts:
    """Claims and sheets by what was decided on them.

    needed: all on which a person must decide, decided or not; decided: those of them, and others, with 返戻 or 支払; hold: with
    保留; undecided: of the needed, those without any of the three; yen: 給付費 of the claims that keep the month open, which are
    undecided or on hold.
    """

    needed: int = 0
    decided: int = 0
    hold: int = 0
    undecided: int = 0
    yen: int = 0

    @property
    def text(self) -> str:
        """What keeps the month open, for people; empty where nothing does."""
        parts = ((self.undecided, "未決定"), (self.hold, "保留"))
        return "・".join(f"{label} {count:,}件" for count, label in parts if count)


@dataclass(frozen=True)
class Next:
    """The next command, as it is typed in the home, and why."""

    command: str
    why: str


def count(con: duckdb.DuckDBPyConnection, decisions: pl.DataFrame, *, closed: bool = False) -> Counts:
    """The counts of the current month. `decisions`: the valid ones, with SUBJECT_KEY and decision; of a closed month close has
    decided the rest."""
    ((needed,),) = con.execute("SELECT count(*) FROM decision_needed").fetchall()
    missing, hold = undecided_subjects(con, decisions), on_hold(decisions)
    final = decisions.height - hold.height
    if closed:
        return Counts(needed, final + missing.height + hold.height)
    still_open = pl.concat([missing.select(SUBJECT_KEY), hold.select(SUBJECT_KEY)])
    amounts = query(con, f"SELECT {', '.join(CLAIM_KEY)}, benefit_yen FROM claims_now")
    claims = still_open.filter(pl.col("subject") == "claim")
    yen = claims.join(amounts, on=list(CLAIM_KEY), how="left")["benefit_yen"].sum()
    return Counts(needed, final, hold.height, missing.height, int(yen or 0))


def after_run(
    home: Home,
    month: date,
    counts: Counts,
    *,
    earlier: date | None,
    first: str = "",
    untaken: int = 0,
    conflicts: int = 0,
) -> Next:
    """The next step of a month that was run and is open. `first`: why the month must be run again before anything is
    decided; `earlier`: the month that must be closed first."""
    name = month_text(month)
    decide = f"henrei decide {name} {home.name_of(home.out(month))}/worklist.xlsx"
    if first:
        return Next(f"henrei run {name}", first)
    if untaken:
        return Next(decide, f"worklist.xlsx に取り込んでいない書き込みが{untaken:,}件あります")
    if conflicts:
        return Next(
            decide, f"食い違いが{conflicts:,}件あります(「1 決定」の「取込」の列)。どちらにするか決めてください"
        )
    if counts.text:
        return Next(decide, counts.text)
    if earlier:
        return Next(f"henrei close {month_text(earlier)}", f"{name} より先に {month_text(earlier)} を締めます")
    done = "決めるものはすべて決まりました" if counts.needed else "決定が要るものはありません"
    return Next(f"henrei close {name}", done)
