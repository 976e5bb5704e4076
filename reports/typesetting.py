"""A typst template and its inputs in, a PDF out: the shipped font alone, and no clock. Called by the reports on paper.

The font is IPAexGothic (reports/fonts/, with its licence), so that a page looks the same on every machine. Without a font
typst would print boxes and only warn.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import typst

FONT = "IPAexGothic"
FONTS = Path(__file__).parent / "fonts"


class Typesetter:
    """Sets pages of one template; made once, because reading the font costs most."""

    def __init__(self, template: Path) -> None:
        self._compiler = typst.Compiler(
            str(template), root=str(template.parent), font_paths=[str(FONTS)], ignore_system_fonts=True
        )

    def pdf(self, inputs: Mapping[str, str], created: date) -> bytes:
        """`inputs`: what the template reads as sys.inputs: data, never markup. `created` is written into the file in place
        of the clock: the same inputs give the same bytes.

        Raises RuntimeError where typst warns: a page with a missing font is useless.
        """
        pdf, warnings = self._compiler.compile_with_warnings(
            sys_inputs=dict(inputs), timestamp=calendar.timegm(created.timetuple()), format="pdf"
        )
        if warnings:
            raise RuntimeError(f"typst: {warnings[0].message}")
        assert isinstance(pdf, bytes)  # pages come as a list only where they are pictures
        return pdf
