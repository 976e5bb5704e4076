"""A month's loaded rows in, claims and attendance records whose key comes twice out (FMT107). Called by a computation,
between `load.add_rows` and `load.finish_month`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import duckdb
import polars as pl

from henrei.schemas.exchange import reject_reasons
from henrei.schemas.exchange.groups import UNITS
from henrei.store import tables
from henrei.store.database import query

# Keys of which a review month holds one at most (contract 3.3), by table.
UNIQUE = {
    "claims": tables.CLAIM_KEY,
    "attendance": (*tables.CLAIM_KEY, "form"),
}
_LINES: dict[str, pl.DataType] = {
    "file": pl.UInt32(),
    "group": pl.Int64(),
    "line": pl.Int64(),
    "reason": pl.String(),
    "record": pl.String(),
    "reason_code": pl.String(),
}
_GROUPS: dict[str, pl.DataType] = {"group": pl.Int64(), **tables.REFUSED_GROUPS}


def find_duplicates(
    con: duckdb.DuckDBPyConnection,
    month: date,
    paths: Mapping[int, str],
    refused: pl.DataFrame,
    broken: Collection[int],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Claims and attendance records whose key comes more than once: (lines, groups).

    paths: file number → its name. refused: groups that the reader refused (read.REFUSED_GROUP). One with the key of a
    loaded one is its double, too: else a fault in one of two would let the other through. In a file refused whole
    (`broken`, of which no row is loaded) nothing is anybody's double: what was sent again in its place lies beside it.

    lines: file, line, record, reason_code, reason of every line of them; groups: file, group and the columns of
    REFUSED_GROUPS.
    """
    lines, groups = [pl.DataFrame(schema=_LINES)], [pl.DataFrame(schema=_GROUPS)]
    con.register("refused_before", refused.filter(~pl.col("file").is_in(list(broken))))
    for base in UNIQUE:
        twice = query(con, _twice(base), {"month": month})
        if twice.is_empty():
            continue
        family = tables.RECORDS[base][0][:4]
        reasons = []
        for row in twice.iter_rows(named=True):
            others = [
                f"{paths[file]} の{line}行目"
                for file, line in sorted(zip(row["files"], row["lines"], strict=True))
                if (file, line) != (row["file"], row["group"])
            ]
            reasons.append(reject_reasons.duplicate(family, "、".join(others)))
        groups.append(
            twice.with_columns(unit=pl.lit(UNITS[family])).select(pl.col(n).cast(k) for n, k in _GROUPS.items())
        )
        places = twice.select("file", "group", reason=pl.Series(reasons, dtype=pl.String))
        lines.append(_lines_of(con, month, family, places))
    con.unregister("refused_before")
    return pl.concat(lines), pl.concat(groups)


def _twice(base: str) -> str:
    """SQL for the loaded records of a table whose key comes more than once, with the places of all that have it."""
    key = UNIQUE[base]
    names, known = ", ".join(key), " AND ".join(f"{name} IS NOT NULL" for name in key)
    same = " AND ".join(f"a.{name} IS NOT DISTINCT FROM t.{name}" for name in key)
    unit = UNITS[tables.RECORDS[base][0][:4]]
    return f"""
        WITH all_records AS (
            SELECT TRUE AS loaded, file, group_line, {names} FROM {base} WHERE review_month = $month
            UNION ALL
            SELECT DISTINCT FALSE, file, "group", {names}
            FROM refused_before WHERE unit = '{unit}' AND "group" IS NOT NULL AND {known}
        ), twice AS (  -- few at most, so that places are listed of these alone
            SELECT {names} FROM all_records GROUP BY ALL HAVING count(*) > 1
        ), placed AS (
            SELECT a.*, list(file) OVER k AS files, list(group_line) OVER k AS lines
            FROM all_records a SEMI JOIN twice t ON {same} WINDOW k AS (PARTITION BY {names})
        )
        SELECT * RENAME (group_line AS "group") FROM placed WHERE loaded ORDER BY file, "group"
    """


def _lines_of(con: duckdb.DuckDBPyConnection, month: date, family: str, places: pl.DataFrame) -> pl.DataFrame:
    """All lines of groups (file, group, reason) of a family of records, with the columns of _LINES."""
    con.register("places", places)
    of_family = [table for table, records in tables.RECORDS.items() if records[0].startswith(family)]
    rows = " UNION ALL ".join(
        f"SELECT t.file, t.group_line AS \"group\", t.line, p.reason, t.record, '{reject_reasons.DUPLICATE}' AS reason_code "
        f'FROM {table} t JOIN places p ON p.file = t.file AND p."group" = t.group_line WHERE t.review_month = $month'
        for table in of_family
    )
    lines = query(con, rows, {"month": month}).select(pl.col(name).cast(kind) for name, kind in _LINES.items())
    con.unregister("places")
    return lines
