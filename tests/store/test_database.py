"""The database file: made anew where an older version wrote it, and a clear line where it cannot be opened."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from henrei.home import Home
from henrei.store.database import open_store
from lib import inputs
from lib.home_history import only_line, run


@pytest.mark.slow
@pytest.mark.parametrize(
    "older",
    [
        "CREATE TABLE store_version (fingerprint VARCHAR)",
        "CREATE TABLE claims (x INT)",
        "CREATE VIEW use_days AS SELECT 1",
    ],
)
def test_a_file_of_another_version_is_made_anew(tmp_path: Path, older: str) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    with duckdb.connect(str(home / "henrei.duckdb")) as con:
        con.execute(older)
    assert run(home) == 0
    with duckdb.connect(str(home / "henrei.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM use_days").fetchall() == [(2,)]


def test_a_file_that_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    (home / "henrei.duckdb").write_bytes(b"memo")
    assert run(home) == 2
    assert only_line(capsys).startswith("henrei.duckdb を開けません")


@pytest.mark.slow
def test_the_log_of_a_file_that_is_gone_says_nothing(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    (home / "henrei.duckdb.wal").write_bytes(b"memo")
    assert run(home) == 0
    assert not (home / "henrei.duckdb.wal").exists()


def test_nothing_is_fetched_and_temporary_files_stay_in_the_home(tmp_path: Path) -> None:
    with open_store(Home(tmp_path)) as con:
        for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert con.execute(f"SELECT current_setting('{name}')").fetchall() == [(False,)]
        assert con.execute("SELECT current_setting('temp_directory')").fetchall() == [
            (str(tmp_path / ".henrei" / "duckdb"),)
        ]
