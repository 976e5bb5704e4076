"""A letter's content in, its PDF by typst out: the content is data, never markup, and only the shipped font is used.

The font is IPAexGothic (reports/fonts/, with its licence), so that a letter looks the same on every machine. Without a
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


class Typesetter:
    """Sets letters of one kind (`notice`, `inquiry`); made once, because reading the font costs most."""

    def __init__(self, template: Literal["notice", "inquiry"]) -> None:
        self._compiler = typst.Compiler(
            str(_TEMPLATES / f"{template}.typ"),
            root=str(_TEMPLATES),
            font_paths=[str(_FONTS)],
            ignore_system_fonts=True,
        )

    def pdf(self, letter: DataclassInstance, created: date) -> bytes:
        """The letter as PDF. `created` is written into it in place of the clock: the same letter gives the same bytes."""
        return self._compiled(letter, created, format="pdf")

    def pictures(self, letter: DataclassInstance, created: date, ppi: float = 60) -> list[bytes]:
        """The pages as PNG."""
        pages = self._compiled(letter, created, format="png", ppi=ppi)
        return pages if isinstance(pages, list) else [pages]

    def _compiled(self, letter: DataclassInstance, created: date, **options: Any) -> Any:
        """Raises RuntimeError where typst warns: a letter with a missing font is useless."""
        compiled, warnings = self._compiler.compile_with_warnings(
            sys_inputs={"letter": json.dumps(asdict(letter), ensure_ascii=False), "font": FONT},
            timestamp=calendar.timegm(created.timetuple()),
            **options,
        )
        if warnings:
            raise RuntimeError(f"typst: {warnings[0].message}")
        return compiled
