"""Disks that are full, folders that take nothing, files that others hold or still write: one clear line, nothing lost."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from henrei.flows.run import validate
from lib import crash, inputs
from lib.home_history import henrei, last_line


def disturbed(scene: crash.Scene, folder: Path, **plan: Any) -> str:
    """The command with a fault: it must end with status 2 and one line; the home is then judged. Returns the line."""
    home = folder / "home"
    shutil.copytree(scene.before, home)
    child = crash.start(home, scene.command, **plan)
    message = child.communicate(timeout=120)[1].strip().splitlines()
    assert child.returncode == 2, message
    assert "Traceback" not in "\n".join(message) and "予期しない" not in message[-1], message
    crash.judged(home, scene)
    return str(message[-1])


@pytest.mark.parametrize(("command", "at"), [("run", 2), ("run", 20), ("decide", 3), ("close", 8), ("reopen", 4)])
def test_a_full_disk(scenes: dict[str, crash.Scene], command: str, at: int, tmp_path: Path) -> None:
    message = disturbed(scenes[command], tmp_path, at=at, how=errno.ENOSPC)
    assert "空き容量" in message or "書けません" in message


@pytest.mark.parametrize("size", [4096, 16_384])
def test_a_disk_on_which_the_database_does_not_fit(scenes: dict[str, crash.Scene], size: int, tmp_path: Path) -> None:
    """The limit is the system's own, so it meets what DuckDB and polars write, too."""
    assert "空き容量" in disturbed(scenes["run"], tmp_path, size=size)


@pytest.mark.parametrize("command", ["run", "close"])
def test_an_out_folder_that_takes_nothing(scenes: dict[str, crash.Scene], command: str, tmp_path: Path) -> None:
    message = disturbed(scenes[command], tmp_path, at=1, how=errno.EACCES, below="out")
    assert "書けません" in message or "権限" in message


@pytest.mark.parametrize(
    ("command", "held"), [("run", "worklist.xlsx"), ("run", "findings.parquet"), ("close", "outcomes.csv")]
)
def test_an_output_that_another_program_holds(
    scenes: dict[str, crash.Scene], command: str, held: str, tmp_path: Path
) -> None:
    message = disturbed(scenes[command], tmp_path, at=1, how=errno.EACCES, below=f"out/2026-05/{held}")
    assert held in message


def test_a_second_run_is_refused_and_changes_nothing(
    scenes: dict[str, crash.Scene], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = scenes["run"]
    home = Path(shutil.copytree(scene.before, tmp_path / "home"))
    (home / ".henrei").mkdir(exist_ok=True)
    with FileLock(home / ".henrei" / "lock"):
        assert henrei(home, "run", "2026-05") == 4
    assert "別の henrei が実行中です" in last_line(capsys)
    assert crash.state(home) == scene.old


@pytest.mark.parametrize("change", ["grows", "is replaced", "goes"])
def test_a_file_that_changes_while_it_is_read(
    scenes: dict[str, crash.Scene],
    change: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = scenes["run"]
    home = Path(shutil.copytree(scene.before, tmp_path / "home"))
    path = home / "inbox" / inputs.REVIEW / "K6100000.CSV"
    data, read = path.read_bytes(), validate.read.read_batch

    def meanwhile(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        if change == "grows":
            path.write_bytes(data + b"\r\n")
        elif change == "is replaced":
            path.write_bytes(data[:-20])
        else:
            path.unlink()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(validate.read, "read_batch", meanwhile)
        assert henrei(home, "run", "2026-05") == 2
    assert "K6100000.CSV が処理の間に変わりました" in last_line(capsys)
    assert crash.state(home) == scene.old
    path.write_bytes(data)
    assert henrei(home, "run", "2026-05") == 0
    assert crash.state(home) == scene.once
