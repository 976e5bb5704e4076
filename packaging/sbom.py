"""Makes build/sbom/: a CycloneDX bill of materials and a licence list of what the bundles hold, both systems together.

The tools (cyclonedx-bom, pip-licenses) get an environment of their own. They read a second, empty one in which only the
wheels' .dist-info lie: so what is for Windows alone is seen on Linux, too, and nothing of what develops henrei is.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Any

from bundle import collect
from closure import SYSTEMS, Provide
from fetching import ROOT, SOURCE_TIME, all_pins, own_wheel, through_pip
from packaging.utils import parse_wheel_filename

OUT = ROOT / "build" / "sbom"
TOOLS = ROOT / "build" / "sbom-tools"
_PINS = ["cyclonedx-bom==7.5.0", "pip-licenses==5.5.5"]
# The one address a bill of materials may hold; all else would be where a package comes from, or of this machine.
_ADDRESS = re.compile(r"\b\w+://(?!cyclonedx\.org/schema/)[^\s\"]*", re.I)
# Works of others in henrei's own wheel, which no METADATA tells of: name, version, licence, kind, where they lie.
_SHIPPED = (
    ("vega", "6.2.0", "BSD-3-Clause", "library", "henrei/reports/dashboard/vega/vega.min.js"),
    ("vega-lite", "6.4.1", "BSD-3-Clause", "library", "henrei/reports/dashboard/vega/vega-lite.min.js"),
    ("vega-embed", "7.0.2", "BSD-3-Clause", "library", "henrei/reports/dashboard/vega/vega-embed.min.js"),
    ("IPAexGothic", "004.01", "IPA", "file", "henrei/reports/fonts/ipaexg.ttf"),
)


def environment(folder: Path, wheels: list[Path]) -> Path:
    """An environment that knows the wheels by their .dist-info and holds nothing else. Returns its Python."""
    venv.create(folder, with_pip=False, clear=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.check_output([python, "-c", where], text=True, encoding="utf-8").strip())
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if re.match(r"[^/]+\.dist-info/(METADATA|WHEEL|licenses/|LICEN[CS]E|COPYING|NOTICE)", name):
                    archive.extract(name, site)
    return python


def cleaned(bom: dict[str, Any]) -> dict[str, Any]:
    """The bill of materials without addresses: a name, its version and its purl say which package it is."""
    bom["metadata"].pop("tools", None)  # they tell where they themselves come from
    for part in [*bom["components"], bom["metadata"]["component"]]:
        part.pop("externalReferences", None)
        if _ADDRESS.search(part.get("description", "")):
            del part["description"]
    return bom


def with_shipped(bom: dict[str, Any], own: Path) -> dict[str, Any]:
    """With the works of others that lie in henrei's own wheel."""
    inside = set(zipfile.ZipFile(own).namelist())
    for name, version, licence, kind, place in _SHIPPED:
        if place not in inside:
            raise SystemExit(f"{place} is not in {own.name}: put _SHIPPED right")
        bom["components"].append(
            {
                "type": kind,
                "bom-ref": f"{name}=={version}",
                "name": name,
                "version": version,
                "licenses": [{"license": {"id": licence}}],
                "properties": [{"name": "henrei:file", "value": place}],
            }
        )
        bom["dependencies"].append({"ref": f"{name}=={version}"})
    return bom


def licence_list(rows: list[dict[str, str]]) -> str:
    """One line a work, as a Markdown table."""
    shipped = [{"Name": name, "Version": version, "License": licence} for name, version, licence, *_ in _SHIPPED]
    rows = sorted([*rows, *shipped], key=lambda row: row["Name"].casefold())
    lines = [f"| {row['Name']} | {row['Version']} | {' '.join(row['License'].split())} |" for row in rows]
    return "\n".join(["| name | version | licence |", "|---|---|---|", *lines, ""])


def require_clean(text: str, name: str) -> None:
    """Raises SystemExit where an address or a path of this machine is left."""
    for pattern in (_ADDRESS.pattern, re.escape(str(ROOT)), r"(?<![\w.])/(home|tmp|root)/"):
        if bad := re.search(pattern, text):
            raise SystemExit(f"{name}: {bad[0]} must not be in it")


def make(own: Path, others: Provide) -> tuple[dict[str, str], list[str]]:
    """The two files, name → text, and the works whose licence is unknown. `own`: henrei's wheel."""
    programs = _tools()
    with tempfile.TemporaryDirectory() as folder:
        wheels = sorted({wheel for system in SYSTEMS for wheel in collect(system, own, others)})
        wheels = [wheel for wheel in wheels if not wheel.name.startswith("pip-")]  # installs, and is not installed
        python = environment(Path(folder, "env"), wheels)
        env = os.environ | {"SOURCE_DATE_EPOCH": str(SOURCE_TIME)}
        command: list[str | Path] = [programs / "cyclonedx-py", "environment", "--output-reproducible", "--sv", "1.6"]
        command += ["--pyproject", ROOT / "pyproject.toml", "--of", "JSON", python]
        bom = json.loads(subprocess.check_output(command, env=env, text=True, encoding="utf-8"))
        command = [programs / "pip-licenses", "--python", python, "--format", "json", "--with-system"]
        rows = json.loads(subprocess.check_output(command, env=env, text=True, encoding="utf-8"))
    bom = with_shipped(cleaned(bom), own)
    bom["metadata"]["component"]["version"] = str(parse_wheel_filename(own.name)[1])
    texts = {
        "henrei.cdx.json": json.dumps(bom, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        "licences.md": licence_list(rows),
    }
    for name, text in texts.items():
        require_clean(text, name)
    return texts, [row["Name"] for row in rows if row["License"] == "UNKNOWN"]


def _tools() -> Path:
    programs = TOOLS / ("Scripts" if os.name == "nt" else "bin")
    if not (programs / "pip-licenses").exists() and not (programs / "pip-licenses.exe").exists():
        venv.create(TOOLS, with_pip=True, clear=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *_PINS], check=True)
    return programs


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        texts, unknown = make(own_wheel(Path(folder)), through_pip(all_pins()))
    for name, text in texts.items():
        (OUT / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"{(OUT / name).relative_to(ROOT)}")
    count = len(json.loads(texts["henrei.cdx.json"])["components"])
    print(f"{count} components; licence unknown: {', '.join(unknown) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
