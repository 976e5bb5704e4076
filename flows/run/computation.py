"""A month computed: inbox and ledgers in, a loaded store, findings and rejected lines out. Called by the monthly run,
and by rebuild and verify, which compute a month again.

Nothing here touches out/ or books/.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from henrei.checks import findings, runner
from henrei.checks.catalogue import catalogue, groups
from henrei.checks.changes import with_names
from henrei.errors import NOTHING, HenreiError
from henrei.flows import inbox
from henrei.flows.month_state import require_held
from henrei.flows.run import outputs
from henrei.flows.run.judged import Judged
from henrei.flows.run.ledgers import LedgerElsewhere, LedgersOfMonth, LoadedLedger
from henrei.flows.run.loading import MonthLoading
from henrei.flows.run.pipeline import Stage
from henrei.flows.run.validate import ExchangeFiles
from henrei.flows.settings import Settings, say_variants
from henrei.home import Home
from henrei.months import month_text
from henrei.schemas.exchange import read
from henrei.store import books, load, pseudonyms, tables
from henrei.store.database import open_store
from henrei.store.duplicates import find_duplicates

_LEDGERS = "ledgers"  # the part of the stage validate that reads the ledgers


class Computation:
    """One computation of one month, in stages; used as a context manager, which removes its temporary files."""

    def __init__(
        self,
        home: Home,
        month: date,
        settings: Settings,
        store: Path,
        copy_store: Callable[[], None] | None = None,
        *,
        kept: bool = False,
    ) -> None:
        """`store` is the database to load the month into; `copy_store`, if given, makes it first. `kept`: the ledgers from
        outside the month's folder are those that its last run read."""
        self.home, self.month, self.settings = home, month, settings
        self.files = ExchangeFiles([], month, settings.municipality_no)
        self.findings_before: pl.DataFrame | None = None  # rows of findings.csv of the month's run before, if any
        self.notes: list[str] = []  # what the run prints beside its table: without a name
        self.files_elsewhere: list[LedgerElsewhere] = []  # ledgers from outside the month's folder
        self.raw: dict[int, dict[int, str]] = {}  # file number → rejected line → its text, of workbooks
        self._refused_rows: list[pl.DataFrame] = []
        self._accounts: list[dict[str, Any]] = []  # what there is to be known of each ledger (ledger_account)
        self._kept = kept
        self._store, self._copy_store = store, copy_store
        self._ledgers: dict[str, LoadedLedger] = {}
        self._results: list[runner.Result] = []
        self._workers: list[duckdb.DuckDBPyConnection] = []  # connections that run checks side by side
        self._missing: dict[str, str] = {}  # ledgers that are absent, and the sentence for it
        self._con: duckdb.DuckDBPyConnection | None = None
        self._resources = ExitStack()
        self._loading: MonthLoading | None = None  # from the first batch on

    @contextmanager
    def opened(self) -> Iterator[Computation]:
        """The computation with its temporary folder, which is removed at the end whatever happens."""
        shutil.rmtree(self.home.work, ignore_errors=True)  # what a killed run left
        try:
            with self._resources:
                yield self
        finally:
            self._con = None
            shutil.rmtree(self.home.work, ignore_errors=True)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The database, with the month as its current review month; there once the stage `store` is done."""
        assert self._con is not None
        return self._con

    def close_store(self) -> None:
        """Closes the database, so that its file can take another's place."""
        self.con.close()

    @property
    def loading(self) -> tuple[Stage, ...]:
        """The stages that put the month's records into the store."""
        return (
            Stage("receive", "受付", lambda: ["all"], self._receive),
            Stage("validate", "点検", self._pieces, self._validate),
            Stage("store", "保存", lambda: ["all"], self._load),
        )

    @property
    def checking(self) -> Stage:
        """The stage that runs the checks; `judge` puts together what they found."""
        return Stage("check", "確認", groups, self._check)

    # receive ----------------------------------------------------------------------------------------------------

    def _receive(self, _part: str) -> None:
        files = inbox.scan(self.home, self.month, self.settings)
        self.files = ExchangeFiles(files, self.month, self.settings.municipality_no)
        self._resources.callback(self.files.close)
        if not self.files.batches:
            raise HenreiError(
                f"inbox/{month_text(self.month)} に国保連の交換ファイル(.CSV)がありません。届いたファイルを入れてください",
                NOTHING,
            )

    # validate ---------------------------------------------------------------------------------------------------

    def _pieces(self) -> list[str]:
        return [f"{number:05d}" for number in range(len(self.files.batches))] + [_LEDGERS]

    def _validate(self, part: str) -> None:
        if part == _LEDGERS:
            self._read_ledgers()
            return
        if self._loading is None:
            self._loading = MonthLoading(self._open_store, self._look_at_store, self.month)
            self._resources.callback(self._loading.close)
        self.files.validate(int(part), self._loading.add)

    def _read_ledgers(self) -> None:
        of_month = LedgersOfMonth(self.home, self.month, self.settings, self.files.files, self._kept)
        self._ledgers = of_month.load_all()
        self.files.counts |= of_month.counts
        self.files.refused += of_month.refused
        self._refused_rows = of_month.refused_rows
        self.raw = of_month.raw
        self._accounts = [account.as_json() for account in of_month.accounts.values()]
        self.notes += of_month.notes
        self.files_elsewhere = of_month.files_elsewhere

    def _open_store(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        if self._copy_store:
            self._copy_store()
        return open_store(self.home, self._store)

    def _look_at_store(self, con: duckdb.DuckDBPyConnection) -> None:
        """What is there of the months before, and of this month's run before, whose rows are about to go."""
        books.copy_into(con, self.home, before=self.month)
        before = findings.findings_of(con, self.month)
        self.findings_before = None if before is None else with_names(con, self.month, before)

    # store ------------------------------------------------------------------------------------------------------

    def _load(self, _part: str) -> None:
        if not any(self.files.kind_of(file) in read.KINDS for file in self.files.files):
            raise HenreiError(self.files.nothing_usable(), NOTHING)
        self.notes += [
            f"{file.name}: B73 の様式は成人の E751 からの推定です"
            for file in self.files.files
            if self.files.kind_of(file) == "B73"
        ]
        if others := self.files.others:
            self.notes.append(f"別の業務のファイルのため読んでいません: {'、'.join(others)}")
        assert self._loading is not None
        self._con = con = self._loading.finish()
        require_held(con, self.home, self.month)
        broken = self.files.not_loaded
        load.remove_files(con, self.month, broken)
        refused = pl.concat([pl.DataFrame(schema=read.REFUSED_GROUP), *self.files.refused_groups])
        names = {file.number: file.name for file in self.files.files}
        lines, dropped = find_duplicates(con, self.month, names, refused, broken)
        self.files.refuse_duplicates(lines)
        groups = [refused.select(*tables.REFUSED_GROUPS), dropped.select(*tables.REFUSED_GROUPS)]
        load.finish_month(con, self._month_to_load(pl.concat(groups).unique(maintain_order=True)), dropped)
        pseudonyms.recognise(con, self.home)

    def _month_to_load(self, refused_groups: pl.DataFrame) -> load.Month:
        control = {number: one.control for number, one in self.files.frames.items()}
        rows = [
            (file.number, file.name, file.sha256, self.files.kind_of(file), one.facility_no if one else None)
            for file in self.files.files
            for one in [control.get(file.number)]
        ]
        rows += [(one.number, one.name, one.sha256, one.ledger, None) for one in self.files_elsewhere]
        return load.Month(
            review_month=self.month,
            files=pl.DataFrame(rows, schema=tables.FILES, orient="row"),
            refused_groups=refused_groups,
            refused_rows=pl.concat([pl.DataFrame(schema=tables.REFUSED_ROWS), *self._refused_rows]),
            ledgers={name: ledger.rows for name, ledger in self._ledgers.items()},
            ledgers_used=pl.DataFrame(
                [(name, ledger.source_month, ledger.present) for name, ledger in self._ledgers.items()],
                schema=tables.LEDGERS_USED,
                orient="row",
            ),
        )

    # check ------------------------------------------------------------------------------------------------------

    def _check(self, group: str) -> None:
        if not self._results:
            self._workers = runner.prepare(self.con, self.settings.variants)
            for worker in self._workers:
                self._resources.callback(worker.close)  # where a check fails, too: an open file cannot be removed
            self.notes.append(say_variants(self.settings.variants))
            self._missing = runner.absent(self.con)
        checks = [check for check in catalogue().values() if check.group == group]
        self._results += runner.collect(self._workers, checks, self._missing, self.settings.disabled)
        if group == groups()[-1]:
            runner.merge(self._workers, self._results, self.settings.severities)

    def judge(self) -> Judged:
        """Puts together what the checks found, by the city's severities and with the brake; accounts for every line."""
        results = sorted(self._results, key=lambda result: result.check.code)
        claims = outputs.received(self.con)
        runner.brake(results, claims["received"], self.settings.brake.share, self.settings.brake.least)
        table = findings.table(self.con, results, self.settings.municipality_no)
        self.files.check_sums()
        return Judged(
            results=results,
            table=table,
            undetermined=findings.undetermined_table(results),
            rejects=outputs.rejects(self.files.files, self.files.refused, self.raw),
            remarks=outputs.remarks(self.files.files, self.files.remarks),
            claims=claims,
            ledgers=self._accounts,
        )

    def inputs(self) -> pl.DataFrame:
        """The files that were read (`inbox.listing`). Raises HenreiError where one changed meanwhile."""
        inbox.require_unchanged(self.files.files)
        paths = [(file.path, file.size, file.sha256) for file in self.files.files]
        paths += [(one.listed, one.size, one.sha256) for one in self.files_elsewhere]
        return inbox.listing(self.home, paths)

    def stage_ledgers(self) -> None:
        """Prepares copies of the ledgers from outside the month's folder, as they were when they were read."""
        rows = [(one.ledger, one.listed.name, one.source) for one in self.files_elsewhere]
        copies = {one.listed.name: one.data for one in self.files_elsewhere}
        books.stage_ledgers(self.home, self.month, rows, copies)
