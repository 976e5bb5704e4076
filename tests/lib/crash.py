"""Homes that are disturbed: what the tests of crashes and the long run share.

A scene is a home before a command and the same home after it, undisturbed. A disturbed copy must, once the next command
has opened it, be one or the other to the byte, and the command given again must lead where an undisturbed one leads.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from henrei import cli
from henrei.flows.recovery import locked
from henrei.home import Home
from henrei.publication import APPROVAL_NAME
from henrei.store import journal
from lib import home_history, inputs
from lib.letters_city import lasting_approval

CHILD = Path(__file__).parent / "crash_child.py"
COMMANDS = ("run", "decide", "close", "reopen")
# What differs between two undisturbed runs: the time of day, the seconds of a run, the ids of journal lines.
_UNLIKE = ("id", "at", "who", "previous")
TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d"  # as decisions carry it


@dataclass(frozen=True)
class Scene:
    """`once`: the state after the command; `twice`: after the command given twice (the second may refuse)."""

    command: tuple[str, ...]
    before: Path
    old: dict[str, str]
    once: dict[str, str]
    twice: dict[str, str]
    operations: int
    seconds: float


def state(home: Path) -> dict[str, str]:
    """Every file of out/ and books/ and every table of the database, as hashes."""
    found = {}
    for root in ("out", "books"):
        for path in sorted(p for p in (home / root).rglob("*") if p.is_file()):
            name = path.relative_to(home).as_posix()
            found[name] = _hash(lasting_bytes(path))
    with duckdb.connect(str(home / "henrei.duckdb"), read_only=True) as con:
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall():
            columns = "* EXCLUDE (run)" if table == "run_state" else "*"
            rows = con.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()
            found[f"table {table}"] = _hash(repr(rows).encode("utf-8"))
    return found


def lasting_bytes(path: Path) -> bytes:
    """What a file holds but for times of day, ids and seconds."""
    data = path.read_bytes()
    if path.name == "summary.json":
        summary = json.loads(data)
        return repr({k: v for k, v in summary.items() if k != "seconds"}).encode("utf-8")
    if path.name == journal.FILE_NAME:
        lines = [json.loads(line) for line in data.splitlines()]
        return repr([{k: v for k, v in line.items() if k not in _UNLIKE} for line in lines]).encode("utf-8")
    if path.name in ("decisions.csv", "conflicts.csv"):
        return re.sub(TIME, b"", data)
    if path.name == APPROVAL_NAME:
        return lasting_approval(path).encode("utf-8")
    return data


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def scenes(folder: Path) -> dict[str, Scene]:
    """One scene a command, in a story: May is run, run again on a corrected claim, decided, closed and opened again."""
    home = home_history.two_children(folder / "home")
    assert home_history.henrei(home, "run", "2026-05") == 0
    home_history.month(
        home,
        "2026-05",
        *(
            g
            for r in (home_history.ONE, home_history.TWO)
            for g in (inputs.claim(recipient=r, days=3), inputs.attendance(recipient=r))
        ),
    )
    decisions = folder / "decisions.csv"
    rows = [f"claim,{inputs.A},1,2026-04,return,日数", f"claim,{inputs.A},2,2026-04,accept,"]
    decisions.write_text(home_history.HEAD + "".join(f"{row}\r\n" for row in rows), encoding="utf-8", newline="")
    steps = {
        "run": ("run", "2026-05", "--direct"),
        "decide": ("decide", "2026-05", str(decisions)),
        "close": ("close", "2026-05"),
        "reopen": ("reopen", "2026-05"),
    }
    made = {}
    for name, command in steps.items():
        made[name] = _scene(folder / f"before-{name}", home, command)
        assert cli.main([*command, "--home", str(home)]) == 0
    return made


def _scene(before: Path, home: Path, command: tuple[str, ...]) -> Scene:
    shutil.copytree(home, before)
    undisturbed = before.with_name(f"{before.name}-undisturbed")
    shutil.copytree(home, undisturbed)
    child = start(undisturbed, command)
    begun = time.perf_counter()
    out = child.communicate(timeout=120)[0]
    seconds = time.perf_counter() - begun
    assert child.returncode == 0, out
    operations = int(out.rsplit("operations ", 1)[1])
    once = state(undisturbed)
    cli.main([*command, "--home", str(undisturbed)])  # a second close or reopen refuses; that is its state, too
    return Scene(command, before, state(before), once, state(undisturbed), operations, seconds)


def start(home: Path, command: tuple[str, ...], **plan: Any) -> subprocess.Popen[str]:
    """The command in a process of its own, imported and about to begin."""
    text = json.dumps({"home": str(home), "at": 0, "how": "kill", **plan})
    child = subprocess.Popen(
        [sys.executable, str(CHILD), text, "--", *command, "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line == "ready\n", line
    return child


def killed_at(home: Path, scene: Scene, operation: int) -> None:
    """The command, dead at its nth change of a file."""
    child = start(home, scene.command, at=operation)
    child.communicate(timeout=120)


def killed_after(home: Path, scene: Scene, seconds: float) -> None:
    """The command, dead after some time, wherever it is then."""
    child = start(home, scene.command)
    time.sleep(seconds)
    child.kill()
    child.communicate(timeout=120)


def opened(home: Path) -> None:
    """What every command does first."""
    with locked(Home(home)):
        pass


def judged(home: Path, scene: Scene) -> str:
    """Opens a disturbed home: "old" or "new". Then the command again: it must lead to where an undisturbed one leads."""
    opened(home)
    now = state(home)
    assert now in (scene.old, scene.once), differences(now, scene)
    assert journal.broken_at(Home(home)) is None
    found = "old" if now == scene.old else "new"
    status = cli.main([*scene.command, "--home", str(home)])
    assert status == (2 if found == "new" and scene.command[0] in ("close", "reopen") else 0)
    expected = scene.once if found == "old" else scene.twice
    assert state(home) == expected, differences(state(home), scene)
    left = [p.name for p in (home / ".henrei").iterdir() if p.name != "lock"]
    assert not left, left
    return found


def differences(now: dict[str, str], scene: Scene) -> str:
    """Names of what is neither old nor new; never content."""
    names = now.keys() | scene.old.keys() | scene.once.keys()
    return "; ".join(
        f"{name}: {'old' if now.get(name) == scene.old.get(name) else 'new' if now.get(name) == scene.once.get(name) else 'neither'}"
        for name in sorted(names)
        if not now.get(name) == scene.old.get(name) == scene.once.get(name)
    )


def random_kill(folder: Path, scene: Scene, dice: random.Random) -> str:
    """One kill at a random moment, by the clock or by the file operation; "old" or "new"."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(scene.before, home)
    if dice.random() < 0.5:
        moment = dice.randint(1, scene.operations)
        killed_at(home, scene, moment)
    else:
        killed_after(home, scene, dice.uniform(0, scene.seconds * 1.1))
    return judged(home, scene)
