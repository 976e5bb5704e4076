"""The ledgers of a review month from a small home, as a run reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from henrei.flows import inbox
from henrei.flows.run.ledgers import LedgersOfMonth
from henrei.flows.settings import load as load_settings
from henrei.home import Home
from lib import inputs

MAY = date(2026, 5, 1)


GRANTS = inputs.LEDGERS["grants"]


HEADER = GRANTS.split("\r\n")[0] + "\r\n"


def ledgers_of(home: Path, *, kept: bool = False) -> LedgersOfMonth:
    settings = load_settings(Home(home))
    return LedgersOfMonth(Home(home), MAY, settings, inbox.scan(Home(home), MAY, settings), kept)


def put(home: Path, month: str, text: str, name: str = "grants.csv") -> None:
    (home / "inbox" / month).mkdir(exist_ok=True)
    (home / "inbox" / month / name).write_text(text, encoding="utf-8", newline="")
