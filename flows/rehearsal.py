"""`henrei upgrade --rehearse`: a home in, what this version makes of a copy of it out, in lines for people. Called by the
command. The home stays as it is; the copy is in its folder, for its owner alone, and gone afterwards.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import henrei
from henrei.checks.findings import findings_of
from henrei.errors import HenreiError
from henrei.files import temporary_files
from henrei.flows.check_ledgers import check_ledgers
from henrei.flows.differences import changes, say_by_check, say_total, written_findings
from henrei.flows.inbox import beside_settings
from henrei.flows.month_state import valid_decisions
from henrei.flows.ruleset import ruleset
from henrei.flows.run.worklist import new_worklist
from henrei.flows.settings import Settings, load
from henrei.flows.upgrade import State, state_of, upgrade
from henrei.flows.verify import Verified, verify_all
from henrei.home import SETTINGS, Home
from henrei.months import month_text, next_month
from henrei.store import books, pending
from henrei.store.database import open_store, set_current_month

Say = Callable[[str], None]  # shows a line
_MB = 1_000_000


def rehearse(home: Home, say: Say) -> State:
    """Upgrades a copy of the home and says what would differ; returns what is to be done. Raises HenreiError where something
    stops the upgrade.

    The caller holds the home's lock.
    """
    settings, state = load(home), state_of(home)
    if pending.path_of(home).is_file():
        raise HenreiError("前回の処理が途中で止まっています。同じ処理をもう一度実行して、仕上げてから試してください")
    before = f"henrei {state.version}" if state.version else "まだ何も処理していません"
    say(f"この版: henrei {henrei.__version__} 決まり {ruleset()[:8]}。作業フォルダーを最後に使った版: {before}")
    _say_settings(settings, say)
    needed = _require_room(home)
    with _copy_of(home, settings) as copy:
        _try(home, copy, settings, say)
        grown = copy.store.stat().st_size if copy.store.is_file() else 0
    _say_room(home, needed, grown, state, say)
    for line in [*state.steps, *state.following] or ["することはありません。この版でそのまま使えます"]:
        say(f"本番で: {line}")
    return state


def _say_settings(settings: Settings, say: Say) -> None:
    if settings.unknown:
        say(f"{SETTINGS}: この版の知らない設定があります(読みません): {'、'.join(settings.unknown)}")
    else:
        say(f"{SETTINGS}: すべての設定を読めます")


def _try(home: Home, copy: Home, settings: Settings, say: Say) -> None:
    for note in upgrade(copy, state_of(copy)):  # without a database everything is computed
        say(f"※ {note}")
    closed = list(_say_closed(copy, say))
    if not closed:
        say("締めた月: まだありません")
    runs = [month for month in books.runs(copy) if not books.is_purged(copy, month)]
    for month in runs:
        if not books.is_closed(copy, month):
            _say_open(home, copy, month, settings, say)
    _say_ledgers(copy, settings, say)


def _say_closed(copy: Home, say: Say) -> Iterator[date]:
    for month, result in verify_all(copy):
        yield month
        if isinstance(result, Verified):
            say(f"締めた月 {result.line(month)}")
            for line in say_by_check(result.changes) if result.changes is not None else ():
                say(f"  {line}")
        else:
            say(f"締めた月 {month_text(month)}: {result or '消去済みのため計算し直せません'}")


def _say_open(home: Home, copy: Home, month: date, settings: Settings, say: Say) -> None:
    """The findings against those that are in out/, the decisions that hold, and what was typed and not read yet."""
    name = month_text(month)
    with open_store(copy) as con:
        set_current_month(con, month)
        now = findings_of(con, month)
        held, lost = valid_decisions(con, copy, month)
        made = new_worklist(con, copy, month, settings)
    assert now is not None
    written = home.out(month) / "findings.csv"
    if written.is_file():
        changed = changes(written_findings(written), now)
        say(f"開いている月 {name}: 指摘 {now.height:,}件({say_total(changed) or '前と同じです'})")
        for line in say_by_check(changed):
            say(f"  {line}")
    else:
        say(f"開いている月 {name}: 指摘 {now.height:,}件(out/{name}/findings.csv がないため、前とは比べられません)")
    gone = f"、生きなくなるもの {lost:,}件" if lost else ""
    say(f"  決定 そのまま使えるもの {held.height:,}件{gone}")
    if made.untaken:
        say(f"  一覧に書いて取り込んでいないもの {made.untaken:,}件は、henrei run {name} で新しい一覧に移ります")
    for note in made.notes:
        say(f"  ※ {note}")


def _say_ledgers(copy: Home, settings: Settings, say: Say) -> None:
    """What this version does not take of the ledgers that the next run would read."""
    inbox = copy.inbox_months()
    if not inbox:
        return
    month = next((m for m in reversed(inbox) if not books.is_closed(copy, m)), next_month(inbox[-1]))
    refused = []
    for one in check_ledgers(copy, month, settings).inputs.accounts:
        place = f"{one.folder}/{one.file}".removeprefix("./")
        if one.missing:
            refused.append(f"{place}: {one.missing}")
        elif one.refused:
            refused.append(f"{place}: {one.refused:,}行")
    say(f"台帳({month_text(month)}): {'次のものを取り込めません' if refused else '取り込めないものはありません'}")
    for line in refused:
        say(f"  {line}")


# The copy -------------------------------------------------------------------------------------------------------


@contextmanager
def _copy_of(home: Home, settings: Settings) -> Iterator[Home]:
    """Everything of the home that this version reads, but for the database, which it makes anew."""
    copy = Home(home.rehearsal)
    shutil.rmtree(copy.root, ignore_errors=True)  # left by a rehearsal that was killed
    try:
        copy.root.mkdir(parents=True, mode=0o700)
        for path in _to_copy(home, settings):
            for file in _files_of(path):
                _copy_file(file, copy.root / file.relative_to(home.root))
        with temporary_files(copy.temporary):
            yield copy
    finally:
        shutil.rmtree(copy.root, ignore_errors=True)


def _to_copy(home: Home, settings: Settings) -> list[Path]:
    beside = [*beside_settings(home, settings).values(), *([settings.passwords] if settings.passwords else [])]
    # out/ for what people typed into an open worklist, and for what verify compares.
    paths = [home.settings, home.inbox(), home.books(), home.ledgers, home.out(), *beside]
    return [path for path in dict.fromkeys(paths) if path.exists()]


def _copy_file(source: Path, target: Path) -> None:
    """With its time, which says how old a ledger is, and without its mode: the copy is its owner's alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    state = source.stat()
    os.utime(target, ns=(state.st_atime_ns, state.st_mtime_ns))


def _files_of(path: Path) -> list[Path]:
    return [file for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]


def _require_room(home: Home) -> int:
    """The bytes that the copy and its database will need. Raises HenreiError where the disk has not so many."""
    needed = sum(map(_size, _to_copy(home, load(home)))) + _size(home.store)
    if (free := _free(home)) < needed:
        raise HenreiError(
            f"試すのに {_megabytes(needed)} MB の空きが要りますが、{_megabytes(free)} MB しかありません。空けてから試してください"
        )
    return needed


def _say_room(home: Home, needed: int, grown: int, state: State, say: Say) -> None:
    """Raises HenreiError where the database cannot be made beside the one that is there."""
    free = _free(home)
    say(
        f"ディスク: 試すのに {_megabytes(needed)} MB、本番に {_megabytes(grown if state.steps else 0)} MB の空きが要ります"
        f"(今の空き {_megabytes(free)} MB)"
    )
    if state.steps and free < grown:
        raise HenreiError("本番に要る空きがありません。空けてから、もう一度試してください")


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in _files_of(path))


def _free(home: Home) -> int:
    return shutil.disk_usage(home.root).free


def _megabytes(size: int) -> str:
    return f"{-(-size // _MB):,}"
