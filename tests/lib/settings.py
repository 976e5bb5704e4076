"""Small texts of henrei.toml, and the settings that are read of them."""

from __future__ import annotations

from pathlib import Path

from henrei.flows.settings import Settings, load
from henrei.home import Home

CITY = '[city]\nmunicipality_no = "112992"\n'


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "henrei.toml").write_text(text, encoding="utf-8")
    return load(Home(folder))
