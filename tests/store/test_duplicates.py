"""Claims and attendance records whose key comes twice: which they are, and what says so."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from henrei.schemas.exchange.read import REFUSED_GROUP
from henrei.store import load
from henrei.store.duplicates import find_duplicates
from lib.loaded_month import APRIL, MAY, ONE, PATHS, TWO, Row, claim_rows

NONE_REFUSED = pl.DataFrame(schema=REFUSED_GROUP)


def duplicates(
    con: duckdb.DuckDBPyConnection,
    rows: dict[str, list[pl.DataFrame]],
    refused: pl.DataFrame = NONE_REFUSED,
    broken: list[int] | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    load.begin_month(con, MAY)
    load.add_rows(con, MAY, rows)
    load.remove_files(con, MAY, broken or [])
    found = find_duplicates(con, MAY, PATHS, refused, broken or [])
    con.execute("ROLLBACK")
    return found


def test_the_lines_of_claims_with_one_key_name_each_other(empty_store: duckdb.DuckDBPyConnection) -> None:
    again: Row = (1, 30, "A", "0000000001")
    lines, groups = duplicates(empty_store, claim_rows(ONE, TWO, again))
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
def test_what_is_no_duplicate(empty_store: duckdb.DuckDBPyConnection, other: Row, broken: list[int]) -> None:
    lines, groups = duplicates(empty_store, claim_rows(ONE, other), broken=broken)
    assert lines.is_empty() and groups.is_empty()


def refused_claim(file: int, recipient: str | None) -> pl.DataFrame:
    row = {"file": file, "group": 30, "unit": "claim", "facility_no": "A", "recipient_no": recipient}
    return pl.DataFrame([row | {"service_month": APRIL}], schema=REFUSED_GROUP)


def test_a_claim_is_a_duplicate_of_one_that_could_not_be_read(empty_store: duckdb.DuckDBPyConnection) -> None:
    lines, groups = duplicates(empty_store, claim_rows(ONE, TWO), refused_claim(1, "0000000001"))
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
    empty_store: duckdb.DuckDBPyConnection, refused: pl.DataFrame, broken: list[int]
) -> None:
    assert duplicates(empty_store, claim_rows(ONE), refused, broken)[1].is_empty()


def test_attendance_records_of_several_forms_are_no_duplicates(empty_store: duckdb.DuckDBPyConnection) -> None:
    rows = [(0, 2, 2, "A", "1", APRIL, "0501"), (0, 5, 5, "A", "1", APRIL, "0301")]
    names = ["file", "group", "line", "facility_no", "recipient_no", "service_month", "form"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("file").cast(pl.UInt32))
    assert duplicates(empty_store, {"K611-01": [frame]})[1].is_empty()
    same_form = frame.with_columns(form=pl.lit("0501"))
    assert duplicates(empty_store, {"K611-01": [same_form]})[1]["unit"].to_list() == ["attendance", "attendance"]
