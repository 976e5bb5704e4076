"""Writes a fictional city's home: inbox/ with planted mistakes, truth/ with what the checks must find.

`henrei demo`, the tests and the benchmarks call `make_city`.
"""

from __future__ import annotations

from .city import make_city

__all__ = ["make_city"]
