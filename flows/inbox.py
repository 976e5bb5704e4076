"""The inbox of a month: a home and a month in, every file once with its kind and SHA-256 out. Called by runs, by the
guards of a month and by the menu.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import NOTHING, HenreiError
from henrei.files import csv_bytes, sha256, sha256_and_lines, sha256_of
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import is_month, month_of, month_text
from henrei.schemas.exchange.read import BATCH, PIECE, weight
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.read import WORKBOOK
from henrei.store import books

_TEMPLATE_BYTES = 4096  # a header is shorter
_BATCH_FILES = 4096  # small files read together; their bytes are bounded by BATCH as well


@dataclass
class InboxFile:
    """One file. `name` is its path below the month's folder; kind is exchange, other, duplicate or the names of its
    ledgers with `;` between."""

    number: int
    path: Path
    name: str
    kind: str
    size: int
    sha256: str
    changed: int  # when it was last changed, in nanoseconds
    lines: int = 0  # that end in it

    @property
    def ledgers(self) -> list[str]:
        """The ledgers that are read from it; its lines are counted for the first."""
        return [name for name in self.kind.split(";") if name in ledgers()]


@dataclass(frozen=True)
class Source:
    """Files from outside a month's folder that a ledger is read from. `where` names the place; month: whose folder it is.

    paths: what is read; names: what they were called below the home when the month was run; kept: whether they are the
    copies in books/.
    """

    where: str
    month: date | None
    paths: list[Path]
    names: list[str]
    kept: bool = False


def ledger_of(path: Path, settings: Settings) -> str | None:
    """The first ledger a file is by its name, or None."""
    return next(iter(ledgers_of(path, settings)), None)


def ledgers_of(path: Path, settings: Settings) -> list[str]:
    """The ledgers a file is by its name: the one of the settings, or the same as a workbook. Windows does not tell
    capitals from small letters, so neither do we."""
    name = path.name.casefold()
    return [ledger for ledger, file in settings.ledger_files.items() if name in _names(file)]


def files_of(paths: Iterable[Path], settings: Settings) -> dict[str, list[Path]]:
    """Ledger → those of the files that are it, in order; a workbook only where there is no file of the settings' name."""
    by_name: dict[str, list[Path]] = {}
    for path in paths:
        by_name.setdefault(path.name.casefold(), []).append(path)
    found = {
        ledger: next((sorted(by_name[name]) for name in _names(file) if name in by_name), [])
        for ledger, file in settings.ledger_files.items()
    }
    return {ledger: own for ledger, own in found.items() if own}


def _names(file: str) -> list[str]:
    """What a ledger's file may be called, the settings' name first."""
    name = file.casefold()
    return [name, name.removesuffix(".csv") + WORKBOOK] if name.endswith(".csv") else [name]


def scan(home: Home, month: date, settings: Settings) -> list[InboxFile]:
    """Every file of the month's folder and its sub-folders, in order of path.

    Raises HenreiError with status 3 where there is no folder.
    """
    folder = home.inbox(month)
    if not folder.is_dir():
        raise HenreiError(
            f"{folder} がありません。審査月を確かめるか、このフォルダーを作って届いたファイルを入れてください",
            NOTHING,
        )
    files: list[InboxFile] = []
    seen: dict[str, InboxFile] = {}
    paths = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.relative_to(folder).as_posix())
    kinds: dict[Path, list[str]] = {}
    for ledger, own in files_of(paths, settings).items():
        for path in own:
            kinds.setdefault(path, []).append(ledger)
    for path in paths:
        name = path.relative_to(folder).as_posix()
        kind = ";".join(kinds.get(path, [])) or ("exchange" if path.suffix.casefold() == ".csv" else "other")
        try:
            state = path.stat()  # before its bytes are read: what changes later is seen
            digest, lines = sha256_and_lines(path)
            file = InboxFile(len(files), path, name, kind, state.st_size, digest, state.st_mtime_ns, lines)
        except OSError as problem:
            raise HenreiError(
                f"{name} を読めません。他のプログラムで開いていれば閉じてください({type(problem).__name__})"
            ) from None
        if kind != "other":
            first = seen.setdefault(file.sha256, file)
            if first is not file:
                # One export under the names of two ledgers is both, too.
                if first.ledgers and file.ledgers:
                    first.kind = ";".join(name for name in ledgers() if name in first.ledgers + file.ledgers)
                file.kind = "duplicate"
        files.append(file)
    return files


def require_unchanged(files: Iterable[InboxFile]) -> None:
    """Raises HenreiError where a file is not what it was when the run began: half of it may have been read."""
    for file in files:
        try:
            state = file.path.stat()
        except OSError:
            state = None
        if state is None or (state.st_size, state.st_mtime_ns) != (file.size, file.changed):
            raise HenreiError(
                f"{file.name} が処理の間に変わりました。コピーや受信が終わってから、もう一度実行してください(何も変えていません)"
            )


def listing(home: Home, paths: Iterable[tuple[Path, int, str]]) -> pl.DataFrame:
    """What a run read: file (path below the home), bytes, sha256; sorted by file. `paths`: path, bytes and sha256."""
    rows = [(home.name_of(path), size, digest) for path, size, digest in paths]
    schema = {"file": pl.String(), "bytes": pl.Int64(), "sha256": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row").unique().sort("file")


def listing_now(home: Home, month: date, settings: Settings) -> pl.DataFrame:
    """What the month rests on now: the files of its folder, and the copies of the ledgers from elsewhere that its last run
    read (of a run of an earlier version, which kept none, those files themselves)."""
    files = [(file.path, file.size, file.sha256) for file in scan(home, month, settings)]
    own = home.name_of(home.inbox(month)) + "/"
    elsewhere = [home.path_of(name) for name in books.read_inputs(home, month)["file"] if not name.startswith(own)]
    there = ((path, path.stat().st_size, sha256_of(path)) for path in elsewhere if path.is_file())
    return listing(home, [*files, *there])


def digest(rows: pl.DataFrame) -> str:
    """One SHA-256 over a listing."""
    return sha256(csv_bytes(rows))


def earlier_ledgers(home: Home, month: date, settings: Settings, name: str) -> Iterator[tuple[date, list[Path]]]:
    """Files of a ledger in earlier months' folders, the newest month first."""
    for earlier in reversed([one for one in home.inbox_months() if one < month]):
        files = (path for path in home.inbox(earlier).rglob("*") if path.is_file())
        if paths := files_of(files, settings).get(name):
            yield earlier, paths


def source_of(home: Home, month: date, settings: Settings, name: str) -> Source | None:
    """Where a ledger comes from that the month has not: `ledgers/`, the place beside henrei.toml, the newest earlier month."""
    folder = home.ledgers
    files = [p for p in folder.iterdir() if p.is_file() and not _is_template(p)] if folder.is_dir() else []
    if everywhere := files_of(files, settings).get(name):
        return _source(home, f"{folder.name} の ", None, everywhere)
    if beside := beside_settings(home, settings).get(name):
        return _source(home, "henrei.toml のとなりの ", None, [beside])
    for earlier, paths in earlier_ledgers(home, month, settings, name):
        return _source(home, f"{month_text(earlier)} の ", earlier, paths)
    return None


def _is_template(path: Path) -> bool:
    """True for a ledger as `henrei init` left it, with only its header: nobody has delivered it."""
    if path.suffix.casefold() != ".csv" or path.stat().st_size > _TEMPLATE_BYTES:
        return False
    return sum(1 for line in path.read_bytes().splitlines() if line.strip()) <= 1


def _source(home: Home, where: str, month: date | None, paths: list[Path]) -> Source:
    return Source(where, month, paths, [home.name_of(path) for path in paths])


def stray_ledgers(home: Home, month: date, settings: Settings) -> dict[str, list[str]]:
    """Ledger → files of its name, with rows, where nobody reads them for the month: in the inbox itself, in a folder of it that
    is no month's or a later month's, beside henrei.toml, in a folder below ledgers/. Paths below the home, sorted."""
    found: dict[str, list[str]] = {}
    for path in sorted(_unread(home, month)):
        names = ledgers_of(path, settings)
        if names and (path.suffix.casefold() == WORKBOOK or _has_rows(path)):
            for name in names:
                found.setdefault(name, []).append(home.name_of(path))
    return found


def stray_exchange_files(home: Home, month: date, settings: Settings) -> list[str]:
    """Files that begin as an exchange file does, in the inbox itself or in a folder of it that is no month's."""
    later = {home.inbox(one) for one in home.inbox_months()}
    return sorted(
        home.name_of(path)
        for path in _unread(home, month)
        if path.is_relative_to(home.inbox()) and later.isdisjoint(path.parents)
        if path.suffix.casefold() == ".csv" and not ledgers_of(path, settings) and _begins_as_exchange(path)
    )


def _unread(home: Home, month: date) -> list[Path]:
    """The files of the home, put there by people, that no run of the month looks at."""
    below = [path for path in home.inbox().iterdir() if path.is_dir()] if home.inbox().is_dir() else []
    months = {home.inbox(one): one for one in home.inbox_months()}
    others = [folder for folder in below if folder not in months or months[folder] > month]
    folders = [folder for folder in home.ledgers.iterdir() if folder.is_dir()] if home.ledgers.is_dir() else []
    single = [folder for folder in (home.root, home.inbox()) if folder.is_dir()]
    return [path for folder in single for path in folder.iterdir() if path.is_file()] + [
        path for folder in [*others, *folders] for path in folder.rglob("*") if path.is_file()
    ]


def _has_rows(path: Path) -> bool:
    """True where a file has more than a header."""
    with path.open("rb") as stream:
        return len([line for line in stream.readlines(1 << 16) if line.strip()]) > 1


def _begins_as_exchange(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(3).replace(b'"', b"")[:1] == b"1" and b"," in stream.readline(200)


def kept_source(home: Home, month: date, settings: Settings, name: str) -> Source | None:
    """Where the month's last run had a ledger from: its copies in books/; of a run of an earlier version, which kept none,
    the files themselves."""
    kept = books.read_kept_ledgers(home, month)
    if kept is not None:
        rows = kept.filter(pl.col("ledger") == name).rows(named=True)
        paths = [home.kept_ledgers(month) / row["file"] for row in rows]
        names = [row["source"] for row in rows]
        return Source("", _month_of(names[0]), paths, names, kept=True) if rows else None
    read = set(books.read_inputs(home, month)["file"])
    source = source_of(home, month, settings, name)
    if source and not read.isdisjoint(source.names):
        return source
    for earlier, paths in earlier_ledgers(home, month, settings, name):
        if not read.isdisjoint(home.name_of(path) for path in paths):
            return _source(home, "", earlier, paths)
    return None


def _month_of(name: str) -> date | None:
    """The month in whose folder a file of the home was."""
    folder, _, rest = name.partition("/")
    month = rest.partition("/")[0]
    return month_of(month) if folder == "inbox" and is_month(month) else None


def batches(files: list[InboxFile]) -> list[list[InboxFile]]:
    """Exchange files put together so that no batch is larger than BATCH; a file larger than a piece is one by itself."""
    made: list[list[InboxFile]] = []
    room = 0
    for file in files:
        if file.kind != "exchange":
            continue
        heavy = weight(file.size, file.lines)
        if heavy > PIECE:
            made.append([file])
            room = 0
        elif room < heavy or len(made[-1]) >= _BATCH_FILES:
            made.append([file])
            room = BATCH - heavy
        else:
            made[-1].append(file)
            room -= heavy
    return made


def beside_settings(home: Home, settings: Settings) -> dict[str, Path]:
    """Ledgers that are found beside henrei.toml, of those that may be."""
    paths = {
        name: home.beside_settings(settings.ledger_files[name])
        for name, ledger in ledgers().items()
        if ledger.beside_settings
    }
    return {name: path for name, path in paths.items() if path.is_file()}
