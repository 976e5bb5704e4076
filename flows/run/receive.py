"""What lies in a month's folder: every file, once; which is a ledger, which an exchange file, which a copy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import NOTHING, HenreiError
from henrei.flows.settings import Settings
from henrei.schemas.exchange.lines import BLOCK
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
    copy_of: str = ""


def month_folder(home: Path, month: date) -> Path:
    return home / "inbox" / month.strftime("%Y-%m")


def sha256_of(path: Path) -> str:
    return _read(path)[0]


def _read(path: Path) -> tuple[str, int]:
    """The file's SHA-256, and how many lines end in it."""
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines


def ledger_of(path: Path, settings: Settings) -> str | None:
    """The ledger a file is by its name; Windows does not tell capitals from small letters, so neither do we."""
    for name, file in settings.ledger_files.items():
        if path.name.casefold() == file.casefold():
            return name
    return None


def scan(home: Path, month: date, settings: Settings) -> list[InboxFile]:
    """Every file of the month's folder and its sub-folders, in order of path.

    Raises HenreiError with status 3 where there is no folder.
    """
    folder = month_folder(home, month)
    if not folder.is_dir():
        raise HenreiError(
            f"{folder} がありません。審査月を確かめるか、このフォルダーを作って届いたファイルを入れてください",
            NOTHING,
        )
    found: list[InboxFile] = []
    first: dict[str, str] = {}
    paths = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.relative_to(folder).as_posix())
    for path in paths:
        name = path.relative_to(folder).as_posix()
        kind = ledger_of(path, settings) or ("exchange" if path.suffix.casefold() == ".csv" else "other")
        try:
            told = path.stat()  # before its bytes are read: what changes later is seen
            sha256, lines = _read(path)
            file = InboxFile(len(found), path, name, kind, told.st_size, sha256, told.st_mtime_ns, lines)
        except OSError as problem:
            raise HenreiError(
                f"{name} を読めません。他のプログラムで開いていれば閉じてください({type(problem).__name__})"
            ) from None
        if kind != "other":
            if file.sha256 in first:
                file.kind, file.copy_of = "duplicate", first[file.sha256]
            else:
                first[file.sha256] = name
        found.append(file)
    return found


def require_unchanged(files: Iterable[InboxFile]) -> None:
    """Raises HenreiError where a file is not what it was when the run began: half of it may have been read."""
    for file in files:
        try:
            told = file.path.stat()
        except OSError:
            told = None
        if told is None or (told.st_size, told.st_mtime_ns) != (file.size, file.changed):
            raise HenreiError(
                f"{file.name} が処理の間に変わりました。コピーや受信が終わってから、もう一度実行してください(何も変えていません)"
            )


def listing(home: Path, paths: Iterable[tuple[Path, str]]) -> pl.DataFrame:
    """What a run read: file (path below the home), bytes, sha256; sorted by file. `paths`: path and sha256."""
    rows = [(path.relative_to(home).as_posix(), path.stat().st_size, sha256) for path, sha256 in paths]
    schema = {"file": pl.String(), "bytes": pl.Int64(), "sha256": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("file")


def listing_now(home: Path, month: date, settings: Settings) -> pl.DataFrame:
    """What a run of the month would read now: the files of its folder, and those from elsewhere that the last run read."""
    found = [(file.path, file.sha256) for file in scan(home, month, settings)]
    own = month_folder(home, month).relative_to(home).as_posix() + "/"
    for name in books.read_inputs(home, month)["file"]:
        if not name.startswith(own) and (home / name).is_file():
            found.append((home / name, sha256_of(home / name)))
    return listing(home, found)


def digest(rows: pl.DataFrame) -> str:
    """One SHA-256 over a listing."""
    return hashlib.sha256(books.csv_bytes(rows)).hexdigest()


def earlier_ledgers(home: Path, month: date, settings: Settings, name: str) -> list[tuple[date, list[Path]]]:
    """Files of a ledger in earlier months' folders, the newest month first."""
    found = []
    inbox = home / "inbox"
    for folder in sorted((p for p in inbox.iterdir() if p.is_dir()), reverse=True):
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", folder.name) or folder.name >= month.strftime("%Y-%m"):
            continue
        paths = sorted(p for p in folder.rglob("*") if p.is_file() and ledger_of(p, settings) == name)
        if paths:
            found.append((date(int(folder.name[:4]), int(folder.name[5:]), 1), paths))
    return found


def batches(files: list[InboxFile]) -> list[list[InboxFile]]:
    """Exchange files put together so that no batch is much larger than a piece; a larger file stands alone."""
    found: list[list[InboxFile]] = []
    room = 0
    for file in files:
        if file.kind != "exchange":
            continue
        heavy = weight(file.size, file.lines)
        if heavy > PIECE:
            found.append([file])
            room = 0
        elif room < heavy or len(found[-1]) >= _BATCH_FILES:
            found.append([file])
            room = PIECE - heavy
        else:
            found[-1].append(file)
            room -= heavy
    return found


def beside_settings(home: Path, settings: Settings) -> dict[str, Path]:
    """Ledgers that may stand beside henrei.toml and do."""
    found = {}
    for name, ledger in ledgers().items():
        path = home / settings.ledger_files[name]
        if ledger.beside_settings and path.is_file():
            found[name] = path
    return found
