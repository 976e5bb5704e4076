"""books/pending.json: what a command is about to do, until it is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.errors import HenreiError
from henrei.home import Home
from henrei.store import journal, pending

MAY = date(2026, 5, 1)


def test_nothing_is_pending(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert pending.read(home) is None
    pending.end(home)


def test_what_a_command_intends_is_there_until_it_ends(tmp_path: Path) -> None:
    home = Home(tmp_path)
    entry = journal.entry("close", MAY, outcome={"明返戻": 1})
    pending.begin(home, entry, proof="0" * 64)
    assert pending.read(home) == (entry, "0" * 64, MAY)
    other = journal.entry("reopen", MAY)
    pending.begin(home, other)
    assert pending.read(home) == (other, "", MAY)
    pending.end(home)
    assert pending.read(home) is None
    assert list(home.books().iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "{}", '{"entry": {"month": "2026-13"}, "proof": ""}'])
def test_what_cannot_be_read_is_not_nothing(tmp_path: Path, text: str) -> None:
    path = pending.path_of(Home(tmp_path))
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HenreiError, match=r"pending.json が壊れています"):
        pending.read(Home(tmp_path))
