"""A review month into the store: keys that come twice, what is left out, and all or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from henrei.home import Home
from henrei.schemas.exchange.read import REFUSED_GROUP
from henrei.store import load, tables
from henrei.store.database import open_store

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
PATHS = {0: "a.CSV", 1: "b/b.CSV", 2: "broken.CSV"}
Row = tuple[int, int, str, str]  # file, line of the 01, facility, recipient
ONE: Row = (0, 2, "A", "0000000001")
TWO: Row = (0, 7, "A", "0000000002")
NONE_REFUSED = pl.DataFrame(schema=REFUSED_GROUP)


def month(folder: Path, *claims: Row, review_month: date = MAY, **more: object) -> load.Month:
    """A month of claims with the 01 and one 02 each, as the reader leaves them."""
    parts = folder / f"parts of {review_month}"
    if claims:
        rows = pl.DataFrame(claims, schema=["file", "group", "facility_no", "recipient_no"], orient="row")
        rows = rows.with_columns(pl.col("file").cast(pl.UInt32), service_month=pl.lit(APRIL))
        (parts / "00000").mkdir(parents=True)
        heads = rows.with_columns(line=pl.col("group"), last_line=pl.col("group") + 1, benefit_yen=pl.lit(9000))
        heads.write_parquet(parts / "00000" / "K122-01.parquet")
        rows.with_columns(line=pl.col("group") + 1).write_parquet(parts / "00000" / "K122-02.parquet")
    files = pl.DataFrame([(n, path, "", "K11", "A") for n, path in PATHS.items()], schema=tables.FILES, orient="row")
    empty = {
        "refused_groups": tables.REFUSED_GROUPS,
        "refused_rows": tables.REFUSED_ROWS,
        "ledgers_used": tables.LEDGERS_USED,
    }
    usual = {name: pl.DataFrame(schema=schema) for name, schema in empty.items()}
    given: dict = {"broken": [], "files": files, "ledgers": {}, **usual, **more}
    return load.Month(review_month=review_month, parts=parts, **given)


def claims_in(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("SELECT review_month, file, line, recipient_no FROM claims ORDER BY ALL").fetchall()


def test_the_lines_of_claims_with_one_key_name_each_other(
    empty_store: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    again: Row = (1, 30, "A", "0000000001")
    lines, groups = load.find_duplicates(empty_store, month(tmp_path, ONE, TWO, again), NONE_REFUSED)
    sentence = (
        "同じ児童・同じ月の明細書が {} にもあります。サービスごとに分かれているなら、一つの明細書にまとめて出し直してください。"
        "同じものを二度出しているなら、正しい方だけを残してください"
    )
    first, second = sentence.format("b/b.CSV の30行目"), sentence.format("a.CSV の2行目")
    assert lines.sort("file", "line").select("file", "line", "record", "reason_code", "reason").rows() == [
        (0, 2, "K122-01", "FMT107", first),
        (0, 3, "K122-02", "FMT107", first),
        (1, 30, "K122-01", "FMT107", second),
        (1, 31, "K122-02", "FMT107", second),
    ]
    assert groups.select("file", "group", "unit", "recipient_no").rows() == [
        (0, 2, "claim", "0000000001"),
        (1, 30, "claim", "0000000001"),
    ]


@pytest.mark.parametrize(
    ("other", "broken"),
    [
        ((1, 30, "B", "0000000001"), []),  # of another facility
        ((2, 30, "A", "0000000001"), [2]),  # in a file that is rejected whole
    ],
)
def test_what_is_no_duplicate(
    empty_store: duckdb.DuckDBPyConnection, tmp_path: Path, other: Row, broken: list[int]
) -> None:
    lines, groups = load.find_duplicates(empty_store, month(tmp_path, ONE, other, broken=broken), NONE_REFUSED)
    assert lines.is_empty() and groups.is_empty()


def refused_claim(file: int, recipient: str | None) -> pl.DataFrame:
    row = {"file": file, "group": 30, "unit": "claim", "facility_no": "A", "recipient_no": recipient}
    return pl.DataFrame([row | {"service_month": APRIL}], schema=REFUSED_GROUP)


def test_a_claim_is_a_duplicate_of_one_that_could_not_be_read(
    empty_store: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lines, groups = load.find_duplicates(empty_store, month(tmp_path, ONE, TWO), refused_claim(1, "0000000001"))
    assert groups.select("file", "group", "recipient_no").rows() == [(0, 2, "0000000001")]
    assert lines["reason_code"].unique().to_list() == ["FMT107"]
    assert "b/b.CSV の30行目 にもあります" in lines["reason"][0]


@pytest.mark.parametrize(
    ("refused", "broken"),
    [
        (refused_claim(1, None), []),  # nobody knows whose
        (refused_claim(1, "0000000003"), []),
        (refused_claim(2, "0000000001"), [2]),  # what is sent in place of a broken file lies beside it
        (refused_claim(1, "0000000001").with_columns(unit=pl.lit("sheet")), []),
    ],
)
def test_what_could_not_be_read_and_is_no_duplicate(
    empty_store: duckdb.DuckDBPyConnection, tmp_path: Path, refused: pl.DataFrame, broken: list[int]
) -> None:
    assert load.find_duplicates(empty_store, month(tmp_path, ONE, broken=broken), refused)[1].is_empty()


def test_attendance_records_of_several_forms_are_no_duplicates(
    empty_store: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    one = month(tmp_path)
    (one.parts / "00000").mkdir(parents=True)
    rows = [(0, 2, 2, "A", "1", APRIL, "0501"), (0, 5, 5, "A", "1", APRIL, "0301")]
    names = ["file", "group", "line", "facility_no", "recipient_no", "service_month", "form"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("file").cast(pl.UInt32))
    frame.write_parquet(one.parts / "00000" / "K611-01.parquet")
    assert load.find_duplicates(empty_store, one, NONE_REFUSED)[1].is_empty()
    frame.with_columns(form=pl.lit("0501")).write_parquet(one.parts / "00000" / "K611-01.parquet")
    assert load.find_duplicates(empty_store, one, NONE_REFUSED)[1]["unit"].to_list() == ["attendance", "attendance"]


NONE_DROPPED = pl.DataFrame(schema={"file": pl.UInt32, "group": pl.Int64})


def test_a_month_takes_the_place_of_what_was_there_of_it(home_with_store: Home, tmp_path: Path) -> None:
    with open_store(home_with_store) as con:
        load.replace_month(con, month(tmp_path / "1", ONE, review_month=APRIL), NONE_DROPPED)
        load.replace_month(con, month(tmp_path / "2", ONE, TWO), NONE_DROPPED)
        load.replace_month(con, month(tmp_path / "3", TWO), NONE_DROPPED)
        assert claims_in(con) == [(APRIL, 0, 2, "0000000001"), (MAY, 0, 7, "0000000002")]
        assert con.execute("SELECT benefit_yen, group_line, last_line, burden_cap FROM claims_now").fetchall() == [
            (9000, 7, 8, None)
        ]
        assert con.execute("SELECT line, group_line FROM claim_days WHERE review_month = '2026-05-01'").fetchall() == [
            (8, 7)
        ]


def test_groups_that_are_dropped_and_files_that_are_broken_are_left_out(home_with_store: Home, tmp_path: Path) -> None:
    in_broken: Row = (2, 2, "A", "0000000003")
    dropped = pl.DataFrame([(0, 7)], schema=NONE_DROPPED.schema, orient="row")
    with open_store(home_with_store) as con:
        load.replace_month(con, month(tmp_path, ONE, TWO, in_broken, broken=[2]), dropped)
        assert claims_in(con) == [(MAY, 0, 2, "0000000001")]
        assert con.execute("SELECT line FROM claim_days").fetchall() == [(3,)]


def test_a_month_that_cannot_be_put_in_leaves_the_store_as_it_was(home_with_store: Home, tmp_path: Path) -> None:
    with open_store(home_with_store) as con:
        load.replace_month(con, month(tmp_path / "1", ONE), NONE_DROPPED)
        torn = month(tmp_path / "2", TWO, ledgers={"grants": pl.DataFrame({"file": [0]})})
        with pytest.raises(pl.exceptions.ColumnNotFoundError):
            load.replace_month(con, torn, NONE_DROPPED)
        assert claims_in(con) == [(MAY, 0, 2, "0000000001")]


STATE = dict.fromkeys(tables.RUN_STATE, "x")


def test_results_come_back_in_the_order_of_their_file(home_with_store: Home, tmp_path: Path) -> None:
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
        load.replace_month(con, month(tmp_path, ONE), NONE_DROPPED)  # what the last run found goes with its records
        assert not load.was_run(con, MAY)
        assert load.read_result(con, "undetermined", MAY).is_empty()
