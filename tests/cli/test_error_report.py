"""henrei/error_report.py: an exception → the user's line, and with --debug its types and places without a value."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from henrei import error_report
from henrei.errors import NOTHING, HenreiError

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
