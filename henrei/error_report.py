"""Exception → one Japanese line and an exit status; with --debug its types and places in the code, never a value.

Called by `cli.main` and by the processes of many cities.

The message of an exception that is not ours may quote a cell of a file (polars, DuckDB, Pandera and Python's own do).
So such exceptions are shown as their type and the places in the code; HenreiError as its line, which holds no name or
number of a child; OSError as the file's name and the system's text for the fault.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from henrei.errors import USAGE, HenreiError


def line(error: BaseException) -> tuple[str, int]:
    """The one Japanese line for the user, and the exit status."""
    return " ".join(_message(error).split()), error.status if isinstance(error, HenreiError) else USAGE


def _message(error: BaseException) -> str:
    if isinstance(error, HenreiError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "中断しました。もう一度実行すれば初めから処理します"
    if isinstance(error, OSError):
        return f"{_place(error)}を読み書きできません({_fault(error)})。空き容量と権限を確かめてください"
    if fault := _native_fault(error):
        return f"読み書きできません({fault})。空き容量と権限を確かめてください"
    name = type(error).__name__
    if name in ("OutOfMemoryException", "MemoryError"):
        return "メモリーか一時ファイルの空き容量が足りません。他のプログラムを閉じ、空き容量を確かめてください"
    return f"予期しない誤りです({name})。--debug を付けて実行し、保守担当へ知らせてください"


def _native_fault(error: BaseException) -> str:
    """The system's text for what kept polars or DuckDB from a file; empty for every other exception of theirs."""
    if match := re.search(r"\(os error (\d+)\)", str(error)):
        return os.strerror(int(match[1]))
    name = type(error).__name__
    # After a write that failed DuckDB may call what follows fatal.
    return f"henrei.duckdb: {name}" if name in ("IOException", "FatalException") else ""


def show(error: BaseException, stream: TextIO | None = None) -> None:
    """Shows types and places of an exception and of all that led to it, the first cause first."""
    print("\n".join(_report(error, set())), file=stream or sys.stderr)


def _report(error: BaseException, seen: set[int]) -> list[str]:
    if id(error) in seen:
        return []
    seen.add(id(error))
    # Also what `from None` hides: it is hidden from the user's line, not from the developer.
    cause = error.__cause__ or error.__context__
    lines = _report(cause, seen) if cause is not None else []
    lines += _frames(error.__traceback__)
    lines.append(_type_of(error))
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            lines += [f"  | {below}" for below in _report(part, seen)]
    return lines


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f'  File "{frame.f_code.co_filename}", line {number}, in {frame.f_code.co_name}'
        for frame, number in traceback.walk_tb(trace)
    ]


def _type_of(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, HenreiError):
        return f"{name}: {error}"
    if isinstance(error, OSError):
        return f"{name}: {_place(error)}({_fault(error)})"
    return name


def _place(error: OSError) -> str:
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    return f"{' → '.join(names)} " if names else ""


def _fault(error: OSError) -> str:
    # Not `strerror`: libraries raise OSErrors with texts of their own, which may hold a value.
    return os.strerror(error.errno) if isinstance(error.errno, int) else type(error).__name__


@contextmanager
def hide_exception_details(debug: bool) -> Iterator[None]:
    """Inside, exceptions in threads and finalizers are shown by type only, warnings and logs without a handler not at all.

    `debug`: of exceptions also the places, of warnings type and place.
    """

    def exception_hook(kind: type[BaseException] | None, error: BaseException | None) -> None:
        if kind is None or kind is SystemExit:
            return
        print(f"裏の処理で予期しない誤りがありました({kind.__name__})", file=sys.stderr)
        if debug and error is not None:
            show(error)

    def warning_hook(message: Any, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any) -> None:
        if debug:
            print(f"{filename}:{lineno}: {category.__name__}", file=sys.stderr)

    before = threading.excepthook, sys.unraisablehook, logging.lastResort
    with warnings.catch_warnings():
        warnings.showwarning = warning_hook
        threading.excepthook = lambda args: exception_hook(args.exc_type, args.exc_value)
        sys.unraisablehook = lambda args: exception_hook(args.exc_type, args.exc_value)
        logging.lastResort = logging.NullHandler()
        try:
            yield
        finally:
            threading.excepthook, sys.unraisablehook, logging.lastResort = before


@contextmanager
def discard_native_messages() -> Iterator[None]:
    """Inside, descriptor 2 leads nowhere and sys.stderr to where it led.

    A panic in Rust (polars, typst) writes its message, with the value at hand, straight to descriptor 2 before Python
    raises it as an exception. For a process of our own only: children that inherit descriptor 2 write nowhere, too.
    """
    try:
        kept = os.dup(2)
    except OSError:  # there is none (a program without a console)
        yield
        return
    before = sys.stderr
    sys.stderr = os.fdopen(kept, "w", encoding="utf-8", errors="replace", buffering=1)
    os.set_inheritable(kept, False)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        sys.stderr.close()
        sys.stderr = before
