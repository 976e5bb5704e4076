"""Random numbers that a key fixes, the same on every machine and Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


def upper_ends(things: Sequence[tuple[T, int]]) -> list[tuple[T, int]]:
    """Things and their weights to things and the numbers below which each is chosen: [(a, 2), (b, 1)] to (a, 2), (b, 3)."""
    ends = accumulate(weight for _, weight in things)
    return [(thing, end) for (thing, _), end in zip(things, ends, strict=True)]


class SeededRandom:
    """A stream of random numbers named by its key.

    Everything rests on `Random.random()`, the one method whose sequence Python promises to keep; `sample`,
    `choice` and `shuffle` have changed between versions. One stream per child and month keeps a change in one
    from moving the others.
    """

    __slots__ = ("_next",)

    def __init__(self, *key: object) -> None:
        self._next = random.Random("/".join(str(part) for part in key)).random

    def below(self, n: int) -> int:
        return int(self._next() * n)

    def between(self, low: int, high: int) -> int:
        """Both ends can come."""
        return low + int(self._next() * (high - low + 1))

    def chance(self, share: float) -> bool:
        return self._next() < share

    def pick(self, things: Sequence[T]) -> T:
        return things[int(self._next() * len(things))]

    def weighted(self, things: Sequence[tuple[T, int]]) -> T:
        ends = upper_ends(things)
        drawn = self.below(ends[-1][1])
        return next(thing for thing, end in ends if drawn < end)

    def sample(self, things: Sequence[T], n: int) -> list[T]:
        """n different ones, or all where there are fewer."""
        rest = list(things)
        for i in range(min(n, len(rest))):
            j = i + int(self._next() * (len(rest) - i))
            rest[i], rest[j] = rest[j], rest[i]
        return rest[:n]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        return self.sample(things, len(things))
