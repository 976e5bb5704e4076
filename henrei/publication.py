"""A set of files in, the set in its place out, whole or not at all. Called by runs, letters, close and recovery.

Everything is first written beside its place, for its owner alone, and then takes the place of what an earlier run
left. A publication that was cut off in between is finished by publishing again.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from henrei import files
from henrei.errors import HenreiError
from henrei.files import open_elsewhere, refuse_if_open, staged_name

_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)$")


def file_name(facility_no: str) -> str:
    """A facility's number as the name of its files, safe on every system and another one for every number."""
    if re.fullmatch(r"[0-9A-Z]{1,20}", facility_no) and not _RESERVED.match(facility_no):
        return facility_no
    return "x" + facility_no.encode("utf-8").hex()


@dataclass(frozen=True)
class Publication:
    """Files that belong together, below out/<month>/. `entries`: folders, and files (those with a suffix)."""

    name: str
    entries: tuple[str, ...]

    def stage(self, folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
        """Writes files (paths below `folder`, and their bytes) beside their place."""
        new = self._staging(folder)
        shutil.rmtree(new, ignore_errors=True)
        for entry in self.entries:
            if not Path(entry).suffix:  # a folder of which nothing is left must still replace the one that is there
                (new / entry).mkdir(mode=0o700, parents=True)
        try:
            for path, data in files:
                _write(new / path, data)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)  # half a publication is none, and it holds names
            raise

    def publish(self, folder: Path) -> None:
        """Puts what was staged into its place, each entry as a whole. Nothing staged: nothing happens.

        Raises HenreiError where another program holds a file; what was there is there still.
        """
        new = self._staging(folder)
        if not new.is_dir():
            return
        for entry in self.entries:
            if (new / entry).exists():
                put_in_place(new / entry, folder / entry)
        shutil.rmtree(new)

    def withdraw(self, folder: Path) -> None:
        """Removes what was published or staged. Raises HenreiError where another program holds a file."""
        for path in (self._staging(folder), *(folder / entry for entry in self.entries)):
            try:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            except OSError:
                raise open_elsewhere(path) from None

    def refuse_if_open(self, folder: Path) -> None:
        """On Windows a file that a program holds can neither be replaced nor removed: refused before anything is done.

        Raises HenreiError naming the file.
        """
        for path in (folder / entry for entry in self.entries):
            refuse_if_open(sorted(path.iterdir()) if path.is_dir() else [path])

    def _staging(self, folder: Path) -> Path:
        return folder / staged_name(self.name)


def forget_staged(folder: Path) -> None:
    """Removes what any publication staged below out/<month>/ and never published."""
    for staging in folder.glob(staged_name("*")):
        if staging.is_dir():
            shutil.rmtree(staging, ignore_errors=True)


WORKLIST_NAME, WORKLIST_BESIDE = "worklist.xlsx", "worklist-新.xlsx"
# What a run writes of a month, in the order in which it takes its place; what is not written again by a run stays.
RUN = Publication(
    "run",
    (
        "findings.csv",
        "findings.parquet",
        "undetermined.csv",
        "rejects.csv",
        "remarks.csv",
        "changes.csv",
        WORKLIST_NAME,
        "summary.json",
    ),
)
NOTICES = Publication("notices", ("notices", "returns.csv"))
INQUIRIES = Publication("inquiries", ("inquiries",))
REMINDERS_NAME = "reminders.csv"  # in which each reminder is a row
REMINDERS = Publication("reminders", ("reminders", REMINDERS_NAME, "reminders.xlsx"))
# The page to sign. Of an open month it goes by the decisions: what makes them other ones removes it.
APPROVAL_NAME = "approval.pdf"
APPROVAL = Publication("approval", (APPROVAL_NAME,))
# The worklist by itself, written anew by a command that is no run.
WORKLIST = Publication("worklist", (WORKLIST_NAME,))

# Beside the worklist, and written whenever it is: a page, and a folder with more of them where there are very many cases.
CASEBOOK_NAME, CASEBOOK_FOLDER = "casebook.html", "casebook"
CASEBOOK = Publication("casebook", (CASEBOOK_NAME, CASEBOOK_FOLDER))


def publish_casebook(folder: Path) -> None:
    """Puts the staged casebook into its place; a folder of pages that it does not have goes. Nothing staged: nothing
    happens. Raises HenreiError where another program holds a page; what was there is there still."""
    CASEBOOK.publish(folder)
    with suppress(OSError):  # not there, or with pages in it
        (folder / CASEBOOK_FOLDER).rmdir()


def publish_worklist(folder: Path) -> None:
    """Puts the staged worklist into its place, or beside it where another program holds the one that is there; the one
    beside goes with the next that finds its place. Nothing staged: nothing happens.

    Raises HenreiError where the one beside is held, too; what was there is there still.
    """
    staged = folder / staged_name(WORKLIST.name) / WORKLIST_NAME
    if not staged.is_file():
        return
    if files.is_open_elsewhere(folder / WORKLIST_NAME):
        put_in_place(staged, folder / WORKLIST_BESIDE)
    else:
        try:
            put_in_place(staged, folder / WORKLIST_NAME)
        except HenreiError:  # opened just now
            put_in_place(staged, folder / WORKLIST_BESIDE)
        else:
            remove_beside(folder)
    shutil.rmtree(staged.parent)


def remove_beside(folder: Path) -> None:
    """Removes the worklist beside the one in its place; where a program holds it, the next command does."""
    with suppress(PermissionError):
        (folder / WORKLIST_BESIDE).unlink(missing_ok=True)


def put_in_place(staged: Path, target: Path) -> None:
    """Puts a staged file or folder into the place of the one that is there, which is removed.

    A folder cannot replace a folder in one step: the old one steps aside, and comes back if the new one may not in. Raises
    HenreiError where another program holds a file; what was there is there still.
    """
    old = staged.parent / f".{staged.name}.old"
    moved = False
    try:
        if target.is_dir():
            shutil.rmtree(old, ignore_errors=True)  # left by a process that was killed
            target.rename(old)
            moved = True
        staged.replace(target)
    except OSError:
        if moved:
            old.rename(target)
        raise open_elsewhere(target) from None
    shutil.rmtree(old, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600), "wb"
    ) as file:
        file.write(data)
