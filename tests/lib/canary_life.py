"""A process that leads a home through all commands, with failures at every step; the output of each goes to files.

python canary_life.py HOME RECORDS: Prefect as verbose as --debug makes it, one server for all. Below RECORDS every command
leaves its streams, status.json has the exit status of each, and modes.json what others than the owner could read.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))
import openpyxl
import polars as pl

from henrei import cli
from henrei.cli import commands
from henrei.flows.prefect import connect
from henrei.flows.run import monthly_run
from henrei.flows.run.pipeline import Stage
from henrei.home import Home
from henrei.reports.letters.answer_sheet import CHOICE, SHEET
from lib import canary_city, workbook

HOME, RECORDS = (Path(given).resolve() for given in sys.argv[1:])
CITIES = HOME.parent / "cities"  # for what is done to many homes, and for what takes the names away
ALL = " ".join([*canary_city.people(), *canary_city.HOUSES.values()])
statuses: dict[str, int] = {}
open_to_others: dict[str, list[str]] = {}
before: set[Path] = set()


def do(name: str, *given: str, home: Path = HOME, keys: str = "") -> None:
    """One command, with descriptors 1 and 2 to files, as a terminal would have got it. keys: what is typed."""
    kept = os.dup(1), os.dup(2)
    with (RECORDS / f"{name}.out").open("wb") as out, (RECORDS / f"{name}.err").open("wb") as err:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        try:
            with mock.patch("sys.stdin", io.StringIO(keys)):
                statuses[name] = cli.main([*given, "--home", str(home)])
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, fd in enumerate(kept, start=1):
                os.dup2(fd, number)
                os.close(fd)
    found = [path for path in HOME.rglob("*") if path not in before and path.lstat().st_mode & 0o077]
    if found:
        open_to_others[name] = sorted(path.relative_to(HOME).as_posix() for path in found)


def noise() -> None:
    """Whoever else may speak: a thread, a finalizer, a warning, a logger that nobody has set up."""
    thread = threading.Thread(target=lambda: int(ALL))
    thread.start()
    thread.join()

    class Unwell:
        def __del__(self) -> None:
            raise ValueError(ALL)

    del (Unwell(),)[0:0]
    Unwell()
    warnings.warn(ALL, stacklevel=1)
    logging.getLogger("someone").error(ALL)
    logging.getLogger("asyncio").error(ALL, exc_info=ValueError(ALL))


def quoting() -> None:
    """polars quotes the value that it could not cast; then one of ours, and a group, is raised from it."""
    try:
        pl.Series([ALL]).cast(pl.Int64)
    except pl.exceptions.PolarsError as found:
        assert canary_city.ONE in str(found)
        raise ExceptionGroup(ALL, [ValueError(ALL), found]) from found


class Panic(BaseException):
    """As PyO3 raises one: no Exception, and it quotes."""


def panic() -> None:
    raise Panic(ALL)


def odd_os_error() -> None:
    raise OSError(5, ALL)


def bare_os_error() -> None:
    raise FileNotFoundError(ALL)


def plain() -> None:
    noise()
    raise KeyError(ALL)


WAYS = (plain, quoting, panic, odd_os_error, bare_os_error)
STAGES = ("receive", "validate", "store", "check", "write")


@contextlib.contextmanager
def failing_in(stage: str, fail: Callable[[], None]) -> Iterator[None]:
    """Everything of the stage is done, and then it fails."""
    usual = monthly_run.MonthlyRun._measured

    def measured_and_failing(work: monthly_run.MonthlyRun, one: Stage) -> Callable[[str], None]:
        do = usual(work, one)

        def do_and_fail(part: str) -> None:
            do(part)
            if one.name == stage:
                fail()

        return do_and_fail

    with mock.patch.object(monthly_run.MonthlyRun, "_measured", measured_and_failing):
        yield


@contextlib.contextmanager
def failing(command: str, fail: Callable[[], None]) -> Iterator[None]:
    usual = getattr(commands, command)

    def do_and_fail(*given: Any, **named: Any) -> None:
        usual(*given, **named)
        fail()

    with mock.patch.object(commands, command, do_and_fail):
        yield


def worklists() -> None:
    """A filled worklist, and one whose 決定 is none, with what people type beside it."""
    made = HOME / "out" / canary_city.MAY / "worklist.xlsx"
    rows = {
        number: {"決定": "返戻", "回答": canary_city.FREE["answer"], "備考": canary_city.FREE["note"]}
        for number in (2, 3)
    }
    workbook.fill(made, HOME / "filled.xlsx", rows)
    workbook.fill(made, HOME / "wrong.xlsx", {2: {"決定": canary_city.FREE["wrong decision"], "備考": canary_city.ONE}})
    head = "subject,facility_no,recipient_no,service_month,decision,note\r\n"
    rest = f"claim,{canary_city.B},{canary_city.OF_B},2026-04,accept,{canary_city.FREE['note']}\r\n"
    bad = f"claim,{canary_city.FULL[canary_city.ONE][0]},{canary_city.ONE},2026-04,{canary_city.FREE['wrong decision']},\r\n"
    strange = f"claim,{canary_city.A},{canary_city.GONE},2026-04,return,{canary_city.FREE['note']}\r\n"
    for name, rows_ in (("rest", rest), ("bad", bad), ("strange", strange)):
        (HOME / f"{name}.csv").write_text(head + rows_, encoding="utf-8", newline="")


def answered() -> None:
    """The inquiry of a facility with an answer in it, one that came back spoilt, and one that is another file."""
    made = HOME / "out" / canary_city.MAY / "inquiries" / f"{canary_city.A}.xlsx"
    book = openpyxl.load_workbook(made)
    sheet = book[SHEET]
    choice = next(cell for row in sheet.iter_rows() for cell in row if cell.value == CHOICE)
    sheet.cell(choice.row + 1, choice.column, canary_city.FREE["answer"])
    book.save(HOME / "back answered.xlsx")
    (HOME / "back spoilt.xlsx").write_bytes(made.read_bytes()[:-2000])
    (HOME / "back other.xlsx").write_bytes((HOME / "filled.xlsx").read_bytes())


def of_everyday(may: str) -> None:
    """What only reads or prepares, and files that are none of what they should be."""
    for name, given in (("status", ()), ("status-json", ("--json",))):
        do(name, "status", may, *given, "--debug")
    do("history", "history", may, "--debug")
    do("verify", "verify", may, "--debug")
    do("check-ledgers", "check-ledgers", may, "--debug")
    do("menu", "menu", keys=f"{may}\n8\n0\n")
    odd = HOME / "odd.xlsx"
    odd.write_bytes((HOME / "out" / may / "worklist.xlsx").read_bytes())
    before.add(odd)
    do("codes-odd", "codes", str(odd), "--from", "2024-04-01", "--debug")
    do("columns-odd", "columns", str(odd), "--debug")
    do("facilities-odd", "facilities", str(odd), "--debug")
    do("answers-none", "answers", may, str(odd), "--debug")


def of_many(may: str) -> None:
    """In a copy of the home: what a federation does, and what removes the names."""
    one = CITIES / "a"
    shutil.copytree(HOME, one)
    do("run-all", "run-all", str(CITIES), may, "--workers", "1", home=one)
    do("run-all-only", "run-all", str(CITIES), may, "--workers", "1", "--only", "a", "--debug", home=one)
    do("close-copy", "close", may, "--undecided", "accept", home=one)
    do("purge-asks", "purge", "--before", canary_city.JULY, "--force", "--debug", home=one)
    do("purge", "purge", "--before", canary_city.JULY, "--force", "--yes", "--debug", home=one)
    do("history-purged", "history", may, home=one)


def life() -> None:
    may, june = canary_city.MAY, canary_city.JUNE
    connect.prepare_environment(Home(HOME).prefect, debug=True)
    stages = dict(zip(STAGES, WAYS, strict=True))
    with connect.one_server():
        do("run", "run", may, "--debug")
        for stage, way in stages.items():
            with failing_in(stage, way):
                if stage in ("receive", "check"):  # before anything is known, and with everything known
                    do(f"run-failing-{stage}", "run", may)
                if stage != "check":
                    do(f"run-failing-{stage}-debug", "run", may, "--direct", "--debug")
        do("run-nothing", "run", june)
        do("run-again", "run", may, "--direct")
        do("inquire", "inquire", may)
        with mock.patch("tempfile.tempdir", str(RECORDS)):
            worklists()
            answered()
        before.update([*HOME.glob("*.xlsx"), *HOME.glob("*.csv")])
        for name in ("answered", "spoilt", "other"):
            do(f"answers-{name}", "answers", may, str(HOME / f"back {name}.xlsx"), "--debug")
        do("close-refused", "close", may, "--debug")
        for name in ("wrong.xlsx", "bad.csv", "strange.csv", "filled.xlsx", "rest.csv"):
            do(f"decide-{name}", "decide", may, str(HOME / name), "--debug")
        named = HOME / f"{canary_city.ONE} {canary_city.FULL[canary_city.ONE][0]}.xlsx"
        named.write_bytes((HOME / "filled.xlsx").read_bytes())
        before.add(named)
        do("decide-named", "decide", may, str(named), "--debug")
        named.unlink()
        do("close", "close", may, "--undecided", "return")
    of_everyday(may)
    do("remind", "remind", june)
    with failing("dashboard", quoting):
        do("dashboard-failing", "dashboard", "--debug")
    do("dashboard", "dashboard")
    do("survey", "survey", "2026-04")
    do("verify-all", "verify", "--all")
    do("upgrade-rehearse", "upgrade", "--rehearse")
    do("upgrade", "upgrade")
    do("reopen", "reopen", may)
    of_many(may)
    with failing("rebuild", plain):
        do("rebuild-failing", "rebuild", "--debug")
    with failing("survey", panic):
        do("survey-failing", "survey", "2026-04", "--debug")
    with failing("close", bare_os_error):  # after it is closed: the last word of the life
        do("close-failing", "close", may, "--undecided", "return", "--debug")


if __name__ == "__main__":
    os.umask(0o022)  # as most have it
    before.update(HOME.rglob("*"))
    try:
        life()
    finally:
        (RECORDS / "status.json").write_text(json.dumps(statuses), encoding="utf-8")
        (RECORDS / "modes.json").write_text(json.dumps(open_to_others), encoding="utf-8")
