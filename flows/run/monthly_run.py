"""The monthly run: from the inbox to findings, as stages of plain functions."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei.checks import findings, runner
from henrei.checks.catalogue import catalogue, groups
from henrei.data.rules import rules
from henrei.errors import NOTHING, HenreiError
from henrei.flows import close, recovery
from henrei.flows.run import outputs, receive
from henrei.flows.run import worklist as team
from henrei.flows.run.ledgers import Loaded, Shelf
from henrei.flows.run.pipeline import Stage
from henrei.flows.run.validate import Intake
from henrei.flows.settings import Settings, say_variants
from henrei.schemas.exchange import read as exchange
from henrei.schemas.ledgers import ledgers
from henrei.store import books, journal, load, pending, pseudonyms
from henrei.store import fingerprints as content
from henrei.store.database import FILE_NAME, copy_store, open_store, take_place

_COPY = ".henrei/work/henrei.duckdb"  # what a run works on

STAGES = (
    Stage("receive", "受付"),
    Stage("validate", "点検"),
    Stage("store", "保存"),
    Stage("check", "確認"),
    Stage("write", "出力"),
)

Progress = Callable[[Stage, int, int], None]


class MonthRun:
    """One run of one month. Implements `stages.Work`; the caller holds the home's lock."""

    stages = STAGES

    def __init__(
        self,
        home: Path,
        month: date,
        settings: Settings,
        progress: Progress | None = None,
        *,
        store: str = FILE_NAME,
        out: Path | None = None,
        run_id: str | None = None,
    ) -> None:
        """Another computation of a run that stands in the journal (rebuild, verify) gives that run's `run_id`, a `store`
        of its own (a file name below the home) and a folder `out` for what it writes, if it is to write at all; books/ and
        out/ are then left as they are.
        """
        self._store_name, self._run_id = store, run_id
        self._out = home / "out" if run_id is None else out
        self.home = home
        self.month_date = month
        self.month = month.strftime("%Y-%m")
        self.settings = settings
        self.seconds = dict.fromkeys((stage.name for stage in STAGES), 0.0)
        self.intake = Intake([], self.work, self.month, settings.municipality_no)
        self.ledgers: dict[str, Loaded] = {}
        self.extra_files: list[tuple[int, str, str, str, Path]] = []  # ledgers from elsewhere, as in Shelf
        self.notes: list[str] = []  # what the run says beside the table: nameless lines
        self.results: list[runner.Result] = []
        self._hands: list[duckdb.DuckDBPyConnection] = []  # that run checks side by side
        self._missing: dict[str, str] = {}  # ledgers that are not there, as runner.absent says it
        self.findings = pl.DataFrame()
        self.summary: dict = {}
        self._progress = progress
        self._done = 0
        self._con: duckdb.DuckDBPyConnection | None = None
        self._resources = ExitStack()
        self._opening: Future[tuple[ExitStack, duckdb.DuckDBPyConnection]] | None = None  # the store, meanwhile

    # stages.Work ------------------------------------------------------------------------------------------------

    def parts(self, stage: str) -> list[str]:
        if stage == "validate":
            return [f"{number:05d}" for number in range(len(self.intake.batches))] + ["ledgers"]
        if stage == "check":
            return groups()
        return ["all"]

    def do(self, stage: str, part: str) -> None:
        begun = time.perf_counter()
        try:
            match stage:
                case "receive":
                    self._receive()
                case "validate":
                    self._ledgers() if part == "ledgers" else self._exchange(int(part))
                case "store":
                    self._store()
                case "check":
                    self._check(part)
                case "write":
                    self._write(begun)
        finally:
            self.seconds[stage] += time.perf_counter() - begun
        self._report(stage, part)

    def overview(self) -> str:
        return outputs.overview(self.summary, self.home / "out" / self.month)

    def _report(self, stage: str, part: str) -> None:
        if self._progress:
            names = self.parts(stage)
            self._progress(next(s for s in STAGES if s.name == stage), names.index(part) + 1, len(names))

    @contextmanager
    def opened(self) -> Iterator[MonthRun]:
        """The run with its temporary folder, which goes at the end whatever happens."""
        shutil.rmtree(self.work, ignore_errors=True)  # what a killed run left
        try:
            with self._resources:
                yield self
        finally:
            self._con = None
            shutil.rmtree(self.work, ignore_errors=True)

    @property
    def work(self) -> Path:
        return self.home / ".henrei" / "work"

    def hold_records(self) -> None:
        """Puts the month's records into the store and judges nothing: enough for the months after it."""
        with self.opened():
            for stage in ("receive", "validate", "store"):
                for part in self.parts(stage):
                    self.do(stage, part)
            assert self._con is not None
            state = dict.fromkeys(load.tables.RUN_STATE, "")
            nothing = runner.FOUND | {"severity": pl.String}
            load.remember_run(
                self._con, self.month_date, pl.DataFrame(schema=nothing), pl.DataFrame(schema=runner.OPEN), state
            )

    # receive ----------------------------------------------------------------------------------------------------

    def _receive(self) -> None:
        files = receive.scan(self.home, self.month_date, self.settings)
        self.intake = Intake(files, self.work, self.month, self.settings.municipality_no)
        self._resources.callback(self.intake.close)
        if not self.intake.batches:
            raise HenreiError(
                f"inbox/{self.month} に国保連の交換ファイル(.CSV)がありません。届いたファイルを入れてください",
                NOTHING,
            )

    # validate ---------------------------------------------------------------------------------------------------

    def _exchange(self, batch: int) -> None:
        if batch == len(self.intake.batches) - 1:
            # A new file's views, or a large file's copy, take time and one core.
            pool = self._resources.enter_context(ThreadPoolExecutor(1, thread_name_prefix="henrei-store"))
            self._opening = pool.submit(self._open_store)
            self._resources.callback(self._close_store)
        self.intake.validate(batch)

    def _ledgers(self) -> None:
        shelf = Shelf(self.home, self.month_date, self.settings, self.intake.files)
        self.ledgers = {name: shelf.load(name) for name in ledgers()}
        self.intake.counts |= shelf.counts
        self.intake.refused += shelf.refused
        self.notes += shelf.notes
        self.extra_files = shelf.extra_files

    def _open_store(self) -> tuple[ExitStack, duckdb.DuckDBPyConnection]:
        if self._run_id is None:
            copy_store(self.home, _COPY)
        stack = ExitStack()
        name = _COPY if self._run_id is None else self._store_name
        return stack, stack.enter_context(open_store(self.home, rules(), name))

    def _close_store(self) -> None:
        assert self._opening is not None
        if self._opening.exception() is None:
            self._opening.result()[0].close()

    # store ------------------------------------------------------------------------------------------------------

    def _store(self) -> None:
        if not any(self.intake.kind_of(file) in exchange.KINDS for file in self.intake.files):
            raise HenreiError(self.intake.nothing_usable(), NOTHING)
        self.notes += [
            f"{file.name}: B73 の様式は成人の E751 からの推定です"
            for file in self.intake.files
            if self.intake.kind_of(file) == "B73"
        ]
        assert self._opening is not None
        self._con = con = self._opening.result()[1]
        books.copy_into(con, self.home, before=self.month_date)
        close.require_held(con, self.home, self.month_date)
        control = {number: one.control for number, one in self.intake.frames.items()}
        rows = [
            (file.number, file.name, file.sha256, self.intake.kind_of(file), one.facility_no if one else None)
            for file in self.intake.files
            for one in [control.get(file.number)]
        ]
        rows += [(number, name, sha, kind, None) for number, name, sha, kind, _ in self.extra_files]
        month = load.Month(
            review_month=self.month_date,
            parts=self.work,
            broken=[number for number, one in self.intake.frames.items() if one.fault],
            files=pl.DataFrame(rows, schema=load.tables.FILES, orient="row"),
            refused_groups=pl.DataFrame(schema=load.tables.REFUSED_GROUPS),
            ledgers={name: loaded.rows for name, loaded in self.ledgers.items()},
            ledgers_used=pl.DataFrame(
                [(name, loaded.source_month, loaded.present) for name, loaded in self.ledgers.items()],
                schema=load.tables.LEDGERS_USED,
                orient="row",
            ),
        )
        lines, dropped = load.find_duplicates(con, month)
        self.intake.refuse_duplicates(lines)
        groups = [*self.intake.refused_groups, dropped.select(*exchange.REFUSED_GROUP)]
        month.refused_groups = pl.concat(groups).unique(maintain_order=True)
        load.replace_month(con, month, dropped)
        pseudonyms.recognise(con, self.home)
        for part in self.work.glob("*-*"):
            shutil.rmtree(part, ignore_errors=True)

    # check ------------------------------------------------------------------------------------------------------

    def _check(self, group: str) -> None:
        assert self._con is not None
        if not self.results:
            self._hands = runner.prepare(self._con, self.settings.variants)
            for hand in self._hands:
                self._resources.callback(hand.close)  # where a check fails, too: an open file cannot be removed
            self.notes.append(say_variants(self.settings.variants))
            self._missing = runner.absent(self._con)
        checks = [check for check in catalogue().values() if check.group == group]
        self.results += runner.collect(self._hands, checks, self._missing, self.settings.disabled)
        if group == groups()[-1]:
            runner.merge(self._hands, self.results)

    # write ------------------------------------------------------------------------------------------------------

    def _write(self, begun: float) -> None:
        assert self._con is not None
        self.results.sort(key=lambda result: result.check.code)
        received = outputs.received(self._con)
        runner.override(self.results, self.settings.severities)
        runner.brake(self.results, received["received"], self.settings.brake_share, self.settings.brake_least)
        self.findings = findings.table(self._con, self.results, self.settings.municipality_no)
        self.intake.check_sums()
        rejects = outputs.rejects(self.intake.files, self.intake.refused)
        # The file cannot hold the time of its own writing; what came before it is in.
        self.seconds["write"] = time.perf_counter() - begun
        self.summary = outputs.summary(self, received)
        self.seconds["write"] = 0.0
        receive.require_unchanged(self.intake.files)
        read = [(file.path, file.sha256) for file in self.intake.files]
        read += [(path, sha256) for _, _, sha256, _, path in self.extra_files]
        inputs = receive.listing(self.home, read)
        state = close.run_state(self.home, self.month_date, receive.digest(inputs))
        worklist = self._stage_out(rejects) if self._out else ""
        entry = journal.entry("run", self.month_date, **state, worklist=worklist, outcome=self._counted())
        self._remember({"run": self._run_id or entry["id"], **state})
        if self._run_id is not None:
            if self._out:
                outputs.RUN.publish(self._out / self.month)
            return
        books.stage_inputs(self.home, self.month_date, inputs)
        self._con.close()
        pending.begin(self.home, entry)
        take_place(self.home, _COPY)
        # The run stands from here on.
        recovery.finish(None, self.home, entry)

    def _counted(self) -> dict[str, int]:
        return {check["code"]: check["findings"] for check in self.summary["checks"]}

    def _remember(self, state: dict[str, str]) -> None:
        assert self._con is not None
        found = pl.concat([result.findings for result in self.results])
        undetermined = findings.undetermined_table(self.results).with_columns(
            (pl.col("service_month") + "-01").str.to_date("%Y-%m-%d")
        )
        load.remember_run(self._con, self.month_date, found, undetermined, state)

    def _stage_out(self, rejects: pl.DataFrame) -> str:
        """The files of out/<month>/, with the decisions that stand in the worklist; returns the worklist's SHA-256."""
        assert self._con is not None and self._out is not None
        held, lost = close.standing_decisions(self._con, self.home, self.month_date)
        told = pl.concat([result.findings.select(content.KEY) for result in self.results] + [held.select(content.KEY)])
        prints = content.prints(self._con, told)
        kept = team.keep_typed(self.home, self.month_date) if self._run_id is None else None
        if kept:
            self.notes.append(f"worklist.xlsx に取り込んでいない書き込みがあったため、{kept} として残しました")
        if lost:
            self.notes.append(
                f"前に決めた{lost}件は、請求が変わったかなくなったため生きていません。もう一度決めてください"
            )

        def worklist(changes: pl.DataFrame, before: pl.DataFrame | None) -> bytes:
            assert self._con is not None
            run = (self._con, self.month_date, self.settings, self.findings, self.results)
            return team.worklist(*run, rejects, changes, before, prints, held)

        return outputs.stage(self._out / self.month, self.findings, self.results, rejects, self.summary, worklist)
