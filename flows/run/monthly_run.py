"""`henrei run`: an open month in; its findings in the store and the files of out/<month>/ out. Called by the command, by
the served flow and by run-all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from henrei.checks.changes import changes, described, refused_subjects
from henrei.flows import commit, inbox
from henrei.flows.month_state import run_state, valid_decisions
from henrei.flows.run import casebook, outputs, worklist
from henrei.flows.run.computation import Computation
from henrei.flows.run.judged import Judged
from henrei.flows.run.pipeline import Stage
from henrei.flows.run.summary import overview, summary
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.store import books, journal, load, pending
from henrei.store.database import copy_store, replace_store

Progress = Callable[[str, str, int, int], None]  # stage, its title, parts done, parts in all


class MonthlyRun:
    """One run of one month (a `pipeline.Work`). The caller holds the home's lock and uses it within `opened`.

    It works on a copy of the store, which takes the store's place when everything is written: until then the month is
    as it was.
    """

    def __init__(self, home: Home, month: date, settings: Settings, progress: Progress | None = None) -> None:
        self.home, self.month, self.settings = home, month, settings
        self.summary: dict[str, Any] = {}
        self._progress = progress
        self._computation = Computation(home, month, settings, home.work_store, lambda: copy_store(home))
        write = Stage("write", "出力", lambda: ["all"], self._write)
        stages = (*self._computation.loading, self._computation.checking, write)
        self.stages: Sequence[Stage] = [replace(stage, do=self._measured(stage)) for stage in stages]
        self.seconds = {stage.name: 0.0 for stage in stages}

    @contextmanager
    def opened(self) -> Iterator[MonthlyRun]:
        """The run with its temporary folder, which is removed at the end whatever happens."""
        with self._computation.opened():
            yield self

    @property
    def notes(self) -> list[str]:
        """What the run has to say beside its table: without a name."""
        return self._computation.notes

    def overview(self) -> str:
        """The summary as markdown, numbers only."""
        return overview(self.summary, self.home.out(self.month))

    def _measured(self, stage: Stage) -> Callable[[str], None]:
        """`stage.do` with its seconds counted and its progress reported."""

        def do(part: str) -> None:
            begun = time.perf_counter()
            try:
                stage.do(part)
            finally:
                self.seconds[stage.name] += time.perf_counter() - begun
            if self._progress:
                parts = stage.parts()
                self._progress(stage.name, stage.title, parts.index(part) + 1, len(parts))

        return do

    def _write(self, _part: str) -> None:
        begun = time.perf_counter()
        computation = self._computation
        judged = computation.judge()
        # The file cannot hold the time of its own writing; what came before it is in.
        seconds = self.seconds | {"write": time.perf_counter() - begun}
        self.summary = summary(self.month, self.settings, computation.files, judged, seconds)
        inputs = computation.inputs()
        state = run_state(self.home, self.month, inbox.digest(inputs))
        counts = {check["code"]: check["findings"] for check in self.summary["checks"]}
        entry = journal.entry("run", self.month, **state, received=_received(self.summary), outcome=counts)
        changed = self._changes(judged)
        tables = judged.tables() | {"changes": described(changed, judged.findings, computation.findings_before)}
        load.keep_results(computation.con, self.month, tables, {"run": entry["id"], **state})
        load.keep_summary(computation.con, self.month, self.summary, judged.ledgers)
        entry |= self._stage_files(judged, changed)
        books.stage_inputs(self.home, self.month, inputs)
        computation.stage_ledgers()
        computation.close_store()
        pending.begin(self.home, entry)
        replace_store(self.home, self.home.work_store)
        # The run is the month's from here on.
        commit.finish(None, self.home, entry)

    def _changes(self, judged: Judged) -> pl.DataFrame:
        """The rows of changes.csv."""
        not_judged = [result.check.code for result in judged.results if result.not_judged is not None]
        before, refused = self._computation.findings_before, refused_subjects(self._computation.con)
        return changes(judged.findings, before, judged.undetermined, not_judged, refused)

    def _stage_files(self, judged: Judged, changed: pl.DataFrame) -> dict[str, str | int]:
        """The files of out/<month>/, with the valid decisions in the worklist, and in it what people typed into the one
        before. Returns what the journal keeps of the worklist."""
        con = self._computation.con
        _, lost = valid_decisions(con, self.home, self.month)
        if lost:
            self.notes.append(
                f"前に決めた{lost}件は、請求が変わったかなくなったため生きていません。もう一度決めてください"
            )
        made = worklist.new_worklist(con, self.home, self.month, self.settings)
        self.notes.extend(made.lines)
        casebook.require_place(self.home, self.month)
        outputs.stage(self.home.out(self.month), judged, changed, made.data, self.summary)
        casebook.stage(self.home, self.month, made.pages)
        return made.of_entry


def _received(summary: dict[str, Any]) -> dict[str, int]:
    """What came, for the journal: files, and lines of exchange files."""
    files = summary["files"]
    return {"files": len(files)} | {name: sum(file[name] for file in files) for name in ("lines", "refused")}
