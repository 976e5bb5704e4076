"""flows/cities/processes.py: processes that die, and errors of the caller's functions."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from henrei.flows.cities import discover, processes
from henrei.flows.cities.run_city import Job
from lib import inputs

ONE, TWO, THREE = inputs.CITY, inputs.OTHER_CITY, "112011"


class Dying:
    """A pool whose process dies at the city in `at`."""

    def __init__(self, at: str) -> None:
        self.at = at

    def submit(self, _run, home: str, name: str, month: str, parts: str, run: bool) -> Future:
        future: Future = Future()
        if name == self.at:
            future.set_exception(BrokenProcessPool())
        else:
            future.set_result({"name": name, "status": 0, "line": "", "seconds": 0.0, "ran": run})
        return future

    def shutdown(self, **_: object) -> None:
        pass


def test_a_city_whose_worker_dies_every_time_is_named(federation, monkeypatch, tmp_path):
    cities, _ = discover.find(federation("homes", {}))
    pools: list[Dying] = []
    monkeypatch.setattr(processes, "_pool", lambda: pools.append(Dying(TWO)) or pools[-1])
    outcomes: list[dict] = []
    lines: list[str] = []
    processes.run(Job(cities, inputs.REVIEW, tmp_path, 1, frozenset({ONE, TWO, THREE})), outcomes.append, lines.append)
    assert {o["name"]: (o["status"], o["attempts"]) for o in outcomes} == {ONE: (0, 1), TWO: (2, 3), THREE: (0, 1)}
    assert "3回続けて" in next(o["line"] for o in outcomes if o["name"] == TWO)
    assert len(lines) == 2 and len(pools) == 4


def test_an_error_of_the_caller_ends_the_run_and_comes_out(federation, monkeypatch, tmp_path):
    cities, _ = discover.find(federation("homes", {}))
    monkeypatch.setattr(processes, "_pool", lambda: Dying(""))

    def done(outcome: dict) -> None:
        names.append(outcome["name"])
        raise KeyError("full disk")

    names: list[str] = []
    with pytest.raises(KeyError, match="full disk"):
        processes.run(Job(cities, inputs.REVIEW, tmp_path, 1, frozenset({ONE, TWO, THREE})), done, print)
    assert len(names) == 1
