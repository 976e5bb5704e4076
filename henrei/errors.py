"""The one exception whose text a user reads."""

from __future__ import annotations

USAGE = 2  # wrong usage, configuration or state
NOTHING = 3  # nothing usable in the input
LOCKED = 4  # another run holds the home


class HenreiError(Exception):
    """One Japanese line: what is wrong, where, and what to do. Never a name or number of a child. `status` is the exit status."""

    def __init__(self, message: str, status: int = USAGE) -> None:
        super().__init__(message)
        self.status = status
