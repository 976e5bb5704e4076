"""The pages that a browser opens: fresh, whole without network, found by the program, and short enough on paper."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import guide_page
import pytest

from henrei.cli import help_pages
from lib.paths import ROOT

PAGES = (help_pages.FIRST_STEPS, help_pages.GUIDE)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_the_guide_is_fresh() -> None:
    """`make docs` writes the page anew."""
    made = guide_page.page((ROOT / "docs" / "手引き.md").read_text(encoding="utf-8"), ROOT / "docs")
    assert (ROOT / "docs" / "手引き.html").read_text(encoding="utf-8") == made


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_nothing_from_elsewhere(name: str) -> None:
    text = help_pages.path(name).read_text(encoding="utf-8")
    assert guide_page.resources(text) == []
    assert "<script" not in text and "@import" not in text
    assert text.startswith('<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">')


def test_what_a_page_would_fetch_is_seen() -> None:
    assert guide_page.resources('<img src="https://a/b.png"><a href="#x"><style>a{b:url(c.woff)}</style>') == [
        "https://a/b.png",
        "c.woff",
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_found_beside_the_program_and_given_away(name: str) -> None:
    assert help_pages.path(name) == ROOT / "docs" / name
    bundle = (ROOT / "packaging" / "bundle.py").read_text(encoding="utf-8")
    assert '"docs/*.html"' in bundle
    assert '"henrei.docs" = ["*.html"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_an_installed_page_comes_before_that_of_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import henrei

    (tmp_path / "henrei" / "docs").mkdir(parents=True)
    (tmp_path / "henrei" / "docs" / "a.html").touch()
    monkeypatch.setattr(henrei, "__file__", str(tmp_path / "henrei" / "__init__.py"))
    assert help_pages.path("a.html") == tmp_path / "henrei" / "docs" / "a.html"
    assert help_pages.path("b.html") == tmp_path / "docs" / "b.html"


GUIDE = """# 手引き

[下](#二つ目、-のa) と [案内](はじめに.html) と [一覧](checks.md) と ![絵 "い"](images/a.png)

## 二つ目 のA

| a | b |
|---|---|
| `<c>` | d & e |
"""


def test_a_guide_becomes_a_page(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(PIXEL)
    made = guide_page.page(GUIDE, tmp_path)
    assert "<title>手引き</title>" in made
    assert '<a href="#二つ目-のa">下</a> と <a href="はじめに.html">案内</a> と 一覧 と ' in made
    assert f'<img src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}" alt="絵 &quot;い&quot;"' in made
    assert '<h2 id="二つ目-のa">' in made
    assert "<td><code>&lt;c&gt;</code></td>\n<td>d &amp; e</td>" in made


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# a\n[b](#c)", "the guide has no heading #c"),
        ("# a\n![b](images/c.png)", "the guide's picture images/c.png is not there"),
        ("# a\n![b](c.svg)", "the guide's picture c.svg is not there"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(guide_page.UnknownTarget, match=re.escape(fault)):
        guide_page.page(text, tmp_path)


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("worklist.xlsx の見かた", "worklistxlsx-の見かた"),
        ("指摘ごとに、すること", "指摘ごとにすること"),
        ("A-b_c", "a-b_c"),
    ],
)
def test_headings_are_named_as_markdown_names_them(heading: str, name: str) -> None:
    assert guide_page.anchor(heading) == name
