"""Makes dist/<version>/: source archive, wheel, both bundles, bill of materials, CHANGELOG.md and the SHA-256 of each.

Everything is made twice and must be the same to the byte; then henrei is installed from the source archive and from the
wheel, each in an environment of its own, and reviews and closes the sample month. Only what is committed is released.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sbom
from bundle import DIST, make, write_tar
from closure import SYSTEMS, Incomplete
from fetching import CACHE, ROOT, SOURCE_TIME, all_pins, copy_sources, through_pip, wheel_of
from packaging.utils import parse_wheel_filename

SUMS, CHANGES = "SHA256SUMS", "CHANGELOG.md"
_BUILD = "from setuptools import build_meta; import sys; build_meta.build_sdist(sys.argv[1])"
_MONTH = "2026-05"
T = TypeVar("T")
_SAMPLE = ROOT / "data" / "fictional" / "sample"


def source_archive(folder: Path) -> Path:
    """henrei's sources as an archive. setuptools packs the time of day and who built it: packed again without."""
    with tempfile.TemporaryDirectory() as copy:
        sources, built = Path(copy, "sources"), Path(copy, "built")
        sources.mkdir()
        built.mkdir()
        copy_sources(sources)
        env = os.environ | {"SOURCE_DATE_EPOCH": str(SOURCE_TIME)}
        command = [sys.executable, "-c", _BUILD, str(built)]
        done = subprocess.run(command, cwd=sources, env=env, capture_output=True, encoding="utf-8", errors="replace")
        if done.returncode:
            raise Incomplete(f"henrei's sources: {done.stderr[-1000:]}")
        (archive,) = built.iterdir()
        return packed_again(archive, folder)


def packed_again(archive: Path, folder: Path) -> Path:
    """The same files in an archive whose bytes follow from them alone."""
    files = {}
    with tarfile.open(archive) as packed:
        for member in packed:
            if (data := packed.extractfile(member)) is not None:
                files[member.name] = data.read()
    write_tar(folder / archive.name, files, level=9)
    return folder / archive.name


def fill(folder: Path) -> None:
    """Everything but the SHA-256 list. The wheel is built from the source archive: nothing can be missing in it."""
    folder.mkdir(parents=True)
    own = wheel_of(source_archive(folder), folder)
    others = through_pip(all_pins())
    for system in SYSTEMS:
        make(system, own, others, folder)
    texts, _ = sbom.make(own, others)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(ROOT / CHANGES, folder / CHANGES)


def sums(folder: Path) -> str:
    """The list as sha256sum writes and checks it."""
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def differing(one: Path, other: Path) -> list[str]:
    """Names of the files that are not the same in both folders."""
    names = {path.name for folder in (one, other) for path in folder.iterdir()} - {SUMS}
    there = [name for name in names if (one / name).is_file() and (other / name).is_file()]
    same = {name for name in there if (one / name).read_bytes() == (other / name).read_bytes()}
    return sorted(names - same)


def try_in_clean_environment(archive: Path) -> str:
    """Installs an archive as a user does and lets it review and close the sample month. Returns its version."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "env")
        venv.create(place, with_pip=True)
        programs = place / ("Scripts" if os.name == "nt" else "bin")
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HENREI_"))}

        def do(*command: str | Path) -> str:
            done = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8")
            if done.returncode:
                raise Incomplete(f"{archive.name}: {' '.join(map(str, command[1:4]))}: {done.stdout}{done.stderr}")
            return done.stdout

        pins = ("-c", str(ROOT / "constraints.txt"), "--find-links", str(CACHE))
        do(programs / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q", *pins, str(archive))
        henrei, home = programs / "henrei", Path(folder, "home")
        do(henrei, "init", str(home))
        shutil.copytree(_SAMPLE, home, dirs_exist_ok=True)
        do(henrei, "run", _MONTH, "--direct", "--home", str(home))
        do(henrei, "close", _MONTH, "--undecided", "return", "--home", str(home))
        do(henrei, "verify", "--all", "--home", str(home))
        if not list((home / "out" / _MONTH / "notices").glob("*.pdf")):
            raise Incomplete(f"{archive.name}: no notice was made")
        return do(henrei, "--version").split()[-1]


def require_committed() -> None:
    """Raises Incomplete where the sources are not those of the last commit."""
    done = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if done.returncode or done.stdout:
        raise Incomplete(f"not the last commit: {done.stderr or done.stdout}")


def release() -> Path:
    """Makes and tries everything. Returns the folder. Raises Incomplete."""
    require_committed()
    with tempfile.TemporaryDirectory(dir=_made(DIST)) as both:
        first, again = Path(both, "first"), Path(both, "again")
        for folder in (first, again):
            _step(f"made {folder.name}", fill, folder)
        if names := differing(first, again):
            raise Incomplete(f"other bytes when made again: {', '.join(names)}")
        (wheel,) = first.glob("*.whl")
        version = str(parse_wheel_filename(wheel.name)[1])
        for archive in (first / f"henrei-{version}.tar.gz", wheel):
            if (found := _step(f"installed {archive.name}", try_in_clean_environment, archive)) != version:
                raise Incomplete(f"{archive.name} says it is {found}")
        require_committed()  # still: nobody has worked on the sources meanwhile
        (first / SUMS).write_text(sums(first), encoding="utf-8", newline="\n")
        target = DIST / version
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(first, target)
    return target


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _step(name: str, do: Callable[[Path], T], argument: Path) -> T:
    began = time.monotonic()
    result = do(argument)
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    return result


def main() -> int:
    try:
        folder = release()
    except Incomplete as problem:
        print(problem)
        return 1
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        print(line)
    print(f"{folder.relative_to(ROOT)}: the same bytes when made twice; installed and run from archive and wheel")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
