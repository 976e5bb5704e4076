"""A question on the terminal in, a person's answer out. Called by the menu, and by the commands that ask before what cannot be
undone.

A script has no terminal: it is never asked, and what it gets instead is the command's own affair.
"""

from __future__ import annotations

import re
import sys
import unicodedata


def at_terminal() -> bool:
    """True where a person sits there: both the input and the output are a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def line(prompt: str) -> str:
    """A line as it was typed. Raises EOFError where the input has ended, KeyboardInterrupt where it was broken off.

    The prompt is printed here: at a terminal Python's own `input(prompt)` may write it to descriptor 2, which leads nowhere
    while a command runs (`error_report.discard_native_messages`).
    """
    print(prompt, end="", flush=True)
    return input("")


def answer(prompt: str) -> str | None:
    """A line without spaces around, full-width figures and letters as half-width ones; None where the input ended (Ctrl-Z,
    Ctrl-D) or was broken off (Ctrl-C)."""
    try:
        return unicodedata.normalize("NFKC", line(prompt)).strip()
    except (EOFError, KeyboardInterrupt):
        print()
        return None


def types_back(prompt: str, number: int) -> bool:
    """Asks for a number that was just shown. True only where that very number comes back: `1234`, `1,234`, `1234件`."""
    typed = answer(prompt)
    return typed is not None and re.sub(r",|件$|か月$", "", typed) == str(number)
