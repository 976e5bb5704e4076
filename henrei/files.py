"""Files of a home: bytes or a table in, a file that is whole or as it was out. Called by every floor.

Nothing here knows what a file holds.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from henrei.errors import HenreiError

if TYPE_CHECKING:
    import polars as pl

_BLOCK = 8 * 1024 * 1024  # bytes read together
_TEMPORARY_VARIABLES = ("TMPDIR", "TEMP", "TMP")


def staged_name(name: str) -> str:
    """What a file or folder is called, in the same folder, until it takes its place. The one such name there is."""
    return f".{name}.new"


def write_atomic(path: Path, data: bytes) -> None:
    """Writes a file: as it was or whole, also if the machine stops in between. Makes its folder. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(staged_name(path.name))
    with staged.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # Windows writes names through by itself
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_if_changed(path: Path, data: bytes) -> None:
    """Writes a file unless it holds these bytes: someone may have it open in Excel."""
    if not path.is_file() or path.read_bytes() != data:
        write_atomic(path, data)


def write_for_user(path: Path, data: bytes) -> None:
    """Writes a file that people open. Raises HenreiError, the file as it was, where another program holds it."""
    refuse_if_open([path])
    try:
        write_atomic(path, data)
    except PermissionError:
        raise open_elsewhere(path) from None
    finally:
        path.with_name(staged_name(path.name)).unlink(missing_ok=True)


def keep_aside(path: Path) -> Path:
    """Copies a file that is about to be replaced to the first free name beside it, NAME-前.csv, NAME-前2.csv … Raises OSError."""
    number = 1
    while (aside := path.with_stem(f"{path.stem}-前{number if number > 1 else ''}")).exists():
        number += 1
    write_atomic(aside, path.read_bytes())
    return aside


def csv_bytes(table: pl.DataFrame) -> bytes:
    """A CSV for Excel: UTF-8 with BOM, CRLF; dates, which are months, as YYYY-MM."""
    import polars as pl

    from henrei.months import month_texts

    text = io.BytesIO()  # once in memory, not as text and bytes and their sum
    text.write(b"\xef\xbb\xbf")
    table.with_columns(month_texts(pl.selectors.date())).write_csv(text, line_terminator="\r\n")
    return text.getvalue()


def parquet_bytes(table: pl.DataFrame) -> bytes:
    """A table as parquet; the same table gives the same bytes."""
    stream = io.BytesIO()
    table.write_parquet(stream, compression="zstd")
    return stream.getvalue()


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_and_lines(path: Path) -> tuple[str, int]:
    """A file's SHA-256, and how many lines end in it. Raises OSError."""
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines


def sha256_of(path: Path) -> str:
    """A file's SHA-256. Raises OSError."""
    return sha256_and_lines(path)[0]


def is_open_elsewhere(path: Path) -> bool:
    """True for a file that a program holds so that it can be neither replaced nor removed (only Windows knows that), and
    for a folder in its place."""
    if not path.exists():
        return False
    try:
        with path.open("ab"):
            return False
    except OSError:
        return True


def refuse_if_open(paths: Iterable[Path]) -> None:
    """Raises HenreiError naming the first file that a program holds: better before the first one is replaced."""
    for path in paths:
        if is_open_elsewhere(path):
            raise open_elsewhere(path)


def open_elsewhere(path: Path) -> HenreiError:
    """The error for a file or folder that another program holds."""
    return HenreiError(f"{path} に書けません。Excelなどで開いていれば閉じて、もう一度実行してください")


def unreadable(name: object, problem: OSError) -> HenreiError:
    """The error for a file that was named and cannot be read. On Windows another program may hold it."""
    held = isinstance(problem, PermissionError)
    what = "Excelなどで開いていれば閉じ、権限を確かめてください" if held else "ファイル名を確かめてください"
    return HenreiError(f"{name} を読めません({problem.strerror})。{what}")


@contextmanager
def owner_only_files() -> Iterator[None]:
    """Inside, what this process and its children make can be read and written by its owner only.

    By the umask, so that it holds from creation, also for what DuckDB, polars and SQLite make. On Windows modes mean
    nothing: there everything in the home inherits the permissions of its folder (`cli.process.note`).
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def temporary_files(folder: Path) -> Iterator[None]:
    """Inside, temporary files of this process and its children go into `folder`, which is gone afterwards.

    What a killed run left there goes first; the caller sees to it that nobody else uses the folder.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        with environment(dict.fromkeys(_TEMPORARY_VARIABLES, str(folder))):
            yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Inside, these environment variables have these values; afterwards the ones before."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
