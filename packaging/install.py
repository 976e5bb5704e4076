"""Installs henrei out of the folder this file lies in: no network, no index, no administrator. Python 3.11 to 3.13 alone.

On Windows with the embeddable Python in `python/`, into that (the folder can be moved afterwards); else into `venv/`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).absolute().parent
LONGEST_WINDOWS_PATH = 259
# Everything compiled that a month needs; a missing system library shows here, not on the day of the claims.
TRIAL = "import duckdb, polars, pyarrow, typst, prefect, henrei.flows.run.monthly_run, henrei.reports.worklist"


class Refused(Exception):
    """The one Japanese line that says why not."""


def verify(folder: Path) -> int:
    """Holds every file against SHA256SUMS; returns how many. Raises Refused at a changed, missing or strange file."""
    sums = folder / "SHA256SUMS"
    if not sums.is_file():
        raise Refused("SHA256SUMS がありません。アーカイブを初めから展開し直してください")
    sums_of = {line[66:]: line[:64] for line in sums.read_text(encoding="utf-8").splitlines()}
    for name, sha256 in sums_of.items():
        path = folder / name
        if not path.is_file():
            raise Refused(f"{name} がありません。アーカイブを初めから展開し直してください")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise Refused(f"{name} が配布時と違います。アーカイブを受け取り直してください")
    for path in sorted((folder / "wheels").iterdir()):  # pip would take it
        if f"wheels/{path.name}" not in sums_of:
            raise Refused(f"wheels/{path.name} は配布物ではありません。取り除いてください")
    return len(sums_of)


def require_python(version: tuple[int, ...], bits: int) -> None:
    if not (3, 11) <= version[:2] <= (3, 13) or bits != 64:
        own = ".".join(map(str, version[:3]))
        raise Refused(f"Python 3.11〜3.13(64ビット)が要ります。見つかったのは {own}({bits}ビット)です")


def require_short_paths(folder: Path, site: Path, wheels: list[Path]) -> None:
    """Windows opens no file whose path is longer than 259 characters, unless the machine is set otherwise."""
    meanwhile = folder / "tmp" / "pip-target-12345678" / "lib" / "python"  # pip unpacks there first
    longest = max((len(name) for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()), default=0)
    if (over := max(len(str(site)), len(str(meanwhile))) + 1 + longest - LONGEST_WINDOWS_PATH) > 0:
        raise Refused(f"{folder} は深すぎます。{over}文字以上短い場所(例 C:\\henrei)へフォルダーごと移してください")


def enable_site(pth: Path) -> None:
    """Lets the embeddable Python see Lib\\site-packages and the .pth files there (pywin32 needs them)."""
    lines = [line.strip() for line in pth.read_text(encoding="utf-8").splitlines()]
    kept = [line for line in lines if line and line.lstrip("# ") not in ("import site", "Lib\\site-packages")]
    kept = [line for line in kept if not line.startswith("#")]
    pth.write_text("\n".join([*kept, "Lib\\site-packages", "import site", ""]), encoding="utf-8")


def install(folder: Path, python: Path, into: Path | None) -> None:
    """pip out of its own wheel, with no settings of the machine, puts henrei into `into` or where `python` has it."""
    (pip,) = (folder / "wheels").glob("pip-*.whl")
    temporary = folder / "tmp"  # beside the target: a long %TEMP% breaks long names, and moving is quick
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.upper().startswith(("PIP_", "PYTHON"))}
    env |= {"PIP_CONFIG_FILE": os.devnull, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))}
    command = [str(python), f"{pip}/pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-cache-dir", "--no-warn-script-location", "--only-binary=:all:"]
    command += ["--no-index", "--find-links", str(folder / "wheels")]
    command += ["--target", str(into)] if into else []
    try:
        if subprocess.run([*command, "henrei"], env=env, cwd=folder).returncode:
            raise Refused("入れられませんでした。上の表示を保守担当へ知らせてください")
        if subprocess.run([str(python), "-P", "-c", TRIAL], env=env, cwd=folder).returncode:
            also = "(Windows では Microsoft Visual C++ 再頒布可能パッケージ x64 が要ることがあります)"
            raise Refused(
                f"入りましたが動きません。上の表示を保守担当へ知らせてください{also if os.name == 'nt' else ''}"
            )
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        require_python(sys.version_info[:3], 64 if sys.maxsize > 2**32 else 32)
        print(f"配布物を確かめました({verify(HERE)}ファイル)。入れています(数分かかります)…", flush=True)
        own = Path(sys.executable).absolute().parent
        embedded = next(own.glob("python3*._pth"), None)
        site = own / "Lib" / "site-packages" if embedded else HERE / "venv" / "Lib" / "site-packages"
        if os.name == "nt":
            require_short_paths(HERE, site, sorted((HERE / "wheels").glob("*.whl")))
        if embedded:
            enable_site(embedded)
            shutil.rmtree(site, ignore_errors=True)  # an earlier installation: whole or not at all
            install(HERE, Path(sys.executable), site)
        else:
            import venv  # the embeddable package has none

            place = HERE / "venv"
            venv.create(place, with_pip=False, clear=True)
            install(HERE, place / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), None)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print(f"入りました。{HERE / ('henrei.cmd' if os.name == 'nt' else 'henrei')} で始められます。")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
