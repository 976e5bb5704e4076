"""flows/prefect/connect.py: the environment and the choice of a server; nothing here starts one or imports Prefect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from henrei.errors import HenreiError
from henrei.flows.prefect import connect, runner
from henrei.flows.prefect.server import without_proxy
from henrei.home import Home


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Variables that Prefect's settings are made of, as they were before the test; no import of Prefect."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("PREFECT_", "HENREI_PREFECT_")):
            monkeypatch.delenv(name)

    def imported(_self: object) -> bool:
        raise AssertionError("Prefect was imported")

    monkeypatch.setattr(connect.Connection, "import_prefect", imported)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]


def test_prefects_folder_is_the_homes_unless_the_user_has_set_one(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):  # several homes in one process
        connect.prepare_environment(folder)
        assert os.environ["PREFECT_HOME"] == str(folder)
    os.environ["PREFECT_HOME"] = "own"
    connect.prepare_environment(tmp_path / "three")
    assert os.environ["PREFECT_HOME"] == "own"


def test_nothing_is_sent_and_nothing_printed(tmp_path: Path) -> None:
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "true"
    connect.prepare_environment(tmp_path)
    names = ("SERVER_ANALYTICS_ENABLED", "LOGGING_TO_API_ENABLED", "SERVER_ALLOW_EPHEMERAL_MODE")
    assert {os.environ[f"PREFECT_{name}"] for name in names} == {"false"}
    assert os.environ["DO_NOT_TRACK"] == "1" and os.environ["PREFECT_LOGGING_LEVEL"] == "CRITICAL"
    connect.prepare_environment(tmp_path, debug=True)
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "CRITICAL"  # what is set stays


def test_with_no_time_to_start_there_is_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(connect.TIMEOUT, "0")
    with connect.connection(tmp_path) as server:
        assert server.own and not server.connect()
    assert not list(tmp_path.iterdir())


def test_a_timeout_that_is_no_number_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(connect.TIMEOUT, "long")
    with pytest.raises(HenreiError, match=connect.TIMEOUT), connect.connection(tmp_path):
        pass


def test_without_a_reachable_server_no_page_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner.show(Home(tmp_path), "henrei-close-2026-05", "# 2026-05")
    with connect.one_server():  # none has been started in it
        runner.show(Home(tmp_path), "henrei-close-2026-05", "# 2026-05")
        assert not connect.reachable_server()
    assert "PREFECT_HOME" not in os.environ
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    assert connect.reachable_server()


def test_addresses_of_this_pc_go_past_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "city.example")
    with without_proxy():
        assert os.environ["NO_PROXY"] == "city.example,127.0.0.1,localhost"
    assert os.environ["NO_PROXY"] == "city.example"
