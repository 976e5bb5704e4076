"""What a process of henrei does before a command: files for their owner alone. Called by the command line and run-all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from henrei.home import Home


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


def note(home: Home, platform: str = sys.platform) -> str:
    """What the owner of a new home must know about who can read it; empty where modes see to it."""
    if not platform.startswith("win"):
        return ""
    return (
        f"{home} の中のファイルを読めるのは、このフォルダーのアクセス許可がある人です。"
        "フォルダーの「プロパティ」→「セキュリティ」で、担当者だけになっているか確かめてください。"
    )
