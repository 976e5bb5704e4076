"""Prefect around the work: a flow per run, a flow per stage, a task per part. The work knows nothing of it.

Prefect sees ids only: a token of this process, the stage and the part. Objects stay in `_SESSIONS`, results
are not kept, logs are not sent, and of an unexpected exception it learns the type alone, because a message
may hold a name. Prefect is imported inside functions: what does not need it starts without it.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from henrei.error_report import show as show_trouble
from henrei.errors import HenreiError
from henrei.flows.prefect.server import LocalServer, without_proxy
from henrei.flows.run.pipeline import Stage, Work
from henrei.home import Home
from henrei.months import month_text

TIMEOUT = "HENREI_PREFECT_TIMEOUT"
FLOW = "henrei-run"


_own_home = ""  # the PREFECT_HOME that we set, not the user


def prepare_environment(folder: Path, *, debug: bool = False) -> None:
    """Prefect's settings, which it reads when imported: its files in `folder`, nothing sent, nothing printed."""
    global _own_home
    if os.environ.get("PREFECT_HOME", "") in ("", _own_home):
        _own_home = str(folder.absolute())
        os.environ["PREFECT_HOME"] = _own_home
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"  # a second, separate switch
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"  # a log line may hold what a state may not
    os.environ["PREFECT_LOGGING_COLORS"] = "false"
    os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"  # no second server beside ours
    os.environ.setdefault("PYTHONUTF8", "1")  # for child processes
    level = "INFO" if debug else "CRITICAL"
    for name in ("LOGGING_LEVEL", "SERVER_LOGGING_LEVEL", "INTERNAL_LOGGING_LEVEL"):
        os.environ.setdefault(f"PREFECT_{name}", level)


def run_with_prefect(work: Work, *, debug: bool = False, say: Callable[[str], None]) -> bool:
    """Do the work as a Prefect flow. False, with nothing done, when no server can be had.

    What `work` raises comes out as it is. If Prefect fails halfway, the rest is done without it.
    """
    prepare_environment(work.home.prefect, debug=debug)
    timeout = startup_timeout()
    own = not os.environ.get("PREFECT_API_URL")
    session = Session(work)
    trouble: BaseException | None = None
    with ExitStack() as stack:
        server = None
        if own:
            stack.enter_context(without_proxy())
            server = start_server(stack, timeout, debug=debug)
        # the import takes its seconds while the server starts
        if (not own or server) and prefect_imports(debug) and connect(stack, server, timeout):
            stack.enter_context(session)
            stack.callback(flush_events)
            try:
                _flows().run(session.token, month_text(work.month), return_state=True)
            except Exception as error:
                trouble = error
            except BaseException as error:
                if session.error is None:
                    if type(error).__name__ != "TerminationSignal":
                        raise
                    # Prefect's way to say SIGTERM; without it the process would just have ended
                    session.error = SystemExit(143)
        else:
            say(_no_server(own, timeout))
            return False

    if session.error is not None:
        raise session.error
    if debug and trouble is not None:
        show_trouble(trouble)
    if session.done:
        return True
    if not session.begun:
        say("Prefect で実行を始められないため、Prefect なしで同じ処理をします。")
        return False
    say("Prefect のサーバーと途中で連絡が取れなくなったため、残りを Prefect なしで続けます。")
    session.finish()
    return True


@contextmanager
def one_server() -> Iterator[None]:
    """Inside, several runs of this process share one temporary server: its start takes most of the time."""
    global _shared
    with _Shared() as _shared:
        try:
            yield
        finally:
            _shared = None


class _Shared(ExitStack):
    server: LocalServer | None = None


_shared: _Shared | None = None


class Session:
    """The live work behind a token, and what became of it."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.token = secrets.token_hex(8)
        self.begun = False
        self.done = False
        self.error: BaseException | None = None
        self._parts: dict[str, list[str]] = {}
        self._finished: set[tuple[str, str]] = set()

    def __enter__(self) -> Session:
        _SESSIONS[self.token] = self
        return self

    def __exit__(self, *_: object) -> None:
        del _SESSIONS[self.token]

    @property
    def stages(self) -> dict[str, Stage]:
        """The work's stages in order, by the names that Prefect sees."""
        return {stage.name: stage for stage in self.work.stages}

    def parts(self, stage: str) -> list[str]:
        if stage not in self._parts:
            self._parts[stage] = self.stages[stage].parts()
        return self._parts[stage]

    def do(self, stage: str, part: str) -> None:
        self.begun = True
        self.stages[stage].do(part)
        self._finished.add((stage, part))

    def finish(self) -> None:
        for stage in self.stages:
            for part in self.parts(stage):
                if (stage, part) not in self._finished:
                    self.do(stage, part)

    @contextmanager
    def keeping_errors(self) -> Iterator[None]:
        """Keep what the work raises for our caller; Prefect would write its text into states and logs."""
        from prefect.exceptions import TerminationSignal

        try:
            yield
        except TerminationSignal:
            raise
        except BaseException as error:  # polars' PanicException is no Exception, and quotes values
            self.error = error

    def failure(self) -> Any:
        """The state that Prefect may see."""
        from prefect.states import Cancelled, Failed

        if isinstance(self.error, KeyboardInterrupt):
            return Cancelled(message="KeyboardInterrupt")
        return Failed(message=str(self.error) if isinstance(self.error, HenreiError) else type(self.error).__name__)


_SESSIONS: dict[str, Session] = {}


class _Flows(NamedTuple):
    run: Any
    stage: Any
    part: Any


@cache
def _flows() -> _Flows:
    """Flows and tasks are plain functions called in turn: all in the caller's thread, in order.

    They return states instead of raising, so no exception of the work passes through Prefect.
    """
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    plain: dict[str, Any] = {"retries": 0, "persist_result": False, "log_prints": False}

    @task(name="henrei-part", task_run_name="{stage} {part}", cache_policy=NO_CACHE, **plain)
    def part(token: str, stage: str, part: str) -> Any:
        session = _SESSIONS[token]
        with session.keeping_errors():
            session.do(stage, part)
        return session.failure() if session.error else None

    @flow(name="henrei-stage", flow_run_name="{stage}", validate_parameters=False, **plain)
    def stage(token: str, stage: str) -> Any:
        session = _SESSIONS[token]
        parts: list[str] = []
        with session.keeping_errors():
            parts = session.parts(stage)
        for name in parts:
            if session.error is None:
                flows.part(token, stage, name, return_state=True)
        return session.failure() if session.error else None

    @flow(name=FLOW, flow_run_name=FLOW + "-{month}", validate_parameters=False, **plain)
    def run(token: str, month: str) -> Any:
        return drive(_SESSIONS[token])

    flows = _Flows(run, stage, part)
    return flows


def drive(session: Session) -> Any:
    """The body of the parent flow."""
    stage_flow = _flows().stage
    for name, stage in session.stages.items():
        # a flow of its own name for every stage, so that Prefect shows their durations apart
        named = stage_flow.with_options(name=f"henrei-{name}", description=stage.title)
        state = named(session.token, name, return_state=True)
        if session.error is not None:
            return session.failure()
        if not state.is_completed():
            return state  # Prefect's own failure: the caller goes on without it
    overview = ""
    with session.keeping_errors():
        overview = session.work.overview()
    if session.error is not None:
        return session.failure()
    session.done = True
    from prefect.artifacts import create_markdown_artifact

    with suppress(Exception):  # the work is done; a lost summary must not undo it
        month = month_text(session.work.month)
        create_markdown_artifact(overview, key=f"{FLOW}-{month}", description=month)
    return None


def show(home: Home, key: str, text: str) -> None:
    """Puts a page of markdown on the Prefect server that is at hand: the user's own, or one that lasts over several
    runs of this process. Without one nothing is done; what fails is of no account, for the work is done."""
    if not os.environ.get("PREFECT_API_URL") and (_shared is None or _shared.server is None):
        return
    prepare_environment(home.prefect)
    server = None if os.environ.get("PREFECT_API_URL") else _shared and _shared.server
    with ExitStack() as stack, suppress(Exception):
        if server is not None:
            stack.enter_context(without_proxy())
        if prefect_imports(False) and connect(stack, server or None, startup_timeout()):
            from prefect import flow
            from prefect.artifacts import create_markdown_artifact

            @flow(name="henrei-close", flow_run_name=key, persist_result=False, log_prints=False)
            def page() -> None:
                create_markdown_artifact(text, key=key)

            page()
            flush_events()


# Heartbeats hold every flow up for a second at its end. A server that has gone away is asked again after 2, 4
# and 8 seconds, at every call.
QUICK: dict[str, Any] = {"flows.heartbeat_frequency": None, "client.max_retries": 3}


@contextmanager
def temporarily(updates: dict[str, Any]) -> Iterator[None]:
    from prefect.settings import temporary_settings

    with temporary_settings(updates=updates):
        yield


def start_server(stack: ExitStack, timeout: float, *, debug: bool, lasting: bool = False) -> LocalServer | None:
    if timeout <= 0:
        return None
    try:
        if _shared is None or lasting:
            return stack.enter_context(LocalServer(lasting=lasting, debug=debug))
        if _shared.server is None:
            _shared.server = _shared.enter_context(LocalServer(debug=debug))
        return _shared.server
    except OSError:  # no process, no socket, no writable folder
        return None


def connect(stack: ExitStack, server: LocalServer | None, timeout: float) -> bool:
    """Point Prefect's settings at the server, until the stack is left; False when it does not answer."""
    updates: dict[str, Any] = dict(QUICK)
    if server is None:
        updates["api.url"] = os.environ["PREFECT_API_URL"]
    else:
        if not server.wait(timeout):
            return False
        updates |= {"api.url": server.url, "api.auth_string": server.auth or None, "api.key": None}
        updates["client.max_retries"] = 1  # ours is never busy: it answers or has gone
    stack.enter_context(temporarily(updates))
    from prefect.client.orchestration import get_client

    try:
        with get_client(httpx_settings={"timeout": max(1.0, min(timeout, 10.0))}, sync_client=True) as client:
            client.raise_for_api_version_mismatch()
            return client.api_healthcheck() is None
    except Exception:  # refused, wrong address, wrong password, another version: the work can be done without
        return False


def prefect_imports(debug: bool) -> bool:
    """Import Prefect, and undo what its import does to the root logger, which is not its own."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        import prefect.main  # noqa: F401
    except Exception as found:
        if debug:
            show_trouble(found)
        return False
    root.setLevel(level)
    root.handlers[:] = handlers
    if not debug:
        # Prefect's one logger outside its own tree: warns when events are still being sent
        logging.getLogger("EventsWorker").setLevel(logging.CRITICAL)
    return True


def flush_events() -> None:
    """Task runs reach the server as events, sent in the background: wait before it goes away."""
    with suppress(Exception):
        from prefect.events.worker import EventsWorker

        EventsWorker.drain_all(timeout=10)


def startup_timeout() -> float:
    text = os.environ.get(TIMEOUT, "").strip()
    try:
        return float(text) if text else 120.0
    except ValueError:
        raise HenreiError(f"環境変数 {TIMEOUT} が数ではありません（{text}）。秒数を書いてください。") from None


def _no_server(own: bool, timeout: float) -> str:
    if own:
        return f"Prefect のサーバーが {timeout:g} 秒以内に起動しなかったため、Prefect なしで同じ処理をします。"
    return "PREFECT_API_URL のサーバーに接続できないため、Prefect なしで同じ処理をします。"
