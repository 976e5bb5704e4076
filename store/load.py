"""A review month's records in, its rows in the store's tables out, in one transaction; what was there of the month goes.
And a run's results, kept and read. Called by the run, and by whatever reads its results.

`begin_month`, then `add_rows` as rows are read, then `finish_month`; a connection that is closed before leaves the store as it
was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import polars as pl

from henrei.store import tables
from henrei.store.database import query, set_current_month

# Rows of the tables in tables.OF_RUN, without `position`: table → frame, months as dates.
Results = dict[str, pl.DataFrame]
# Rows of records as the reader gives them (exchange.read.Batch.rows): record → frames.
Rows = Mapping[str, Sequence[pl.DataFrame]]

_TABLE_OF = {record: table for table, records in tables.RECORDS.items() for record in records}


@dataclass
class Month:
    """What a run gives to the store beside the rows of the exchange files: small tables as frames; ledgers have `file`,
    `line` and the ledger's columns."""

    review_month: date
    files: pl.DataFrame
    refused_groups: pl.DataFrame
    refused_rows: pl.DataFrame
    ledgers: dict[str, pl.DataFrame]
    ledgers_used: pl.DataFrame


def begin_month(con: duckdb.DuckDBPyConnection, month: date) -> None:
    """Makes `month` the current review month and empties its tables, in a transaction that `finish_month` ends."""
    con.execute("BEGIN")
    set_current_month(con, month)
    for table in [*tables.all_tables(), *tables.OF_RUN, "run_state", "run_summary"]:
        con.execute(f"DELETE FROM {table} WHERE review_month = ?", [month])


def add_rows(con: duckdb.DuckDBPyConnection, month: date, rows: Rows) -> None:
    """Puts rows of records into the month that was begun; records that no table takes are left out."""
    for record, frames in rows.items():
        table = _TABLE_OF.get(record)
        if table is None or not frames:
            continue
        frame = pl.concat(frames)
        columns = []
        for name in tables.record_columns(table):
            source = "group" if name == "group_line" else name
            if name == "record":
                columns.append(f"'{record}'")
            else:
                columns.append(f'"{source}"' if source in frame.columns else "NULL")
        con.register("record_frame", frame)
        con.execute(f"INSERT INTO {table} SELECT ?, {', '.join(columns)} FROM record_frame", [month])
        con.unregister("record_frame")


def remove_files(con: duckdb.DuckDBPyConnection, month: date, files: Sequence[int]) -> None:
    """Takes out the rows of files (their numbers) of which nothing is to be loaded."""
    if files:
        for table in tables.RECORDS:
            con.execute(f"DELETE FROM {table} WHERE review_month = ? AND list_contains(?, file)", [month, list(files)])


def finish_month(con: duckdb.DuckDBPyConnection, month: Month, dropped: pl.DataFrame) -> None:
    """Takes out the groups in `dropped` (file, group), puts the small tables in, and ends the transaction."""
    if dropped.height:
        con.register("dropped_groups", dropped.select("file", "group").unique())
        for table in tables.RECORDS:
            con.execute(
                f'DELETE FROM {table} USING dropped_groups d WHERE review_month = ? AND {table}.file = d.file AND group_line = d."group"',
                [month.review_month],
            )
        con.unregister("dropped_groups")
    for table, frame in [
        ("files", month.files),
        ("refused_groups", month.refused_groups),
        ("refused_rows", month.refused_rows),
        ("ledgers_used", month.ledgers_used),
        *month.ledgers.items(),
    ]:
        _insert_frame(con, month.review_month, table, frame)
    con.execute("COMMIT")


def put_ledgers(
    con: duckdb.DuckDBPyConnection,
    month: date,
    ledgers: dict[str, pl.DataFrame],
    used: pl.DataFrame,
    refused: pl.DataFrame,
) -> None:
    """Puts ledgers, with what of them is there (LEDGERS_USED) and was refused (REFUSED_ROWS), in the place of a month's own, which becomes
    the current review month. The caller holds the transaction, and may roll it back."""
    set_current_month(con, month)
    for table, frame in [("ledgers_used", used), ("refused_rows", refused), *ledgers.items()]:
        con.execute(f"DELETE FROM {table} WHERE review_month = ?", [month])
        _insert_frame(con, month, table, frame)


def _insert_frame(con: duckdb.DuckDBPyConnection, month: date, table: str, frame: pl.DataFrame) -> None:
    con.register("small_frame", frame.select(*tables.all_tables()[table]))
    con.execute(f"INSERT INTO {table} SELECT ?, * FROM small_frame", [month])
    con.unregister("small_frame")


def keep_results(con: duckdb.DuckDBPyConnection, month: date, results: Results, state: dict[str, str]) -> None:
    """Puts what a run found, could not judge and rejected into the store, and what the run rests on (tables.RUN_STATE).

    Everything that comes after the run goes by it: worklist, letters, close, dashboard. A table that is not given is empty.
    """
    con.execute("BEGIN")
    for name, frame in results.items():
        numbered = frame.with_row_index("position").select(*tables.OF_RUN[name])
        con.register("run_frame", numbered)
        con.execute(f"INSERT INTO {name} SELECT ?, * FROM run_frame", [month])
        con.unregister("run_frame")
    marks = ", ".join("?" for _ in ("review_month", *tables.RUN_STATE))
    con.execute(f"INSERT INTO run_state VALUES ({marks})", [month, *(state[n] for n in tables.RUN_STATE)])
    con.execute("COMMIT")


def read_result(con: duckdb.DuckDBPyConnection, name: str, month: date, most: int | None = None) -> pl.DataFrame:
    """One table of tables.OF_RUN of a month, without `position`, in the order of its file; months as dates. `most`: rows, the
    first ones."""
    columns = ", ".join(column for column in tables.OF_RUN[name] if column != "position")
    sql = f"SELECT {columns} FROM {name} WHERE review_month = $month ORDER BY position"
    if most is not None:
        sql += f" LIMIT {most}"
    return query(con, sql, {"month": month}).cast({c: k for c, k in tables.OF_RUN[name].items() if c != "position"})


def count_rejects(con: duckdb.DuckDBPyConnection, month: date, record: str | None = None) -> int:
    """The lines that a month's run refused; of one record (`K122-01`) alone, where one is named. They can be millions."""
    sql = "SELECT count(*) FROM rejects WHERE review_month = $month AND ($record IS NULL OR record = $record)"
    ((count,),) = con.execute(sql, {"month": month, "record": record}).fetchall()
    return int(count)


def keep_summary(
    con: duckdb.DuckDBPyConnection, month: date, summary: dict[str, Any], ledgers: Sequence[dict[str, Any]] = ()
) -> None:
    """Puts what summary.json holds, and what there is to be known of each ledger (flows/ledger_account.py), into the store:
    status and worklist read it there."""
    kept = {name: value for name, value in summary.items() if name != "seconds"}  # other ones every time
    texts = [json.dumps(value, ensure_ascii=False) for value in (kept, list(ledgers))]
    con.execute("DELETE FROM run_summary WHERE review_month = ?", [month])
    con.execute("INSERT INTO run_summary VALUES (?, ?, ?)", [month, *texts])


def read_summary(con: duckdb.DuckDBPyConnection, month: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What `keep_summary` put there; empty where the month was not run, or closed before henrei kept it."""
    sql = "SELECT summary, ledgers FROM run_summary WHERE review_month = ?"
    rows = con.execute(sql, [month]).fetchall()  # one at most; a result that is not read to its end blocks the next
    return (json.loads(rows[0][0]), json.loads(rows[0][1])) if rows else ({}, [])


def was_run(con: duckdb.DuckDBPyConnection, month: date) -> bool:
    """True where the store holds a run of the month."""
    return bool(con.execute("SELECT 1 FROM run_state WHERE review_month = ?", [month]).fetchall())
