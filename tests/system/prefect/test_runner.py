"""flows/prefect: runs, pages and the deployment on a real server; everything else is tested without Prefect."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from henrei.errors import NOTHING, HenreiError
from henrei.flows.prefect import runner
from henrei.flows.prefect.deployment import serve
from henrei.flows.prefect.runner import run_with_prefect
from henrei.flows.run import summary
from henrei.flows.run.pipeline import Stage
from henrei.home import Home
from henrei.months import month_text

NAME = "ヘンレイ　タロウ"


@dataclass
class FakeWork:
    root: Path
    month: date = date(2026, 5, 1)
    fail: Callable[[], None] | None = None  # called in check/b
    done: list[tuple[str, str]] = field(default_factory=list)

    @property
    def home(self) -> Home:
        return Home(self.root)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (
            Stage("receive", "受付", lambda: ["a"], partial(self.do, "receive")),
            Stage("check", "点検", lambda: ["b", "c"], partial(self.do, "check")),
        )

    def do(self, stage: str, part: str) -> None:
        if self.fail and (stage, part) == ("check", "b"):
            self.fail()
        self.done.append((stage, part))

    def overview(self) -> str:
        return f"# {month_text(self.month)}\n\n| 明細書 | 3 |"


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
    work = FakeWork(tmp_path, month=date(2031, 1, 1))
    lines: list[str] = []
    assert run_with_prefect(work, say=lines.append)
    assert work.done == [("receive", "a"), ("check", "b"), ("check", "c")]
    assert lines == []

    data = everything()
    run = newest_run(data)
    assert run["name"] == "henrei-run-2031-01"
    assert run["state"]["type"] == "COMPLETED"
    assert {"henrei-run", "henrei-receive", "henrei-check"} <= {flow["name"] for flow in data["flows"]}
    (page,) = (item for item in data["artifacts"] if item["key"] == "henrei-run-2031-01")
    assert page["data"] == work.overview()
    assert str(tmp_path) not in json.dumps(data)
    assert data["logs"] == []


def test_what_close_made_is_shown_with_its_files(api: str, tmp_path: Path) -> None:
    (tmp_path / "notices").mkdir()
    outcomes = pl.DataFrame(
        {"kind": ["明", "明", "利"], "outcome": ["返戻", "決定", "決定"], "benefit_yen": [9000, 1000, None]}
    )
    text = summary.closing_overview("2031-02", outcomes, tmp_path)
    assert "| 明細書 | 返戻 | 1 | 9,000円 |" in text
    assert f"[事業所へのお知らせ]({(tmp_path / 'notices').resolve().as_uri()})" in text
    assert "worklist.xlsx" not in text  # only what is there is linked
    runner.show(Home(tmp_path), "henrei-close-2031-02", text)
    (page,) = (item for item in everything()["artifacts"] if item["key"] == "henrei-close-2031-02")
    assert page["data"] == text


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
    lines: list[str] = []
    assert run_with_prefect(work, say=lines.append)
    assert work.done == [("receive", "a"), ("check", "b"), ("check", "c")]
    assert len(lines) == 1


def test_no_server_nothing_done(prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
    work = FakeWork(tmp_path)
    lines: list[str] = []
    assert not run_with_prefect(work, say=lines.append)
    assert work.done == []
    assert len(lines) == 1 and "PREFECT_API_URL" in lines[0]

    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.setenv("HENREI_PREFECT_TIMEOUT", "0.5")  # a server needs longer
    assert not run_with_prefect(work, say=lines.append)
    assert work.done == [] and "0.5 秒" in lines[1]


@pytest.mark.parametrize("wrong", ["毎月11日", "0 6 32 * *", ""])
def test_a_wrong_cron(wrong: str, api: str, tmp_path: Path) -> None:
    with pytest.raises(HenreiError, match="--cron") as caught:
        serve(Home(tmp_path), wrong, FakeWork)  # type: ignore[arg-type]
    assert caught.value.status == 2


def test_a_wrong_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    monkeypatch.setenv("HENREI_PREFECT_TIMEOUT", "long")
    with pytest.raises(HenreiError, match="HENREI_PREFECT_TIMEOUT"):
        run_with_prefect(FakeWork(tmp_path), say=print)


OWN_SERVER = """
    import sys
    from datetime import date
    from pathlib import Path
    from henrei.flows.prefect.connect import one_server
    from henrei.flows.prefect.runner import run_with_prefect
    from henrei.flows.run.pipeline import Stage
    from henrei.home import Home

    class Work:
        home, month, fail = Home(Path(sys.argv[1])), date(2026, 5, 1), False
        def do(self, part):
            if self.fail: raise KeyboardInterrupt
        @property
        def stages(self): return [Stage("check", "点検", lambda: ["a"], self.do)]
        def overview(self): return "# 2026-05"

    assert "prefect" not in sys.modules
    work = Work()
    with one_server():
        assert run_with_prefect(work, say=print)
        work.fail = True
        try:
            run_with_prefect(work, say=print)
        except KeyboardInterrupt:
            pass
        else:
            raise AssertionError
"""

SERVE = """
    import sys
    from contextlib import contextmanager
    from pathlib import Path
    from henrei.flows.prefect.deployment import serve
    from henrei.flows.run.pipeline import Stage
    from henrei.home import Home
    from henrei.months import month_of, month_text

    home = Path(sys.argv[1])

    class Work:
        def do(self, part): (home / "done").write_text(month_text(self.month) + "check" + part)
        @property
        def stages(self): return [Stage("check", "点検", lambda: ["a"], self.do)]
        def overview(self): return "# 2026-05"

    @contextmanager
    def make_work(month):
        work = Work()
        work.home, work.month = Home(home), month_of(month)
        yield work

    serve(Home(home), "0 6 11 * *", make_work, say=lambda line: print(line, flush=True))
"""


def script(text: str, home: Path, **more: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a Python of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "HENREI_"))}
    return [sys.executable, "-X", "utf8", "-c", textwrap.dedent(text), str(home)], env | more


def test_a_server_of_its_own_is_silent_and_goes(tmp_path: Path) -> None:
    command, env = script(OWN_SERVER, tmp_path)
    run = subprocess.run(command, env=env, capture_output=True, timeout=180)
    assert (run.stdout, run.stderr, run.returncode) == (b"", b"", 0)
    log = tmp_path / ".prefect" / "server.log"
    assert log.read_bytes() == b""
    log.unlink()  # on Windows only possible when the server has gone


def test_serve_runs_the_month_asked_for_and_stops_cleanly(prefect_api: str, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    command, env = script(SERVE, tmp_path, PREFECT_API_URL=prefect_api, PREFECT_RUNNER_POLL_FREQUENCY="1")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            assert "Ctrl-C" in process.stdout.readline()
            with get_client(sync_client=True) as client:
                deployment = wait_for(lambda: client.read_deployment_by_name("henrei-run/henrei-run"))
                assert deployment.schedules[0].schedule.timezone == "Asia/Tokyo"
                run = client.create_flow_run_from_deployment(deployment.id, parameters={"month": "2026-04"})
                wait_for(lambda: client.read_flow_run(run.id).state.is_final())
                assert client.read_flow_run(run.id).state.is_completed()
                assert client.read_flow_run(run.id).name == "henrei-run-2026-04"
            assert (tmp_path / "done").read_text() == "2026-04checka"
            if os.name != "nt":  # there is no Ctrl-C for a single process on Windows
                process.send_signal(signal.SIGINT)
                assert process.communicate(timeout=30) == ("", "")
                assert process.returncode == 0
        finally:
            process.kill()


def wait_for(ask: Callable[[], Any]) -> Any:
    """The first answer that is not empty; not being there yet counts as empty."""
    from prefect.exceptions import ObjectNotFound

    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if answer := ask():
                return answer
        except ObjectNotFound:
            pass
        time.sleep(0.2)
    raise AssertionError("no answer in time")
