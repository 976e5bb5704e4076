"""Nothing in; who works here, on which machine and at what time, out. Called by the journal, the lock and whatever notes
who did something.
"""

from __future__ import annotations

import getpass
import platform
from datetime import datetime

UNKNOWN = "不明"


def user() -> str:
    """The name under which the person works on this machine; UNKNOWN where it has no such thing."""
    try:
        return getpass.getuser()
    except (OSError, ImportError, KeyError):
        return UNKNOWN


def machine() -> str:
    """The machine's own name in its network; UNKNOWN where it has none."""
    return platform.node() or UNKNOWN


def now() -> str:
    """The time of day here, to the second, with its zone (ISO)."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def clock_text(at: str) -> str:
    """Such a time as people read it: without the zone, as the machine that noted it showed it."""
    return at[:16].replace("T", " ")
