"""What a target needs, on tiny wheels made here: markers, extras, tags, pins."""

from __future__ import annotations

import zipfile
from pathlib import Path

import closure as c
import pytest
from packaging.requirements import Requirement

WINDOWS_313 = c.Target("windows", (3, 13))
LINUX_311 = c.Target("linux", (3, 11))


def wheel(folder: Path, file: str, *requires: str, python: str = ">=3.11") -> Path:
    """A wheel with nothing but its METADATA."""
    name, version = file.split("-")[:2]
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Requires-Python: {python}"]
    path = folder / f"{file}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            f"{name}-{version}.dist-info/METADATA",
            "\n".join([*lines, *(f"Requires-Dist: {one}" for one in requires), "", "text: no header"]),
        )
    return path


def names(wheels: list[Path], target: c.Target, root: str = "a") -> set[str]:
    return {path.name for path in c.closure([Requirement(root)], target, c.within(wheels)).values()}


def test_markers_are_the_targets_and_not_this_machines(tmp_path: Path) -> None:
    wheels = [
        wheel(
            tmp_path,
            "a-1-py3-none-any",
            "w; sys_platform == 'win32'",
            "nt; os_name == 'nt'",
            "x; platform_machine == 'x86_64'",
            "old; python_version < '3.12'",
        ),
        *(wheel(tmp_path, f"{name}-1-py3-none-any") for name in ("w", "nt", "x", "old")),
    ]
    assert names(wheels, WINDOWS_313) == {f"{name}-1-py3-none-any.whl" for name in ("a", "w", "nt")}
    assert names(wheels, LINUX_311) == {f"{name}-1-py3-none-any.whl" for name in ("a", "x", "old")}


def test_what_only_the_first_releases_of_a_python_need_is_there(tmp_path: Path) -> None:
    first = wheel(tmp_path, "a-1-py3-none-any", "b; python_full_version < '3.11.3'")
    wheels = [first, wheel(tmp_path, "b-1-py3-none-any")]
    assert names(wheels, LINUX_311) == {"a-1-py3-none-any.whl", "b-1-py3-none-any.whl"}
    assert names(wheels, WINDOWS_313) == {"a-1-py3-none-any.whl"}


def test_extras_bring_theirs_also_when_asked_for_later(tmp_path: Path) -> None:
    wheels = [
        wheel(tmp_path, "a-1-py3-none-any", "b", "c"),
        wheel(tmp_path, "b-1-py3-none-any", "d; extra == 'more'"),
        wheel(tmp_path, "c-1-py3-none-any", "b[more]"),
        wheel(tmp_path, "d-1-py3-none-any", "a"),  # a circle ends
    ]
    assert len(names(wheels, LINUX_311)) == 4
    assert len(names([*wheels[:2], wheel(tmp_path, "c-2-py3-none-any")], LINUX_311)) == 3


@pytest.mark.parametrize(
    ("file", "fits"),
    [
        ("b-1-py3-none-any", {"linux", "windows"}),
        ("b-1-py2.py3-none-any", {"linux", "windows"}),
        ("b-1-cp39-abi3-win_amd64", {"windows"}),
        ("b-1-cp313-cp313-win_amd64", {"windows"}),
        ("b-1-cp313-none-win_amd64", {"windows"}),
        ("b-1-py3-none-win_amd64", {"windows"}),
        ("b-1-cp312-cp312-win_amd64", set()),
        ("b-1-cp314-abi3-win_amd64", set()),
        ("b-1-cp313-cp313t-win_amd64", set()),
        ("b-1-cp313-cp313-win32", set()),
        ("b-1-cp313-cp313-win_arm64", set()),
        ("b-1-cp313-cp313-manylinux_2_28_x86_64", {"linux"}),
        ("b-1-cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64", {"linux"}),
        ("b-1-cp313-cp313-manylinux_2_34_x86_64", set()),
        ("b-1-cp313-cp313-musllinux_1_2_x86_64", set()),
        ("b-1-cp313-cp313-linux_x86_64", set()),  # built on this machine for this machine
    ],
)
def test_a_wheel_of_another_platform_or_python_does_not_count(tmp_path: Path, file: str, fits: set[str]) -> None:
    wheels = [wheel(tmp_path, "a-1-py3-none-any", "b"), wheel(tmp_path, file)]
    for system in c.SYSTEMS:
        target = c.Target(system, (3, 13))
        assert target.fits(wheels[1]) == (system in fits)
        if system in fits:
            assert len(names(wheels, target)) == 2
        else:
            with pytest.raises(c.Incomplete, match=f"b for {system} 3.13: no wheel, a asks for it"):
                names(wheels, target)


def test_a_version_that_does_not_satisfy_is_named(tmp_path: Path) -> None:
    wheels = [wheel(tmp_path, "a-1-py3-none-any", "b>=2"), wheel(tmp_path, "b-1-py3-none-any")]
    with pytest.raises(c.Incomplete, match="a asks for b>=2"):
        names(wheels, LINUX_311)


def test_a_wheel_for_other_pythons_is_named(tmp_path: Path) -> None:
    with pytest.raises(c.Incomplete, match=r"is not for linux 3\.11"):
        names([wheel(tmp_path, "a-1-py3-none-any", python=">=3.12")], LINUX_311)


def test_a_shared_wheel_is_chosen_before_none_and_the_targets_own_before_that(tmp_path: Path) -> None:
    files = ["b-1-py3-none-any", "b-1-cp311-abi3-win_amd64", "b-1-cp313-cp313-win_amd64"]
    wheels = [wheel(tmp_path, file) for file in files]
    for last in (3, 2, 1):
        chosen = c.best(wheels[:last], "b", None, WINDOWS_313)
        assert chosen is not None and chosen.name == f"{files[last - 1]}.whl"
    assert c.best(wheels[1:], "b", None, LINUX_311) is None


def test_pins_hold_for_the_targets_they_name() -> None:
    pins = c.read_pins("# head\nb==1 ; python_version < '3.12'\nB==2 ; python_version >= '3.12'\n\nw==3 # why\nr>=1\n")
    assert str(c.pinned(pins, "b", LINUX_311)) == "1"
    assert str(c.pinned(pins, "b", WINDOWS_313)) == "2"
    assert str(c.pinned(pins, "w", LINUX_311)) == "3"
    for name in ("r", "nobody"):
        with pytest.raises(c.Incomplete, match=name):
            c.pinned(pins, name, LINUX_311)


def test_every_runtime_requirement_of_henrei_is_pinned() -> None:
    import tomllib

    from fetching import ROOT, all_pins

    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = [Requirement(line) for line in tomllib.load(file)["project"]["dependencies"]]
    pins = all_pins()
    for target in c.targets():
        for one in wanted:
            assert one.specifier.contains(c.pinned(pins, one.name, target)), one
