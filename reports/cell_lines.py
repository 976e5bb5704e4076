"""A text and the width of its cell in, how many lines it takes out. Called by the workbook, for not every program fits a row to
its wrapped text by itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NARROW = 1.06  # how wide a digit of the font is, in the characters by which columns are measured
# Where a text may be broken: after every full-width character, and around a run of narrow ones. No line begins with a mark.
_PIECES = re.compile(r"(?:[!-~｡-ﾟ]+|.)[・、。，．)）」』】:：;；]*")


def at_most(text: str, width: float) -> float:
    """A quick bound of `lines`: two lines that follow each other hold more than one is wide."""
    return text.count("\n") + 1 + 4 * _NARROW * len(text) / width


@lru_cache(maxsize=20_000)
def lines(text: str, width: float) -> int:
    """`width` of the column in characters."""
    if "\n" not in text:
        return _lines_of(text, width)
    return sum(_lines_of(part, width) for part in text.split("\n"))


def _lines_of(text: str, width: float) -> int:
    """Of a text without breaks of its own; a full-width character is two wide, as it is in CP932."""
    room = width / _NARROW
    lines, used = 1, 0
    if len(text.encode("cp932", "replace")) <= room:
        return 1
    for piece in _PIECES.findall(text):
        wide = len(piece.encode("cp932", "replace"))
        if used and used + wide > room:
            lines, used = lines + 1, 0
        used += wide
        if used > room:  # longer than a line by itself
            more = int((used - 1) // room)
            lines, used = lines + more, int(used - more * room)
    return lines
