"""A command, or keys at a terminal, in; what it left on this system or on Windows (Wine) out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import windows_on_wine as windows

from lib.windows import keyboard
from lib.windows.homes import Done, done, files, plain


class System(Protocol):
    """A home on one of the two systems. `place`: how the system calls the home's folder."""

    home: Path
    place: str

    def henrei(self, *command: str) -> Done:
        """A command of henrei on the home."""
        ...

    def menu(self, keys: keyboard.Keys) -> Done:
        """The menu at a terminal, with someone who types."""
        ...

    def named(self, path: Path) -> str:
        """How the system calls a file beside the home."""
        ...


class Here:
    """This system, with this Python."""

    def __init__(self, home: Path) -> None:
        self.home, self.place = home, str(home)

    def henrei(self, *command: str) -> Done:
        given = [sys.executable, "-P", "-X", "utf8", "-m", "henrei", *command, "--home", self.place]
        return done(self.home, self.place, subprocess.run(given, cwd=self.home.parent, capture_output=True))

    def menu(self, keys: keyboard.Keys) -> Done:
        given = [sys.executable, "-P", "-X", "utf8", "-m", "henrei", "menu", "--home", self.place]
        return _shown(self, *keyboard.type_at(given, keys, self.home.parent, None))

    def named(self, path: Path) -> str:
        return str(path)


class There:
    """Windows, with henrei.cmd of the installed bundle. The home lies on a drive of its own, whose root is `root`."""

    def __init__(self, home: Path, root: Path, letter: str) -> None:
        self.home, self._root, self._letter = home, root, letter
        self.place = self.named(home)

    def henrei(self, *command: str) -> Done:
        return done(self.home, self.place, henrei_cmd(*command, "--home", self.place))

    def menu(self, keys: keyboard.Keys) -> Done:
        """As a double click starts it, on a console of code page 932."""
        given = ["wine", "cmd", "/c", "chcp", "932", "&", "henrei.cmd"]
        env = windows.environment(HENREI_HOME=self.place)
        return _shown(self, *keyboard.type_at(given, keys, windows.PROGRAM, env))

    def named(self, path: Path) -> str:
        return self._letter + str(path.relative_to(self._root)).replace("/", "\\")


@contextmanager
def drive(letter: str, folder: Path) -> Iterator[str]:
    """Inside, Windows has the folder as a drive of its own; its root, `H:\\`."""
    link = windows.PREFIX / "dosdevices" / f"{letter.lower()}:"
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    try:
        yield f"{letter.upper()}:\\"
    finally:
        link.unlink()


def _shown(system: System, status: int, screen: str) -> Done:
    place = "".join(system.place.split())  # as the screen's lines are without blanks
    return Done(status, plain("\n".join(keyboard.lines(screen)), place), files(system.home))


def henrei_cmd(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """henrei.cmd of the installed bundle, as a command."""
    command = ["wine", "cmd", "/c", "henrei.cmd", *arguments]
    given = {"cwd": windows.PROGRAM, "env": windows.environment(**more)}
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, **given)  # type: ignore[call-overload]


def python(script: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A script in the Python that install.cmd installed, what it prints in one stream."""
    command = ["wine", str(windows.PYTHON / "python.exe"), "-P", "-X", "utf8", windows.windows_path(script), *arguments]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "env": windows.environment()}
    return subprocess.run(command, stdin=subprocess.DEVNULL, **given)  # type: ignore[call-overload]
