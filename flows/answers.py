"""`henrei answers`: the inquiry workbooks that came back from facilities in, books/<month>/answers.csv out.

A file that cannot be taken is refused by name, and the others are taken. Nothing of a child or a facility is said or goes
into the journal: both have counts.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import HenreiError
from henrei.files import csv_bytes, sha256, unreadable, write_atomic
from henrei.flows import commit
from henrei.flows.month_state import open_month, require_open
from henrei.flows.run import worklist
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import is_month, month_text
from henrei.publication import APPROVAL
from henrei.reports.letters.encryption import Passwords, is_envelope, opened
from henrei.reports.letters.read_answers import LARGEST, AnswerFile, answers_of, read
from henrei.store import answers as store
from henrei.store import journal, pending


@dataclass
class Result:
    """What became of the files: a sentence for each that was accepted, for each that was refused, and what else to know."""

    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take(home: Home, month: date, files: list[Path], settings: Settings) -> Result:
    """Reads the answers of all files that are as they were sent. Raises HenreiError where the month is closed or nobody
    was asked in it."""
    sent = _sent(home, month)
    passwords = Passwords.read(settings.passwords) if settings.passwords else None
    before = table = store.read_answers(home, month)
    result, entry = Result(), journal.entry("answers", month)
    for label, path in _labelled(files).items():
        try:
            data = _data(path, label, sent, passwords)
            digest = sha256(data)
            file = read(data, label)
            questions = _questions(file, label, sent, month, settings.municipality_no)
            answers = answers_of(file, questions, label)
        except HenreiError as problem:
            result.refused.append(str(problem))
            continue
        facility = answers[0].facility_no
        if _newest_digest(table, facility) == digest:
            result.accepted.append(f"{label}: 取り込み済みです(同じファイル)")
            continue
        emptied = _emptied(table, answers)
        facts = {"file": path.name, "sha256": digest, "read_at": entry["at"], "read_by": entry["who"]}
        table = store.with_answers(table, answers, facts)
        filled = sum(answer.filled for answer in answers)
        result.accepted.append(f"{label}: {len(answers)}問のうち{filled}問の回答を取り込みました")
        if emptied:
            result.notes.append(
                f"{label}: 前の回答のうち{emptied}問が、このファイルでは空欄です(新しいファイルを採ります)"
            )
        result.notes += [
            f"{label}:{line} 表の外に書かれた文は取り込んでいません。見ておいてください" for line in file.outside
        ]
    if table.height > before.height:
        new = table[before.height :]
        counts = {
            "files": new["taking"].n_unique(),
            "answers": store.current(new).height,
            "refused": len(result.refused),
        }
        result.notes += _keep(home, month, table, entry | {"outcome": counts}, settings)
    return result


def remove(home: Home, month: date, facility_no: str, settings: Settings) -> tuple[int, list[str]]:
    """Takes back the facility's newest workbook: the one before counts again. Returns how many of its answers count then,
    and lines for the user.

    Raises HenreiError where it has none.
    """
    require_open(home, month)
    table, facility = store.read_answers(home, month), facility_no.zfill(10)
    newest = store.newest_taking(table, facility)
    if newest is None:
        raise HenreiError(
            f"その事業所の回答は {month_text(month)} に取り込んでいません。事業所番号(10桁)を確かめてください"
        )
    left = table.filter(pl.col("taking") != newest)
    entry = journal.entry("answers", month, outcome={"removed": table.height - left.height})
    notes = _keep(home, month, left, entry, settings)
    return store.current(left).filter(pl.col("facility_no") == facility).height, notes


def _sent(home: Home, month: date) -> pl.DataFrame:
    require_open(home, month)
    sent = store.read_sent(home, month)
    if sent.is_empty():
        name = month_text(month)
        raise HenreiError(
            f"{name} の確認依頼を作っていません。先に henrei inquire {name} を実行し、その Excel を送ってください"
        )
    return sent


def _labelled(files: list[Path]) -> dict[str, Path]:
    """What each file is called in messages: its name, or the whole path where two have one name.

    A folder means the workbooks in it, and a name with `*` those that it fits: not every terminal looks them up.
    """
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            found += _workbooks(path, "*.xlsx")
        elif "*" in path.name and not path.exists():
            found += _workbooks(path.parent, path.name) or [path]
        else:
            found.append(path)
    names = [path.name for path in found]
    return {path.name if names.count(path.name) == 1 else str(path): path for path in found}


def _workbooks(folder: Path, pattern: str) -> list[Path]:
    """Without those that Excel makes while a workbook is open."""
    return sorted(
        path for path in folder.glob(pattern) if path.is_file() and not path.name.startswith(("~$", ".~lock"))
    )


def _data(path: Path, label: str, sent: pl.DataFrame, passwords: Passwords | None) -> bytes:
    """The bytes of the workbook, without its password. A protected one is most likely called by its facility's number."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as problem:
        raise unreadable(label, problem) from None
    if not is_envelope(data):
        return data
    asked = sent["facility_no"].unique(maintain_order=True).to_list()
    return opened(data, label, passwords, sorted(asked, key=lambda facility: facility not in path.name))


def _questions(
    file: AnswerFile, label: str, sent: pl.DataFrame, month: date, municipality_no: str
) -> list[store.SentQuestion]:
    """The questions of the letter that the workbook says it is. Raises HenreiError where we did not send it."""
    theirs = file.marks["review_month"]
    if file.marks["municipality_no"] != municipality_no:
        raise HenreiError(f"{label} は別の市町村の確認依頼です。送り主に確かめてください")
    if theirs != month_text(month):
        advice = f"henrei answers {theirs} で取り込んでください" if is_month(theirs) else "送り主に確かめてください"
        raise HenreiError(f"{label} は別の審査月({theirs if is_month(theirs) else '不明'})の確認依頼です。{advice}")
    own = sent.filter(pl.col("facility_no") == file.marks["facility_no"])
    if own.is_empty():
        raise HenreiError(f"{label} の事業所には {theirs} の確認依頼を送っていません。送り主に確かめてください")
    letter = own.filter(pl.col("sending") == file.marks["sending"])
    if letter.is_empty():
        raise HenreiError(
            f"{label} の問いは送ったものと違います(送った確認依頼にありません)。"
            "送った確認依頼の Excel に書いて返してもらってください"
        )
    return [store.SentQuestion(**row) for row in letter.drop("asked_at").iter_rows(named=True)]


def _newest_digest(table: pl.DataFrame, facility: str) -> str:
    """The SHA-256 of the facility's newest workbook."""
    newest = store.newest_taking(table, facility)
    return "" if newest is None else str(table.filter(pl.col("taking") == newest)["sha256"][0])


def _emptied(table: pl.DataFrame, answers: list[store.Answer]) -> int:
    """How many answers that count so far are empty in a newer workbook."""
    counting = set(store.current(table).select("facility_no", "question").iter_rows())
    return sum((one.facility_no, one.question) in counting for one in answers if not one.filled)


def _keep(home: Home, month: date, table: pl.DataFrame, entry: journal.Entry, settings: Settings) -> list[str]:
    """Makes `table` the month's answers: the decisive step, and all that follows. Returns lines for the user.

    Answers come when they come: where a ledger has changed since the run they are kept all the same, and the next run's
    worklist shows them.
    """
    APPROVAL.refuse_if_open(home.out(month))
    data, notes = csv_bytes(table), []
    with ExitStack() as opened_here:
        con = None
        try:
            con = opened_here.enter_context(open_month(home, month, settings))
        except HenreiError as problem:
            notes.append(f"回答は取り込みました。worklist.xlsx は作り直していません: {problem}")
        if con is not None:
            worklist.require_place(home, month)
            made = worklist.new_worklist(con, home, month, settings, given=table)
            made.stage(home, month)
            entry |= made.of_entry
            notes = made.lines
        pending.begin(home, entry, sha256(data))
        write_atomic(store.answers_path(home, month), data)
        commit.finish(con, home, entry)
        if con is not None:
            notes += worklist.beside_note(home, month)
    return notes
