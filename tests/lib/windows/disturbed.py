"""A home and what disturbs a command there on Windows in, what henrei printed and how it ended out. Called by tests/windows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import windows_on_wine as windows

from henrei.home import Home
from henrei.store import journal
from lib import crash
from lib.windows import hold_open, several
from lib.windows.systems import python

EXCELS, NOBODYS = 1, 0  # what a program that holds a file lets others do: read it, or nothing


def commands(home: Path, *given: tuple[str, ...]) -> list[tuple[int, str]]:
    """Status and printed text of each command on the home, all in one Windows process."""
    place = windows.windows_path(home)
    listed = [[*command, "--home", place] if command[0] != "opened" else list(command) for command in given]
    printed = python(Path(several.__file__), json.dumps(listed)).stdout.decode("utf-8").replace("\r\n", "\n")
    *parts, rest = printed.split("STATUS ")
    assert len(parts) == len(given), printed
    statuses = [part.partition("\n")[0] for part in (*parts[1:], rest)]
    texts = [parts[0], *(part.partition("\n")[2] for part in parts[1:])]
    return [(int(status), text.strip()) for status, text in zip(statuses, texts, strict=True)]


@contextmanager
def held(path: Path, sharing: int) -> Iterator[None]:
    """Inside, another Windows process holds the file open."""
    script, file = windows.windows_path(Path(hold_open.__file__)), windows.windows_path(path)
    command = ["wine", str(windows.PYTHON / "python.exe"), script, file, str(sharing)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    holder = subprocess.Popen(command, env=windows.environment(), **pipes)  # type: ignore[call-overload]
    try:
        assert holder.stdout.readline().strip() == b"held"
        yield
    finally:
        holder.communicate()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Inside, nothing below the folder can be changed: by its mode, and for root, whom no mode stops, by a mount."""
    if os.geteuid():
        folder.chmod(0o555)
    else:
        subprocess.run(["mount", "--bind", "-o", "ro", str(folder), str(folder)], check=True)
    try:
        yield
    finally:
        if os.geteuid():
            folder.chmod(0o755)
        else:
            subprocess.run(["umount", str(folder)], check=True)


def ended(folder: Path, scene: crash.Scene, operation: int) -> str:
    """Ends the scene's command on Windows at a change of a file. What the next command finds is "old" or "new", whole; the
    command given again leads where an undisturbed one leads."""
    home, opened = folder / "home", folder / "opened"
    shutil.copytree(scene.before, home)
    command = tuple(windows.windows_path(Path(part)) if part.startswith("/") else part for part in scene.command)
    place = windows.windows_path(home)
    plan = json.dumps({"home": place, "at": operation, "how": "kill"})
    killed = python(crash.CHILD, plan, "--", *command, "--home", place)
    assert killed.returncode != 0 and b"operations" not in killed.stdout, killed.stdout.decode("utf-8")
    _, (status, printed) = commands(home, ("opened", place, windows.windows_path(opened)), command)
    now = crash.state(opened)
    assert now in (scene.old, scene.once), crash.differences(now, scene)
    found = "old" if now == scene.old else "new"
    refused = found == "new" and scene.command[0] in ("close", "reopen")
    assert status == (2 if refused else 0), printed
    assert crash.state(home) == (scene.once if found == "old" else scene.twice)
    assert journal.broken_at(Home(home)) is None
    assert [path.name for path in (home / ".henrei").iterdir() if path.name != "lock"] == []
    return found
