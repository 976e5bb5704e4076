"""Gives wheels for a target to bundle.py, sbom.py and release.py: from the cache, else through pip; one without a wheel is
built. henrei's own wheel and source archive are made here, too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from closure import Incomplete, Provide, Target, best, pinned, read_pins
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "build" / "wheels"


def source_time() -> int:
    """One time for all that is made of one state of the sources, so that they give the same bytes: SOURCE_DATE_EPOCH, else
    the time of the last commit; outside a repository 2026-01-01."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    try:
        done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:  # no git on this machine
        return 1767225600
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else 1767225600


SOURCE_TIME = source_time()


def all_pins() -> list[Requirement]:
    """constraints.txt, and what only a bundle needs."""
    files = (ROOT / "constraints.txt", ROOT / "packaging" / "pins.txt")
    return [pin for file in files for pin in read_pins(file.read_text(encoding="utf-8"))]


def through_pip(pins: list[Requirement], cache: Path = CACHE) -> Provide:
    """Provides the pinned versions, and keeps what it fetched in `cache`."""

    def provide(names: set[str], target: Target) -> dict[str, Path]:
        cache.mkdir(parents=True, exist_ok=True)
        versions = {name: pinned(pins, name, target) for name in sorted(names)}

        def there() -> dict[str, Path]:
            wheels = sorted(cache.glob("*.whl"))
            chosen = {name: best(wheels, name, version, target) for name, version in versions.items()}
            return {name: wheel for name, wheel in chosen.items() if wheel is not None}

        wanted = [f"{name}=={versions[name]}" for name in sorted(names - there().keys())]
        if wanted and _download(wanted, target, cache):  # one of them has no wheel: each by itself
            for one in wanted:
                if problem := _download([one], target, cache):
                    _build(one, cache, problem)
        return there()

    return provide


def _pip(*arguments: str) -> str:
    """Runs pip; returns its error text if it failed, else an empty one."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", *arguments]
    env = os.environ | {"SOURCE_DATE_EPOCH": str(SOURCE_TIME)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", errors="replace")
    return (done.stderr or "pip failed") if done.returncode else ""


def _download(wanted: list[str], target: Target, cache: Path) -> str:
    print(f"  {target}: {len(wanted)} to fetch", flush=True)
    options = ["--no-deps", "--only-binary=:all:", "--implementation", "cp", "--dest", str(cache)]
    options += ["--python-version", f"{target.python[0]}.{target.python[1]}"]
    options += [part for platform in target.platforms for part in ("--platform", platform)]
    return _pip("download", *options, *wanted)


def _build(wanted: str, cache: Path, problem: str) -> None:
    """A wheel from sources. Raises Incomplete where it is not for every platform: then it cannot be built here."""
    with tempfile.TemporaryDirectory() as folder:
        if error := _pip("wheel", "--no-deps", "--no-binary=:all:", "--wheel-dir", folder, wanted):
            raise Incomplete(f"{wanted}: neither a wheel ({problem.strip()}) nor built ({error.strip()})")
        (built,) = Path(folder).glob("*.whl")
        if any(tag.platform != "any" or tag.abi != "none" for tag in parse_wheel_filename(built.name)[3]):
            raise Incomplete(f"{built.name}: no wheel, and a build on this machine serves no other")
        shutil.move(built, cache / built.name)
    print(f"  {wanted}: built from its sources", flush=True)


def own_wheel(folder: Path) -> Path:
    """henrei's own wheel."""
    with tempfile.TemporaryDirectory() as copy:
        copy_sources(Path(copy))
        return wheel_of(copy, folder)


def wheel_of(source: str | Path, folder: Path) -> Path:
    """henrei's wheel from a folder or an archive of its sources."""
    if error := _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)):
        raise Incomplete(f"henrei's own wheel: {error.strip()}")
    (wheel,) = (path for path in folder.glob("*.whl") if canonicalize_name(path.name.split("-")[0]) == "henrei")
    return wheel


def copy_sources(copy: Path) -> None:
    """What henrei is built from: setuptools would pack what an older build left beside the sources themselves."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        parts = tomllib.load(file)["tool"]["setuptools"]["package-dir"].values()
    for part in parts:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "MANIFEST.in", "constraints.txt"):
        shutil.copy2(ROOT / name, copy / name)
