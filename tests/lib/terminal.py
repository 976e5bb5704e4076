"""A person at a terminal, for tests of what asks there."""

from __future__ import annotations

import builtins

import pytest

from henrei.cli import ask


def typist(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is put into the list is typed, line by line; then the input ends."""
    given: list[str] = []

    def read(_: str) -> str:
        print()
        if not given:
            raise EOFError
        return given.pop(0)

    monkeypatch.setattr(ask, "at_terminal", lambda: True)
    monkeypatch.setattr(builtins, "input", read)
    return given
