"""out/dashboard.html: the store and the closed months in, the page out where what it shows has changed. Called by
`derived` whenever the books have changed.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

import henrei
from henrei.files import sha256, write_atomic
from henrei.flows import guidance
from henrei.flows.settings import Settings, load, say_variants
from henrei.home import Home
from henrei.store import books

_HEAD = 1024  # characters; what the page shows is written above that


def update(con: duckdb.DuckDBPyConnection, home: Home, closed: list[date], *, rewrite: bool = False) -> None:
    """Brings the page up to the closed months, the newest of which is the store's current review month.

    Nothing is done where the page shows them already, unless `rewrite`; without a closed month there is no page.
    """
    path = home.dashboard
    if not closed:
        path.unlink(missing_ok=True)
        return
    settings = load(home)
    given = guidance.read(home, settings)
    state = _state(con, home, closed, settings, given.rows)
    if not rewrite and _shows(path, state):
        return
    from henrei.reports.dashboard import combine, facts, page  # Altair takes its time

    kept = [one["facts"] for month in closed if (one := books.read_kept(home, month))]
    whole = [month for month in closed if not books.is_purged(home, month)]
    parts = [*kept, facts.collect(con, whole)] if whole else kept
    for fault in given.faults:
        print(f"※ {fault}")
    shown = parts[0] if len(parts) == 1 else combine.combined(parts)
    text = page.page(
        {**shown, "guidance": guidance.shown(con, given.rows)},
        settings.city_name,
        settings.municipality_no,
        say_variants(settings.variants),
        state,
    )
    write_atomic(path, text.encode("utf-8"))


def _shows(path: Path, state: str) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as stream:
        return f'content="{state}"' in stream.read(_HEAD)


def _state(
    con: duckdb.DuckDBPyConnection, home: Home, closed: list[date], settings: Settings, given: guidance.Rows
) -> str:
    """Changes with the outcomes of the closed months, with what their runs rest on, with guidance, and with what the page
    names."""
    # Not by a run's id, which is chance: the same months give the same page on every machine.
    runs = con.execute(
        "SELECT * EXCLUDE (run) FROM run_state WHERE list_contains(?, review_month) ORDER BY ALL", [closed]
    ).fetchall()
    names = (settings.city_name, settings.municipality_no, sorted(settings.variants.items()), henrei.__version__)
    return sha256(repr((books.fingerprint(home, date.max), runs, names, given)).encode("utf-8"))[:16]
