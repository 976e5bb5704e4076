"""A review month's records in, its rows in the store's tables out, in one transaction; what was there of the month goes.
And a run's results, kept and read. Called by the run, and by whatever reads its results.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from henrei.schemas.exchange import reject_reasons
from henrei.schemas.exchange.groups import UNITS
from henrei.store import tables
from henrei.store.database import query, set_current_month

# Keys of which a review month holds one at most (contract 3.3, FMT107).
UNIQUE = {
    "K122-01": tables.CLAIM_KEY,
    "K611-01": (*tables.CLAIM_KEY, "form"),
}


# Rows of the tables in tables.OF_RUN, without `position`: table → frame, months as dates.
Results = dict[str, pl.DataFrame]


@dataclass
class Month:
    """What a run gives to the store: numbers of files of which nothing is loaded (`broken`), and small tables as frames.

    `parts` is the folder with `*/<record>.parquet`; ledgers have `file`, `line` and the ledger's columns.
    """

    review_month: date
    parts: Path
    broken: list[int]
    files: pl.DataFrame
    refused_groups: pl.DataFrame
    refused_rows: pl.DataFrame
    ledgers: dict[str, pl.DataFrame]
    ledgers_used: pl.DataFrame


def _part_files(parts: Path, record: str) -> list[str]:
    return [path.as_posix() for path in sorted(parts.glob(f"*/{record}.parquet"))]


def find_duplicates(
    con: duckdb.DuckDBPyConnection, month: Month, refused: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Claims and attendance records whose key comes more than once: (lines, groups).

    refused: groups that the reader refused (read.REFUSED_GROUP). One with the key of a loaded one is its double, too:
    else a fault in one of two would let the other through. In a file refused whole nothing is anybody's double: what was
    sent again in its place lies beside it.

    lines: file, line, record, reason_code, reason of every line of them; groups: file, group and the columns of
    REFUSED_GROUPS.
    """
    lines, groups = [], []
    paths = dict(month.files.select("file", "path").iter_rows())
    con.register("refused_before", refused.filter(~pl.col("file").is_in(month.broken)))
    for base, key in UNIQUE.items():
        files = _part_files(month.parts, base)
        if not files:
            continue
        known = " AND ".join(f"{name} IS NOT NULL" for name in key)
        duplicates = query(
            con,
            f"""
            SELECT * FROM (
                SELECT *, count(*) OVER k AS n, list(file) OVER k AS files, list("group") OVER k AS lines
                FROM (
                    SELECT TRUE AS loaded, file, "group", {", ".join(key)}
                    FROM read_parquet($files) WHERE NOT list_contains($broken, file)
                    UNION ALL BY NAME
                    SELECT DISTINCT FALSE AS loaded, file, "group", {", ".join(key)}
                    FROM refused_before WHERE unit = $unit AND "group" IS NOT NULL AND {known}
                )
                WINDOW k AS (PARTITION BY {", ".join(key)})
            ) WHERE n > 1 AND loaded ORDER BY file, "group"
            """,
            {"files": files, "broken": month.broken, "unit": UNITS[base[:4]]},
        )
        if duplicates.is_empty():
            continue
        family = base[:4]
        reasons = []
        for row in duplicates.iter_rows(named=True):
            others = [
                f"{paths[f]} の{line}行目"
                for f, line in sorted(zip(row["files"], row["lines"], strict=True))
                if (f, line) != (row["file"], row["group"])
            ]
            reasons.append(reject_reasons.duplicate(family, "、".join(others)))
        duplicates = duplicates.select(
            pl.col("file").cast(pl.UInt32),
            "group",
            "facility_no",
            "recipient_no",
            "service_month",
            unit=pl.lit(UNITS[family]),
            reason=pl.Series(reasons, dtype=pl.String),
        )
        groups.append(duplicates.drop("reason"))
        for path in sorted(month.parts.glob(f"*/{family}-*.parquet")):
            part = pl.read_parquet(path, columns=["file", "group", "line"])
            hit = part.join(duplicates.select("file", "group", "reason"), on=["file", "group"], how="inner")
            lines.append(hit.with_columns(record=pl.lit(path.stem), reason_code=pl.lit(reject_reasons.DUPLICATE)))
    con.unregister("refused_before")
    empty_lines = pl.DataFrame(
        schema={
            "file": pl.UInt32,
            "group": pl.Int64,
            "line": pl.Int64,
            "reason": pl.String,
            "record": pl.String,
            "reason_code": pl.String,
        }
    )
    empty_groups = pl.DataFrame(schema={"group": pl.Int64, **tables.REFUSED_GROUPS})
    return (
        pl.concat([empty_lines, *lines], how="diagonal"),
        pl.concat([empty_groups, *groups], how="diagonal").select(empty_groups.columns),
    )


def replace_month(con: duckdb.DuckDBPyConnection, month: Month, dropped: pl.DataFrame) -> None:
    """Puts the month in place of what the store held of it; `dropped` (file, group) are groups to leave out."""
    con.register("dropped_groups", dropped.select("file", "group").unique())
    con.execute("BEGIN")
    try:
        set_current_month(con, month.review_month)
        for table in [*tables.all_tables(), *tables.OF_RUN, "run_state", "run_summary"]:
            con.execute(f"DELETE FROM {table} WHERE review_month = ?", [month.review_month])
        for table, records in tables.RECORDS.items():
            for record in records:
                _insert_record(con, month, table, record)
        for table, frame in [
            ("files", month.files),
            ("refused_groups", month.refused_groups),
            ("refused_rows", month.refused_rows),
            ("ledgers_used", month.ledgers_used),
            *month.ledgers.items(),
        ]:
            _insert_frame(con, month.review_month, table, frame)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    finally:
        con.unregister("dropped_groups")


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


def _insert_record(con: duckdb.DuckDBPyConnection, month: Month, table: str, record: str) -> None:
    files = _part_files(month.parts, record)
    if not files:
        return
    have = {name for name, *_ in con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [files]).fetchall()}
    columns = []
    for name in tables.record_columns(table):
        source = "group" if name == "group_line" else name
        if name == "record":
            columns.append(f"'{record}'")
        else:
            columns.append(f'p."{source}"' if source in have else "NULL")
    con.execute(
        f"""
        INSERT INTO {table} SELECT ?, {", ".join(columns)} FROM read_parquet(?) p
        WHERE NOT list_contains(?, p.file)
          AND NOT EXISTS (FROM dropped_groups d WHERE d.file = p.file AND d."group" = p."group")
        """,
        [month.review_month, files, month.broken],
    )


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


def read_result(con: duckdb.DuckDBPyConnection, name: str, month: date) -> pl.DataFrame:
    """One table of tables.OF_RUN of a month, without `position`, in the order of its file; months as dates."""
    columns = ", ".join(column for column in tables.OF_RUN[name] if column != "position")
    sql = f"SELECT {columns} FROM {name} WHERE review_month = $month ORDER BY position"
    return query(con, sql, {"month": month}).cast({c: k for c, k in tables.OF_RUN[name].items() if c != "position"})


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
