"""A fictional city in, its home after every command of two months out: the same on either system. Called by tests/windows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from henrei.data.fictional.city import make_city
from henrei.reports.worklist import labels
from henrei.reports.worklist.sheets import decisions
from lib import answered, code_workbooks, open_data
from lib.windows.clerk import Clerk
from lib.windows.homes import STORE, Done
from lib.windows.systems import System

FIRST, SECOND = "2026-05", "2026-06"
# Long, Japanese, with blanks and brackets: what an office calls its folders.
HOME = Path("令和8年度 障害児通所給付費 審査支払関係書類(療育支援課 給付担当)", "2 返戻の確認 作業フォルダー", "架空市")
DECISIONS, DECIDED, ANSWER, NEXT_DECISIONS, NEXT_ANSWERS = "決定.csv", "決定済.xlsx", "回答.xlsx", "6月.csv", "返送"
WHOLE = "whole"  # a copy of the first system's home before the purge
CODES, FACILITIES = "コード表.xlsx", "csvdownload.csv"
CITY = ("--name", "架空市", "--number", "112992", "--contact", "療育支援課 給付担当 049-000-0000")
RUN, CLOSE = ("run", FIRST, "--direct"), ("close", FIRST, "--undecided", "return")
# Every command of the month, in an order in which a team might give them. A file beside the home is called by its name.
STEPS: dict[str, tuple[str, ...]] = {
    "init": ("init", *CITY),
    "check-ledgers": ("check-ledgers", FIRST),
    "run": RUN,
    "inquire": ("inquire", FIRST),
    "answers": ("answers", FIRST, ANSWER),
    "decide-list": ("decide", FIRST, DECISIONS),
    "decide": ("decide", FIRST, DECIDED),
    "run-again": RUN,
    "close": CLOSE,
    "verify": ("verify", FIRST),
    "reopen": ("reopen", FIRST),
    "close-again": CLOSE,
    "menu": (),
    "status": ("status", "--json"),
    "survey": ("survey", "2026-04"),
    "dashboard": ("dashboard",),
    "rebuild": ("rebuild",),
    "verify-rebuilt": ("verify", "--all"),
    "history": ("history", FIRST),
    "remind": ("remind", "2026-07"),
    "purge": ("purge", "--before", SECOND, "--yes", "--force"),
    "verify-purged": ("verify", SECOND),
    "codes": ("codes", CODES, "--from", "2026-06-01"),
    "facilities": ("facilities", FACILITIES),
}
_FILES = {DECISIONS, DECIDED, ANSWER, CODES, FACILITIES}
STATUSES = {"verify-purged": 2}  # the findings of June rest on records that are gone
STORES = ("close-again", "menu", "rebuild", "purge")  # after which the databases are compared


@dataclass
class Walk:
    """A system, what it left after each step, and copies of its database; `given`: what both were given."""

    system: System
    given: Path
    done: dict[str, Done]
    stores: dict[str, Path]


def walk(system: System, city: Path, given: Path) -> Walk:
    """Gives the commands of STEPS. What people fill in is made once, in `given`: what openpyxl writes holds the time."""
    walked = Walk(system, given, {}, {})
    beside = system.home.parent
    beside.mkdir(parents=True)
    for step, command in STEPS.items():
        _put(step, system, city, given)
        if step == "menu":
            clerk = Clerk(lambda: _next_answers(system, given), system.named(beside / NEXT_DECISIONS))
            walked.done[step] = system.menu(clerk)
        else:
            named = (system.named(beside / part) if part in _FILES else part for part in command)
            walked.done[step] = system.henrei(*named)
        if step in STORES:
            walked.stores[step] = given / f"{type(system).__name__}-{step}.duckdb"
            shutil.copy(system.home / STORE, walked.stores[step])
    return walked


def make_materials(folder: Path) -> tuple[Path, Path]:
    """A small city of two months, and a folder for what is filled in, with what comes from others in it."""
    city, given = folder / "city", folder / "given"
    make_city(city, children=40, months=[FIRST, SECOND], seed=3, style="both", with_closing=True)
    given.mkdir()
    shutil.copy(city / "decisions" / f"{FIRST}.csv", given / DECISIONS)
    shutil.copy(city / "decisions" / f"{SECOND}.csv", given / NEXT_DECISIONS)
    codes = code_workbooks.combined(list(code_workbooks.base_codes_63())[:1], "63")
    (given / CODES).write_bytes(code_workbooks.workbook({"放デイ": code_workbooks.header_above(codes)}))
    open_data.write(given / FACILITIES, open_data.row("1151999992", "架空の教室"))
    return city, given


def _put(step: str, system: System, city: Path, given: Path) -> None:
    """What people put there before a step."""
    beside, out = system.home.parent, system.home / "out" / FIRST
    if step == "check-ledgers":
        for name in (DECISIONS, NEXT_DECISIONS, CODES, FACILITIES):
            shutil.copy(given / name, beside)
        shutil.copytree(city / "inbox" / FIRST, system.home / "inbox" / FIRST)
    elif step == "answers":
        _once(given / ANSWER, lambda target: _answer(out, target))
        shutil.copy(given / ANSWER, beside)
    elif step == "decide":
        _once(given / DECIDED, lambda target: _decide(out / "worklist.xlsx", target))
        shutil.copy(given / DECIDED, beside)
    elif step == "menu":
        shutil.copytree(city / "inbox" / SECOND, system.home / "inbox" / SECOND)
    elif step == "purge":  # else each home draws a key of its own, and the hashes differ
        _once(given / WHOLE, lambda target: shutil.copytree(system.home, target))
        (system.home / "books" / "purge.key").write_text("5a" * 32, encoding="ascii")


def _once(target: Path, make: Callable[[Path], object]) -> None:
    if not target.exists():
        make(target)


def _answer(out: Path, target: Path) -> None:
    """A facility writes into the letter that it got."""
    answered.fill(min((out / "inquiries").glob("*.xlsx")), target, answered.as_sent(1, "記録のとおりです"))


def _next_answers(system: System, given: Path) -> str:
    """The folder of the workbook that comes back while the menu is open, as the system calls it."""
    made = given / "next.xlsx"
    _once(made, lambda target: _answer(system.home / "out" / SECOND, target))
    folder = system.home.parent / NEXT_ANSWERS
    folder.mkdir()
    shutil.copy(made, folder / ANSWER)
    return system.named(folder)


def _decide(worklist: Path, decided: Path) -> None:
    """Decisions as a clerk makes them: with an answer and a note."""
    book = openpyxl.load_workbook(worklist)
    sheet = book[decisions.TITLE]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row, word in zip(range(2, sheet.max_row + 1), ("返戻", "支払", "返戻"), strict=False):
        sheet.cell(row, places[labels.DECISION]).value = word
        sheet.cell(row, places[labels.ANSWER]).value = "電話で確認"
        sheet.cell(row, places[labels.NOTE]).value = f"{row}行目"
    book.save(decided)
