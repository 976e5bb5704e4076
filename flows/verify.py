"""verify: a closed month computed once more from its kept inputs, and compared byte for byte with what was kept."""

from __future__ import annotations

import dataclasses
import json
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import henrei
from henrei.checks.catalogue import ruleset
from henrei.data.rules import rules
from henrei.errors import HenreiError
from henrei.flows import close, derived, papers
from henrei.flows.run import receive
from henrei.flows.run.monthly_run import MonthRun
from henrei.flows.run.pipeline import run_directly
from henrei.flows.settings import FILE_NAME as SETTINGS
from henrei.flows.settings import Settings, load
from henrei.publication import NOTICES
from henrei.store import books, journal
from henrei.store.database import open_store

_FOLDER = Path(".henrei", "verify")
_STORE = (_FOLDER / "henrei.duckdb").as_posix()
# What a run and a close write that follows from the kept inputs alone. changes.csv and worklist.xlsx also go by the run
# before, outcomes.csv and payments.csv of out/ by what became official later.
_FILES = ("findings.csv", "findings.parquet", "undetermined.csv", "rejects.csv", "returns.csv")


@dataclass
class Verified:
    """`same`: how many files came out the same; `differing`: their names; `notes`: what to know beside it."""

    same: int = 0
    differing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    purged: bool = False  # a month before it has lost its records
    head: str = ""  # hash of the journal's last line


def verify(home: Path, month: date) -> Verified:
    """Raises HenreiError where the month cannot be computed again: open, purged, or its inputs are not what they were."""
    if not books.is_closed(home, month):
        raise HenreiError(f"{month:%Y-%m} は締まっていないため検算できません。henrei close の後に実行してください")
    if books.is_purged(home, month):
        raise HenreiError(f"{month:%Y-%m} の個人情報は消去済みのため検算できません。監査記録と件数だけが残っています")
    found = Verified()
    _check_journal(home, month, found)
    _check_inputs(home, month)
    shutil.rmtree(home / _FOLDER, ignore_errors=True)
    (home / _FOLDER).mkdir(parents=True)
    try:
        _compute(home, month, found)
        _compare(home, month, found)
    finally:
        shutil.rmtree(home / _FOLDER, ignore_errors=True)
    return found


def _closed_as(home: Path, month: date) -> journal.Entry:
    """The journal's line of the close that stands."""
    for entry in reversed(journal.of_month(home, month)):
        if entry["command"] == "close":
            return entry
    raise HenreiError(f"books/{journal.FILE_NAME} に {month:%Y-%m} を締めた記録がありません。控えと見比べてください")


def _check_journal(home: Path, month: date, found: Verified) -> None:
    if (line := journal.broken_at(home)) is not None:
        raise HenreiError(
            f"books/{journal.FILE_NAME}:{line} 監査記録のつながりが切れています(書きかえか抜け)。控えと見比べてください"
        )
    found.head = journal.head(home)
    entry = _closed_as(home, month)
    if entry["ruleset"] != ruleset() or entry["version"] != henrei.__version__:
        found.notes.append(
            f"締めた時の henrei {entry['version']}(決まり {entry['ruleset'][:8]})と今の "
            f"{henrei.__version__}({ruleset()[:8]})は違います。違いが出ればそのためかもしれません"
        )
    times = [datetime.fromisoformat(e["at"]) for e in journal.read(home) if "at" in e]
    if any(later < earlier for earlier, later in pairwise(times)):
        found.notes.append(
            "監査記録の時刻が前後しています(PC の時計が戻されたことがあります)。順序は記録の並びが正です"
        )


def _check_inputs(home: Path, month: date) -> None:
    """The inputs of the month, and of the months before it whose records it stands on, must be what they were."""
    for one in [m for m in books.runs(home) if m <= month and not books.is_purged(home, m)]:
        kept = dict(books.read_inputs(home, one).select("file", "sha256").iter_rows())
        now = dict(receive.listing_now(home, one, settings_of(home, one)).select("file", "sha256").iter_rows())
        changed = sorted(name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name))
        if changed:
            more = f"(ほか{len(changed) - 1}ファイル)" if len(changed) > 1 else ""
            word = "変わっています" if changed[0] in kept and changed[0] in now else "増えています"
            word = "なくなっています" if changed[0] not in now else word
            raise HenreiError(
                f"{changed[0]} が {one:%Y-%m} の確認の後に{word}{more}。受け取ったままのファイルに戻してから実行してください"
            )


def settings_of(home: Path, month: date) -> Settings:
    """The settings a month was closed under; of an open month those of now. Papers are made without passwords: locked
    ones are other bytes every time."""
    kept = books.folder(home, month) / SETTINGS
    settings = load(home, kept if kept.is_file() and books.is_closed(home, month) else None)
    return dataclasses.replace(settings, passwords=None)


def _compute(home: Path, month: date, found: Verified) -> None:
    for earlier in (m for m in books.runs(home) if m < month):
        if books.is_purged(home, earlier):
            found.purged = True
            found.notes.append(f"{earlier:%Y-%m} の記録は消去済みです。その日数などを使った指摘は変わることがあります")
        else:
            MonthRun(home, earlier, settings_of(home, earlier), store=_STORE, run_id="").hold_records()
    settings = settings_of(home, month)
    out = home / _FOLDER
    with MonthRun(home, month, settings, store=_STORE, run_id="", out=out).opened() as run:
        run_directly(run)
    with open_store(home, rules(), _STORE) as con:
        derived.set_current(con, month)
        own = close.decided_outcomes(con, home, month, _closed_as(home, month)["undecided"])
        folder = out / f"{month:%Y-%m}"
        papers.stage_notices(con, folder, own, settings)
        NOTICES.publish(folder)
        (folder / "books-outcomes.csv").write_bytes(books.csv_bytes(own))


def _compare(home: Path, month: date, found: Verified) -> None:
    new, kept = home / _FOLDER / f"{month:%Y-%m}", home / "out" / f"{month:%Y-%m}"
    pairs = {f"out/{kept.name}/{name}": (kept / name, new / name) for name in _FILES}
    name = f"books/{kept.name}/outcomes.csv"
    pairs[name] = (home / name, new / "books-outcomes.csv")
    if load(home, books.folder(home, month) / SETTINGS).passwords:
        found.notes.append("事業所向けの書類はパスワード付きのため、比べていません")
    else:
        papers_there = {path.name for folder in (kept, new) for path in (folder / "notices").glob("*")}
        for paper in sorted(papers_there):
            pairs[f"out/{kept.name}/notices/{paper}"] = (kept / "notices" / paper, new / "notices" / paper)
    for name, (old, fresh) in pairs.items():
        same = old.is_file() and fresh.is_file() and old.read_bytes() == fresh.read_bytes()
        _count(found, name, same)
    _count(found, f"out/{kept.name}/summary.json", _summary(kept) is not None and _summary(kept) == _summary(new))


def _count(found: Verified, name: str, same: bool) -> None:
    if same:
        found.same += 1
    else:
        found.differing.append(name)


def _summary(folder: Path) -> dict | None:
    """summary.json without its seconds, which are other ones every time."""
    try:
        data = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {name: value for name, value in data.items() if name != "seconds"}
