"""Writes down, for a process and its children, what Python opens for writing and under which umask it creates.

WATCH_LOG names the file; a line is pid, kind, umask, path. Native code that bypasses Python's open (DuckDB, polars,
SQLite) obeys the umask all the same; SQLite's connections are seen, too.
"""

import os
import sys

LOG = "WATCH_LOG"
_busy = False


def _hook(event: str, args: tuple) -> None:
    global _busy
    if _busy or event not in ("open", "os.mkdir", "os.chmod", "sqlite3.connect", "os.rename", "os.link", "os.symlink"):
        return
    if event == "open":
        path, _, flags = args
        if not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
    else:
        path = args[1] if event in ("os.rename", "os.link", "os.symlink") else args[0]
    if isinstance(path, int) or path is None:
        return
    _busy = True
    try:
        umask = os.umask(0o077)
        os.umask(umask)
        line = f"{os.getpid()}\t{event}\t{umask:03o}\t{os.path.abspath(os.fsdecode(path))}\n"  # noqa: PTH100
        fd = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND)
        os.write(fd, line.encode("utf-8", "surrogateescape"))
        os.close(fd)
    finally:
        _busy = False


def install() -> None:
    sys.addaudithook(_hook)
