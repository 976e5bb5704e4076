"""Makes dist/henrei-<version>-<system>: every wheel for Python 3.11 to 3.13, and an installer that needs no index."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Collection
from pathlib import Path

from closure import SYSTEMS, Incomplete, Provide, Target, closure, targets
from fetching import ROOT, SOURCE_TIME, all_pins, own_wheel, through_pip
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

HERE = Path(__file__).resolve().parent
DIST = ROOT / "dist"
ROOTS = [Requirement("henrei"), Requirement("pip")]
_STARTED = ("install.sh", "henrei")  # marked as programs
_DOCS = (
    "docs/*.html",
    "docs/導入.md",
    "docs/手引き.md",
    "docs/checks.md",
    "docs/images/*.png",
    "CHANGELOG.md",
    "LICENSE",
)


def collect(system: str, own: Path, others: Provide) -> list[Path]:
    """The wheels of all Pythons of a system, each once."""

    def provide(names: set[str], target: Target) -> dict[str, Path]:
        wheels_of = {"henrei": own} if "henrei" in names else {}
        return wheels_of | others(names - {"henrei"}, target)

    wheels: set[Path] = set()
    for target in targets([system]):
        wheels |= set(closure(ROOTS, target, provide).values())
    return sorted(wheels, key=lambda wheel: wheel.name)


def scripts(system: str) -> dict[str, bytes]:
    """Installer, starter and README as they lie in the archive; on Windows with its line ends."""
    files = {"install.py": (HERE / "install.py").read_bytes()}
    for path in sorted((HERE / system).iterdir()):
        text = path.read_text(encoding="utf-8")
        if system == "windows":
            text = text.replace("\n", "\r\n")
        # Notepad of older Windows takes UTF-8 for CP932 without the mark; cmd.exe stumbles over it.
        marked = system == "windows" and path.suffix == ".txt"
        files[path.name] = text.encode("utf-8-sig" if marked else "utf-8")
    return files


def contents(system: str, wheels: list[Path]) -> dict[str, bytes]:
    """Every file of an archive by its name, SHA256SUMS over all others included."""
    files = scripts(system)
    for glob in _DOCS:
        if not (paths := sorted(ROOT.glob(glob))):
            raise Incomplete(f"{glob} is not there")
        files |= {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}
    files |= {f"wheels/{wheel.name}": wheel.read_bytes() for wheel in wheels}
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())]
    return files | {"SHA256SUMS": "".join(sums).encode("utf-8")}


def write(system: str, name: str, files: dict[str, bytes], folder: Path) -> Path:
    """One archive, sorted and with one time for all: the same files give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return _zip(name, files, folder) if system == "windows" else _tar(name, files, folder)


def _zip(name: str, files: dict[str, bytes], folder: Path) -> Path:
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path, data in sorted(files.items()):
            info = zipfile.ZipInfo(f"{name}/{path}", time.gmtime(SOURCE_TIME)[:6])
            info.compress_type = zipfile.ZIP_STORED if path.endswith(".whl") else zipfile.ZIP_DEFLATED
            packed.writestr(info, data)
    return archive


def _tar(name: str, files: dict[str, bytes], folder: Path) -> Path:
    archive = folder / f"{name}.tar.gz"
    named = {f"{name}/{path}": data for path, data in files.items()}
    write_tar(archive, named, {f"{name}/{path}" for path in _STARTED})
    return archive


def write_tar(archive: Path, files: dict[str, bytes], programs: Collection[str] = (), level: int = 1) -> None:
    """A packed tar of files, sorted, with one time for all and of nobody; `programs` can be started."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=level, fileobj=raw, mtime=SOURCE_TIME) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as packed,
    ):
        for path, data in sorted(files.items()):
            info = tarfile.TarInfo(path)
            info.size, info.mtime = len(data), SOURCE_TIME
            info.mode = 0o755 if path in programs else 0o644
            packed.addfile(info, io.BytesIO(data))


def make(system: str, own: Path, others: Provide, folder: Path) -> tuple[Path, int]:
    """The archive of a system, and how many wheels are in it. Raises Incomplete."""
    wheels = collect(system, own, others)
    version = parse_wheel_filename(own.name)[1]
    return write(system, f"henrei-{version}-{system}", contents(system, wheels), folder), len(wheels)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("systems", nargs="*", choices=[*SYSTEMS, []], help="linux, windows; both if none is said")
    systems = parser.parse_args().systems or SYSTEMS
    others = through_pip(all_pins())
    with tempfile.TemporaryDirectory() as folder:
        own = own_wheel(Path(folder))
        for system in systems:
            began = time.monotonic()
            try:
                archive, count = make(system, own, others, DIST)
            except Incomplete as problem:
                print(problem)
                return 1
            size, seconds = archive.stat().st_size / 1e6, time.monotonic() - began
            print(f"{archive.relative_to(ROOT)}: {count} wheels, {size:.0f} MB, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
