"""The bundle on Windows (Wine): what install.cmd and henrei.cmd do where something lacks, and from other places."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import windows_on_wine as windows

from lib.paths import SAMPLE
from lib.windows.homes import plain
from lib.windows.systems import Here, drive, henrei_cmd


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The bundle as it was unpacked, in another folder; its files are links."""
    folder = tmp_path / "配布 物" / "henrei"
    left_out = shutil.ignore_patterns("python", "tmp")
    shutil.copytree(windows.PROGRAM, folder, copy_function=os.symlink, ignore=left_out)
    return folder


def install(folder: Path) -> tuple[int, str]:
    """Status and lines of install.cmd; cmd.exe writes in code page 932, the installer in UTF-8."""
    done = subprocess.run(
        ["wine", "cmd", "/c", "install.cmd"],
        cwd=folder,
        env=windows.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    lines = done.stdout.splitlines() + done.stderr.splitlines()
    return done.returncode, "\n".join(_line(line) for line in lines)


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp932")


def test_no_python_at_all(unpacked: Path) -> None:
    (unpacked / windows.EMBEDDABLE.name).unlink()
    status, printed = install(unpacked)
    assert status == 2
    assert "No Python 3.11-3.13 found. Put python-3.13.x-embed-amd64.zip beside install.cmd." in printed
    done = subprocess.run(
        ["wine", "cmd", "/c", "henrei.cmd", "status"],
        cwd=unpacked,
        env=windows.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    assert done.returncode == 2 and b"henrei is not installed yet. Start install.cmd first." in done.stdout


def test_no_tar_exe(unpacked: Path) -> None:
    with windows.without_tar():
        status, printed = install(unpacked)
    assert status == 2
    assert f"Could not unpack {windows.EMBEDDABLE.name}. Unpack it by hand" in printed


def test_a_changed_file_and_too_deep_a_folder_are_refused(unpacked: Path) -> None:
    deep = unpacked.parent / ("深い" * 30) / "henrei"
    shutil.copytree(unpacked, deep, symlinks=True)
    status, printed = install(deep)
    assert status == 2 and "は深すぎます。" in printed, printed
    readme = deep / "README.txt"
    data = readme.read_bytes()
    readme.unlink()  # a link to the installed one
    readme.write_bytes(data + b" ")
    status, printed = install(deep)
    assert status == 2 and "README.txt が配布時と違います" in printed, printed
    assert not (deep / "python" / "Lib").exists()


def test_a_home_that_is_a_drive_and_one_that_is_named_by_the_environment(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(SAMPLE, home)
    with drive("r", home) as root:
        done = henrei_cmd("status", "2026-05", HENREI_HOME=root)
    assert (done.returncode, done.stderr) == (0, b"")
    printed = plain(done.stdout.decode("utf-8"), str(home))
    assert printed == Here(home).henrei("status", "2026-05").printed
