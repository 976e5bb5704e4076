"""`henrei facilities`: WAM NET's open data in, ledgers/facilities.csv with what it lacked out.

A copy of the ledger that counts for the month, as the city's program writes it. Added are the services of facilities that the
month's claims bill and the ledger does not have; filled are 法人番号, 事業所名 and 定員 where they are empty. What the city
wrote stays as it is, and so does every file in inbox/.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import NOTHING, HenreiError
from henrei.files import keep_aside, write_for_user
from henrei.flows import inbox
from henrei.flows.billed import billed_services
from henrei.flows.open_data_file import read_file
from henrei.flows.settings import Settings
from henrei.home import SETTINGS, Home
from henrei.months import month_text
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.completing import LedgerFile, new_ledger, open_ledger
from henrei.schemas.ledgers.open_data import OpenData
from henrei.schemas.ledgers.read import read_ledger
from henrei.store import books

LEDGER = "facilities"
OLD = 6  # months: the state is half-yearly, so an older one has a successor
_FILLED = ("corporation_no", "facility_name", "capacity")
_CAPACITY_TYPES = ("61", "63")  # whose fee goes by the capacity of all services of the number together


@dataclass
class Completion:
    """What was done.

    path: the ledger that was written, None where it lacked nothing; base: the ledger it is a copy of, as written in
    messages (empty: there was none); added: facility number and service type; filled: label → cells; lacking: what the
    month's claims bill and neither ledger nor WAM NET have; services: name → rows of the file; state: the month of the
    file's state, state_from: where that is known from; notes: what people must know beside.
    """

    month: date
    base: str
    services: dict[str, int]
    state: date
    state_from: str
    path: Path | None = None
    added: list[tuple[str, str]] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)
    lacking: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def newest_month(home: Home) -> date:
    """The newest month that was run or has a folder in the inbox. Raises HenreiError (status 3) where there is none."""
    months = [*home.inbox_months(), *books.runs(home)]
    if not months:
        raise HenreiError(
            f"{home.inbox()} に審査月のフォルダーがありません。作って届いたファイルを入れるか、--month で指定してください",
            NOTHING,
        )
    return max(months)


def complete(home: Home, file: Path, month: date, settings: Settings) -> Completion:
    """Raises HenreiError with nothing written: the file or the ledger cannot be read (2), or holds none of it (3)."""
    open_data, state, state_from = read_file(file)
    base, raw, suffix, in_inbox = _current(home, month, settings)
    done = Completion(month, base, open_data.services, state, state_from)
    ledger = _opened(raw, suffix, base, settings)
    if in_inbox and (earlier := _completed_before(home, ledger, settings)):
        done.base, ledger, raw, suffix = f"{base}(前に足したもの)", earlier, earlier.data, ".csv"
    _note_what_cannot_be(done, ledger, open_data, settings)
    billed = billed_services(home, month, settings)
    if billed.is_empty():
        done.notes.append(f"{month_text(month)} に読める請求がないため、事業所は足しません")
    _fill(done, ledger, open_data.facilities)
    _add(done, ledger, open_data.facilities, billed)
    if done.added or done.filled:
        _write(home, done, ledger, raw if suffix == ".csv" else None, settings)
    _note_what_counts(home, done, settings, in_inbox)
    return done


def _current(home: Home, month: date, settings: Settings) -> tuple[str, bytes | None, str, bool]:
    """The ledger that counts for the month: its name, its bytes, its suffix, and whether it is in the month's folder."""
    folder = home.inbox(month)
    own = inbox.files_of((p for p in folder.rglob("*") if p.is_file()), settings).get(LEDGER, [])
    source = None if own else inbox.source_of(home, month, settings, LEDGER)
    paths = own or (source.paths if source else [])
    if not paths:
        return "", None, ".csv", False
    if len(paths) > 1:
        names = "、".join(home.name_of(path) for path in paths)
        raise HenreiError(
            f"{ledgers()[LEDGER].title}が2つ以上あります({names})。1つにしてから、もう一度実行してください"
        )
    [path] = paths
    name = home.name_of(path)
    if twin := [other for other in inbox.ledgers_of(path, settings) if other != LEDGER]:
        raise HenreiError(
            f"{name} は {twin[0]} としても読む台帳のため、事業所を足せません。{LEDGER} だけのファイルに分け、"
            f"{SETTINGS} の [ledgers] に書いてください"
        )
    try:
        return name, path.read_bytes(), path.suffix.casefold(), bool(own)
    except OSError as problem:
        raise HenreiError(
            f"{name} を読めません。他のプログラムで開いていれば閉じてください({type(problem).__name__})"
        ) from None


def _opened(raw: bytes | None, suffix: str, base: str, settings: Settings) -> LedgerFile:
    ledger, export = ledgers()[LEDGER], settings.export(LEDGER)
    opened = open_ledger(ledger, new_ledger(ledger, export) if raw is None else raw, export, suffix)
    if opened is None:
        missing = read_ledger(ledger, raw or b"", export, settings.municipality_no, suffix).missing
        raise HenreiError(f"{base}: {missing}", NOTHING)
    return opened


def _completed_before(home: Home, ledger: LedgerFile, settings: Settings) -> LedgerFile | None:
    """What an earlier call made of the month's own ledger: the next service's file goes on from there."""
    path = _target(home, settings)
    if not path.is_file():
        return None
    made = open_ledger(ledger.ledger, path.read_bytes(), ledger.export)
    return made if made and made.completes(ledger) else None


def _target(home: Home, settings: Settings) -> Path:
    return home.ledgers / Path(settings.ledger_files[LEDGER]).with_suffix(".csv").name


def _note_what_cannot_be(done: Completion, ledger: LedgerFile, open_data: OpenData, settings: Settings) -> None:
    labels = [ledgers()[LEDGER].label(column) for column in _FILLED if not ledger.has(column)]
    if labels:
        names = "」「".join(labels)
        done.notes.append(f"台帳に列「{names}」がないため、これらは埋めません")
    if ledger.unreadable:
        done.notes.append(
            f"台帳の{ledger.unreadable:,}行は列の数が違うか文字が壊れていて読めません。同じ事業所を足しているかもしれません"
        )
    if open_data.unreadable:
        done.notes.append(f"WAM NET のファイルの{open_data.unreadable:,}行は読めないため、使いません")
    months = (done.month.year - done.state.year) * 12 + done.month.month - done.state.month
    if months > OLD:
        done.notes.append(
            f"WAM NET のファイルは {month_text(done.state)} のもので({done.state_from}から)、審査月より{months}か月前です。"
            "新しいファイル(3月末と9月末の状態が公表されます)を使ってください"
        )


def _fill(done: Completion, ledger: LedgerFile, facilities: pl.DataFrame) -> None:
    """The empty cells of the ledger's rows, from the row of the same facility and service; the corporation's number and
    the name from any of the facility's rows, where they agree."""
    by_service = {(row["facility_no"], row["service_type"]): row for row in facilities.iter_rows(named=True)}
    of_facility = facilities.group_by("facility_no").agg(
        pl.when(pl.col(name).drop_nulls().n_unique() == 1).then(pl.col(name).drop_nulls().first()).alias(name)
        for name in ("corporation_no", "facility_name")
    )
    by_facility = {row["facility_no"]: row for row in of_facility.iter_rows(named=True)}
    for row in ledger.rows.iter_rows(named=True):
        known = {**by_facility.get(row["facility_no"], {}), **_without_nulls(by_service.get(_key(row), {}))}
        for column in _FILLED:
            text = known.get(column)
            if row[column] is None and text and ledger.has(column, row["group"]) and row["service_type"]:
                ledger.fill(row["line"], row["group"], column, text)
                label = ledger.ledger.label(column)
                done.filled[label] = done.filled.get(label, 0) + 1


def _add(done: Completion, ledger: LedgerFile, facilities: pl.DataFrame, billed: pl.DataFrame) -> None:
    """Rows for what the claims bill and the ledger does not have, ended or not: an end that the city wrote stays."""
    there = {_key(row) for row in ledger.rows.iter_rows(named=True)}
    by_service = {_key(row): row for row in facilities.iter_rows(named=True)}
    refused = 0
    for key in sorted(set(billed.iter_rows()) - there):
        row = by_service.get(key)
        if row is None:
            done.lacking.append(key)
        elif not row["facility_name"] or not ledger.add(_without_nulls(row)):
            refused += 1
        else:
            done.added.append(key)
    if refused:
        done.notes.append(
            f"{refused:,}行は足せません。{SETTINGS} の [ledgers.constants.{LEDGER}] が別の値に決めているか、事業所名がありません"
        )
    if several := _several(done.added, [*there, *by_service]):
        done.notes.append(
            f"足した事業所のうち {_numbers(several)} は児童発達支援と放課後等デイサービスの両方があります。"
            "多機能型なら「算定定員」を書いてください(空のままでは定員の区分を判定しません)"
        )


def _several(added: Iterable[tuple[str, str]], known: list[tuple[str, str]]) -> list[str]:
    """The added facilities that have both services whose fee goes by the capacity."""
    numbers = {number for number, kind in added if kind in _CAPACITY_TYPES}
    return sorted(n for n in numbers if all((n, kind) in known for kind in _CAPACITY_TYPES))


def _write(home: Home, done: Completion, ledger: LedgerFile, raw: bytes | None, settings: Settings) -> None:
    """Writes the ledger where it counts; another one that is there is kept beside it."""
    before, after = ledger.read_back(settings.municipality_no)
    if after.missing or after.rows.height < before.rows.height + len(done.added):
        raise HenreiError(
            f"足した行が台帳として読めません。{SETTINGS} の [ledgers.values.{LEDGER}] を確かめてください(何も書いていません)"
        )
    path = _target(home, settings)
    data = ledger.completed()
    if path.is_file() and path.read_bytes() not in (raw, data) and _has_rows(path.read_bytes()):
        aside = keep_aside(path)
        done.notes.append(f"前からあった {home.name_of(path)} は {home.name_of(aside)} に残しました")
    write_for_user(path, data)
    done.path = path
    if Path(settings.ledger_files[LEDGER]).suffix.casefold() != ".csv":
        done.notes.append(f'{SETTINGS} の [ledgers] に {LEDGER} = "{path.name}" と書くと、このファイルを使います')
    if ledger.replaced:
        done.notes.append(f"台帳の文字コードにない{ledger.replaced:,}文字を〓にしました")


def _note_what_counts(home: Home, done: Completion, settings: Settings, in_inbox: bool) -> None:
    target = _target(home, settings)
    written = home.name_of(target)
    if not target.is_file():
        return
    if in_inbox:
        done.notes.append(
            f"{month_text(done.month)} のフォルダーに台帳があり、{written} より先に使われます。"
            f"{written} を使うには、フォルダーの台帳をほかへ移してください"
        )
    elif done.path is None:
        return
    elif done.base.startswith(home.name_of(home.ledgers)) and done.base != written:
        done.notes.append(f"これからは {written} を使い、{done.base} は読みません")
    elif done.base.startswith(home.name_of(home.inbox())):
        done.notes.append(
            f"これからは、審査月のフォルダーに台帳がない月には {written} を使います({done.base} より先です)"
        )


def _has_rows(data: bytes) -> bool:
    """More than the header that `henrei init` writes."""
    return sum(1 for line in data.splitlines() if line.strip()) > 1


def _key(row: dict[str, str | None]) -> tuple[str, str]:
    return row["facility_no"] or "", row["service_type"] or ""


def _without_nulls(row: dict[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in row.items() if text}


def _numbers(numbers: list[str]) -> str:
    more = f" ほか{len(numbers) - 10}か所" if len(numbers) > 10 else ""
    return "、".join(numbers[:10]) + more
