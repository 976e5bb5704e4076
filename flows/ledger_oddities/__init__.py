"""A month's loaded ledgers in, the rows that are odd out, each with what to do about it. Called by `henrei check-ledgers`.

A new oddity is an entry in a module's ODDITIES; what it must give is in `oddity`. Every oddity is named once, with all its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from henrei.data.rules import rules
from henrei.flows.ledger_oddities import children, facilities, periods
from henrei.flows.ledger_oddities.oddity import Oddity
from henrei.schemas.ledgers import REFUSED_KEYS

ODDITIES: tuple[Oddity, ...] = (*children.ODDITIES, *facilities.ODDITIES, *periods.oddities())
ROWS = {
    "file": pl.UInt32(),
    "line": pl.Int64(),
    "recipient_no": pl.String(),
    "facility_no": pl.String(),
    "detail": pl.String(),
    "in_month": pl.Boolean(),
}
# Nothing is fetched. What the queries cost is planning, which is one core's work.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "threads": 1,
}
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class OddRows:
    """The rows of an oddity: a frame of ROWS, not empty. in_month: in force in the service month; null: without a period."""

    oddity: Oddity
    rows: pl.DataFrame

    @property
    def in_month(self) -> int:
        return int(self.rows["in_month"].sum())


def find(
    ledgers: Mapping[str, pl.DataFrame], refused: Sequence[pl.DataFrame], month_from: date, month_to: date
) -> list[OddRows]:
    """Every oddity of which there are rows. `ledgers`: those that are there; `refused`: frames of ledger and REFUSED_KEYS;
    from `month_from` to `month_to`: the service month."""
    found = []
    with duckdb.connect(":memory:", config=_SETTINGS) as con:
        for name, frame in ledgers.items():
            con.register(name, _whole(frame))
        con.register(
            "refused_rows", pl.concat([pl.DataFrame(schema={"ledger": pl.String(), **REFUSED_KEYS}), *refused])
        )
        con.register("asked", pl.DataFrame({"month_from": [month_from], "month_to": [month_to]}))
        for table in sorted({table for oddity in ODDITIES for table in oddity.law}):
            con.register(f"rule_{table}", rules()[table])
        for oddity in ODDITIES:
            if ledgers.keys() >= set(oddity.needs):
                rows = _rows(con.sql(oddity.sql).pl(), month_from, month_to)
                if not rows.is_empty():
                    found.append(OddRows(oddity, rows))
    return found


def _whole(frame: pl.DataFrame) -> pl.DataFrame:
    """A ledger whose periods have both their ends."""
    ends = {"valid_from": _FIRST, "valid_to": _LAST}
    return frame.with_columns(pl.col(name).fill_null(day) for name, day in ends.items() if name in frame.columns)


def _rows(found: pl.DataFrame, month_from: date, month_to: date) -> pl.DataFrame:
    """What an oddity's SQL returned, as ROWS, in the order of the file."""
    missing = [pl.lit(None, dtype=ROWS[name]).alias(name) for name in ROWS if name not in (*found.columns, "in_month")]
    in_month = (pl.col("valid_from") <= month_to) & (pl.col("valid_to") >= month_from)
    rows = found.with_columns(*missing, in_month=in_month).select(
        pl.col(name).cast(kind) for name, kind in ROWS.items()
    )
    return rows.sort("file", "line", maintain_order=True)
