"""The home's DuckDB file in, an open connection with tables, views and law out. Called by every command that reads or
writes a month; one process writes, and the caller holds the home's lock.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei.data.rules import rules
from henrei.errors import LOCKED, HenreiError
from henrei.files import sha256
from henrei.home import Home
from henrei.store import tables
from henrei.store.view_sql import statements, view_sql

_REPLACING, _REPLACING_PAUSE = 10, 0.2  # how often, and after how many seconds, a held store is tried again


def _settings(home: Home) -> dict[str, str | bool | int | float | list[str]]:
    # City networks have no internet: nothing may be fetched, and temporary files stay in the home.
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": str(home.database_temporary),
        # What does not fit goes through the temporary directory; a city PC needs its memory for Excel, too.
        "memory_limit": "2GB",
    }
    if threads := os.environ.get("HENREI_THREADS"):  # one of several processes side by side (run-all)
        settings["threads"] = int(threads)
    return settings


@contextmanager
def open_store(home: Home, path: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The home's store, or another one at `path`, made if it is not there; its rule tables are brought up to date.

    Raises HenreiError if the file is held by another program or is no DuckDB file henrei can read.
    """
    con = _connect(home, path or home.store)
    try:
        prepare(con)
        put_rules(con, rules())
        yield con
    finally:
        con.close()


@contextmanager
def read_store(home: Home, month: date) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The home's store to be read only, with `month` as the current review month; None where there is none of this version.

    Nothing in the home is changed, and no lock is needed. Raises HenreiError, with status 4 where another program writes.
    """
    if not home.store.is_file():
        yield None
        return
    try:
        con = duckdb.connect(str(home.store), read_only=True, config=_settings(home))
    except duckdb.IOException as problem:
        if re.search(r"lock|another process|being used", str(problem)):
            raise HenreiError(
                f"{home.store.name} を別の henrei か他のプログラムが使っています。終わるのを待ってから、もう一度実行してください",
                LOCKED,
            ) from None
        raise _cannot_open(home.store, problem) from problem
    try:
        versions = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'store_version'").fetchall()
        known = versions and con.execute("SELECT fingerprint FROM store_version").fetchall() == [
            (tables.fingerprint(),)
        ]
        if known:  # a temporary table hides the store's own, in views, too
            con.execute("CREATE TEMP TABLE current_review AS SELECT ?::DATE AS review_month", [month])
        yield con if known else None
    finally:
        con.close()


def _cannot_open(path: Path, problem: duckdb.Error) -> HenreiError:
    return HenreiError(
        f"{path.name} を開けません({type(problem).__name__})。他のプログラムで開いていれば閉じ、"
        "壊れている場合はこのファイルを退けてからもう一度実行してください(元の資料は inbox にあります)"
    )


def _connect(home: Home, path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), config=_settings(home))
    except duckdb.IOException as problem:
        raise _cannot_open(path, problem) from problem


def copy_store(home: Home) -> None:
    """Copies the home's store, if it has one, to `home.work_store`: a run works on the copy, which then takes its
    place, so that the month stays as it was until the run is through.

    Raises HenreiError as `open_store`.
    """
    home.work_store.parent.mkdir(parents=True, exist_ok=True)
    remove_store(home.work_store)
    if not home.store.is_file():
        remove_store(home.store)  # the log of a file that is gone says nothing
        return
    _connect(home, home.store).close()  # what a crash left in its log goes into the file
    shutil.copyfile(home.store, home.work_store)


def replace_store(home: Home, path: Path) -> None:
    """The database at `path`, closed, becomes the home's store. Raises HenreiError where another program holds the store."""
    try:
        for _ in range(_REPLACING):
            try:
                path.replace(home.store)
                return
            except PermissionError:  # on Windows `henrei status` may be reading it just now
                time.sleep(_REPLACING_PAUSE)
        path.replace(home.store)
    except PermissionError:
        raise HenreiError(
            f"{home.store.name} に書けません。開いているプログラムを閉じて、もう一度実行してください"
        ) from None


def remove_store(path: Path) -> None:
    """Removes a database and its log, where there is one."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)


def set_current_month(con: duckdb.DuckDBPyConnection, month: date) -> None:
    """Makes `month` the review month that all views speak of. May be within a transaction."""
    con.execute("DELETE FROM current_review")
    con.execute("INSERT INTO current_review VALUES (?)", [month])


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Makes tables and views in a new file, and makes them anew where an older version made the tables."""
    versions = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'store_version'").fetchall()
    have = None
    if versions:
        row = con.execute("SELECT fingerprint FROM store_version").fetchone()
        have = row[0] if row else None
    want = tables.fingerprint()
    if have == want:
        return
    con.execute("BEGIN")
    for (view,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
        con.execute(f'DROP VIEW IF EXISTS "{view}" CASCADE')
    for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
        con.execute(f'DROP TABLE IF EXISTS "{table}" CASCADE')
    con.execute(tables.ddl())
    con.execute("INSERT INTO store_version VALUES (?, '')", [want])
    con.execute("COMMIT")


def put_rules(con: duckdb.DuckDBPyConnection, rules: dict[str, pl.DataFrame]) -> None:
    """The rule tables (`rule_<name>`) as they are in this version, and the views over everything.

    Nothing is done where the file has them already.
    """
    texts = [view_sql(), *(f"{name}\n{frame.write_csv()}" for name, frame in rules.items())]
    want = sha256("".join(texts).encode("utf-8"))[:16]
    if con.execute("SELECT rules FROM store_version WHERE rules = ?", [want]).fetchall():
        return
    con.execute("BEGIN")
    for name, frame in rules.items():
        con.register("rule_frame", frame)
        con.execute(f"CREATE OR REPLACE TABLE rule_{name} AS SELECT * FROM rule_frame")
        con.unregister("rule_frame")
    _make_views(con)
    con.execute("UPDATE store_version SET rules = ?", [want])
    con.execute("COMMIT")


def _make_views(con: duckdb.DuckDBPyConnection) -> None:
    """All views and macros. Each view is made over empty tables of those it reads, which hide them meanwhile: DuckDB reads
    a new view through to the tables, and through a hundred views over each other that takes seconds."""
    ((store,),) = con.execute("SELECT current_database()").fetchall()
    read_by_others = {name for one in statements().values() for name in one.identifiers - {one.name}}
    hidden = []
    for name, statement in statements().items():
        con.execute(statement.sql)
        if not statement.is_macro and name in read_by_others:
            hidden.append(name)
            con.execute(f'CREATE TEMP TABLE {name} AS FROM "{store}".main.{name} LIMIT 0')
    for name in hidden:
        con.execute(f"DROP TABLE temp.{name}")


def query(con: duckdb.DuckDBPyConnection, sql: str, params: list | dict | None = None) -> pl.DataFrame:
    """A query's answer as a polars frame."""
    return con.sql(sql, params=params).pl()
