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
from typing import TYPE_CHECKING

import typst

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FONT = "IPAexGothic"
TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).parent.parent / "fonts"


class Typesetter:
    """Sets letters of one kind; made once, because reading the font costs most."""

    def __init__(self, template: str) -> None:
        """`template`: a file in templates/, without its suffix."""
        self._compiler = typst.Compiler(
            str(TEMPLATES / f"{template}.typ"),
            root=str(TEMPLATES),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
        )

    def pdf(self, content: DataclassInstance, created: date) -> bytes:
        """The letter as PDF. `created` is written into it in place of the clock: the same content gives the same bytes.

        Raises RuntimeError where typst warns: a letter with a missing font is useless.
        """
        pdf, warnings = self._compiler.compile_with_warnings(
            sys_inputs=sys_inputs(content),
            timestamp=calendar.timegm(created.timetuple()),
            format="pdf",
        )
        if warnings:
            raise RuntimeError(f"typst: {warnings[0].message}")
        assert isinstance(pdf, bytes)  # pages come as a list only where they are pictures
        return pdf


def sys_inputs(content: DataclassInstance) -> dict[str, str]:
    """What a template reads as sys.inputs."""
    return {"letter": json.dumps(asdict(content), ensure_ascii=False), "font": FONT}
