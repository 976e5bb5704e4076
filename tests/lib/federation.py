"""Homes of three cities under one folder, as a federation keeps them: what tests of many cities share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lib import inputs

NUMBERS = (inputs.CITY, inputs.OTHER_CITY, "112011")
Federation = Callable[..., Path]


def make_home(folder: Path, number: str, files: dict[str, bytes], **ledgers: str) -> Path:
    """A home of the city `number` with files and ledgers in inbox/2026-05."""
    texts = {name: text.replace(inputs.CITY, number) for name, text in {**inputs.LEDGERS, **ledgers}.items()}
    made = inputs.make_home(folder, files, texts)
    settings = made / "henrei.toml"
    text = settings.read_text(encoding="utf-8").replace(inputs.CITY, number).replace("試験市", f"試験{number}市")
    settings.write_text(text, encoding="utf-8")
    return made


def make_homes(folder: Path, files: dict[str, dict[str, bytes]], **ledgers: str) -> Path:
    """folder/<number> for each city, with the files given for its number; returns the folder."""
    for number in NUMBERS:
        make_home(folder / number, number, files.get(number, {}), **ledgers)
    return folder
