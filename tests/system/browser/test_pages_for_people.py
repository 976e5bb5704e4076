"""The pages for people in a real browser: nothing is fetched, no fault, and the first one fits on two sheets of A4."""

from __future__ import annotations

import base64
import io
from typing import Any

import pypdf
import pytest

from henrei.cli import help_pages
from lib.paths import ROOT

A4 = (595, 842)  # in points


def open_page(chromium: Any, name: str) -> tuple[Any, list[str], list[str]]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(help_pages.path(name).as_uri())
    return page, faults, asked


@pytest.mark.parametrize("name", [help_pages.FIRST_STEPS, help_pages.GUIDE])
def test_a_page_asks_nobody(chromium: Any, name: str) -> None:
    page, faults, asked = open_page(chromium, name)
    assert page.locator("h1").inner_text()
    assert [address for address in asked if not address.startswith("data:")] == [help_pages.path(name).as_uri()]
    assert faults == []
    page.close()


def test_the_first_half_hour_fits_on_two_sheets(chromium: Any) -> None:
    page, _, _ = open_page(chromium, help_pages.FIRST_STEPS)
    font = base64.b64encode((ROOT / "reports" / "fonts" / "ipaexg.ttf").read_bytes()).decode("ascii")
    # The machine may have no Japanese font; letters as wide as those of Windows are.
    page.add_style_tag(content=f'@font-face {{ font-family: "Meiryo"; src: url(data:font/ttf;base64,{font}); }}')
    page.evaluate("document.fonts.load('16px Meiryo', 'あ')")
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.close()
    assert len(printed.pages) == 2
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in printed.pages} == {A4}
    assert "困ったとき" in printed.pages[1].extract_text() and "困ったとき" not in printed.pages[0].extract_text()
