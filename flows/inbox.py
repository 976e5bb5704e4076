"""The inbox of a month: a home and a month in, every file once with its kind and SHA-256 out. Called by runs, by the
guards of a month and by the menu.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import NOTHING, HenreiError
from henrei.files import csv_bytes, sha256, sha256_and_lines, sha256_of
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.schemas.exchange.read import PIECE, weight
from henrei.schemas.ledgers import ledgers
from henrei.store import books

_BATCH_FILES = 4096  # small files read together; their bytes are bounded by PIECE as well


@dataclass
class InboxFile:
    """One file. `name` is its path below the month's folder; kind is exchange, other, duplicate or a ledger's name."""

    number: int
    path: Path
    name: str
    kind: str
    size: int
    sha256: str
    changed: int  # when it was last changed, in nanoseconds
    lines: int = 0  # that end in it


def ledger_of(path: Path, settings: Settings) -> str | None:
    """The ledger a file is by its name; Windows does not tell capitals from small letters, so neither do we."""
    for name, file in settings.ledger_files.items():
        if path.name.casefold() == file.casefold():
            return name
    return None


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
    seen: set[str] = set()
    paths = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.relative_to(folder).as_posix())
    for path in paths:
        name = path.relative_to(folder).as_posix()
        kind = ledger_of(path, settings) or ("exchange" if path.suffix.casefold() == ".csv" else "other")
        try:
            state = path.stat()  # before its bytes are read: what changes later is seen
            digest, lines = sha256_and_lines(path)
            file = InboxFile(len(files), path, name, kind, state.st_size, digest, state.st_mtime_ns, lines)
        except OSError as problem:
            raise HenreiError(
                f"{name} を読めません。他のプログラムで開いていれば閉じてください({type(problem).__name__})"
            ) from None
        if kind != "other":
            if file.sha256 in seen:
                file.kind = "duplicate"
            seen.add(file.sha256)
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


def listing(home: Home, paths: Iterable[tuple[Path, str]]) -> pl.DataFrame:
    """What a run read: file (path below the home), bytes, sha256; sorted by file. `paths`: path and sha256."""
    rows = [(home.name_of(path), path.stat().st_size, digest) for path, digest in paths]
    schema = {"file": pl.String(), "bytes": pl.Int64(), "sha256": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("file")


def listing_now(home: Home, month: date, settings: Settings) -> pl.DataFrame:
    """What a run of the month would read now: the files of its folder, and those from elsewhere that the last run read."""
    files = [(file.path, file.sha256) for file in scan(home, month, settings)]
    own = home.name_of(home.inbox(month)) + "/"
    elsewhere = [home.path_of(name) for name in books.read_inputs(home, month)["file"] if not name.startswith(own)]
    return listing(home, [*files, *((path, sha256_of(path)) for path in elsewhere if path.is_file())])


def digest(rows: pl.DataFrame) -> str:
    """One SHA-256 over a listing."""
    return sha256(csv_bytes(rows))


def earlier_ledgers(home: Home, month: date, settings: Settings, name: str) -> list[tuple[date, list[Path]]]:
    """Files of a ledger in earlier months' folders, the newest month first."""
    ledgers_of_months = []
    for earlier in reversed([one for one in home.inbox_months() if one < month]):
        files = (path for path in home.inbox(earlier).rglob("*") if path.is_file())
        if paths := sorted(path for path in files if ledger_of(path, settings) == name):
            ledgers_of_months.append((earlier, paths))
    return ledgers_of_months


def batches(files: list[InboxFile]) -> list[list[InboxFile]]:
    """Exchange files put together so that no batch is much larger than a piece; a larger file is one by itself."""
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
            room = PIECE - heavy
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
