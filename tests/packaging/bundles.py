"""The archives in dist/, as they are given away: installed where there is no network, and complete for Windows.

Not part of the usual tests, because it needs what `make bundle` made: `make bundle-test`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import closure as c
import pytest
from bundle import DIST, ROOTS
from fetching import ROOT
from packaging.utils import canonicalize_name, parse_wheel_filename
from windows_libraries import missing_libraries

MONTH = "2026-05"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Both archives, each in a folder."""
    folder = tmp_path_factory.mktemp("bundles")
    (linux,), (windows,) = DIST.glob("henrei-*-linux.tar.gz"), DIST.glob("henrei-*-windows.zip")
    with tarfile.open(linux) as archive:
        archive.extractall(folder, filter="data")
    with zipfile.ZipFile(windows) as packed:
        packed.extractall(folder)
    yield {system: next(folder.glob(f"henrei-*-{system}")) for system in c.SYSTEMS}
    shutil.rmtree(folder)


def without_network() -> list[str]:
    """A network namespace of its own, where the machine lets one have it: then there is none to be reached at all."""
    command = ["unshare", "--map-root-user", "--net"]
    try:
        return command if subprocess.run([*command, "true"], capture_output=True).returncode == 0 else []
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("system", c.SYSTEMS)
def test_sums(unpacked: dict[str, Path], system: str) -> None:
    folder = unpacked[system]
    listed = {line[66:]: line[:64] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert listed == present


@pytest.mark.parametrize("target", c.targets(), ids=str)
def test_the_wheels_are_all_that_the_target_needs(unpacked: dict[str, Path], target: c.Target) -> None:
    wheels = sorted((unpacked[target.system] / "wheels").iterdir())
    needed = c.closure(ROOTS, target, c.within(wheels))
    assert {"henrei", "pip", "polars", "duckdb", "prefect", "pyarrow", "numpy", "typst"} <= needed.keys()
    assert ("pywin32" in needed) == (target.system == "windows")
    versions = {(of, version) for of, version, *_ in (parse_wheel_filename(wheel.name) for wheel in wheels)}
    assert len(versions) == len({name for name, _ in versions})  # pip has no choice of versions to make


@pytest.mark.parametrize("system", c.SYSTEMS)
def test_no_wheel_lies_there_in_vain_and_no_tool_of_ours(unpacked: dict[str, Path], system: str) -> None:
    wheels = sorted((unpacked[system] / "wheels").iterdir())
    used = {wheel for target in c.targets([system]) for wheel in c.closure(ROOTS, target, c.within(wheels)).values()}
    assert set(wheels) == used
    assert not {"pytest", "mypy", "ruff", "hypothesis", "playwright"} & {
        canonicalize_name(wheel.name.split("-")[0]) for wheel in wheels
    }


def test_windows_needs_no_library_that_is_in_no_wheel(unpacked: dict[str, Path]) -> None:
    assert missing_libraries(sorted((unpacked["windows"] / "wheels").iterdir())) == set()


def test_linux_installs_and_runs_without_a_network(unpacked: dict[str, Path], tmp_path: Path) -> None:
    folder = unpacked["linux"]
    base = getattr(sys, "_base_executable", sys.executable)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHON": base, "PIP_NO_INDEX": "1"}
    apart = without_network()
    print("network: " + ("none" if apart else "there, not asked"))
    subprocess.run([*apart, str(folder / "install.sh")], env=env, check=True)
    assert not (folder / "tmp").exists()

    home = tmp_path / "city"
    henrei = [*apart, str(folder / "henrei")]
    env["HENREI_HOME"] = str(home)
    subprocess.run([*henrei, "init"], env=env, check=True)
    shutil.copytree(ROOT / "data" / "fictional" / "sample", home, dirs_exist_ok=True)
    subprocess.run([*henrei, "run", MONTH, "--direct"], env=env, check=True)
    for name in ("worklist.xlsx", "findings.csv", "summary.json"):
        assert (home / "out" / MONTH / name).stat().st_size > 0
    assert len((home / "out" / MONTH / "findings.csv").read_text(encoding="utf-8-sig").splitlines()) > 1
    # The menu of what was installed: the letters need the fonts and pages that the wheel must hold.
    menu = subprocess.run(henrei, input="\n5\n1\ny\n6\nq\n", env=env, check=True, capture_output=True, encoding="utf-8")
    assert f"{MONTH} を締めました" in menu.stdout, menu.stderr
    assert (home / "out" / "dashboard.html").is_file()
    assert list((home / "out" / MONTH / "notices").glob("*.pdf"))
