"""Files are their owner's alone from the first byte, and temporary ones live in the home and go."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VARIABLES = ("TMPDIR", "TEMP", "TMP")


@contextmanager
def for_owner_alone() -> Iterator[None]:
    """Inside, what this process and its children make can be read and written by its owner only.

    By the umask, so that it holds from creation, also for what DuckDB, polars and SQLite make. On Windows modes mean
    nothing: there the permissions of the home folder go down to everything in it (`note`).
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def temporary_files(folder: Path) -> Iterator[None]:
    """Inside, temporary files of this process and its children go into `folder`, which is gone afterwards.

    What a killed run left there goes first; the caller sees to it that nobody else uses the folder.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    before, known = tempfile.tempdir, {name: os.environ.get(name) for name in _VARIABLES}
    tempfile.tempdir = str(folder)
    os.environ.update(dict.fromkeys(_VARIABLES, str(folder)))
    try:
        yield
    finally:
        tempfile.tempdir = before
        for name, value in known.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(folder, ignore_errors=True)


def note(home: Path, platform: str = sys.platform) -> str:
    """What the owner of a new home must know about who can read it; empty where modes see to it."""
    if not platform.startswith("win"):
        return ""
    return (
        f"{home} の中のファイルを読めるのは、このフォルダーのアクセス許可がある人です。"
        "フォルダーの「プロパティ」→「セキュリティ」で、担当者だけになっているか確かめてください。"
    )
