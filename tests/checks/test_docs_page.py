"""docs/checks.md holds what the checks say."""

from __future__ import annotations

from henrei.checks import docs_page
from lib.paths import ROOT


def test_docs_are_fresh() -> None:
    """`make docs` writes the page anew."""
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == docs_page.text()
