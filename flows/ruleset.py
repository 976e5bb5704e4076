"""The hash of all rules: checks, views, columns of ledgers and tables of the law in, one SHA-256 out. Called by runs, close
and verify.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from henrei.data import rules


@cache
def ruleset() -> str:
    """SHA-256 over checks, views, ledgers and rules: what a month was reviewed by."""
    parts = (
        ("henrei.checks", resources.files("henrei.checks"), ".sql"),
        ("henrei.store", resources.files("henrei.store"), ".sql"),
        ("henrei.schemas.ledgers", resources.files("henrei.schemas.ledgers"), ".toml"),
        ("henrei.data.rules", rules.folder(), ".csv"),
    )
    digest = hashlib.sha256()
    for package, folder, suffix in parts:
        for name, data in sorted(_texts(folder, suffix)):
            # Line ends may differ between checkouts; the rules do not.
            digest.update(f"{package}/{name}\n".encode() + data.replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _texts(folder: Traversable, suffix: str, below: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry, suffix, f"{below}{entry.name}/")
        elif entry.name.endswith(suffix):
            yield f"{below}{entry.name}", entry.read_bytes()
