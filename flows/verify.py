"""`henrei verify`: a closed month in; computed once more from its kept inputs, and compared byte for byte with what was
kept.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl

import henrei
from henrei.errors import HenreiError
from henrei.files import csv_bytes, parquet_bytes, write_atomic
from henrei.flows import inbox, letters
from henrei.flows.month_state import messages, settings_of
from henrei.flows.outcomes import decided_outcomes
from henrei.flows.ruleset import ruleset
from henrei.flows.run import outputs
from henrei.flows.run.recompute import load_records, recompute
from henrei.flows.settings import load
from henrei.home import SETTINGS, Home
from henrei.months import month_text, month_texts
from henrei.publication import NOTICES
from henrei.store import books, journal
from henrei.store.database import open_store, set_current_month
from henrei.store.tables import SUBJECT_KEY

_FINDING = ("check_code", *SUBJECT_KEY, "service_type")
_COMPARED = (*_FINDING, "severity", "use_dates", "observed", "expected", "message")
# What a run and a close write that follows from the kept inputs alone. changes.csv and worklist.xlsx also go by the run
# before, outcomes.csv and payments.csv of out/ by what became official later.
_FILES = ("findings.csv", "findings.parquet", "undetermined.csv", "rejects.csv", "remarks.csv", "returns.csv")


@dataclass
class Verified:
    """`same`: how many files came out the same; `differing`: their names; `notes`: what to know beside it.

    `changes`: of a month closed under other rules, where no file is compared: check_code, new, gone, otherwise (how many
    findings there would be, or not, or with another content), a row a check with any; else None.
    """

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


def verify(home: Home, month: date) -> Verified:
    """Raises HenreiError where the month cannot be computed again: open, purged, or its inputs are not what they were."""
    name = month_text(month)
    if not books.is_closed(home, month):
        raise HenreiError(f"{name} は締まっていないため検算できません。henrei close の後に実行してください")
    if books.is_purged(home, month):
        raise HenreiError(f"{name} の個人情報は消去済みのため検算できません。監査記録と件数だけが残っています")
    verified = Verified()
    _check_journal(home, month, verified)
    _check_inputs(home, month)
    shutil.rmtree(home.verification, ignore_errors=True)
    home.verification.mkdir(parents=True)
    try:
        _compute(home, month, verified)
    finally:
        shutil.rmtree(home.verification, ignore_errors=True)
    return verified


def _closing_entry(home: Home, month: date) -> journal.Entry:
    """The journal's line of the close that counts."""
    for entry in reversed(journal.of_month(home, month)):
        if entry["command"] == "close":
            return entry
    raise HenreiError(
        f"books/{journal.FILE_NAME} に {month_text(month)} を締めた記録がありません。控えと見比べてください"
    )


def _check_journal(home: Home, month: date, verified: Verified) -> None:
    if (line := journal.broken_at(home)) is not None:
        raise HenreiError(
            f"books/{journal.FILE_NAME}:{line} 監査記録のつながりが切れています(書きかえか抜け)。控えと見比べてください"
        )
    verified.head = journal.head(home)
    entry = _closing_entry(home, month)
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


def _other_rules(closing: journal.Entry) -> bool:
    return closing["ruleset"] != ruleset() or closing["version"] != henrei.__version__


def _check_inputs(home: Home, month: date) -> None:
    """The inputs of the month, and of the months before it whose records it needs, must be what they were."""
    for one in [m for m in books.runs(home) if m <= month and not books.is_purged(home, m)]:
        kept = dict(books.read_inputs(home, one).select("file", "sha256").iter_rows())
        now = dict(inbox.listing_now(home, one, settings_of(home, one)).select("file", "sha256").iter_rows())
        changed = sorted(name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name))
        if changed:
            more = f"(ほか{len(changed) - 1}ファイル)" if len(changed) > 1 else ""
            change = "変わっています" if changed[0] in kept and changed[0] in now else "増えています"
            change = "なくなっています" if changed[0] not in now else change
            raise HenreiError(
                f"{changed[0]} が {month_text(one)} の確認の後に{change}{more}。"
                "受け取ったままのファイルに戻してから実行してください"
            )


def _compute(home: Home, month: date, verified: Verified) -> None:
    """Computes the month below `home.verification` and compares every file."""
    for earlier in (m for m in books.runs(home) if m < month):
        if books.is_purged(home, earlier):
            verified.purged = True
            verified.notes.append(
                f"{month_text(earlier)} の記録は消去済みです。その日数などを使った指摘は変わることがあります"
            )
        else:
            load_records(home, earlier, settings_of(home, earlier), _store(home))
    settings = settings_of(home, month)
    judged, summary = recompute(home, month, settings, _store(home))
    if _other_rules(_closing_entry(home, month)):
        verified.changes = _changes(_kept_findings(home, month), judged.findings)
        return
    folder = home.verification / month_text(month)
    for name, make in outputs.result_files(judged).items():
        write_atomic(folder / name, make())
    with open_store(home, _store(home)) as con:
        set_current_month(con, month)
        own = decided_outcomes(con, home, month, _closing_entry(home, month)["undecided"])
        issued = letters.day_of(_closing_entry(home, month))
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


def _kept_findings(home: Home, month: date) -> pl.DataFrame:
    """What close kept, as rows of findings.csv; of a close of 0.1.0, which kept nothing, what its run wrote."""
    if books.has_results(home, month):
        rows = books.read_results(home, month)["findings"]
        return rows.with_columns(month_texts(pl.col("service_month"))).select(_COMPARED)
    path = home.out(month) / "findings.csv"
    if not path.is_file():
        raise HenreiError(f"{home.name_of(path)} がないため比べられません。控えから戻してください")
    return pl.read_csv(path, infer_schema=False).select(_COMPARED)


def _changes(kept: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Verified.changes. A finding is the same subject of the same check and, of a facility, service type."""
    now = now.select(_COMPARED)
    kept, now = (rows.with_columns(pl.all().cast(pl.String).fill_null("")) for rows in (kept, now))
    same = kept.join(now, on=_COMPARED, how="semi").select(_FINDING)
    parts = {
        "new": now.join(kept, on=_FINDING, how="anti"),
        "gone": kept.join(now, on=_FINDING, how="anti"),
        "otherwise": kept.join(now, on=_FINDING, how="semi").join(same, on=_FINDING, how="anti"),
    }
    counted = pl.concat([rows.select("check_code", kind=pl.lit(kind)) for kind, rows in parts.items()])
    counts = [(pl.col("kind") == kind).sum().alias(kind) for kind in parts]
    return counted.group_by("check_code").agg(counts).sort("check_code")


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
