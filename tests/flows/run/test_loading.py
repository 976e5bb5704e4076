"""The store opened and filled in a thread: every batch is there at the end, and what went wrong comes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from henrei.errors import HenreiError
from henrei.flows.run.loading import MonthLoading
from henrei.home import Home
from henrei.store.database import open_store
from lib.loaded_month import MAY, ONE, TWO, claim_rows


def test_every_batch_is_in_the_store_that_finish_gives(home_with_store: Home) -> None:
    seen: list[str] = []
    loading = MonthLoading(lambda: open_store(home_with_store), lambda con: seen.append("as it was"), MAY)
    try:
        for claim in (ONE, TWO):
            loading.add(claim_rows(claim))
        con = loading.finish()
        assert con.execute("SELECT recipient_no FROM claims_now ORDER BY ALL").fetchall() == [
            ("0000000001",),
            ("0000000002",),
        ]
        assert seen == ["as it was"]
    finally:
        loading.close()


def test_a_store_that_cannot_be_opened_is_an_error_of_the_one_who_asks_for_it() -> None:
    @contextmanager
    def broken() -> Iterator[duckdb.DuckDBPyConnection]:
        raise HenreiError("henrei.duckdb を開けません")
        yield

    loading = MonthLoading(broken, lambda con: None, MAY)
    loading.add(claim_rows(ONE))
    with pytest.raises(HenreiError, match="開けません"):
        loading.add(claim_rows(TWO))
    with pytest.raises(HenreiError, match="開けません"):
        loading.finish()
    loading.close()


def test_rows_that_no_table_can_hold_are_an_error_and_the_store_stays_as_it_was(home_with_store: Home) -> None:
    loading = MonthLoading(lambda: open_store(home_with_store), lambda con: None, MAY)
    [heads] = claim_rows(ONE)["K122-01"]
    loading.add({"K122-01": [heads.with_columns(service_month=heads["recipient_no"])]})
    with pytest.raises(duckdb.ConversionException):
        loading.finish()
    loading.close()
    with open_store(home_with_store) as con:
        assert con.execute("SELECT count(*) FROM claims").fetchall() == [(0,)]
