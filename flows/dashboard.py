"""out/dashboard.html: it follows from the closed months, and is written when what it shows has changed."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import duckdb

import henrei
from henrei.flows.settings import Settings, load, say_variants
from henrei.store import books

_HEAD = 1024  # characters; what the page shows is said above that


def keep(con: duckdb.DuckDBPyConnection, home: Path, closed: list[date], *, anew: bool = False) -> None:
    """Brings the page up to the closed months, the newest of which is the store's current review month.

    Nothing is done where the page shows them already, unless `anew`; without a closed month there is no page.
    """
    path = home / "out" / "dashboard.html"
    if not closed:
        path.unlink(missing_ok=True)
        return
    settings = load(home)
    state = _state(con, home, closed, settings)
    if anew or not _shows(path, state):
        from henrei.reports.dashboard import combine, facts, page  # Altair takes its time

        kept = [one["facts"] for month in closed if (one := books.read_kept(home, month))]
        whole = [month for month in closed if not books.is_purged(home, month)]
        told = [*kept, facts.collect(con, whole)] if whole else kept
        text = page.page(
            told[0] if len(told) == 1 else combine.joined(told),
            settings.city_name,
            settings.municipality_no,
            say_variants(settings.variants),
            state,
        )
        books.write_whole(path, text.encode("utf-8"))


def _shows(path: Path, state: str) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as stream:
        return f'content="{state}"' in stream.read(_HEAD)


def _state(con: duckdb.DuckDBPyConnection, home: Path, closed: list[date], settings: Settings) -> str:
    """Changes with the outcomes of the closed months, with what their runs rest on, and with what the page says."""
    runs = con.execute("FROM run_state WHERE list_contains(?, review_month) ORDER BY ALL", [closed]).fetchall()
    said = (settings.city_name, settings.municipality_no, sorted(settings.variants.items()), henrei.__version__)
    text = repr((books.fingerprint(home, date.max), runs, said))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
