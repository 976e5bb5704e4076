"""Files that are whole or as they were, the bytes of tables, and what one process alone may do."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei import files
from henrei.errors import HenreiError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_a_file_is_written_whole_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "2026-05" / "outcomes.csv"
    files.write_atomic(path, b"one")
    files.write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(tmp_path) == ["2026-05", "outcomes.csv"]


def test_a_file_that_could_not_be_written_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "outcomes.csv"
    files.write_atomic(path, b"before")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            files.write_atomic(path, b"after")
    assert path.read_bytes() == b"before"
    assert set(names(tmp_path)) == {"outcomes.csv", files.staged_name("outcomes.csv")}  # which recovery removes


def test_a_file_that_holds_the_bytes_already_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "return_rates.csv"
    files.write_if_changed(path, b"one")
    os.utime(path, ns=(0, 0))
    files.write_if_changed(path, b"one")
    assert path.stat().st_mtime_ns == 0
    files.write_if_changed(path, b"two")
    assert path.read_bytes() == b"two"


def test_a_file_for_people_names_who_may_hold_it_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    files.write_for_user(path, b"one")
    assert path.read_bytes() == b"one"
    path.unlink()
    path.mkdir()  # to replace it fails here as it does on Windows for a file that Excel holds
    with pytest.raises(HenreiError) as refused:
        files.write_for_user(path, b"two")
    assert str(refused.value) == f"{path} に書けません。Excelなどで開いていれば閉じて、もう一度実行してください"
    assert names(tmp_path) == ["survey.csv"]


def test_the_first_file_that_is_held_is_named(tmp_path: Path) -> None:
    free, held, other = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    free.touch()
    files.refuse_if_open([free, tmp_path / "not there.csv"])
    held.mkdir()
    other.mkdir()
    with pytest.raises(HenreiError, match=r"b\.csv に書けません"):
        files.refuse_if_open([free, held, other])


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (FileNotFoundError(2, "No such file"), "a.xlsx を読めません(No such file)。ファイル名を確かめてください"),
        (
            PermissionError(13, "Permission denied"),
            "a.xlsx を読めません(Permission denied)。Excelなどで開いていれば閉じ、権限を確かめてください",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(problem: OSError, expected: str) -> None:
    assert str(files.unreadable("a.xlsx", problem)) == expected


def test_a_csv_is_for_excel() -> None:
    table = pl.DataFrame(
        {"month": [date(2026, 5, 1), None], "name": ["=1+1", 'ｶ,"ｸ'], "yen": [9000, None]},
        schema={"month": pl.Date, "name": pl.String, "yen": pl.Int64},
    )
    assert files.csv_bytes(table) == (b'\xef\xbb\xbfmonth,name,yen\r\n2026-05,=1+1,9000\r\n,"' + 'ｶ,""ｸ",\r\n'.encode())


def test_the_same_table_gives_the_same_parquet() -> None:
    table = pl.DataFrame({"code": ["DAY201", "CAP302"], "yen": [9000, None]})
    data = files.parquet_bytes(table)
    assert data == files.parquet_bytes(table.clone())
    assert pl.read_parquet(data).equals(table)


@pytest.mark.parametrize(("data", "lines"), [(b"", 0), (b"one", 0), (b"one\n", 1), (b"one\ntwo", 1), (b"\r\n\r\n", 2)])
def test_a_files_hash_and_the_lines_that_end_in_it(tmp_path: Path, data: bytes, lines: int) -> None:
    path = tmp_path / "K11.CSV"
    path.write_bytes(data)
    assert files.sha256_and_lines(path) == (hashlib.sha256(data).hexdigest(), lines)
    assert files.sha256_of(path) == files.sha256(data)


def test_temporary_files_go_into_the_folder_and_go_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    (folder / "of a run that was killed").touch()
    before = tempfile.gettempdir()
    with files.temporary_files(folder):
        assert names(folder) == []
        with tempfile.NamedTemporaryFile(delete=False) as file:
            assert Path(file.name).parent == folder
        assert os.environ["TMPDIR"] == str(folder)
    assert not folder.exists()
    assert tempfile.gettempdir() == before


def test_the_environment_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HENREI_ONE", "1")
    monkeypatch.delenv("HENREI_TWO", raising=False)
    with pytest.raises(KeyError), files.environment({"HENREI_ONE": "2", "HENREI_TWO": "2"}):
        assert (os.environ["HENREI_ONE"], os.environ["HENREI_TWO"]) == ("2", "2")
        raise KeyError
    assert os.environ["HENREI_ONE"] == "1"
    assert "HENREI_TWO" not in os.environ


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX systems")
def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with files.owner_only_files():
            (tmp_path / "a").touch()
        (tmp_path / "b").touch()
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in "ab"] == [0o600, 0o644]
