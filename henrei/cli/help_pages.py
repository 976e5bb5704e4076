"""The name of a page for people in, its file out. Called by `henrei init` and the menu, which open it in a browser."""

from __future__ import annotations

from pathlib import Path

import henrei

FIRST_STEPS = "はじめに.html"
GUIDE = "手引き.html"


def path(name: str) -> Path:
    """The file of a page: in the installed package `henrei/docs/`, in a checkout `docs/` beside `henrei/`."""
    package = Path(henrei.__file__).parent
    installed = package / "docs" / name
    return installed if installed.is_file() else package.parent / "docs" / name
