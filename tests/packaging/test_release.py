"""What a release is made of: archives whose bytes follow from the files alone, and a list that names every file."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import fetching
import pytest
import release

FILES = {"henrei-1/PKG-INFO": b"Name: henrei", "henrei-1/henrei/__init__.py": b"", "henrei-1/LICENSE": b"text"}


def built(folder: Path, order: list[str], changed: int, owner: str) -> Path:
    """An archive as setuptools makes one: in the order of the folder, with times and the builder's name."""
    folder.mkdir()
    path = folder / "henrei-1.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        parent = tarfile.TarInfo("henrei-1")
        parent.type = tarfile.DIRTYPE
        archive.addfile(parent)
        for name in order:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.uname, info.mode = len(FILES[name]), changed, owner, 0o640
            archive.addfile(info, io.BytesIO(FILES[name]))
    return path


def test_an_archive_packed_again_depends_on_its_files_alone(tmp_path: Path) -> None:
    one = built(tmp_path / "one", [*FILES], 1_700_000_000, "someone")
    other = built(tmp_path / "other", [*reversed(FILES)], 1_800_000_000, "someone else")
    assert one.read_bytes() != other.read_bytes()
    for place in ("first", "again"):
        (tmp_path / place).mkdir()
    first = release.packed_again(one, tmp_path / "first")
    again = release.packed_again(other, tmp_path / "again")
    assert first.read_bytes() == again.read_bytes()
    with tarfile.open(first) as archive:
        members = list(archive)
        assert {member.name: archive.extractfile(member).read() for member in members} == FILES  # type: ignore[union-attr]
    assert [member.name for member in members] == sorted(FILES)
    assert {(member.mtime, member.uname, member.uid, member.mode) for member in members} == {
        (fetching.SOURCE_TIME, "", 0, 0o644)
    }


def test_the_list_names_every_file_but_itself(tmp_path: Path) -> None:
    for name in ("b.whl", "a.tar.gz", release.SUMS):
        (tmp_path / name).write_bytes(name.encode())
    sums = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a.tar.gz", "b.whl")}
    assert release.sums(tmp_path) == f"{sums['a.tar.gz']}  a.tar.gz\n{sums['b.whl']}  b.whl\n"


def test_files_that_differ_or_are_made_once_only_are_named(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "same").write_bytes(b"1")
        (folder / "unlike").write_bytes(folder.name.encode())
    (one / "lonely").write_bytes(b"1")
    assert release.differing(one, other) == ["lonely", "unlike"]
    assert release.differing(one, one) == []


def test_the_time_of_what_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    assert fetching.source_time() == 1234567890
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(fetching, "ROOT", tmp_path)  # no repository
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert fetching.source_time() == 1767225600
