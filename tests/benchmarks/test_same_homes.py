"""The comparison of what two versions of henrei left: it passes over what differs from run to run, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest

from benchmarks import same_homes

MONTH = Path("home") / "out" / "2026-05"
CSV = Path("home") / "books" / "2026-05" / "decisions.csv"
JOURNAL = Path("home") / "books" / "journal.jsonl"
STORE = Path("home") / "henrei.duckdb"


def write_workbook(path: Path, decision: str, digest: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["決定", decision])
    book.create_sheet("この確認について").append(["基準", digest * 64])
    book.save(path)


def write_store(path: Path, rows: list[tuple[str, int]], state: str) -> None:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE claims (facility_no VARCHAR, benefit INTEGER)")
        con.executemany("INSERT INTO claims VALUES (?, ?)", rows)
        con.execute("CREATE TABLE run_state AS SELECT '2026-05' AS review_month, ? AS ruleset", [state])


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The results of one small home."""
    place = tmp_path / "before" / "city-1"
    (place / MONTH).mkdir(parents=True)
    (place / CSV).parent.mkdir(parents=True)
    (place / "home" / "inbox").mkdir()
    (place / "home" / "inbox" / "K1100001.CSV").write_bytes(b"1,1,0\r\n")
    (place / CSV).write_text("decision\nreturn\n", encoding="utf-8", newline="")
    (place / JOURNAL).write_text('{"command": "close", "at": "09:00"}\n', encoding="utf-8", newline="")
    (place / MONTH / "summary.json").write_text('{"claims": 3, "seconds": 1.5}', encoding="utf-8")
    (place / "log.txt").write_text("$ run 2026-05 -> 0\n3件 1.5秒\n", encoding="utf-8", newline="")
    write_workbook(place / MONTH / "worklist.xlsx", "返戻", "a")
    write_store(place / STORE, [("1150000001", 100), ("1150000001", 100)], "a")
    shutil.copytree(place / "home" / "out", place / "steps" / "2026-05-1-run" / "out")
    return tmp_path / "before"


@pytest.fixture
def after(before: Path) -> Path:
    return Path(shutil.copytree(before, before.parent / "after"))


def changed_cell(place: Path) -> None:
    write_workbook(place / MONTH / "worklist.xlsx", "要確認", "a")


def changed_csv(place: Path) -> None:
    (place / CSV).write_text("decision\naccept\n", encoding="utf-8", newline="")


def changed_line_end(place: Path) -> None:
    (place / CSV).write_text("decision\r\nreturn\r\n", encoding="utf-8", newline="")


def missing_file(place: Path) -> None:
    (place / "steps" / "2026-05-1-run" / "out" / "2026-05" / "worklist.xlsx").unlink()


def further_file(place: Path) -> None:
    (place / "home" / "books" / "2026-05" / "findings.csv").write_text("check_code\n", encoding="utf-8")


def changed_row(place: Path) -> None:
    write_store(place / STORE, [("1150000001", 100), ("1150000001", 101)], "a")


def row_once(place: Path) -> None:
    write_store(place / STORE, [("1150000001", 100)], "a")


def further_table(place: Path) -> None:
    with duckdb.connect(str(place / STORE)) as con:
        con.execute("CREATE TABLE findings (check_code VARCHAR)")


def further_column(place: Path) -> None:
    with duckdb.connect(str(place / STORE)) as con:
        con.execute("ALTER TABLE claims ADD COLUMN kind VARCHAR")


def missing_store(place: Path) -> None:
    (place / STORE).unlink()


def changed_entry(place: Path) -> None:
    (place / JOURNAL).write_text('{"command": "reopen", "at": "09:00"}\n', encoding="utf-8", newline="")


def changed_message(place: Path) -> None:
    (place / "log.txt").write_text("$ run 2026-05 -> 0\n4件 1.5秒\n", encoding="utf-8", newline="")


def missing_home(place: Path) -> None:
    shutil.rmtree(place)


def test_the_same_homes(before: Path, after: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert same_homes.compare(before, after) == 0
    assert capsys.readouterr().out == "6 files compared, 0 differences\n"


def test_what_differs_from_run_to_run_is_no_difference(before: Path, after: Path) -> None:
    place = after / "city-1"
    write_workbook(place / MONTH / "worklist.xlsx", "返戻", "b")
    write_store(place / STORE, [("1150000001", 100), ("1150000001", 100)], "b")
    (place / JOURNAL).write_text(json.dumps({"at": "10:00", "command": "close"}), encoding="utf-8")
    (place / MONTH / "summary.json").write_text('{"seconds": 9.5, "claims": 3}', encoding="utf-8")
    (place / "log.txt").write_text("$ run 2026-05 -> 0\n3件 9.5秒\n", encoding="utf-8", newline="")
    (place / "home" / "inbox" / "K1100001.CSV").unlink()
    assert same_homes.compare(before, after) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed_cell, "city-1/home/out/2026-05/worklist.xlsx: differs"),
        (changed_csv, "city-1/home/books/2026-05/decisions.csv: differs"),
        (changed_line_end, "city-1/home/books/2026-05/decisions.csv: differs"),
        (missing_file, "city-1/steps/2026-05-1-run/out/2026-05/worklist.xlsx: only before"),
        (further_file, "city-1/home/books/2026-05/findings.csv: only after"),
        (changed_row, "city-1/henrei.duckdb/claims: 1 rows only before, 1 rows only after"),
        (row_once, "city-1/henrei.duckdb/claims: 1 rows only before"),
        (further_table, "city-1/henrei.duckdb/findings: only after"),
        (further_column, "city-1/henrei.duckdb/claims: columns ['kind'] on one side"),
        (missing_store, "city-1/henrei.duckdb: only before"),
        (changed_entry, "city-1/home/books/journal.jsonl: differs"),
        (changed_message, "city-1/log.txt: the commands printed something else"),
        (missing_home, "city-1: only before"),
    ],
)
def test_a_difference_is_printed(
    change: Callable[[Path], None], message: str, before: Path, after: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(after / "city-1")
    assert same_homes.compare(before, after) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [message, lines[-1]] and lines[-1].endswith(", 1 differences")


def test_an_expected_difference_is_printed_and_does_not_count(
    before: Path, after: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    further_file(after / "city-1")
    command = ["compare", str(before), str(after), "--expected", "*/books/*/findings.csv"]
    assert same_homes.main(command) == 0
    assert "city-1/home/books/2026-05/findings.csv: only after (expected)" in capsys.readouterr().out
    changed_csv(after / "city-1")
    assert same_homes.main(command) == 1


# A henrei that leaves its command in out/ and books/, and prints where.
ECHO = """
import pathlib, sys
command, home = sys.argv[1:-2], pathlib.Path(sys.argv[-1])
for folder in ("out", "books"):
    (home / folder).mkdir(exist_ok=True)
    (home / folder / "last.txt").write_text(" ".join(command), encoding="utf-8")
print("done in", home)
"""


@pytest.fixture
def other_version(tmp_path: Path) -> Path:
    """The interpreter of an environment in which only that henrei is installed."""
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = "import sysconfig; print(sysconfig.get_path('purelib'))"
    package = Path(subprocess.check_output([python, "-c", site], text=True, encoding="utf-8").strip()) / "henrei"
    package.mkdir()
    (package / "__main__.py").write_text(ECHO, encoding="utf-8")
    return python


def test_a_home_is_walked_through_all_commands(other_version: Path, tmp_path: Path) -> None:
    home = tmp_path / "inputs" / "city"
    for month in ("2026-05", "2026-06"):
        (home / "inbox" / month).mkdir(parents=True)
    (home / "decisions").mkdir()
    (home / "decisions" / "2026-06.csv").write_text("subject\n", encoding="utf-8")
    same_homes.walk(tmp_path / "inputs", tmp_path / "results", other_version)
    result = tmp_path / "results" / "city"
    assert sorted(path.name for path in (result / "steps").iterdir()) == [
        "2026-05-1-run", "2026-05-2-inquire", "2026-05-3-run", "2026-05-4-close",
        "2026-06-1-run", "2026-06-2-inquire", "2026-06-3-decide", "2026-06-4-run", "2026-06-5-close",
    ]  # fmt: skip
    kept = (result / "steps" / "2026-05-4-close" / "books" / "last.txt").read_text(encoding="utf-8")
    assert kept == "close 2026-05 --undecided return"
    log = (result / "log.txt").read_text(encoding="utf-8").splitlines()
    assert log[-2] == "$ verify 2026-05 -> 0"
    assert set(log[1::2]) == {f"done in .{os.sep}home"}
    assert not (home / "out").exists()
