"""What a page for people embeds in, its text out: nothing in it can break a tag or the script. Called by the reports that are
pages.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

_GZIP_SYSTEM, _NO_SYSTEM = 9, 0xFF  # place in gzip's head of the system it was made on (RFC 1952), and "unknown"


def packed(facts: Any, level: int = 9) -> str:
    """gzip in base64: the facts of a large city stay small, and no name in them can end the script."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    squeezed = bytearray(gzip.compress(text.encode("utf-8"), level, mtime=0))
    squeezed[_GZIP_SYSTEM] = _NO_SYSTEM  # Pythons write the system they run on there, or none
    return base64.b64encode(squeezed).decode("ascii")
