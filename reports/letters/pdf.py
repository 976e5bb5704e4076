"""PDFs by typst: the content goes in as data, never as markup, and only the shipped font is used.

The font is IPAexGothic (reports/fonts/, with its licence), so that a paper looks the same on every machine. Without a
font typst would print boxes and only warn.
"""

from __future__ import annotations

import calendar
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typst

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FONT = "IPAexGothic"
_TEMPLATES = Path(__file__).parent / "templates"
_FONTS = Path(__file__).parent.parent / "fonts"


class Press:
    """Prints papers of one kind (`notice`, `inquiry`); made once, because reading the font costs most."""

    def __init__(self, template: Literal["notice", "inquiry"]) -> None:
        self._compiler = typst.Compiler(
            str(_TEMPLATES / f"{template}.typ"),
            root=str(_TEMPLATES),
            font_paths=[str(_FONTS)],
            ignore_system_fonts=True,
        )

    def pdf(self, paper: DataclassInstance, created: date) -> bytes:
        """The paper as PDF. `created` stands in the file in place of the clock: the same paper gives the same bytes."""
        return self._print(paper, created, format="pdf")

    def pictures(self, paper: DataclassInstance, created: date, ppi: float = 60) -> list[bytes]:
        """The pages as PNG."""
        pages = self._print(paper, created, format="png", ppi=ppi)
        return pages if isinstance(pages, list) else [pages]

    def _print(self, paper: DataclassInstance, created: date, **how: Any) -> Any:
        """Raises RuntimeError where typst warns: a missing font is no paper."""
        printed, warnings = self._compiler.compile_with_warnings(
            sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False), "font": FONT},
            timestamp=calendar.timegm(created.timetuple()),
            **how,
        )
        if warnings:
            raise RuntimeError(f"typst: {warnings[0].message}")
        return printed
