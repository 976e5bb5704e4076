"""A federation of three small cities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import support as s

NUMBERS = (s.CITY, s.OTHER_CITY, "112011")
Federation = Callable[..., Path]


def home(folder: Path, number: str, files: dict[str, bytes], **ledgers: str) -> Path:
    """A home of the city `number` with files and ledgers in inbox/2026-05."""
    texts = {name: text.replace(s.CITY, number) for name, text in {**s.LEDGERS, **ledgers}.items()}
    made = s.make_home(folder, files, texts)
    settings = made / "henrei.toml"
    text = settings.read_text(encoding="utf-8").replace(s.CITY, number).replace("試験市", f"試験{number}市")
    settings.write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def federation(tmp_path: Path) -> Federation:
    """Makes homes in tmp_path/<name>/<number>, each with the files given for its number."""

    def make(name: str, files: dict[str, dict[str, bytes]], **ledgers: str) -> Path:
        for number in NUMBERS:
            home(tmp_path / name / number, number, files.get(number, {}), **ledgers)
        return tmp_path / name

    return make


@pytest.fixture(scope="session")
def make_home() -> Federation:
    """`home`, for fixtures that make their own."""
    return home
