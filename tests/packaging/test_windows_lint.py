"""Nothing that is shipped calls what Windows does not have; and the lint sees it when something does."""

from __future__ import annotations

import tomllib

import pytest
import windows_lint as lint
from fetching import ROOT

# (file, what is wrong): why it is right there
_ALLOWED = {
    ("henrei/publication.py", "Path.rename"): "a folder steps aside to a free name; replace would do no more",
}


def test_what_is_shipped() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        folders = tomllib.load(file)["tool"]["setuptools"]["package-dir"].values()
    faults, used = [], set()
    for folder in [*folders, "packaging"]:
        for file_name, line, message in lint.faults_below(ROOT / folder):
            key = (f"{folder}/{file_name}", message.split()[0])
            used.add(key)
            if key not in _ALLOWED:
                faults.append(f"{folder}/{file_name}:{line}: {message}")
    assert not faults, "\n".join(faults)
    assert not _ALLOWED.keys() - used, "what is allowed is no longer there: strike it out"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import fcntl", "fcntl"),
        ("from pwd import getpwuid", "pwd"),
        ("def f():\n import os, resource", "resource"),
        ("import os\nos.fork()", "os.fork"),
        ("import os\nos.symlink('a', 'b')", "os.symlink"),
        ("import os\nf = os.getuid", "os.getuid"),
        ("from os import killpg", "os.killpg"),
        ("import os\nos.system('x')", "os.system"),
        ("import os\nos.rename(a, b)", "os.rename"),
        ("import signal\nsignal.signal(signal.SIGALRM, f)", "signal.SIGALRM"),
        ("from signal import SIGKILL", "signal.SIGKILL"),
        ("path.symlink_to(other)", "Path.symlink_to"),
        ("path.chmod(0o600)", "Path.chmod"),
        ("path.rename(other)", "Path.rename"),
        ("(a / 'b').rename(f'{c}.old')", "Path.rename"),
        ("open('a')", "open without"),
        ("open('a', 'w')", "open without"),
        ("open('a', mode='rt')", "open without"),
        ("path.open()", "open without"),
        ("path.open('a')", "open without"),
        ("path.open(newline='')", "open without"),
        ("path.read_text()", "read_text without"),
        ("path.write_text('x')", "write_text without"),
        ("io.open('a')", "open without"),
        ("tempfile.NamedTemporaryFile('w')", "NamedTemporaryFile without"),
        ("day.strftime('%-m月')", "strftime"),
        ("f'{day:%-m月}'", "strftime"),
        ("subprocess.run('x', shell=True)", "shell=True"),
        ("subprocess.run('x', shell=flag)", "shell=True"),
    ],
)
def test_the_lint_sees(source: str, message: str) -> None:
    faults = lint.faults(source)
    assert len(faults) == 1 and faults[0][1].startswith(message), faults


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.replace(a, b)",
        "import os, signal\nif hasattr(os, 'killpg'):\n    os.killpg(1, 2)",
        "kill = getattr(signal, 'SIGKILL', None)",
        "open('a', 'rb')",
        "open('a', encoding='utf-8')",
        "path.open('wb')",
        "path.open('w', encoding='utf-8')",
        "archive.open('name')",
        "webbrowser.open(url)",
        "path.read_text(encoding='utf-8')",
        "path.read_text('utf-8')",
        "path.write_text('x', encoding='utf-8')",
        "frame.rename({'a': 'b'})",
        "frame.rename(mapping=names)",
        "frame.group_by('a')",
        "pl.col('a').dt.strftime('%-m')",
        "day.strftime('%Y-%m')",
        "f'{share:-.1%}'",
        "subprocess.run(['x'], shell=False)",
        "from . import pwd",
    ],
)
def test_the_lint_lets_be(source: str) -> None:
    assert lint.faults(source) == []
