"""rebuild: the database again from the files, which are the truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from henrei.data.rules import rules
from henrei.errors import HenreiError
from henrei.flows import derived
from henrei.flows.run import receive
from henrei.flows.run.monthly_run import MonthRun
from henrei.flows.run.pipeline import run_directly
from henrei.flows.settings import Settings
from henrei.store import books
from henrei.store.database import FILE_NAME, open_store

_NEW = "henrei.rebuild.duckdb"


def rebuild(home: Path, settings: Settings) -> list[date]:
    """Reads every month that was run once more, oldest first, into a new file that then takes the old one's place.

    Nothing in inbox/ and books/ is touched; what follows from the books in out/ is written again. Raises
    HenreiError if a month's files are gone; the old database then stays.
    """
    months = [month for month in books.runs(home) if not books.is_purged(home, month)]
    lost = [month for month in months if not receive.month_folder(home, month).is_dir()]
    if lost:
        raise HenreiError(f"inbox/{lost[0]:%Y-%m} がないため作り直せません。受け取ったファイルを戻してください")
    new = home / _NEW
    _remove(new)
    try:
        for month in months:
            with MonthRun(home, month, settings, store=_NEW, run_id=books.run_id(home, month)).opened() as run:
                run_directly(run)
        with open_store(home, rules(), _NEW) as con:
            derived.settle(con, home)
        _remove(home / FILE_NAME)
        new.replace(home / FILE_NAME)
    finally:
        _remove(new)
    return months


def _remove(path: Path) -> None:
    for one in (path, path.with_name(f"{path.name}.wal")):
        one.unlink(missing_ok=True)
