"""A henrei command that dies, or whose files fail, at a chosen moment: `crash_child.py PLAN -- command …`.

PLAN is JSON: home; at, the number of the file operation below the home at which it happens (0: never); how: "kill", or
an errno that the operation and all after it on the same place fail with; below, a folder whose files alone count; size,
the most bytes that a file may have. Says "ready" once everything is imported, and the number of operations at the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.copyfile")


def _target(event: str, args: tuple[object, ...]) -> str | None:
    """The file that the operation changes; None where it changes none."""
    if event == "open":
        path, mode, flags = args
        writes = (isinstance(mode, str) and mode.strip("rbt")) or (isinstance(flags, int) and flags & _WRITING)
        return os.fsdecode(path) if writes and isinstance(path, str | bytes | os.PathLike) else None
    if event in _CHANGING:
        path = args[1] if event in ("os.rename", "shutil.copyfile") else args[0]
        return os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else None
    return None


def main() -> None:
    plan, command = json.loads(sys.argv[1]), sys.argv[3:]
    import pyarrow  # noqa: F401  what a command would import on its way
    import xlsxwriter  # noqa: F401

    from henrei import cli
    from henrei.flows.run import monthly_run  # noqa: F401
    from henrei.reports import worklist  # noqa: F401
    from henrei.reports.letters import build  # noqa: F401

    if plan.get("size"):
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (plan["size"], plan["size"]))
    below, count = str(Path(plan["home"], plan.get("below", ""))), 0

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal count
        path = _target(event, args) if event == "open" or event in _CHANGING else None
        if path is None or not path.startswith(below):
            return
        count += 1
        if not plan["at"] or count < plan["at"]:
            return
        if plan["how"] == "kill":
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows every signal ends it at once
        raise OSError(plan["how"], os.strerror(plan["how"]), path)

    print("ready", flush=True)
    sys.addaudithook(watch)
    status = cli.main(command)
    plan["at"] = 0
    print(f"operations {count}", flush=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
