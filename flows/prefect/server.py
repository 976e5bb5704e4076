"""A temporary Prefect server in a child process, which ends with its parent. Called by connect.

Prefect can start one itself, but that one writes into the user's terminal (tracebacks at exit), is ended by Ctrl-C
before the run can be marked as cancelled, and stays when the parent is killed. This one writes to a log file and ends by
itself when its lifeline, a loopback connection to the parent, breaks.

`python -m henrei.flows.prefect.server` is the child; the rest is the parent's side and imports no Prefect.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from henrei.files import environment

LOOPBACK = "127.0.0.1"
LIFELINE = "HENREI_PREFECT_LIFELINE"  # <port>:<token>, environment of the child only
PORT = "HENREI_PREFECT_PORT"  # the port it should try first
GRACE = 5.0  # seconds the child has to end by itself

# What a run of one process does not need. task_run_recorder must stay: it writes the task runs.
_SERVICES_OFF = ("EVENT_PERSISTER", "TRIGGERS", "DB_VACUUM", "FOREMAN", "LATE_RUNS", "CANCELLATION_CLEANUP")


class LocalServer:
    """Starts with `with`; `wait` until it answers; leaving the block ends it. Raises OSError where it cannot start.

    With `lasting` it also runs Prefect's scheduler and is open to other programs of this PC (`serve`);
    otherwise only this process has the password.
    """

    def __init__(self, *, lasting: bool = False, debug: bool = False) -> None:
        self.auth = "" if lasting else f"henrei:{secrets.token_urlsafe(24)}"
        self.url = ""
        self._lasting = lasting
        self._debug = debug
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: socket.socket | None = None
        self._lifeline: socket.socket | None = None
        self._token = secrets.token_hex(16)
        self._temporary = Path(os.environ["PREFECT_HOME"]) / ("tmp-serve" if lasting else "tmp")

    def __enter__(self) -> LocalServer:
        self._listener = socket.create_server((LOOPBACK, 0))
        env = os.environ | {
            LIFELINE: f"{self._listener.getsockname()[1]}:{self._token}",
            "PREFECT_UI_ENABLED": "false",  # the pages fetch from outside, and have to be unpacked first
            "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PYTHONUTF8": "1",
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self._temporary)),
        }
        shutil.rmtree(self._temporary, ignore_errors=True)  # what a killed one left
        self._temporary.mkdir(parents=True, exist_ok=True)
        if self._lasting:
            env[PORT] = "4200"  # Prefect's own, so that its command line finds it
        else:
            env["PREFECT_SERVER_API_AUTH_STRING"] = self.auth
            env |= {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _SERVICES_OFF}
        # Ctrl-C reaches every process of a terminal: the child must outlive it, to hear how the run ended
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        with _log(self._debug) as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                creationflags=flags,
                start_new_session=os.name != "nt",
            )
        return self

    def wait(self, seconds: float) -> bool:
        """True as soon as the child answers; False when the time is over or the child has ended."""
        assert self._listener is not None and self._process is not None
        if self.url:
            return self._process.poll() is None
        until = time.monotonic() + seconds
        self._listener.settimeout(0.1)
        while time.monotonic() < until and self._process.poll() is None:
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(2)
            try:
                token, _, port = connection.makefile("r", encoding="ascii").readline().strip().partition(":")
            except (OSError, ValueError):
                token = port = ""
            if secrets.compare_digest(token, self._token):
                self._lifeline = connection
                self.url = f"http://{LOOPBACK}:{port}/api"
                return True
            connection.close()
        return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        assert process is not None
        answered = self._lifeline is not None
        for end in (self._lifeline, self._listener):
            if end is not None:
                end.close()
        try:
            if answered:
                process.wait(GRACE)
        except subprocess.TimeoutExpired:
            pass
        finally:  # also when a second Ctrl-C breaks the wait
            if process.poll() is None:
                process.kill()
            process.wait()
            shutil.rmtree(self._temporary, ignore_errors=True)


@contextmanager
def _log(debug: bool) -> Iterator[IO[bytes] | None]:
    """The child's output: the terminal with --debug, else a file that every run writes anew."""
    if debug:
        yield sys.stderr.buffer if _is_file(sys.stderr) else None
        return
    folder = Path(os.environ["PREFECT_HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("wb") as file:
        yield file


def _is_file(stream: Any) -> bool:
    try:
        return stream.fileno() >= 0
    except (AttributeError, OSError, ValueError):
        return False


@contextmanager
def without_proxy() -> Iterator[None]:
    """A city's HTTP proxy must not be asked for addresses of this PC."""
    names = ("NO_PROXY", "no_proxy")
    with environment({name: ",".join(filter(None, (os.environ.get(name), LOOPBACK, "localhost"))) for name in names}):
        yield


def _child() -> None:
    port, _, token = os.environ.pop(LIFELINE).partition(":")
    lasting = PORT in os.environ
    # A collection in the event loop's thread may have to close a cursor of a connection that waits for a lock
    # which only the event loop can release: every tenth run or so waited for SQLite's 60 seconds.
    gc.disable()
    threading.Thread(target=_collect, daemon=True).start()

    import uvicorn
    from prefect.server.api.server import create_app

    _begin_as_writer()
    app = create_app(ephemeral=not lasting, final=True)
    listener = _listen(int(os.environ.pop(PORT, "0")))

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                threading.Thread(target=hold, daemon=True).start()

    server = Server(
        uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=2, access_log=False)
    )

    def hold() -> None:
        try:
            with socket.create_connection((LOOPBACK, int(port)), timeout=5) as lifeline:
                lifeline.settimeout(None)
                lifeline.sendall(f"{token}:{listener.getsockname()[1]}\n".encode("ascii"))
                lifeline.recv(1)  # nothing is ever sent: it returns when the parent has gone
        except OSError:
            pass
        server.should_exit = True

    server.run(sockets=[listener])
    os._exit(0)  # everything is closed; unloading Prefect's modules would hold the run up for half a second


def _begin_as_writer() -> None:
    """Makes SQLite's transactions wait for each other.

    Prefect begins them as readers; one that then writes fails at once if another has written meanwhile. The server
    then answers 503 and its client sleeps two seconds, in every third run.
    """
    from sqlalchemy import Engine, event

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def begin(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> tuple[str, Any]:
        return ("BEGIN IMMEDIATE" if statement == "BEGIN DEFERRED" else statement), parameters


def _collect() -> None:
    while True:
        time.sleep(20)
        gc.collect()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError:
        return socket.create_server((LOOPBACK, 0))


if __name__ == "__main__":
    _child()
