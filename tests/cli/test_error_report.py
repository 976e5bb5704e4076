"""What a user sees of an exception, and the process around a command."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from henrei import cli, error_report
from henrei.cli import commands, process
from henrei.errors import NOTHING, HenreiError
from henrei.flows.recovery import locked
from henrei.home import Home
from lib import inputs

NAME = "カナリア ジドウイチ"


def shown(error: BaseException) -> str:
    stream = io.StringIO()
    error_report.show(error, stream)
    return stream.getvalue()


def test_the_chain_without_its_words() -> None:
    try:
        try:
            {}[NAME]
        except KeyError:
            raise HenreiError("一行", NOTHING) from None
    except HenreiError as found:
        told = shown(found).splitlines()
        assert error_report.line(found) == ("一行", NOTHING)
    assert [line for line in told if not line.startswith("  File")] == [
        "KeyError",
        "henrei.errors.HenreiError: 一行",
    ]
    assert sum("in test_the_chain_without_its_words" in line for line in told) == 2
    assert NAME not in "".join(told)


def test_a_circle_ends() -> None:
    one, two = ValueError(NAME), KeyError(NAME)
    one.__context__, two.__cause__ = two, one
    assert shown(one).split() == ["KeyError", "ValueError"]


def test_of_an_os_error_its_file_and_the_systems_word(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    with pytest.raises(OSError) as caught:
        path.read_bytes()
    assert error_report.line(caught.value)[0] == (
        f"{path} を読み書きできません(No such file or directory)。空き容量と権限を確かめてください"
    )
    odd = OSError(5, NAME)
    assert NAME not in error_report.line(odd)[0] + shown(odd)


NATIVE = """
    import os, sys
    from henrei import cli
    from henrei.cli import commands
    def init(place):
        os.write(2, b"thread panicked at NAME")
        print("heard", file=sys.stderr)
        raise ValueError("NAME")
    commands.init = init
    sys.argv = ["henrei", "init", sys.argv[1]]
    status = cli.main()
    os.write(2, b"after")
    print("after", file=sys.stderr)
    sys.exit(status)
"""


def test_a_panic_in_rust_is_unheard(tmp_path: Path) -> None:
    """It is written to descriptor 2 before Python knows of it."""
    command = [sys.executable, "-X", "utf8", "-c", textwrap.dedent(NATIVE), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["heard", error_report.line(ValueError())[0], "afterafter"]


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


def test_the_umask_is_the_callers_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(commands, "init", lambda place: seen.append(os.umask(0o077)) or 0)
    before = os.umask(0o022)
    try:
        assert cli.main(["init", str(tmp_path)]) == 0
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    if os.name == "posix":
        assert seen == [0o077]


def test_windows_is_told_what_stands_for_modes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert process.note(tmp_path, "linux") == process.note(tmp_path, "darwin") == ""
    told = process.note(tmp_path, "win32")
    assert told.startswith(str(tmp_path)) and "アクセス許可" in told and "\n" not in told
    monkeypatch.setattr(process, "note", lambda place: told)
    assert cli.main(["init", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == told


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
