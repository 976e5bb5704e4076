"""The long run of crashes and full disks: `make test-long-crashes`. Shows a table and writes its figures as JSON.

Every command dies at each of its file operations, and further times at random moments of the clock; then every operation
fails once for want of space. Where the machine lets a small file system be mounted, `run` also meets really full ones.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lib import crash

KIB = 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200, help="at the least")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", type=Path)
    options.add_argument("--only", choices=crash.COMMANDS, nargs="+", help="of the commands")
    given = options.parse_args()
    begun = time.perf_counter()
    found: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        with contextlib.redirect_stdout(io.StringIO()):
            scenes = crash.scenes(Path(folder))
            scenes = {name: scene for name, scene in scenes.items() if name in (given.only or scenes)}
        dice = random.Random(given.seed)
        kills = [(name, at) for name, scene in scenes.items() for at in range(1, scene.operations + 1)]
        kills += [(dice.choice(list(scenes)), 0) for _ in range(given.kills - len(kills))]
        for number, (name, at) in enumerate(kills, start=1):
            home = _fresh(scenes[name], Path(folder))
            if at:
                crash.killed_at(home, scenes[name], at)
            else:
                crash.killed_after(home, scenes[name], dice.uniform(0, scenes[name].seconds * 1.1))
            found[name, "killed, " + _judged(home, scenes[name])] += 1
            _say(f"kill {number} of {len(kills)}")
        for name, scene in scenes.items():
            for at in range(1, scene.operations + 1):
                home = _fresh(scene, Path(folder))
                child = crash.start(home, scene.command, at=at, how=errno.ENOSPC)
                errors = child.communicate(timeout=120)[1]
                assert child.returncode in (0, 2) and "Traceback" not in errors and "予期しない" not in errors, errors
                found[name, "no space, " + _judged(home, scene)] += 1
                _say(f"no space: {name} {at} of {scene.operations}")
        full = _full_disks(scenes["run"], Path(folder), found) if "run" in scenes else "not asked for"
    table = {f"{name}: {what}": count for (name, what), count in sorted(found.items())}
    seconds = time.perf_counter() - begun
    for what, count in table.items():
        print(f"{what:<40}{count:>6}")
    print(f"{len(kills)} kills, none lost; {seconds:.0f} s; full file systems: {full}")
    if given.json:
        data = {"kills": len(kills), "lost": 0, "seconds": round(seconds), "full_disks": full, "table": table}
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _say(line: str) -> None:
    print(f"\r{line:<60}", end="", file=sys.__stderr__, flush=True)


def _fresh(scene: crash.Scene, folder: Path) -> Path:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(scene.before, home)
    return home


def _judged(home: Path, scene: crash.Scene) -> str:
    with contextlib.redirect_stdout(io.StringIO()):
        return crash.judged(home, scene)


def _full_disks(scene: crash.Scene, folder: Path, found: Counter[tuple[str, str]]) -> str:
    """`run` on a file system with room for the home and little more; the home is then judged where there is room."""
    disk = folder / "disk"
    disk.mkdir()
    size = sum(p.stat().st_size for p in scene.before.rglob("*") if p.is_file())
    count = 0
    for more in (64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192):
        room = f"size={size // KIB + more}k"
        if subprocess.run(["mount", "-t", "tmpfs", "-o", room, "tmpfs", str(disk)], capture_output=True).returncode:
            return "not measured, this machine mounts none"
        try:
            home = Path(shutil.copytree(scene.before, disk / "home"))
            child = crash.start(home, scene.command)
            errors = child.communicate(timeout=120)[1]
            assert child.returncode in (0, 2) and "Traceback" not in errors and "予期しない" not in errors, errors
            rescued = folder / "home"
            shutil.rmtree(rescued, ignore_errors=True)
            shutil.copytree(home, rescued)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
        found["run", "full file system, " + _judged(rescued, scene)] += 1
        count += 1
        _say(f"full file system {count}")
    return str(count)


if __name__ == "__main__":
    main()
