"""The recipients of months in, other files of the home that still hold their numbers or names out. Called by purge, which
lists such files and leaves them: only people know whether they are a draft, evidence or somebody's work.

A number is found as its ten figures or, as Excel writes it, without the zeros before it (from five figures on); a name as
the kana of the ledger, half-width or full-width, with or without the space. It may be in the text of the kinds of file in
`_TEXT` and `_PACKED` (workbooks, documents). What was not looked into is named with the reason: nothing is called clean that
was not read.
"""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb

from henrei.home import Home
from henrei.months import is_month, month_text, record_month

_TEXT = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".md", ".log", ".html", ".htm", ".xml", ".toml", ".ini", ".yaml"}
_PACKED = {".xlsx", ".xlsm", ".docx"}
_MOST_BYTES = 64 * 1024 * 1024  # of a file; of a packed one what it holds
_LEAST_FIGURES = 5  # a shorter number, once its zeros are gone, may be anything
_LEAST_LETTERS = 4  # of a name without its space
_CANNOT_OPEN = "開けないため、中を見ていません"
_FIGURES = re.compile(r"(?<!\d)\d{5,10}(?!\d)")
_LETTERS = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Trace:
    """A file that stays. path: below the home; months: whose numbers or names it holds, or that it is named by; reason: in
    Japanese."""

    path: str
    reason: str


@dataclass(frozen=True)
class Found:
    """What the search came to: files that hold something, and files (or folders) that were not looked into."""

    traces: list[Trace]
    unread: list[Trace]


@dataclass(frozen=True)
class People:
    """Recipients' numbers and the names of children and guardians → the months that hold them."""

    numbers: dict[str, set[date]]
    names: dict[str, set[date]]


class _Unread(Exception):
    """Says in Japanese why a file was not looked into."""


def people_of(con: duckdb.DuckDBPyConnection, months: list[date]) -> People:
    """The numbers and names that the store holds for review months, from records and ledgers alike."""
    people = People({}, {})
    for into, columns in ((people.numbers, ("recipient_no",)), (people.names, ("child_name", "guardian_name"))):
        for table, column in _columns(con, columns):
            rows = con.execute(
                f"SELECT DISTINCT {column}, review_month FROM {table} "
                f"WHERE list_contains(?, review_month) AND {column} IS NOT NULL",
                [months],
            ).fetchall()
            for value, month in rows:
                if key := _number(value) if into is people.numbers else _name(value):
                    into.setdefault(key, set()).add(month)
    return people


def _columns(con: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Tables by review month, with those of the columns that they have."""
    return con.execute(
        "SELECT table_name, column_name FROM information_schema.columns c "
        "JOIN information_schema.tables USING (table_name) WHERE table_type = 'BASE TABLE' "
        "AND list_contains(?, column_name) AND EXISTS (FROM information_schema.columns o "
        "WHERE o.table_name = c.table_name AND o.column_name = 'review_month') ORDER BY ALL",
        [list(names)],
    ).fetchall()


def _number(value: str) -> str:
    """A recipient's number without its zeros in front; empty for a hash and for one too short to be known again."""
    return value.lstrip("0") if value.isdigit() and len(value) == 10 else ""


def _name(value: str) -> str:
    joined = "".join(_LETTERS.findall(unicodedata.normalize("NFKC", value)))
    return joined if len(joined) >= _LEAST_LETTERS else ""


def search(home: Home, months: list[date], people: People, leave_out: set[Path]) -> Found:
    """Looks through the home, but for what is henrei's own (see `_others`) and the files of `leave_out`."""
    found, closed = Found([], []), list[str]()
    for path in sorted(_others(home, closed), key=home.name_of):
        if path in leave_out:
            continue
        name = home.name_of(path)
        reasons = [f"名前に {text} があります"] if (text := _month_in(name, months)) else []
        try:
            reasons += _reasons(path, people)
        except _Unread as problem:
            found.unread.append(Trace(name, "。".join([*reasons, str(problem)])))
            continue
        if reasons:
            where = ["残る月が使う台帳です"] if home.ledgers in path.parents else []
            found.traces.append(Trace(name, "。".join([*reasons, *where])))
    found.unread.extend(Trace(f"{home.name_of(Path(name))}/", f"フォルダーを{_CANNOT_OPEN}") for name in closed)
    return found


def _others(home: Home, closed: list[str]) -> Iterator[Path]:
    """Every file below the home that is not henrei's own. Links are not followed; folders that cannot be opened go to
    `closed`.

    Left out: folders of review months (a purge removes them, or they stay with their people), the books beside them,
    what henrei sums up in out/, databases, henrei.toml, and the places where commands work.
    """
    own_folders = {home.prefect, home.work, home.verification, home.temporary, home.database_temporary}
    own_folders |= {home.service_temporary}
    of_months = (home.inbox(), home.out(), home.books())
    own_files = {home.settings, home.dashboard, home.return_rates, home.lock_file}
    for folder_name, folders, files in os.walk(home.root, onerror=lambda problem: closed.append(problem.filename)):
        folder = Path(folder_name)
        links = [name for name in folders if (folder / name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if folder / name not in own_folders and name not in links and not (folder in of_months and is_month(name))
        )
        for path in sorted(folder / name for name in (*files, *links)):
            summed = folder == home.books() or (folder == home.out() and path.name.startswith("survey_"))
            database = folder == home.root and path.name.startswith((home.store.name, home.rebuilt_store.name))
            if not (path in own_files or summed or database):
                yield path


def _month_in(name: str, months: Iterable[date]) -> str:
    """The first of the months that a path names: 2026-05, 202605 or 2026年5月; empty where it names none."""
    plain = unicodedata.normalize("NFKC", name)
    for month in months:
        forms = f"{month_text(month)}|{record_month(month)}|{month.year}年0?{month.month}月"
        if re.search(rf"(?<!\d)(?:{forms})(?!\d)", plain):
            return month_text(month)
    return ""


def _reasons(path: Path, people: People) -> list[str]:
    """What a file holds, in Japanese; nothing for one without a trace. Raises _Unread."""
    text = _text(path)
    figures = ((found, found.lstrip("0")) for found in set(_FIGURES.findall(text)))
    numbers = {short for found, short in figures if len(found) == 10 or len(short) >= _LEAST_FIGURES}
    kept = (
        (numbers & people.numbers.keys(), people.numbers, "受給者証番号"),
        (_names(text, people), people.names, "氏名"),
    )
    return [
        f"{_months(set().union(*(months_of[key] for key in keys)))} の{what}があります"
        for keys, months_of, what in kept
        if keys
    ]


def _names(text: str, people: People) -> set[str]:
    """The names that a text holds, as one run of letters or as two with something between them."""
    if not people.names:
        return set()
    runs = _LETTERS.findall(text)
    starts = {name[:length] for name in people.names for length in range(1, len(name))}
    joined = {one + other for one, other in pairwise(runs) if one in starts}
    return people.names.keys() & joined.union(runs)


def _months(months: set[date]) -> str:
    first, *rest = sorted(months)
    return f"{month_text(first)} ほか{len(rest)}か月" if rest else month_text(first)


def _text(path: Path) -> str:
    """The text of a file in one spelling (NFKC). Raises _Unread."""
    kind = path.suffix.casefold()
    if path.is_symlink():
        raise _Unread("ほかの場所へのリンクのため、中を見ていません")
    if kind not in _TEXT | _PACKED:
        raise _Unread("この種類のファイルは、中を見ていません")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _Unread("大きすぎるため、中を見ていません")
        text = _decoded(path.read_bytes()) if kind in _TEXT else _unpacked(path, kind)
    except OSError:
        raise _Unread(_CANNOT_OPEN) from None
    return unicodedata.normalize("NFKC", text)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp932", errors="replace")


def _unpacked(path: Path, kind: str) -> str:
    """The text of a workbook or document: that of all its parts, without their marks. Raises _Unread."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = [part for part in packed.infolist() if part.filename.endswith(".xml")]
            if sum(part.file_size for part in parts) > _MOST_BYTES:
                raise _Unread("大きすぎるため、中を見ていません")
            whole = "\n".join(packed.read(part).decode("utf-8", errors="replace") for part in parts)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise _Unread("パスワードつきか壊れているため、中を見ていません") from None
    if kind == ".docx":  # a word may be cut into pieces there, and a line ends where a paragraph does
        return _TAG.sub("", whole.replace("</w:p>", "\n"))
    return _TAG.sub(" ", whole.replace("</row>", "\n").replace("</si>", "\n"))
