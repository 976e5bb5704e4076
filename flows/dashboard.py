"""`henrei dashboard`: a home in, out/dashboard.html out, written again from the closed months."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from henrei.errors import HenreiError
from henrei.flows.derived import update_derived
from henrei.flows.month_state import require_held
from henrei.home import Home
from henrei.store import books
from henrei.store.database import open_store


def write_dashboard(home: Home) -> Path:
    """Writes the page, and all else that follows from the books, again. Raises HenreiError without a closed month."""
    closed = books.closed(home)
    if not closed:
        raise HenreiError("締めた月がまだありません。henrei close の後に作れます")
    with open_store(home) as con:
        require_held(con, home, closed[-1] + timedelta(days=1))
        update_derived(con, home, rewrite_dashboard=True)
    return home.dashboard
