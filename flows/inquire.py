"""inquire: the 確認依頼 to the facilities, before anything is decided."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from henrei.flows import close, papers
from henrei.flows.settings import Settings
from henrei.store import journal


def inquire(home: Path, month: date, settings: Settings) -> int:
    """Writes the 確認依頼 of the last run's findings. Returns how many. Raises HenreiError where the month is closed."""
    from henrei.reports.letters.build import write_inquiries

    close.require_open(home, month)
    with close.opened(home, month, settings) as con:
        count = write_inquiries(con, papers.out_folder(home, month), papers.issuer(settings))
        journal.append(home, journal.entry("inquire", month, outcome={"facilities": count}))
    return count
