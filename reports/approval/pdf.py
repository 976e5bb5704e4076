"""Content of the approval page in, its PDF out: one sheet of A4. Called by `henrei decide` and `henrei close`
(flows/approval.py).

Where many reasons would need a second sheet, fewer are listed, and the page says how many more there are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pypdf

from henrei.reports.approval.content import Content, Exceptions, Reason
from henrei.reports.typesetting import FONT, Typesetter

_TEMPLATE = Path(__file__).parent / "approval.typ"
_LISTED = (8, 6, 4, 2)  # how many reasons are listed, the most first


def pdf(content: Content, created: date) -> bytes:
    """The page. `created`: the day that is written into the file in place of the clock's.

    Raises RuntimeError where typst warns, or where even the fewest reasons leave no room.
    """
    typesetter = Typesetter(_TEMPLATE)
    for most in _LISTED:
        made = typesetter.pdf({"page": json.dumps(_shown(content, most), ensure_ascii=False), "font": FONT}, created)
        if len(pypdf.PdfReader(io.BytesIO(made)).pages) == 1:
            return made
    raise RuntimeError("the approval page does not fit on one sheet")


def _shown(content: Content, most: int) -> dict[str, Any]:
    shown = asdict(content)
    shown["exceptions"] = [_part(one, most) for one in content.exceptions]
    return shown


def _part(exceptions: Exceptions, most: int) -> dict[str, Any]:
    left = exceptions.reasons[most:]
    return {**asdict(exceptions), "reasons": [asdict(one) for one in exceptions.reasons[:most]], "left": _left(left)}


def _left(reasons: Sequence[Reason]) -> dict[str, int]:
    """What is not listed: how many reasons, and their sums."""
    names = ("claims", "sheets", "yen")
    return {"reasons": len(reasons), **{name: sum(getattr(one, name) for one in reasons) for name in names}}
