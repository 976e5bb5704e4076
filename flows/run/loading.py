"""A month's rows from the reader into the store, in a thread beside the reading: an opened store and rows, batch by batch,
in; the store with all of them out. Called by a computation.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from datetime import date

import duckdb

from henrei.store import load


class MonthLoading:
    """The store being opened and filled. Opening (the views of a new file, or the copy of a large one) and inserting
    take time, in which the next batch is read; of two batches the second waits, so that memory holds one."""

    def __init__(
        self,
        open_store: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]],
        prepare: Callable[[duckdb.DuckDBPyConnection], None],
        month: date,
    ) -> None:
        """`prepare` gets the store as it was, before the month's own rows go."""
        self._open_store, self._prepare, self._month = open_store, prepare, month
        self._opened = ExitStack()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="henrei-store")
        self._opening = self._pool.submit(self._open)
        self._adding: Future[None] | None = None

    def add(self, rows: load.Rows) -> None:
        """Takes the rows of a batch. Raises what opening the store, or adding the batch before, raised."""
        self._wait()
        self._adding = self._pool.submit(self._add, rows)

    def finish(self) -> duckdb.DuckDBPyConnection:
        """The store with every row that came, in the transaction that `load.finish_month` ends."""
        self._wait()
        return self._opening.result()

    def close(self) -> None:
        """Closes the store, whatever became of it."""
        self._pool.shutdown(cancel_futures=True)
        self._opened.close()

    def _wait(self) -> None:
        if self._adding is not None:
            self._adding.result()

    def _open(self) -> duckdb.DuckDBPyConnection:
        con = self._opened.enter_context(self._open_store())
        self._prepare(con)
        load.begin_month(con, self._month)
        return con

    def _add(self, rows: load.Rows) -> None:
        load.add_rows(self._opening.result(), self._month, rows)
