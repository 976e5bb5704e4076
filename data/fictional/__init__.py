"""A fictional city: months of claims, sheets, attendance and ledgers, with planted mistakes and the truth."""

from __future__ import annotations

from .city import make_city

__all__ = ["make_city"]
