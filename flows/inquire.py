"""`henrei inquire`: a month that was run in, a 確認依頼 to each facility with a finding out, before anything is decided."""

from __future__ import annotations

from datetime import date

from henrei.flows import letters
from henrei.flows.month_state import open_month, require_open
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.store import journal


def inquire(home: Home, month: date, settings: Settings) -> int:
    """Writes the 確認依頼 of the last run's findings. Returns how many. Raises HenreiError where the month is closed."""
    from henrei.reports.letters import build, inquiry

    require_open(home, month)
    with open_month(home, month, settings) as con:
        count = build.write(inquiry.LETTER, con, home.out(month), letters.issuer(settings))
        journal.append(home, journal.entry("inquire", month, outcome={"facilities": count}))
    return count
