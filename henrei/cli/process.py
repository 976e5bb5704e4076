"""A home in, the note on Windows' permissions out. Called by `henrei init`."""

from __future__ import annotations

import sys

from henrei.home import Home


def note(home: Home, platform: str = sys.platform) -> str:
    """The sentence for the maker of a new home on who can read it; empty where file modes decide that."""
    if not platform.startswith("win"):
        return ""
    return (
        f"{home} の中のファイルを読めるのは、このフォルダーのアクセス許可がある人です。"
        "フォルダーの「プロパティ」→「セキュリティ」で、担当者だけになっているか確かめてください。"
    )
