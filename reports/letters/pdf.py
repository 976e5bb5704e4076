"""A letter's content in, its PDF by typst out: the content is data, never markup, and only the shipped font is used
(reports/typesetting.py).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from henrei.reports import typesetting

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FONT, FONTS = typesetting.FONT, typesetting.FONTS
TEMPLATES = Path(__file__).parent / "templates"


class Typesetter:
    """Sets letters of one kind; made once, because reading the font costs most."""

    def __init__(self, template: str) -> None:
        """`template`: a file in templates/, without its suffix."""
        self._typesetter = typesetting.Typesetter(TEMPLATES / f"{template}.typ")

    def pdf(self, content: DataclassInstance, created: date) -> bytes:
        """The letter as PDF. `created` is written into it in place of the clock: the same content gives the same bytes."""
        return self._typesetter.pdf(sys_inputs(content), created)


def sys_inputs(content: DataclassInstance) -> dict[str, str]:
    """What a template reads as sys.inputs."""
    return {"letter": json.dumps(asdict(content), ensure_ascii=False), "font": FONT}
