"""`henrei verify`: one closed month in, or all; each computed once more from its kept inputs, and compared byte for byte with
what was kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl

import henrei
from henrei.errors import HenreiError
from henrei.files import csv_bytes, parquet_bytes, write_atomic
from henrei.flows import inbox, letters
from henrei.flows.closed_files import closing_entry
from henrei.flows.differences import changes, kept_findings, say_total
from henrei.flows.month_state import messages, settings_of
from henrei.flows.outcomes import decided_outcomes
from henrei.flows.ruleset import ruleset
from henrei.flows.run import outputs
from henrei.flows.run.recompute import load_records, recompute
from henrei.flows.settings import load
from henrei.home import SETTINGS, Home
from henrei.months import month_text
from henrei.publication import NOTICES
from henrei.store import books, journal
from henrei.store.database import open_store, set_current_month

# What a run and a close write that follows from the kept inputs alone. changes.csv and worklist.xlsx also go by the run
# before, outcomes.csv and payments.csv of out/ by what became official later.
_FILES = ("findings.csv", "findings.parquet", "undetermined.csv", "rejects.csv", "remarks.csv", "returns.csv")


@dataclass
class Verified:
    """`same`: how many files came out the same; `differing`: their names; `notes`: what to know beside it.

    `changes`: of a month closed under other rules, where no file is compared: check_code, new, gone, otherwise (how many
    findings there would be, or not, or with another content), a row a check with any; else None.
    """

    version: str  # of henrei, and of the rules, that it was closed under
    ruleset: str
    same: int = 0
    differing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    purged: bool = False  # a month before it has lost its records
    head: str = ""  # hash of the journal's last line
    changes: pl.DataFrame | None = None

    def count(self, name: str, same: bool) -> None:
        """Counts one file that was compared."""
        if same:
            self.same += 1
        else:
            self.differing.append(name)

    def line(self, month: date) -> str:
        """What came of the month, and what it was closed under, in one line."""
        name, by = month_text(month), f"henrei {self.version} 決まり {self.ruleset[:8]}"
        if self.changes is not None:
            what = f"指摘は {total}" if (total := say_total(self.changes)) else "指摘は同じです"
            return f"{name}: 別の決まりで締めた月({by})。今の決まりでは{what}"
        if self.differing:
            more = f"(ほか{len(self.differing) - 1}ファイル)" if len(self.differing) > 1 else ""
            return f"{name}: {self.differing[0]} が違います{more}({by})"
        return f"{name}: {self.same}ファイルすべて同じ({by})"


def verify(home: Home, month: date) -> Verified:
    """Raises HenreiError where the month cannot be computed again: open, purged, or its inputs are not what they were."""
    name = month_text(month)
    if not books.is_closed(home, month):
        raise HenreiError(f"{name} は締まっていないため検算できません。henrei close の後に実行してください")
    if books.is_purged(home, month):
        raise HenreiError(f"{name} の個人情報は消去済みのため検算できません。監査記録と件数だけが残っています")
    journal.require_whole(home)
    verified = _begin(home, month)
    earlier = [m for m in books.runs(home) if m < month]
    for one in (*earlier, month):
        _check_inputs(home, one)
    with _apart(home):
        for one in earlier:
            if not books.is_purged(home, one):
                load_records(home, one, settings_of(home, one), _store(home))
        _compute(home, month, verified)
    return verified


def verify_all(home: Home) -> Iterator[tuple[date, Verified | HenreiError | None]]:
    """Every closed month, oldest first and each computed once: what came of it, or why it cannot be computed; None of one
    that was purged. Raises HenreiError where the journal's chain is broken."""
    journal.require_whole(home)
    lacking: date | None = None  # the first month that could not be computed: those after it need its records
    with _apart(home):
        for month in books.closed(home):
            if books.is_purged(home, month):
                yield month, None
                continue
            try:
                if lacking:
                    raise HenreiError(f"{month_text(lacking)} を計算し直せないため検算できません")
                verified = _begin(home, month)
                _check_inputs(home, month)
                _compute(home, month, verified)
            except HenreiError as problem:
                lacking = lacking or month
                yield month, problem
            else:
                yield month, verified


@contextmanager
def _apart(home: Home) -> Iterator[None]:
    """`home.verification`, empty, and gone afterwards."""
    shutil.rmtree(home.verification, ignore_errors=True)
    home.verification.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(home.verification, ignore_errors=True)


def _begin(home: Home, month: date) -> Verified:
    """What is known of the month before anything is computed."""
    entry = closing_entry(home, month)
    verified = Verified(version=entry["version"], ruleset=entry["ruleset"], head=journal.head(home))
    if _other_rules(entry):
        verified.notes.append(
            f"{month_text(month)} は別の決まりで締めています(締めた時: henrei {entry['version']} 決まり "
            f"{entry['ruleset'][:8]}、今: {henrei.__version__} {ruleset()[:8]})"
        )
    times = [datetime.fromisoformat(e["at"]) for e in journal.read(home) if "at" in e]
    if any(later < earlier for earlier, later in pairwise(times)):
        verified.notes.append(
            "監査記録の時刻が前後しています(PC の時計が戻されたことがあります)。順序は記録の並びが正です"
        )
    for earlier in (m for m in books.runs(home) if m < month and books.is_purged(home, m)):
        verified.purged = True
        verified.notes.append(
            f"{month_text(earlier)} の記録は消去済みです。その日数などを使った指摘は変わることがあります"
        )
    return verified


def _other_rules(closing: journal.Entry) -> bool:
    return closing["ruleset"] != ruleset() or closing["version"] != henrei.__version__


def _check_inputs(home: Home, month: date) -> None:
    """The inputs of the month must be what they were."""
    if books.is_purged(home, month):
        return
    kept = dict(books.read_inputs(home, month).select("file", "sha256").iter_rows())
    now = dict(inbox.listing_now(home, month, settings_of(home, month)).select("file", "sha256").iter_rows())
    changed = sorted(name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name))
    if changed:
        more = f"(ほか{len(changed) - 1}ファイル)" if len(changed) > 1 else ""
        change = "変わっています" if changed[0] in kept and changed[0] in now else "増えています"
        change = "なくなっています" if changed[0] not in now else change
        raise HenreiError(
            f"{changed[0]} が {month_text(month)} の確認の後に{change}{more}。"
            "受け取ったままのファイルに戻してから実行してください"
        )


def _compute(home: Home, month: date, verified: Verified) -> None:
    """Computes the month below `home.verification`, where the records of those before it are, and compares every file."""
    settings = settings_of(home, month)
    judged, summary = recompute(home, month, settings, _store(home))
    if _other_rules(closing_entry(home, month)):
        verified.changes = changes(kept_findings(home, month), judged.findings)
        return
    folder = home.verification / month_text(month)
    for name, make in outputs.result_files(judged).items():
        write_atomic(folder / name, make())
    with open_store(home, _store(home)) as con:
        set_current_month(con, month)
        own = decided_outcomes(con, home, month, closing_entry(home, month)["undecided"])
        issued = letters.day_of(closing_entry(home, month))
        letters.stage_notices(con, folder, own, settings, messages(con, home, month), issued)
    NOTICES.publish(folder)
    _compare(home, month, folder, list(_FILES), verified)
    kept = home.books(month) / "outcomes.csv"
    verified.count(home.name_of(kept), _holds(kept, csv_bytes(own)))
    if load(home, home.books(month) / SETTINGS).passwords:
        verified.notes.append("事業所向けの書類はパスワード付きのため、比べていません")
    else:
        notices = {path.name for one in (home.out(month), folder) for path in (one / "notices").glob("*")}
        _compare(home, month, folder, [f"notices/{name}" for name in sorted(notices)], verified)
    for name, path in books.kept_by_close(home, month).items():
        verified.count(home.name_of(path), _holds(path, parquet_bytes(judged.tables()[name])))
    path = home.out(month) / "summary.json"
    verified.count(home.name_of(path), _without_seconds(_read_summary(path)) == _without_seconds(summary))


def _store(home: Home) -> Path:
    return home.verification / home.store.name


def _compare(home: Home, month: date, new: Path, names: list[str], verified: Verified) -> None:
    """Compares files below `new` with those of out/<month>/."""
    kept = home.out(month)
    for name in names:
        same = (new / name).is_file() and _holds(kept / name, (new / name).read_bytes())
        verified.count(home.name_of(kept / name), same)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _read_summary(path: Path) -> dict:
    """summary.json; empty where it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _without_seconds(summary: dict) -> dict:
    """summary.json without its seconds, which are other ones every time."""
    return {name: value for name, value in summary.items() if name != "seconds"}
