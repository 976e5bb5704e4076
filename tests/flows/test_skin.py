"""The Prefect skin against a real server; everything else is tested without Prefect."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from henrei.flows.skin import run_with_prefect, serve
from henrei.flows.stages import Stage
from henrei.schemas.errors import NOTHING, HenreiError

NAME = "ヘンレイ　タロウ"


@dataclass
class FakeWork:
    home: Path
    month: str = "2026-05"
    stages: tuple[Stage, ...] = (Stage("receive", "受付"), Stage("check", "点検"))
    fail: Callable[[], None] | None = None  # called in check/b
    done: list[tuple[str, str]] = field(default_factory=list)

    def parts(self, stage: str) -> list[str]:
        return {"receive": ["a"], "check": ["b", "c"]}[stage]

    def do(self, stage: str, part: str) -> None:
        if self.fail and (stage, part) == ("check", "b"):
            self.fail()
        self.done.append((stage, part))

    def overview(self) -> str:
        return f"# {self.month}\n\n| 明細書 | 3 |"


@pytest.fixture
def api(prefect_api: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / ".prefect"))
    return prefect_api


def everything() -> dict[str, list[dict[str, Any]]]:
    """What Prefect's database holds."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return {
            kind: client.request("POST", f"/{kind}/filter", json={"limit": 200}).json()  # type: ignore[arg-type]
            for kind in ("flows", "flow_runs", "task_runs", "artifacts", "logs")
        }


def newest_run(data: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    runs = [run for run in data["flow_runs"] if run["name"].startswith("henrei-run-")]
    return max(runs, key=lambda run: run["created"])


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_parts_in_order_and_a_summary(api: str, tmp_path: Path) -> None:
    work = FakeWork(tmp_path, month="2031-01")
    said: list[str] = []
    assert run_with_prefect(work, say=said.append)
    assert work.done == [("receive", "a"), ("check", "b"), ("check", "c")]
    assert said == []

    data = everything()
    run = newest_run(data)
    assert run["name"] == "henrei-run-2031-01"
    assert run["state"]["type"] == "COMPLETED"
    assert {"henrei-run", "henrei-receive", "henrei-check"} <= {flow["name"] for flow in data["flows"]}
    (summary,) = (item for item in data["artifacts"] if item["key"] == "henrei-run-2031-01")
    assert summary["data"] == work.overview()
    assert str(tmp_path) not in json.dumps(data)
    assert data["logs"] == []


def test_our_error_comes_out_and_marks_the_run(api: str, tmp_path: Path) -> None:
    error = HenreiError("読めるファイルがありません。", NOTHING)
    work = FakeWork(tmp_path, fail=raising(error))
    with pytest.raises(HenreiError) as caught:
        run_with_prefect(work, say=print)
    assert caught.value is error
    assert work.done == [("receive", "a")]
    state = newest_run(everything())["state"]
    assert (state["type"], state["message"]) == ("FAILED", "読めるファイルがありません。")


class Panic(BaseException):
    """Like polars' PanicException."""


@pytest.mark.parametrize("kind", [ValueError, Panic])
def test_prefect_learns_the_type_of_any_other_error_only(
    api: str, tmp_path: Path, kind: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    error = kind(NAME)
    with pytest.raises(kind) as caught:
        run_with_prefect(FakeWork(tmp_path, fail=raising(error)), say=print)
    assert caught.value is error
    data = everything()
    assert newest_run(data)["state"]["message"] == kind.__name__
    assert NAME not in json.dumps(data, ensure_ascii=False)
    assert NAME not in "".join(capfd.readouterr())


def test_the_person_may_break_off(api: str, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_with_prefect(FakeWork(tmp_path, fail=raising(KeyboardInterrupt())), say=print)
    assert newest_run(everything())["state"]["type"] == "CANCELLED"


def test_the_rest_is_done_when_the_server_goes_away(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client.orchestration import SyncPrefectClient

    def gone(*_: object, **__: object) -> None:
        raise ConnectionError("gone")

    work = FakeWork(tmp_path)
    work.fail = lambda: monkeypatch.setattr(SyncPrefectClient, "set_flow_run_state", gone)
    said: list[str] = []
    assert run_with_prefect(work, say=said.append)
    assert work.done == [("receive", "a"), ("check", "b"), ("check", "c")]
    assert len(said) == 1


def test_no_server_nothing_done(prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
    work = FakeWork(tmp_path)
    said: list[str] = []
    assert not run_with_prefect(work, say=said.append)
    assert work.done == []
    assert len(said) == 1 and "PREFECT_API_URL" in said[0]

    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.setenv("HENREI_PREFECT_TIMEOUT", "0.5")  # a server needs longer
    assert not run_with_prefect(work, say=said.append)
    assert work.done == [] and "0.5 秒" in said[1]


@pytest.mark.parametrize("wrong", ["毎月11日", "0 6 32 * *", ""])
def test_a_wrong_cron(wrong: str, api: str, tmp_path: Path) -> None:
    with pytest.raises(HenreiError, match="--cron") as caught:
        serve(tmp_path, wrong, FakeWork)  # type: ignore[arg-type]
    assert caught.value.status == 2


def test_a_wrong_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    monkeypatch.setenv("HENREI_PREFECT_TIMEOUT", "long")
    with pytest.raises(HenreiError, match="HENREI_PREFECT_TIMEOUT"):
        run_with_prefect(FakeWork(tmp_path), say=print)


OWN_SERVER = """
    import sys, time
    from pathlib import Path
    from henrei.flows.skin import run_with_prefect
    from henrei.flows.stages import Stage

    class Work:
        home, month, stages = Path(sys.argv[1]), "2026-05", [Stage("check", "点検")]
        def parts(self, stage): return ["a"]
        def do(self, stage, part):
            if sys.argv[2] == "interrupt": raise KeyboardInterrupt
        def overview(self): return "# 2026-05"

    try:
        assert "prefect" not in sys.modules
        assert run_with_prefect(Work(), say=print)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.parametrize(("how", "status"), [("run", 0), ("interrupt", 130)])
def test_a_server_of_its_own_is_silent_and_goes(
    how: str, status: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.getbasetemp() / "own-server"  # shared: the second start is much faster
    home.mkdir(exist_ok=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "HENREI_"))}
    script = textwrap.dedent(OWN_SERVER)
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, str(home), how],
        env=env,
        capture_output=True,
        timeout=180,
    )
    assert (run.stdout, run.stderr, run.returncode) == (b"", b"", status)
    assert (home / ".prefect" / "prefect.db").exists()
    (home / ".prefect" / "prefect.db").rename(home / ".prefect" / "prefect.db")  # Windows: nobody holds it open
