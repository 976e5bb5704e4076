"""What tests that drive Chromium have in common."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def missing(what: str) -> NoReturn:
    """A machine without a browser skips, and says so; the build machine must have one."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
