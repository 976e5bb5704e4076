"""flows/cities/dask.py: a scheduler and two workers in processes of their own, one of which is killed in a city."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from henrei import cli
from henrei.flows.cities.run_city import run_city
from lib import inputs

ONE, TWO, THREE = inputs.CITY, inputs.OTHER_CITY, "112011"
PATIENCE = 180  # seconds; a busy machine takes its time


@contextmanager
def process(*given: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out, subprocess.Popen([sys.executable, *given], stdout=out, stderr=out) as one:
        try:
            yield one
        finally:
            one.kill()


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and its two workers."""
    file = folder / "scheduler.json"
    # Even without a dashboard their own server listens, on every address if none is given.
    common = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
    with ExitStack() as stack:
        at = ("-m", "distributed.cli.dask_scheduler", *common, "--port", "0", "--scheduler-file", str(file))
        scheduler = stack.enter_context(process(*at, log=folder / "scheduler.log"))
        wait_for(file.exists, "no scheduler", scheduler)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        workers = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            place = ("--nthreads", "1", "--no-nanny", "--name", name, "--local-directory", str(folder / name))
            worker = ("-m", "distributed.cli.dask_worker", address, *common, *place)
            workers.append(stack.enter_context(process(*worker, log=folder / f"{name}.log")))
        yield address, workers


def wait_for(there, what: str, *running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end and all(one.poll() is None for one in running), what
        time.sleep(0.01)


def city_of(worker: subprocess.Popen[bytes], homes: Path) -> str | None:
    """The city whose store the worker holds open: it is in the middle of it."""
    try:
        held = [Path(file.path) for file in psutil.Process(worker.pid).open_files()]
    except psutil.Error:
        return None
    stores = [path for path in held if path.name == "henrei.duckdb" and homes in path.parents]
    return stores[0].relative_to(homes).parts[0] if stores else None


def test_a_killed_worker_gives_its_city_to_the_other(federation, tmp_path):
    month = {
        n: {k: v.replace(inputs.CITY.encode(), n.encode()) for k, v in inputs.right_month().items()} for n in (ONE, TWO)
    }
    homes = federation("homes", month)
    expected = {}
    for number in (ONE, TWO):
        copy = tmp_path / "alone" / number
        shutil.copytree(homes / number, copy)
        assert run_city(str(copy), number, inputs.REVIEW, str(tmp_path / "parts" / number))["status"] == 0
        expected[number] = (copy / "out" / inputs.REVIEW / "findings.csv").read_bytes()
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with cluster(tmp_path) as (address, workers):
        given = ("run-all", str(homes), inputs.REVIEW, "--runner", "dask", "--scheduler", address)
        run = subprocess.Popen(
            [sys.executable, "-m", "henrei", *given],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with run:
            hit: list[str] = []

            def killed() -> bool:
                for worker in workers:
                    if run.poll() is None and (city := city_of(worker, homes)):
                        worker.kill()
                        hit.append(city)
                        return True
                return run.poll() is not None

            wait_for(killed, "no worker began")
            lines, errors = run.communicate(timeout=PATIENCE)
    assert hit and hit[0] in (ONE, TWO), errors
    # The third city has no files: it is named, and stops no other.
    assert run.returncode == 3 and errors.splitlines()[-1].startswith(f"{THREE}: inbox/2026-05 に"), errors
    assert f"{hit[0]}: 終わりました" in lines
    for number in (ONE, TWO):
        home = homes / number
        assert (home / "out" / inputs.REVIEW / "findings.csv").read_bytes() == expected[number]
        assert sorted(p.name for p in (home / ".henrei").iterdir()) == ["lock"]
        assert not (home / "books" / "pending.json").exists()
    summary = json.loads((homes / "out" / inputs.REVIEW / "summary.json").read_text(encoding="utf-8"))
    assert {city["home"]: city["status"] for city in summary["cities"]} == {ONE: 0, TWO: 0, THREE: 3}
    for log in tmp_path.glob("*.log"):
        assert "0000000001" not in log.read_text(encoding="utf-8", errors="replace")


def test_without_a_prefect_server_the_cities_are_run_in_processes(federation, monkeypatch, capsys):
    from henrei.flows.prefect import connect

    homes = federation("homes", {})
    monkeypatch.setattr(connect, "_start_server", lambda *_, **__: None)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert cli.main(["run-all", str(homes), inputs.REVIEW, "--runner", "dask", "--workers", "3"]) == 3
    errors = capsys.readouterr().err.splitlines()
    assert errors[0].startswith("Prefect のサーバーに接続できないため") and len(errors) == 4
