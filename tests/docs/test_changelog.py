"""CHANGELOG.md names exactly the checks that came since the version before, and no other."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import henrei
from henrei.checks.catalogue import catalogue
from henrei.labels import SEVERITIES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PACKED = ROOT / "tests" / "homes" / "three-months-0.1.0.zip"


def section(title: str) -> list[list[str]]:
    """The rows of the table below a heading that begins so."""
    part = TEXT.partition(f"\n### {title}")[2].partition("\n### ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"]
    return rows[2:]


def checks_before() -> set[str]:
    """The checks of 0.1.0, as a run of it wrote them."""
    with zipfile.ZipFile(PACKED) as packed:
        summary = json.loads(packed.read("home/out/2026-05/summary.json"))
    return {check["code"] for check in summary["checks"]}


def test_every_new_check_is_named_with_its_title_and_severity() -> None:
    new = [check for code, check in catalogue().items() if code not in checks_before()]
    rows = [[check.code, check.title, SEVERITIES[check.severity]] for check in new]
    assert sorted(section("新しい確認")) == sorted(rows)
    assert f"### 新しい確認({len(rows)})" in TEXT


def test_every_check_whose_judgement_changed_was_there_before() -> None:
    changed = section("判定のしかたが変わった確認")
    assert f"### 判定のしかたが変わった確認({len(changed)})" in TEXT
    for code, title, _ in changed:
        assert code in checks_before() and title == catalogue()[code].title
    assert checks_before() <= catalogue().keys()  # none is gone, as the page says
    assert f"0.1.0 の{len(checks_before())}の確認はすべて残っています" in TEXT


def test_the_newest_version_is_this_one() -> None:
    assert re.findall(r"(?m)^## (\S+)", TEXT)[0] == henrei.__version__
