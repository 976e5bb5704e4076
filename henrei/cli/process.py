"""The file mode around a command, and a home → the note for Windows. Called by the command line and by run-all's processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from henrei.home import Home


@contextmanager
def owner_only_files() -> Iterator[None]:
    """Inside, what this process and its children make can be read and written by its owner only.

    By the umask, so that it holds from creation, also for what DuckDB, polars and SQLite make. On Windows modes mean
    nothing: there everything in the home inherits the permissions of its folder (`note`).
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def note(home: Home, platform: str = sys.platform) -> str:
    """The sentence for the maker of a new home on who can read it; empty where file modes decide that."""
    if not platform.startswith("win"):
        return ""
    return (
        f"{home} の中のファイルを読めるのは、このフォルダーのアクセス許可がある人です。"
        "フォルダーの「プロパティ」→「セキュリティ」で、担当者だけになっているか確かめてください。"
    )
