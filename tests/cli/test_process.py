"""The process around a command: what it makes is its owner's only, and lies below the home."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from henrei import cli
from henrei.cli import commands, process
from henrei.errors import HenreiError
from henrei.files import owner_only_files
from henrei.flows.recovery import locked
from henrei.home import Home
from lib import inputs

NAME = "カナリア ジドウイチ"


def test_temporary_files_live_in_the_home_while_it_is_held_and_go(tmp_path: Path) -> None:
    left = tmp_path / ".henrei" / "tmp" / "of-a-killed-run"
    left.parent.mkdir(parents=True)
    left.write_text(NAME, encoding="utf-8")
    before = tempfile.gettempdir(), os.environ.get("TMPDIR")
    with locked(Home(tmp_path)):
        assert not left.exists()
        handle, name = tempfile.mkstemp()
        os.close(handle)
        assert Path(name).parent == left.parent
        assert {os.environ[variable] for variable in ("TMPDIR", "TEMP", "TMP")} == {str(left.parent)}
        with pytest.raises(HenreiError), locked(Home(tmp_path)):
            pass
        assert Path(name).exists()  # who was refused has touched nothing
    assert not left.parent.exists()
    assert (tempfile.gettempdir(), os.environ.get("TMPDIR")) == before


MAKE_A_FILE = "import sys; open(sys.argv[1], 'w', encoding='utf-8').close()"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes: there the permissions of the folder count")
def test_what_a_process_and_its_children_make_is_their_owners_only(tmp_path: Path) -> None:
    own, folder, child, after = (tmp_path / name for name in ("own", "folder", "child", "after"))
    before = os.umask(0o022)
    try:
        with pytest.raises(KeyError), owner_only_files():
            own.touch()
            folder.mkdir()
            subprocess.run([sys.executable, "-c", MAKE_A_FILE, str(child)], check=True)
            raise KeyError
        after.touch()
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (own, folder, child, after)]
    assert modes == [0o600, 0o700, 0o600, 0o644]


def test_the_umask_is_the_callers_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(commands, "init", lambda place, **_: seen.append(os.umask(0o077)) or 0)
    before = os.umask(0o022)
    try:
        assert cli.main(["init", str(tmp_path)]) == 0
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    if os.name == "posix":
        assert seen == [0o077]


def test_on_windows_init_names_the_permissions_of_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert process.note(tmp_path, "linux") == process.note(tmp_path, "darwin") == ""
    note = process.note(tmp_path, "win32")
    assert note == (
        f"{tmp_path} の中のファイルを読めるのは、このフォルダーのアクセス許可がある人です。"
        "フォルダーの「プロパティ」→「セキュリティ」で、担当者だけになっているか確かめてください。"
    )
    monkeypatch.setattr(process, "note", lambda place: note)
    assert cli.main(["init", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == note


@pytest.mark.slow
def test_everything_of_a_month_lies_below_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What replaces modes on Windows: nothing with names is made anywhere else."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for name in ("TMPDIR", "TEMP", "TMP", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(elsewhere))
    monkeypatch.setattr(tempfile, "tempdir", None)
    place = inputs.make_home(tmp_path / "home", inputs.right_month())
    for given in (
        ["run", inputs.REVIEW, "--direct"],
        ["inquire", inputs.REVIEW],
        ["close", inputs.REVIEW, "--undecided", "return"],
    ):
        assert cli.main([*given, "--home", str(place)]) == 0
    assert list(elsewhere.iterdir()) == []
