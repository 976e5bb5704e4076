"""A review month into the store: what is left out, and all or nothing; and what a run found, kept and read."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from henrei.home import Home
from henrei.store import load, tables
from henrei.store.database import open_store
from lib.loaded_month import APRIL, MAY, ONE, TWO, Row, claim_rows, small_tables


def claims_in(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("SELECT review_month, file, line, recipient_no FROM claims ORDER BY ALL").fetchall()


NONE_DROPPED = pl.DataFrame(schema={"file": pl.UInt32, "group": pl.Int64})


def put(con: duckdb.DuckDBPyConnection, *claims: Row, month: date = MAY) -> None:
    load.begin_month(con, month)
    load.add_rows(con, month, claim_rows(*claims))
    load.finish_month(con, small_tables(month), NONE_DROPPED)


def test_a_month_takes_the_place_of_what_was_there_of_it(home_with_store: Home) -> None:
    with open_store(home_with_store) as con:
        put(con, ONE, month=APRIL)
        put(con, ONE, TWO)
        put(con, TWO)
        assert claims_in(con) == [(APRIL, 0, 2, "0000000001"), (MAY, 0, 7, "0000000002")]
        assert con.execute("SELECT benefit_yen, group_line, last_line, burden_cap FROM claims_now").fetchall() == [
            (9000, 7, 8, None)
        ]
        assert con.execute("SELECT line, group_line FROM claim_days WHERE review_month = '2026-05-01'").fetchall() == [
            (8, 7)
        ]


def test_rows_come_batch_by_batch_and_rows_of_other_records_are_left_out(home_with_store: Home) -> None:
    with open_store(home_with_store) as con:
        load.begin_month(con, MAY)
        load.add_rows(con, MAY, claim_rows(ONE))
        load.add_rows(con, MAY, claim_rows(TWO) | {"K999-01": claim_rows(ONE)["K122-01"]})
        load.finish_month(con, small_tables(MAY), NONE_DROPPED)
        assert claims_in(con) == [(MAY, 0, 2, "0000000001"), (MAY, 0, 7, "0000000002")]


def test_groups_that_are_dropped_and_files_that_are_broken_are_left_out(home_with_store: Home) -> None:
    in_broken: Row = (2, 2, "A", "0000000003")
    dropped = pl.DataFrame([(0, 7)], schema=NONE_DROPPED.schema, orient="row")
    with open_store(home_with_store) as con:
        put(con, (2, 7, "A", "0000000001"), month=APRIL)  # another month's file of that number is another file
        load.begin_month(con, MAY)
        load.add_rows(con, MAY, claim_rows(ONE, TWO, in_broken))
        load.remove_files(con, MAY, [2])
        load.finish_month(con, small_tables(MAY), dropped)
        assert claims_in(con) == [(APRIL, 2, 7, "0000000001"), (MAY, 0, 2, "0000000001")]
        assert con.execute("SELECT review_month, line FROM claim_days").fetchall() == [(APRIL, 8), (MAY, 3)]


def test_a_month_that_cannot_be_put_in_leaves_the_store_as_it_was(home_with_store: Home) -> None:
    with open_store(home_with_store) as con:
        put(con, ONE)
    with pytest.raises(pl.exceptions.ColumnNotFoundError), open_store(home_with_store) as con:
        load.begin_month(con, MAY)
        load.add_rows(con, MAY, claim_rows(TWO))
        torn = small_tables(MAY, ledgers={"grants": pl.DataFrame({"file": [0]})})
        load.finish_month(con, torn, NONE_DROPPED)
    with open_store(home_with_store) as con:
        assert claims_in(con) == [(MAY, 0, 2, "0000000001")]


STATE = dict.fromkeys(tables.RUN_STATE, "x")


def test_results_come_back_in_the_order_of_their_file(home_with_store: Home) -> None:
    undetermined = pl.DataFrame(
        [("SUB405", "claim", "A", "2", APRIL, "二つ目"), ("CRT102", "", None, None, None, "一つ目")],
        schema=tables.UNDETERMINED,
        orient="row",
    )
    with open_store(home_with_store) as con:
        assert not load.was_run(con, MAY)
        load.keep_results(con, MAY, {"undetermined": undetermined}, STATE)
        assert load.was_run(con, MAY) and not load.was_run(con, APRIL)
        assert load.read_result(con, "undetermined", MAY).equals(undetermined)
        assert load.read_result(con, "findings", MAY).schema == pl.Schema(tables.FINDINGS)
        put(con, ONE)  # what the last run found goes with its records
        assert not load.was_run(con, MAY)
        assert load.read_result(con, "undetermined", MAY).is_empty()


def test_of_very_many_refused_lines_the_first_are_read_and_all_are_counted(home_with_store: Home) -> None:
    refused = pl.DataFrame(
        [{"file": "a.CSV", "line": n, "record": "K122-01" if n % 2 else "K122-02", "raw": "x"} for n in range(1, 6)],
        schema=tables.REJECTS,
    )
    with open_store(home_with_store) as con:
        load.keep_results(con, MAY, {"rejects": refused}, STATE)
        assert load.read_result(con, "rejects", MAY, 2).equals(refused.head(2))
        assert load.count_rejects(con, MAY) == 5
        assert load.count_rejects(con, MAY, "K122-01") == 3
        assert load.count_rejects(con, APRIL) == 0
