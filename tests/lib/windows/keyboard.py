"""Keys for the questions of a program at a terminal in, its exit status and what the screen showed out."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path

Keys = Callable[
    [str], str | None
]  # the screen since the last key, without blanks → what is typed; None: no question yet

_ROWS, _COLUMNS = 1000, 400  # nothing is wrapped, nothing scrolls away
_PATIENCE = 300.0
_ASIDE, _ELSEWHERE = re.compile(r"\x1b\[\d*C"), re.compile(r"\x1b\[[0-9;]*[ABEFHdf]|\r+\n?")
_PAINT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[()=>][A-Z0-9]?")  # colours, titles
_RULE = re.compile("─+")
_PROGRESS = re.compile(r"(受付|点検|保存|確認|出力)?[━╸╺-]*[\d/:]*")  # while `run` works


def type_at(command: list[str], keys: Keys, cwd: Path, env: dict[str, str] | None) -> tuple[int, str]:
    """Raises AssertionError with the end of the screen where the program waits for what nobody types."""
    # The terminal says how large it is; tests that run side by side have been told another size.
    ours = {name: value for name, value in (env or os.environ).items() if name not in ("COLUMNS", "LINES")}
    child, terminal = pty.fork()
    if child == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        os.chdir(cwd)
        os.execvpe(command[0], command, ours)
    shown, begin, last = b"", 0, time.monotonic()
    try:
        while (data := _read(terminal)) is not None:
            if data:
                shown, last = shown + data, time.monotonic()
            elif (typed := keys(_without_blanks(shown[begin:]))) is not None:
                begin = len(shown)
                os.write(terminal, typed.encode("utf-8") + b"\r")
            assert time.monotonic() - last < _PATIENCE, _text(shown)[-2000:]
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.close(terminal)
    return status, _text(shown)


def _read(terminal: int) -> bytes | None:
    """What the program painted; empty where it has been still for a moment; None once it has gone."""
    if not select.select([terminal], [], [], 0.3)[0]:
        return b""
    try:
        return os.read(terminal, 65536) or None
    except OSError:  # how Linux says that the other side is closed
        return None


def _text(shown: bytes) -> str:
    """A move of the cursor, as Wine's console paints, ends a line; one to the right is a blank."""
    text = _ELSEWHERE.sub("\n", _ASIDE.sub(" ", shown.decode("utf-8", "replace")))
    return _PAINT.sub("", text)


def _without_blanks(shown: bytes) -> str:
    return "".join(unicodedata.normalize("NFKC", _text(shown)).split())


def lines(screen: str) -> list[str]:
    """The lines of a screen, without blanks, and without how far `run` was meanwhile. A rule is one mark, however long: Wine's
    console does not paint again what is there already."""
    bare = (_RULE.sub("─", "".join(line.split())) for line in screen.splitlines())
    return [line for line in bare if not _PROGRESS.fullmatch(line)]
