"""The home: its folder in, every path below it and its lock out. Called by everything that reads or writes a home.

No other module puts a path below a home together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from henrei.errors import LOCKED, HenreiError
from henrei.lock import Holder, exclusive, holder
from henrei.months import is_month, month_of, month_text

SETTINGS = "henrei.toml"


def locked_elsewhere(home: Home) -> HenreiError:
    """The error for a home that another run holds (status 4), naming who and since when where that is known."""
    return _locked(home, holder(home.lock_file))


def _locked(home: Home, by: Holder | None) -> HenreiError:
    who = f"({by})" if by else ""
    return HenreiError(
        f"{home} では別の henrei が実行中です{who}。終わるのを待ってから、もう一度実行してください", LOCKED
    )


@dataclass(frozen=True, order=True)
class Home:
    """A city's folder. `inbox`, `out` and `books` give the folder of a review month, or without one the whole."""

    root: Path

    @classmethod
    def find(cls, given: str | None) -> Home:
        """--home, else the environment variable HENREI_HOME, else the current folder."""
        return cls(Path(given or os.environ.get("HENREI_HOME") or ".").expanduser().absolute())

    def __str__(self) -> str:
        return str(self.root)

    def exists(self) -> bool:
        """True where the folder is a home: it holds a henrei.toml."""
        return self.settings.is_file()

    # what people and other programs put there

    @property
    def settings(self) -> Path:
        return self.root / SETTINGS

    def inbox(self, month: date | None = None) -> Path:
        return _of_month(self.root / "inbox", month)

    def split_inbox(self, month: date) -> Path:
        """This home's part of a shared inbox (run-all), replaced as a whole."""
        return self.inbox(month) / "shared"

    def beside_settings(self, name: str) -> Path:
        """A file beside henrei.toml: a ledger, the table of passwords."""
        return self.root / name

    @property
    def ledgers(self) -> Path:
        """Ledgers that count for every month that has none of its own."""
        return self.root / "ledgers"

    @property
    def guidance(self) -> tuple[Path, Path]:
        """Where guidance that was given is written down: the CSV, or else the workbook."""
        return self.ledgers / "guidance.csv", self.ledgers / "guidance.xlsx"

    # what henrei keeps and writes

    @property
    def proposed_columns(self) -> Path:
        """What `henrei columns` proposes for henrei.toml, for people to look over; read by no command."""
        return self.root / "henrei-columns.toml"

    def books(self, month: date | None = None) -> Path:
        return _of_month(self.root / "books", month)

    def kept_ledgers(self, month: date) -> Path:
        """Copies of the ledgers from outside the month's folder that its last run read."""
        return self.books(month) / "ledgers"

    def out(self, month: date | None = None) -> Path:
        return _of_month(self.root / "out", month)

    def ledgers_checked(self, month: date) -> Path:
        """What check-ledgers found in the month's ledgers."""
        return self.out() / f"ledgers_{month_text(month)}.xlsx"

    @property
    def dashboard(self) -> Path:
        return self.out() / "dashboard.html"

    @property
    def return_rates(self) -> Path:
        return self.out() / "return_rates.csv"

    def code_list(self, since: date) -> Path:
        """What does not fit in the ministry's service codes of the period from a day on."""
        return self.out() / f"codes_{since.isoformat()}.csv"

    @property
    def store(self) -> Path:
        return self.root / "henrei.duckdb"

    @property
    def rebuilt_store(self) -> Path:
        """The database that rebuild makes, until it takes the store's place."""
        return self.root / "henrei.rebuild.duckdb"

    # what is gone when no command runs

    @property
    def state(self) -> Path:
        return self.root / ".henrei"

    @property
    def lock_file(self) -> Path:
        return self.state / "lock"

    @property
    def work(self) -> Path:
        """What a run works on: its copy of the database."""
        return self.state / "work"

    @property
    def work_store(self) -> Path:
        return self.work / "henrei.duckdb"

    @property
    def verification(self) -> Path:
        """Where verify computes a month again."""
        return self.state / "verify"

    @property
    def rehearsal(self) -> Path:
        """The copy of the home on which an upgrade is tried."""
        return self.state / "rehearsal"

    @property
    def temporary(self) -> Path:
        return self.state / "tmp"

    @property
    def database_temporary(self) -> Path:
        return self.state / "duckdb"

    @property
    def split_staging(self) -> Path:
        """This home's part of a shared inbox (run-all), until it takes its place in the inbox."""
        return self.state / "shared"

    @property
    def service_temporary(self) -> Path:
        """Temporary files of `henrei serve`, beside those of the runs."""
        return self.state / "serve"

    @property
    def prefect(self) -> Path:
        return self.root / ".prefect"

    # reading names

    def name_of(self, path: Path) -> str:
        """A path below the home as it is written in books and messages: from the home on, with `/`."""
        return path.relative_to(self.root).as_posix()

    def path_of(self, name: str) -> Path:
        """The path of such a name."""
        return self.root / name

    def inbox_months(self) -> list[date]:
        """The review months that have a folder in the inbox, oldest first."""
        return _months_in(self.inbox())

    def books_months(self) -> list[date]:
        """The review months that have books, oldest first."""
        return _months_in(self.books())

    def out_months(self) -> list[date]:
        """The review months that have a folder in out/, oldest first."""
        return _months_in(self.out())

    @contextmanager
    def lock(self) -> Iterator[str | None]:
        """Holds the home against a second run. Gives the line for the user where another machine's run was cut off in
        it, else None. Raises HenreiError (status 4) where another run holds it."""
        with exclusive(self.lock_file, lambda by: _locked(self, by)) as note:
            yield note


def _of_month(folder: Path, month: date | None) -> Path:
    return folder if month is None else folder / month_text(month)


def _months_in(folder: Path) -> list[date]:
    if not folder.is_dir():
        return []
    return sorted(month_of(path.name) for path in folder.iterdir() if is_month(path.name) and path.is_dir())
