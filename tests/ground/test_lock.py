"""The lock: one has it, whoever comes second learns who has it, and what another machine left is told from what it still does."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import pytest

from henrei import lock
from henrei.errors import LOCKED, HenreiError
from henrei.home import Home
from henrei.lock import Holder, exclusive, holder, holder_path
from henrei.machine import UNKNOWN, machine, user

ELSEWHERE = Holder("田中", "PC-12", 4711, "2026-05-12T09:05:31+09:00")


def held(by: Holder | None) -> HenreiError:
    return HenreiError(f"held by {by}", LOCKED)


@pytest.fixture(autouse=True)
def fast_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "BEAT", 0.05)
    monkeypatch.setattr(lock, "PATIENCE", 0.4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    return folder / "lock"


def left(path: Path, by: Holder) -> None:
    """What a command that was cut off leaves: the file that names it, and no lock."""
    holder_path(path).write_text(json.dumps(by.__dict__), encoding="utf-8")


def test_what_one_has_no_other_gets(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "lock"
    with (
        exclusive(path, held) as note,
        pytest.raises(HenreiError, match=rf"held by {user()}、{machine()}、20"),
        exclusive(path, held),
    ):
        pass
    assert note is None
    assert holder(path) is None and [one.name for one in path.parent.iterdir()] == ["lock"]
    with exclusive(path, held):
        pass


def test_whoever_has_it_counts_on(path: Path) -> None:
    with exclusive(path, held):
        counts = set()
        while len(counts) < 3:
            if one := holder(path):
                counts.add(one.count)


def test_what_was_cut_off_on_this_machine_is_replaced_without_a_word(path: Path) -> None:
    left(path, Holder(user(), machine(), 4711, "2026-05-12T09:05:31+09:00"))
    with exclusive(path, held) as note:
        assert note is None
        assert holder(path) is not None and holder(path).process != 4711  # type: ignore[union-attr]


def test_what_was_cut_off_on_another_machine_is_named(path: Path) -> None:
    left(path, ELSEWHERE)
    with exclusive(path, held) as note:
        assert note == "PC-12 の henrei(田中、PC-12、2026-05-12 09:05 から)は途中で終わったようです。続けます"
        assert holder(path).machine == machine()  # type: ignore[union-attr]
    assert holder(path) is None


@contextmanager
def counted_elsewhere(path: Path) -> Iterator[None]:
    """Inside, another machine counts on in the file, though the folder passes no lock on."""
    ended = threading.Event()

    def count() -> None:
        number = 0
        while not ended.wait(0.05):
            number += 1
            left(path, Holder(ELSEWHERE.user, ELSEWHERE.machine, ELSEWHERE.process, ELSEWHERE.since, number))

    left(path, ELSEWHERE)
    thread = threading.Thread(target=count)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_machine_that_counts_on_has_it_also_where_the_folder_passes_no_lock_on(path: Path) -> None:
    by = "held by 田中、PC-12、2026-05-12 09:05 から"
    by = "held by 田中、PC-12、2026-05-12 09:05 から"
    with counted_elsewhere(path), pytest.raises(HenreiError, match=by), exclusive(path, held):
        pass
    assert holder(path).machine == "PC-12"  # type: ignore[union-attr]  # it has it still


@pytest.mark.parametrize("since", ["2036-01-01T00:00:00+09:00", "1999-12-31T23:59:59-05:00"])
def test_nobodys_clock_is_asked(path: Path, since: str) -> None:
    left(path, Holder("田中", "PC-12", 4711, since))
    with exclusive(path, held) as note:
        assert note is not None and f"{since[:16].replace('T', ' ')} から" in note


@pytest.mark.parametrize("content", ["", "{", "[]", '{"user": 1}', '{"user":"a","machine":"b"}'])
def test_a_file_that_cannot_be_read_names_nobody(path: Path, content: str) -> None:
    holder_path(path).write_text(content, encoding="utf-8")
    assert holder(path) is None
    with exclusive(path, held) as note:
        assert note is None


@pytest.mark.parametrize("problem", [NotImplementedError("no flock"), OSError(errno.ENOLCK, "no locks")])
def test_a_folder_without_locks_is_refused(path: Path, problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, timeout: float) -> None:
        raise problem

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with (
        pytest.raises(
            HenreiError, match=r"では鍵.*が使えません.*作業フォルダーを、この PC か Windows の共有フォルダー"
        ),
        exclusive(path, held),
    ):
        pass


def test_a_folder_that_cannot_be_written_is_no_folder_without_locks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object, timeout: float) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with pytest.raises(OSError, match="read-only"), exclusive(path, held):
        pass


def test_a_home_names_who_was_cut_off(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.state.mkdir()
    left(home.lock_file, ELSEWHERE)
    with home.lock() as note:
        assert note is not None and note.startswith("PC-12 の henrei")


def test_a_machine_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.node", lambda: "")
    assert machine() == UNKNOWN
    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(OSError()))
    assert user() == UNKNOWN
