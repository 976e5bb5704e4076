"""Where the repository's folders are, for tests that read files of the tree."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SAMPLE = ROOT / "data" / "fictional" / "sample"  # the small committed city
