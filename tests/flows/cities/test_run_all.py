"""flows/cities/run_all.py: every city is run as alone, whatever happens to the others."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import polars as pl
import pytest

import henrei
from henrei import cli
from henrei.errors import HenreiError
from henrei.flows.cities import dask, processes
from henrei.flows.cities.run_city import run_city
from henrei.lock import exclusive, holder
from lib import inputs

ONE, TWO, THREE = inputs.CITY, inputs.OTHER_CITY, "112011"
TABLES = ("findings.csv", "undetermined.csv", "rejects.csv")


def records(number: str) -> list[list[str]]:
    """A claim over its allowance, one without a record, a sheet that does not fit."""
    eleven = tuple(range(1, 12))
    made = [
        inputs.claim(city=number, days=11),
        inputs.attendance(city=number, days=eleven),
        inputs.claim(inputs.B, "0000000002", city=number),
        [text.replace(inputs.CITY, number) for text in inputs.sheet()],
    ]
    return made


def files(*numbers: str) -> dict[str, bytes]:
    """K11, K41 and K61 of the cities together."""
    exchange = {}
    for kind, ids in (("K11", "K122"), ("K41", "K411"), ("K61", "K611")):
        groups = [[text for text in group if text.startswith(ids)] for n in numbers for group in records(n)]
        exchange[f"{kind}.CSV"] = inputs.exchange(kind, *groups)
    return exchange


def alone(homes: Path, number: str) -> dict[str, bytes]:
    """What the city gives by itself; run in a copy."""
    copy = homes.parent / "alone" / number
    shutil.copytree(homes / number, copy)
    parts = homes.parent / "parts" / number
    assert run_city(str(copy), number, inputs.REVIEW, str(parts))["status"] == 0
    return tables(copy)


def tables(home: Path) -> dict[str, bytes]:
    return {name: (home / "out" / inputs.REVIEW / name).read_bytes() for name in TABLES}


def run_all(homes: Path, *more: str) -> int:
    return cli.main(["run-all", str(homes), inputs.REVIEW, "--workers", "1", *more])


def kill_in(home: Path, killed: list[int]) -> threading.Thread:
    """Kills the worker once, in the middle of the home's run."""

    def watch() -> None:
        work = home / ".henrei" / "work"
        end = time.monotonic() + 60
        while time.monotonic() < end and not killed:
            if work.exists():
                for child in multiprocessing.active_children():
                    child.kill()
                    killed.append(child.pid or 0)
            time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.slow
def test_a_killed_worker_and_a_failing_city_stop_no_other(federation, capsys):
    homes = federation("homes", {ONE: files(ONE), TWO: files(TWO)})
    expected = {number: alone(homes, number) for number in (ONE, TWO)}
    killed: list[int] = []
    watcher = kill_in(homes / TWO, killed)
    assert run_all(homes) == 3
    watcher.join()
    errors = capsys.readouterr().err
    assert killed and f"{TWO}: 処理していたプロセスが途中で終わったため、初めからやり直します" in errors
    last = errors.strip().splitlines()[-1]
    assert last.startswith(f"{THREE}: inbox/2026-05 に国保連の交換ファイル")
    for number, tables_alone in expected.items():
        assert tables(homes / number) == tables_alone
        assert sorted(p.name for p in (homes / number / ".henrei").iterdir()) == ["lock"]
    out = homes / "out" / inputs.REVIEW
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    cities = {city["home"]: (city["status"], city.get("attempts")) for city in summary["cities"]}
    assert cities == {ONE: (0, 1), TWO: (0, 2), THREE: (3, 1)}
    merged = pl.read_parquet(out / "findings.parquet")
    assert merged.height == summary["findings"] and set(merged["municipality_no"]) == {ONE, TWO}
    for number in (ONE, TWO):
        own = pl.read_parquet(homes / number / "out" / inputs.REVIEW / "findings.parquet")
        assert merged.filter(pl.col("municipality_no") == number).equals(own)
    order = ["check_code", "facility_no", "recipient_no", "service_month", "service_type", "municipality_no"]
    assert merged.select(order).equals(merged.select(order).sort(order, nulls_last=False))
    assert (out / "findings.csv").read_bytes().count(b"\r\n") == merged.height + 1
    assert sorted(p.name for p in out.iterdir()) == [
        ".lock",
        "findings.csv",
        "findings.parquet",
        "findings_merged_fac.csv",
        "findings_merged_fac.parquet",
        "summary.json",
        "undetermined_merged_fac.csv",
    ]
    assert not (homes / "out" / "dashboard.html").exists()


@pytest.fixture
def here(monkeypatch):
    """Runs the cities in this process: what is looked at is not the processes."""

    class Here:
        def submit(self, call, *given) -> Future:
            future: Future = Future()
            future.set_result(call(*given))
            return future

        def shutdown(self, **_: object) -> None:
            pass

    monkeypatch.setattr(processes, "_pool", Here)


SOURCES = ("source_file", "source_lines")


@pytest.mark.slow
def test_a_shared_inbox_gives_the_same_findings(federation, tmp_path, here, capsys):
    direct = federation("direct", {number: files(number) for number in (ONE, TWO)})
    shared = federation("shared", {ONE: {"shared/old.CSV": files(ONE)["K11.CSV"]}})
    for name, data in files(ONE, TWO, "113000").items():
        path = tmp_path / "inbox" / inputs.REVIEW / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert run_all(direct) == 3  # the third city has no files
    assert run_all(shared, "--inbox", str(tmp_path / "inbox"), "--out", str(tmp_path / "result")) == 3
    for number in (ONE, TWO):
        own, other = (
            pl.read_parquet(homes / number / "out" / inputs.REVIEW / "findings.parquet") for homes in (direct, shared)
        )
        assert own.height > 3 and own.drop(SOURCES).equals(other.drop(SOURCES))
        assert not (shared / number / "inbox" / inputs.REVIEW / "shared" / "old.CSV").exists()
    summary = json.loads((tmp_path / "result" / "summary.json").read_text(encoding="utf-8"))
    total = summary["split"]["total"]
    assert total["lines"] == sum(total[name] for name in ("given", "ignored", "no_home", "refused"))
    assert total["given"] == 2 * total["no_home"] and total["refused"] == 0
    report = inputs.read_table(tmp_path / "result" / "split_report.csv")
    assert {(row["file"], row["municipality_no"]) for row in report} == {(f"K{n}.CSV", "113000") for n in (11, 41, 61)}
    assert "確かめること 3件" in capsys.readouterr().err


def test_dask_is_looked_for_without_an_import_and_refused_without_the_extra(federation, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "prefect_dask", None)  # an import of it fails
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    dask.require_installed()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "prefect_dask" else object())
    homes = federation("homes", {})
    assert run_all(homes, "--runner", "dask") == 2
    assert 'pip install "henrei[cluster]"' in capsys.readouterr().err
    assert not (homes / "out").exists()


def summary_of(homes: Path) -> dict[str, dict[str, object]]:
    """The rows of summary.json, by home."""
    rows = json.loads((homes / "out" / inputs.REVIEW / "summary.json").read_text(encoding="utf-8"))["cities"]
    return {row["home"]: row for row in rows}


def common_results(homes: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((homes / "out" / inputs.REVIEW).glob("*.csv"))}


@pytest.mark.slow
def test_only_the_chosen_are_run_and_the_results_are_of_all(federation, capsys):
    homes = federation("homes", {ONE: files(ONE), TWO: files(TWO), THREE: files(THREE)})
    assert run_all(homes) == 0
    expected = common_results(homes)
    stores = {number: (homes / number / "henrei.duckdb").stat().st_mtime_ns for number in (ONE, TWO, THREE)}
    journals = {number: (homes / number / "books" / "journal.jsonl").read_bytes() for number in (ONE, TWO, THREE)}
    assert cli.main(["close", inputs.REVIEW, "--undecided", "return", "--home", str(homes / THREE)]) == 0
    closed = (homes / THREE / "books" / "journal.jsonl").read_bytes()
    capsys.readouterr()
    assert run_all(homes, "--only", TWO) == 0
    output = capsys.readouterr().out
    assert f"{TWO}: 終わりました" in output and f"{ONE}: 終わりました" not in output
    assert common_results(homes) == expected
    assert (homes / ONE / "books" / "journal.jsonl").read_bytes() == journals[ONE]
    assert (homes / ONE / "henrei.duckdb").stat().st_mtime_ns == stores[ONE]
    assert (homes / TWO / "books" / "journal.jsonl").read_bytes() != journals[TWO]
    assert (homes / THREE / "books" / "journal.jsonl").read_bytes() == closed
    assert (homes / TWO / "henrei.duckdb").stat().st_mtime_ns != stores[TWO]
    rows = summary_of(homes)
    assert {name: (row["ran"], row["state"], row["version"]) for name, row in rows.items()} == {
        ONE: (False, "checked", henrei.__version__),
        TWO: (True, "checked", henrei.__version__),
        THREE: (False, "closed", henrei.__version__),
    }


@pytest.mark.slow
def test_a_city_that_was_never_run_is_on_the_board_without_results(federation, capsys):
    homes = federation("homes", {ONE: files(ONE), TWO: files(TWO)})
    assert run_all(homes, "--only", f"{ONE}, ") == 0
    rows = summary_of(homes)
    assert (rows[TWO]["ran"], rows[TWO]["state"], rows[TWO]["version"], rows[TWO]["status"]) == (
        False,
        "received",
        "",
        0,
    )
    assert "findings" not in rows[TWO] and rows[ONE]["ran"]
    assert not (homes / TWO / "out").exists()


def test_a_choice_of_what_is_not_there_is_refused(federation, capsys):
    homes = federation("homes", {})
    assert run_all(homes, "--only", f"{ONE},どこか") == 2
    err = capsys.readouterr().err
    assert "「どこか」という作業フォルダーも市町村番号もありません" in err and ONE in err
    assert not (homes / "out").exists()


def test_two_runs_into_one_folder_are_refused(federation, capsys):
    homes = federation("homes", {})
    out = homes / "out" / inputs.REVIEW
    with exclusive(out / ".lock", lambda by: HenreiError("")):
        by = holder(out / ".lock")
        assert run_all(homes) == 4
    assert capsys.readouterr().err == f"{out} へ別の henrei run-all が実行中です({by})。終わるのを待ってください\n"
    assert [path.name for path in out.iterdir()] == [".lock"]


def test_what_cannot_be_begun(federation, tmp_path, capsys):
    homes = federation("homes", {})
    assert run_all(homes, "--scheduler", "tcp://127.0.0.1:1") == 2
    assert run_all(tmp_path / "none") == 2
    shutil.copy(homes / ONE / "henrei.toml", homes / TWO / "henrei.toml")
    assert run_all(homes) == 2
    assert "municipality_no が同じ" in capsys.readouterr().err
