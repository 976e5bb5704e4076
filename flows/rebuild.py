"""`henrei rebuild`: inbox/ and books/ in, henrei.duckdb made again out. Called by the command, and by purge."""

from __future__ import annotations

from datetime import date

from henrei.errors import HenreiError
from henrei.flows.closed_files import write_missing
from henrei.flows.derived import update_derived
from henrei.flows.month_state import settings_of
from henrei.flows.run.recompute import load_closed, recompute
from henrei.home import Home
from henrei.months import month_text
from henrei.store import books
from henrei.store.database import open_store, remove_store, replace_store, set_current_month


def rebuild(home: Home) -> list[date]:
    """Reads every month that was run once more, oldest first, into a new file that then takes the old one's place; shows what
    the user must know.

    A closed month's findings are those that its close kept; what was closed without keeping them (0.1.0), and an open
    month, is computed; a closed month by the settings it was closed under. Nothing in inbox/ and books/ is touched; what follows from the books in out/ is written again, and of a closed
    month whose findings are kept what its run and close wrote there and is gone.
    What a run changed against the one before is known to no file: the sheet of changes is empty until the next run.
    Raises HenreiError if a month's files are gone; the old database then stays.
    """
    months = [month for month in books.runs(home) if not books.is_purged(home, month)]
    lost = [month for month in months if not home.inbox(month).is_dir()]
    if lost:
        raise HenreiError(f"inbox/{month_text(lost[0])} がないため作り直せません。受け取ったファイルを戻してください")
    remove_store(home.rebuilt_store)
    try:
        for month in months:
            load_month = load_closed if books.has_results(home, month) else recompute
            load_month(home, month, settings_of(home, month), home.rebuilt_store)
            if books.has_results(home, month):
                with open_store(home, home.rebuilt_store) as con:
                    set_current_month(con, month)
                    for note in write_missing(con, home, month):
                        print(f"※ {note}")
        with open_store(home, home.rebuilt_store) as con:
            update_derived(con, home)
        remove_store(home.store)
        replace_store(home, home.rebuilt_store)
    finally:
        remove_store(home.rebuilt_store)
    return months
