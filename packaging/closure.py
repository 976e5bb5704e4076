"""Finds the wheels that a platform and a Python need, by markers, pins and tags of the target, not of this machine.

pip evaluates markers with the Python that runs it, so on Linux it never sees what Windows needs. Here the requirements
are read from the wheels' own METADATA and the markers are evaluated with the target's environment.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.parser import HeaderParser
from functools import cache
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

PYTHONS = ((3, 11), (3, 12), (3, 13))
SYSTEMS = ("linux", "windows")
GLIBC = 28  # manylinux_2_28: RHEL 8, Debian 10, Ubuntu 18.10 and later

_PLATFORMS = {
    "linux": [f"manylinux_2_{minor}_x86_64" for minor in range(GLIBC, 4, -1)]
    + ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"],
    "windows": ["win_amd64"],
}
_ENVIRONMENTS = {
    "linux": {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    "windows": {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"},
}


class Incomplete(Exception):
    """A requirement that no pin or no wheel satisfies."""


@dataclass(frozen=True)
class Target:
    """CPython of one minor version on one system, 64 bits."""

    system: str
    python: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.system} {self.python[0]}.{self.python[1]}"

    @property
    def platforms(self) -> list[str]:
        return _PLATFORMS[self.system]

    @property
    def environments(self) -> list[dict[str, str]]:
        """Of the first release of this Python and of a late one: some markers ask for the third number."""
        short = f"{self.python[0]}.{self.python[1]}"
        same = {
            **_ENVIRONMENTS[self.system],
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "python_version": short,
        }
        return [
            {**same, "python_full_version": full, "implementation_version": full}
            for full in (f"{short}.0", f"{short}.99")
        ]

    def wants(self, marker: Marker | None, extra: str = "") -> bool:
        return marker is None or any(marker.evaluate({**env, "extra": extra}) for env in self.environments)

    @property
    def tags(self) -> list[Tag]:
        """What this Python can install, the best first."""
        return _tags(self)

    def fits(self, wheel: Path) -> bool:
        return not parse_wheel_filename(wheel.name)[3].isdisjoint(self.tags)


@cache
def _tags(target: Target) -> list[Tag]:
    short = f"cp{target.python[0]}{target.python[1]}"
    return [
        *cpython_tags(target.python, [short], target.platforms),
        *compatible_tags(target.python, short, target.platforms),
    ]


def targets(systems: Iterable[str] = SYSTEMS) -> list[Target]:
    return [Target(system, python) for system in systems for python in PYTHONS]


def read_pins(text: str) -> list[Requirement]:
    """The lines of a constraints file, each `name==version` with or without a marker."""
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned(pins: list[Requirement], name: str, target: Target) -> Version:
    """The one version a target gets. Raises Incomplete where there is none, or more than one."""
    applying = [pin for pin in pins if canonicalize_name(pin.name) == name and target.wants(pin.marker)]
    versions = {spec.version for pin in applying for spec in pin.specifier if spec.operator == "=="}
    if len(versions) != 1 or len(applying) != 1:
        raise Incomplete(f"{name} for {target}: {len(applying)} pins")
    return Version(versions.pop())


@cache
def metadata(wheel: Path) -> tuple[list[Requirement], str]:
    """What a wheel requires, and the Pythons that it is for."""
    with zipfile.ZipFile(wheel) as archive:
        inside = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1]
        if len(inside) != 1:
            raise Incomplete(f"{wheel.name}: {len(inside)} METADATA")
        head = HeaderParser().parsestr(archive.read(inside[0]).decode("utf-8"))
    return [Requirement(line) for line in head.get_all("Requires-Dist", [])], head.get("Requires-Python", "")


Provide = Callable[[set[str], Target], dict[str, Path]]


def closure(roots: Iterable[Requirement], target: Target, provide: Provide) -> dict[str, Path]:
    """Every distribution that the roots need on the target, with its wheel; `provide` gives wheels for names.

    Raises Incomplete where a wheel does not fit the target or its version does not satisfy who asks for it.
    """
    wheels: dict[str, Path] = {}
    opened: set[tuple[str, str]] = set()
    wanted = [("henrei", root) for root in roots if target.wants(root.marker)]
    while wanted:
        missing = {str(canonicalize_name(asked.name)) for _, asked in wanted} - wheels.keys()
        wheels |= provide(missing, target) if missing else {}
        following: list[tuple[str, Requirement]] = []
        for asker, asked in wanted:
            name = canonicalize_name(asked.name)
            if name not in wheels:
                raise Incomplete(f"{name} for {target}: no wheel, {asker} asks for it")
            _require_fit(asker, asked, wheels[name], target)
            for extra in {"", *asked.extras}:
                if (name, extra) not in opened:
                    opened.add((name, extra))
                    needs = metadata(wheels[name])[0]
                    following += [(name, need) for need in needs if target.wants(need.marker, extra)]
        wanted = following
    return wheels


def _require_fit(asker: str, asked: Requirement, wheel: Path, target: Target) -> None:
    version = parse_wheel_filename(wheel.name)[1]
    if not asked.specifier.contains(version, prereleases=True):
        raise Incomplete(f"{wheel.name} for {target}: {asker} asks for {asked}")
    if not target.fits(wheel):
        raise Incomplete(f"{wheel.name} does not fit {target}")
    python = SpecifierSet(metadata(wheel)[1])
    if not any(python.contains(env["python_full_version"], prereleases=True) for env in target.environments):
        raise Incomplete(f"{wheel.name} is not for {target} ({python})")


def best(wheels: Iterable[Path], name: str, version: Version | None, target: Target) -> Path | None:
    """The wheel of a distribution that fits the target best; any version where none is given."""
    order = {tag: place for place, tag in enumerate(target.tags)}
    fitting = []
    for wheel in wheels:
        of, its_version, _, tags = parse_wheel_filename(wheel.name)
        places = [order[tag] for tag in tags if tag in order]
        if of == name and version in (None, its_version) and places:
            fitting.append((min(places), wheel.name, wheel))
    return min(fitting)[2] if fitting else None


def within(wheels: list[Path]) -> Provide:
    """Provides out of a fixed set, as an installation without index does."""

    def provide(names: set[str], target: Target) -> dict[str, Path]:
        chosen = {name: best(wheels, name, None, target) for name in names}
        return {name: wheel for name, wheel in chosen.items() if wheel is not None}

    return provide
