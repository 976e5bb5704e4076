"""A work (`run.pipeline.Work`) in, done as a Prefect flow out: a flow per run, a flow per stage, a task per part. Called by
`henrei run` and by `henrei serve`.

Prefect sees ids only: a token of this process, the stage and the part. Objects stay in `_SESSIONS`, results are not
kept, logs are not sent, and of an unexpected exception it is given the type alone, because a message may hold a name.
Prefect is imported inside functions: what does not need it starts without it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, NamedTuple

from henrei import error_report
from henrei.errors import HenreiError
from henrei.flows.prefect.connect import connection, reachable_server
from henrei.flows.run.pipeline import Stage, Work
from henrei.home import Home
from henrei.months import month_text

FLOW = "henrei-run"


def run_with_prefect(work: Work, *, debug: bool = False, say: Callable[[str], None]) -> bool:
    """Does the work as a Prefect flow. False, with nothing done, when no server can be had.

    Raises what `work` raises, as it is. If Prefect fails halfway, the rest is done without it.
    """
    session = Session(work)
    with connection(work.home.prefect, debug=debug) as server:
        if not server.connect():
            say(_no_server(server.own, server.timeout))
            return False
        with session:
            prefect_error = _run_flow(session)

    if session.error is not None:
        raise session.error
    if debug and prefect_error is not None:
        error_report.show(prefect_error)
    if session.done:
        return True
    if not session.begun:
        say("Prefect で実行を始められないため、Prefect なしで同じ処理をします。")
        return False
    say("Prefect のサーバーと途中で連絡が取れなくなったため、残りを Prefect なしで続けます。")
    session.finish()
    return True


def _run_flow(session: Session) -> Exception | None:
    """Runs the flow, and returns what Prefect itself raises. What the work raises is kept in the session."""
    try:
        _flows().run(session.token, month_text(session.work.month), return_state=True)
    except Exception as error:
        return error
    except BaseException as error:
        if session.error is None:
            if type(error).__name__ != "TerminationSignal":
                raise
            # Prefect turns SIGTERM into this exception; without Prefect the process would just have ended
            session.error = SystemExit(143)
    return None


def _no_server(own: bool, timeout: float) -> str:
    if own:
        return f"Prefect のサーバーが {timeout:g} 秒以内に起動しなかったため、Prefect なしで同じ処理をします。"
    return "PREFECT_API_URL のサーバーに接続できないため、Prefect なしで同じ処理をします。"


def show(home: Home, key: str, text: str) -> None:
    """Puts a page of markdown on the server that can be reached: the user's own, or one that several runs share. Called after
    close.

    Without a server nothing is done; an error is ignored, because the work is done already.
    """
    if not reachable_server():
        return
    with suppress(Exception), connection(home.prefect) as server:
        if not server.connect():
            return
        from prefect import flow
        from prefect.artifacts import create_markdown_artifact

        @flow(name="henrei-close", flow_run_name=key, persist_result=False, log_prints=False)
        def page() -> None:
            create_markdown_artifact(text, key=key)

        page()


class Session:
    """The work behind a token: which parts are done, and the error that ended it."""

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
    """The flows and the task: plain functions called in turn, all in the caller's thread.

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
    """The body of the parent flow: its stages in order. Returns the state that Prefect is given, None when all is done."""
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
