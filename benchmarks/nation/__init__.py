"""Writes homes with a month of a whole nation, or of any number of children: fast, seeded, all fictional.

Blocks of about 450 children and ten facilities have nothing to do with one another, so a nation is made a few blocks
at a time, and the same blocks make one city or a hundred: a facility's files differ in the municipality number alone.
"""

from __future__ import annotations

from .homes import Written, make_nation

__all__ = ["Written", "make_nation"]
