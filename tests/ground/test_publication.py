"""A set of files that appears whole or not at all, and file names that are safe everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from henrei import publication
from henrei.errors import HenreiError
from henrei.publication import (
    CASEBOOK,
    NOTICES,
    WORKLIST,
    WORKLIST_BESIDE,
    WORKLIST_NAME,
    file_name,
    publish_casebook,
    publish_worklist,
)


def test_letters_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    NOTICES.stage(tmp_path, [("notices/1.pdf", b"old"), ("returns.csv", b"old")])
    NOTICES.publish(tmp_path)

    def torn() -> Iterator[tuple[str, bytes]]:
        yield "notices/2.pdf", b"new"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        NOTICES.stage(tmp_path, torn())
    NOTICES.publish(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1.pdf", "notices", "returns.csv"]
    # A publication that was cut off between its entries is finished by the next.
    NOTICES.stage(tmp_path, [("notices/2.pdf", b"new"), ("returns.csv", b"new")])
    (tmp_path / "notices").rename(tmp_path / ".notices.new" / ".notices.old")
    NOTICES.publish(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["2.pdf", "notices", "returns.csv"]
    assert (tmp_path / "returns.csv").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "name"),
    [("1350000001", "1350000001"), ("../1", "x2e2e2f31"), ("CON", "x434f4e"), ("a", "x61"), ("A", "A")],
)
def test_file_names_are_safe_everywhere(number: str, name: str) -> None:
    assert file_name(number) == name


def test_a_worklist_whose_place_is_held_lies_beside_it_until_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contents() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    def publish(data: bytes) -> None:
        WORKLIST.stage(tmp_path, [(WORKLIST_NAME, data)])
        publish_worklist(tmp_path)

    publish(b"first")
    publish_worklist(tmp_path)  # nothing staged
    with monkeypatch.context() as patch:
        patch.setattr("henrei.files.is_open_elsewhere", lambda path: path.name == WORKLIST_NAME)
        publish(b"second")
        assert contents() == {WORKLIST_NAME: b"first", WORKLIST_BESIDE: b"second"}
    publish(b"third")
    assert contents() == {WORKLIST_NAME: b"third"}
    # Where both are held, it is put in place by the next command.
    with monkeypatch.context() as patch:
        patch.setattr(publication, "put_in_place", lambda _staged, target: publication.refuse_if_open([target]))
        patch.setattr("henrei.files.is_open_elsewhere", lambda _path: True)
        with pytest.raises(HenreiError, match=r"worklist-新\.xlsx に書けません。"):
            publish(b"fourth")
    publish_worklist(tmp_path)
    assert contents() == {WORKLIST_NAME: b"fourth"}
    assert [path.name for path in tmp_path.iterdir()] == [WORKLIST_NAME]


def test_a_casebook_has_a_folder_only_where_it_has_more_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def contents() -> dict[str, bytes]:
        files = (path for path in tmp_path.rglob("*") if path.is_file())
        return {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in files}

    CASEBOOK.stage(tmp_path, [("casebook.html", b"index"), ("casebook/01.html", b"one"), ("casebook/02.html", b"two")])
    publish_casebook(tmp_path)
    many = {"casebook.html": b"index", "casebook/01.html": b"one", "casebook/02.html": b"two"}
    assert contents() == many
    publish_casebook(tmp_path)  # nothing staged
    assert contents() == many
    CASEBOOK.stage(tmp_path, [("casebook.html", b"all on one page")])
    with monkeypatch.context() as patch:
        patch.setattr(publication, "put_in_place", lambda _staged, target: publication.refuse_if_open([target]))
        patch.setattr("henrei.files.is_open_elsewhere", lambda _path: True)
        with pytest.raises(HenreiError, match=r"casebook\.html に書けません。"):
            publish_casebook(tmp_path)
    publish_casebook(tmp_path)
    assert contents() == {"casebook.html": b"all on one page"}
    assert [path.name for path in tmp_path.iterdir()] == ["casebook.html"]
    CASEBOOK.withdraw(tmp_path)
    assert list(tmp_path.iterdir()) == []
