"""What lies in an archive beside the wheels, and the installer's own steps."""

from __future__ import annotations

import hashlib
import re
import subprocess
import zipfile
from pathlib import Path

import bundle
import install
import pytest
import sbom
from fetching import ROOT


@pytest.mark.parametrize("name", ["henrei.cmd", "install.cmd"])
def test_a_windows_script_runs_in_any_code_page_and_from_any_folder(name: str) -> None:
    text = bundle.scripts("windows")[name]
    assert text.isascii()
    assert text.count(b"\n") == text.count(b"\r\n") > 10
    lines = text.decode("ascii").splitlines()
    assert 'set "HERE=%~dp0"' in lines
    assert "setlocal EnableExtensions DisableDelayedExpansion" in lines  # a ! in a path stays one
    commands = "\n".join(line for line in lines if not line.startswith(("rem", "echo")))
    assert not re.search(r"[A-Za-z]:\\|\\\\|%(?:USERPROFILE|APPDATA|PROGRAMFILES)", commands, re.I)  # no absolute path
    assert not re.search(r"\b(reg|setx|runas|powershell|net|curl|bitsadmin)(\.exe)?\b", commands, re.I)
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert set(re.findall(r"goto (\w+)", commands)) <= labels and labels
    unquoted = re.sub(r'"[^"\n]*"', "", commands)
    assert not re.search(r"%(HERE|PY|ZIP)%", unquoted)  # names of folders have blanks and brackets


def test_henrei_cmd_opens_the_menu_or_passes_a_command_on() -> None:
    text = bundle.scripts("windows")["henrei.cmd"].decode("ascii")
    assert '"%PY%" -P -X utf8 -m henrei menu' in text and '"%PY%" -P -X utf8 -m henrei %*' in text
    assert 'if not defined HENREI_HOME set "HENREI_HOME=%HERE%work"' in text


def test_readme_is_readable_where_it_is_read() -> None:
    windows, linux = bundle.scripts("windows")["README.txt"], bundle.scripts("linux")["README.txt"]
    assert windows.startswith(b"\xef\xbb\xbf") and windows.count(b"\n") == windows.count(b"\r\n")
    assert not linux.startswith(b"\xef\xbb\xbf") and b"\r" not in linux


@pytest.mark.parametrize("name", ["install.sh", "henrei"])
def test_a_linux_script_is_posix_shell(name: str) -> None:
    text = bundle.scripts("linux")[name]
    assert text.startswith(b"#!/bin/sh\n") and b"\r" not in text
    assert subprocess.run(["sh", "-n"], input=text).returncode == 0


def test_henrei_before_install_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "henrei").write_bytes(bundle.scripts("linux")["henrei"])
    done = subprocess.run(["sh", str(tmp_path / "henrei")], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "") and "install.sh" in done.stderr


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A Windows archive with one made-up wheel, unpacked."""
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a/" + "x" * 100 + ".py", "")
    files = bundle.contents("windows", [wheel])
    first = bundle.write("windows", "henrei-1-windows", files, tmp_path / "one")
    again = bundle.write("windows", "henrei-1-windows", files, tmp_path / "two")
    assert first.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(first) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "henrei-1-windows"


def test_sums_cover_every_file_and_any_change_is_refused(unpacked: Path) -> None:
    files = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()} - {"SHA256SUMS"}
    assert install.verify(unpacked) == len(files)
    for name in sorted(files):
        before = (unpacked / name).read_bytes()
        (unpacked / name).write_bytes(before + b" ")
        with pytest.raises(install.Refused, match=re.escape(name)):
            install.verify(unpacked)
        (unpacked / name).write_bytes(before)
    (unpacked / "wheels" / "b-1-py3-none-any.whl").write_bytes(b"")
    with pytest.raises(install.Refused, match=r"b-1-py3-none-any\.whl は配布物ではありません"):
        install.verify(unpacked)
    (unpacked / "README.txt").unlink()
    with pytest.raises(install.Refused, match=r"README.txt がありません"):
        install.verify(unpacked)


def test_the_linux_archive_has_the_same_bytes_again_and_starts(tmp_path: Path) -> None:
    import tarfile

    files = bundle.contents("linux", [])
    first, again = (bundle.write("linux", "henrei-1-linux", files, tmp_path / name) for name in ("one", "two"))
    assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(again.read_bytes()).digest()
    with tarfile.open(first) as archive:
        modes = {member.name.partition("/")[2]: member.mode for member in archive}
    assert {name for name, mode in modes.items() if mode & 0o111} == {"install.sh", "henrei"}
    assert modes.keys() == files.keys()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("site", ["#import site", "import site"])
def test_the_embedded_python_sees_site_packages(tmp_path: Path, ends: str, site: str) -> None:
    pth = tmp_path / "python313._pth"
    head = ["python313.zip", ".", "", "# Uncomment to run site.main() automatically"]
    pth.write_text(ends.join([*head, site, ""]), encoding="utf-8", newline="")
    for _ in range(2):  # again is the same
        install.enable_site(pth)
        assert pth.read_text(encoding="utf-8").splitlines() == [
            "python313.zip",
            ".",
            "Lib\\site-packages",
            "import site",
        ]


def test_too_deep_a_folder_is_refused_before_anything_is_written(unpacked: Path) -> None:
    wheels = list((unpacked / "wheels").iterdir())
    install.require_short_paths(Path("C:/h"), Path("C:/h/python/Lib/site-packages"), wheels)
    deep = Path("C:/" + "d" * 150)
    with pytest.raises(install.Refused, match="深すぎます"):
        install.require_short_paths(deep, deep / "python" / "Lib" / "site-packages", wheels)


@pytest.mark.parametrize(("version", "bits"), [((3, 10, 9), 64), ((3, 14, 0), 64), ((3, 12, 1), 32)])
def test_another_python_is_refused(version: tuple[int, ...], bits: int) -> None:
    with pytest.raises(install.Refused, match=r"Python 3\.11"):
        install.require_python(version, bits)
    install.require_python((3, 13, 9), 64)


def test_no_script_names_an_address_to_fetch_from() -> None:
    for system in ("linux", "windows"):
        for name, data in bundle.scripts(system).items():
            assert b"://" not in data, name


def test_a_bill_of_materials_with_an_address_or_a_path_is_not_written() -> None:
    component = {"name": "a", "description": "see https://example.invalid/x", "externalReferences": [{"url": "x"}]}
    bom = {"metadata": {"tools": {}, "component": dict(component)}, "components": [component]}
    assert sbom.cleaned(bom) == {"metadata": {"component": {"name": "a"}}, "components": [{"name": "a"}]}
    sbom.require_clean('{"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "purl": "pkg:pypi/a@1"}', "a")
    for bad in ("https://example.invalid/simple/", "file:///x", f"{ROOT}/build", "at /tmp/x"):
        with pytest.raises(SystemExit, match="must not be in it"):
            sbom.require_clean(bad, "a")
