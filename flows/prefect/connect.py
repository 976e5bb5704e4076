"""A folder for Prefect's files in, this process connected to a Prefect server out. Called by runner, deployment and
cities.dask.

The server is the user's own (PREFECT_API_URL) or a temporary one (`LocalServer`). Prefect is imported inside functions:
what does not need it starts without it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from henrei import error_report
from henrei.errors import HenreiError
from henrei.flows.prefect.server import LocalServer, without_proxy

TIMEOUT = "HENREI_PREFECT_TIMEOUT"

# Heartbeats hold every flow up for a second at its end. A server that has gone away is asked again after 2, 4
# and 8 seconds, at every call.
QUICK: dict[str, Any] = {"flows.heartbeat_frequency": None, "client.max_retries": 3}


@dataclass
class Connection:
    """A server that may still be starting. `own`: it is ours, for the user has set no PREFECT_API_URL; `timeout`: the
    seconds that it has to start."""

    own: bool
    timeout: float
    _server: LocalServer | None  # None: the user's own, or ours could not be started
    _debug: bool
    _lasting: bool
    _stack: ExitStack

    def import_prefect(self) -> bool:
        """Imports Prefect, which takes its seconds while the server starts. False where it cannot be imported."""
        # The import changes the root logger, which is not Prefect's own.
        root = logging.getLogger()
        level, handlers = root.level, root.handlers[:]
        try:
            import prefect.main  # noqa: F401  (all of it, here and not in the first flow)
        except Exception as error:
            if self._debug:
                error_report.show(error)
            return False
        root.setLevel(level)
        root.handlers[:] = handlers
        if not self._debug:
            # Prefect's one logger outside its own tree: warns when events are still being sent
            logging.getLogger("EventsWorker").setLevel(logging.CRITICAL)
        return True

    def connect(self) -> bool:
        """Points Prefect's settings at the server until the connection is left. False when there is none or it does not
        answer."""
        if self.own and self._server is None:
            return False
        if not self.import_prefect():
            return False
        updates: dict[str, Any] = dict(QUICK)
        if self._server is None:
            updates["api.url"] = os.environ["PREFECT_API_URL"]
        else:
            if not self._server.wait(self.timeout):
                return False
            updates |= {"api.url": self._server.url, "api.auth_string": self._server.auth or None, "api.key": None}
            updates["client.max_retries"] = 1  # ours is never busy: it answers or has gone
        from prefect.settings import temporary_settings

        self._stack.enter_context(temporary_settings(updates=updates))
        if not self._lasting:
            self._stack.callback(_flush_events)
        return self._answers()

    def _answers(self) -> bool:
        from prefect.client.orchestration import get_client

        settings = {"timeout": max(1.0, min(self.timeout, 10.0))}
        try:
            with get_client(httpx_settings=settings, sync_client=True) as client:
                client.raise_for_api_version_mismatch()
                return client.api_healthcheck() is None
        except Exception:  # refused, wrong address, wrong password, another version: the work can be done without
            return False


@contextmanager
def connection(folder: Path, *, debug: bool = False, lasting: bool = False) -> Iterator[Connection]:
    """Prepares the environment and starts a server where the user has none; the caller then calls `connect`.

    `lasting`: a server that runs schedules and that other programs of this PC reach (`serve`). Raises HenreiError where
    HENREI_PREFECT_TIMEOUT is no number.
    """
    prepare_environment(folder, debug=debug)
    timeout = _startup_timeout()
    own = not os.environ.get("PREFECT_API_URL")
    with ExitStack() as stack:
        server = None
        if own:
            stack.enter_context(without_proxy())
            server = _start_server(stack, timeout, debug=debug, lasting=lasting)
        yield Connection(own, timeout, server, debug, lasting, stack)


_own_home = ""  # the PREFECT_HOME that we set, not the user


def prepare_environment(folder: Path, *, debug: bool = False) -> None:
    """Prefect's settings, which it reads when imported: its files in `folder`, nothing sent, nothing printed.

    They stay set: Prefect reads them again, and its child processes do.
    """
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


class _Shared(ExitStack):
    server: LocalServer | None = None


_shared: _Shared | None = None


@contextmanager
def one_server() -> Iterator[None]:
    """Inside, several runs of this process share one temporary server: its start takes most of the time."""
    global _shared
    with _Shared() as _shared:
        try:
            yield
        finally:
            _shared = None


def reachable_server() -> bool:
    """True where there is a server already: the user's own, or one that several runs share."""
    return bool(os.environ.get("PREFECT_API_URL")) or (_shared is not None and _shared.server is not None)


def _start_server(stack: ExitStack, timeout: float, *, debug: bool, lasting: bool) -> LocalServer | None:
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


def _startup_timeout() -> float:
    text = os.environ.get(TIMEOUT, "").strip()
    try:
        return float(text) if text else 120.0
    except ValueError:
        raise HenreiError(f"環境変数 {TIMEOUT} が数ではありません（{text}）。秒数を書いてください。") from None


def _flush_events() -> None:
    """Waits for the events, by which task runs reach the server in the background: before the server goes away."""
    with suppress(Exception):
        from prefect.events.worker import EventsWorker

        EventsWorker.drain_all(timeout=10)
