"""Questions at a terminal: seen by the person who is asked, and answered by nothing but the number that was shown."""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from henrei.cli import ask
from henrei.flows.init import make_home
from henrei.home import Home


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("1234", True),
        ("1,234", True),
        (" １２３４ ", True),
        ("1234件", True),
        ("1234か月", True),
        ("1233", False),
        ("12345", False),
        ("01234", False),
        ("1234.0", False),
        ("-1234", False),
        ("y", False),
        ("はい", False),
        ("", False),
    ],
)
def test_only_the_number_itself_is_an_answer(monkeypatch: pytest.MonkeyPatch, typed: str, right: bool) -> None:
    monkeypatch.setattr(builtins, "input", lambda _: typed)
    assert ask.types_back("いくつ: ", 1234) is right


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_no_answer_is_none(monkeypatch: pytest.MonkeyPatch, end: type[BaseException]) -> None:
    def read(_: str) -> str:
        raise end

    monkeypatch.setattr(builtins, "input", read)
    assert ask.answer("いくつ: ") is None
    assert not ask.types_back("いくつ: ", 0)
    with pytest.raises(end):
        ask.line("いくつ: ")


@pytest.mark.parametrize(
    ("given", "shown", "terminal"),
    [
        (Terminal(), Terminal(), True),
        (io.StringIO(), Terminal(), False),
        (Terminal(), io.StringIO(), False),
        (None, Terminal(), False),  # a program without a console
    ],
)
def test_a_terminal_is_one_on_both_sides(
    monkeypatch: pytest.MonkeyPatch, given: io.StringIO | None, shown: io.StringIO, terminal: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", given)
    monkeypatch.setattr(sys, "stdout", shown)
    assert ask.at_terminal() is terminal


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is played by a pty, which Windows has not")
def test_the_menu_asks_so_that_it_is_seen(tmp_path: Path) -> None:
    """Descriptor 2 leads nowhere while a command runs: a prompt must not go there."""
    import pty

    make_home(Home(tmp_path / "home"), "架空市", "112992")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "henrei", "menu", "--home", str(tmp_path / "home")]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, b"2026-05\nq\n")
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while data := os.read(ours, 4096):
                shown += data
        assert process.wait(60) == 0
    os.close(ours)
    assert "審査月 (Enter で " in shown.decode()
