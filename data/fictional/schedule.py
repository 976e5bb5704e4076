"""Who carries which mistake in which month, so that no two touch the same child's claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import plant_again, plant_caps, plant_certificates, plant_days, plant_late, plant_lived, rightly
from .dice import Dice
from .model import Child
from .scene import Step

PLANTS: dict[str, list[Step]] = {}
for _module in (plant_certificates, plant_days, plant_caps, plant_again, plant_late):
    for _code, _steps in _module.PLANTS.items():
        PLANTS[_code] = PLANTS.get(_code, []) + _steps
CODES = tuple(sorted(PLANTS))
RIGHT = [step for pair in zip(plant_again.RIGHT, rightly.RIGHT, strict=False) for step in pair]
RIGHT += rightly.RIGHT[len(plant_again.RIGHT) :]

# In a small city a child bears several mistakes; these go together without touching one another.
SMALL = (
    ("visit_not_granted", "recorded_twice"),
    ("support", "over_contract", "reclaim_missing"),
    ("over_both",),
    ("wrong_cap", "no_record", "claim_decided"),
    ("unknown",),
    ("expired", "billed_more"),
    ("no_manager", "same_day", "correction_of_returned"),
    ("no_sheet", "absent_while_elsewhere"),
    ("cancelled_and_new", "new_though_decided"),
)
SMALL_CITY = 150  # children; from here on every mistake has a child of its own
LEAST = 12


class Schedule:
    """`steps[group, k]`: what happens to a group in review month k; `before[group, k]`: how it ends."""

    def __init__(
        self, seed: int, groups: Sequence[Sequence[Child]], months: Sequence[str], plant: bool, lived: bool = False
    ) -> None:
        self.steps: dict[tuple[int, int], list[Step]] = {}
        self.before: dict[tuple[int, int], str] = {}
        self._groups = groups
        self._months = months  # months[k] is the service month of review month k
        self._taken: set[tuple[int, int]] = set()
        count = sum(map(len, groups))
        if plant and count < LEAST:
            raise ValueError(f"mistakes need at least {LEAST} children")
        for k in range(len(months) if plant else 0):  # first the mistakes of all months: they must find a place
            self._begin(seed, k, "plants")
            if count < SMALL_CITY:
                # Much takes a child for two months: only from sixty on two of each have room in every month.
                twice = count >= 5 * LEAST or (count >= 30 and len(months) == 1)
                for _ in range(2 if twice else 1):
                    self._small(k, must=twice or k == 0)
            else:
                self._spread(k, max(2, round(count / 100)))
        for k in range(len(months) if plant and lived else 0):
            self._begin(seed, k, "lived")
            for step in plant_lived.FEDERATION.get(k, []):
                self._place([step], k)
            for _ in range(max(1, count // 150)):
                for step in plant_lived.LIVED:
                    self._place([step], k)
        for k in range(len(months)):
            self._begin(seed, k, "right")
            for _ in range(max(1, count // 150)):
                for step in RIGHT:
                    self._place([step], k)

    def _begin(self, seed: int, k: int, what: str) -> None:
        self._pools = self._shuffled(Dice(seed, "schedule", what, k))
        self._at: dict[tuple[str, ...], int] = {}

    def _shuffled(self, dice: Dice) -> dict[str, list[int]]:
        pools: dict[str, list[int]] = {}
        for i in dice.shuffled(range(len(self._groups))):
            kind = self._groups[i][0].kind
            pools.setdefault(kind, []).append(i)
        return pools

    def _spread(self, k: int, times: int) -> None:
        """Every check in turn, each time by another of its ways."""
        for turn in range(times):
            for code in CODES:
                ways = PLANTS[code]
                first = k * times + turn
                order = [ways[(first + i) % len(ways)] for i in range(len(ways))]
                if not any(self._place([step], k) for step in order) and turn < 2:
                    raise ValueError(f"too few children for {code}")

    def _small(self, k: int, must: bool) -> None:
        """Each of SMALL on one child; what finds no child together may find one apart, or none."""
        for names in SMALL:
            steps = [_named(name) for name in names]
            if not self._place(steps, k):
                if must:
                    raise ValueError(f"too few children for {names[0]}")
                for step in steps:
                    self._place([step], k)

    def _place(self, steps: list[Step], k: int) -> bool:
        """Finds a child that is free for all the steps; looks at each child once for the same steps."""
        if k == 0 and any(step.written for step in steps):
            return False
        name = tuple(step.name for step in steps)
        pool = self._pools.get(steps[0].kind, [])
        wanted = sorted({t for step in steps for t in self._span(step, k, len(steps) > 1)})
        for at in range(self._at.get(name, 0), len(pool)):
            group = pool[at]
            child = self._groups[group][0]
            if any((group, t) in self._taken for t in wanted):
                continue
            if all(step.fits(child, self._months[t]) for step in steps for t in self._judged(step, k)):
                self._at[name] = at + 1
                self._taken.update((group, t) for t in wanted)
                self.steps[group, k] = self.steps.get((group, k), []) + steps
                for step in steps:
                    if step.before:
                        self.before[group, k - 1] = step.before
                return True
        self._at[name] = len(pool)
        return False

    def _span(self, step: Step, k: int, together: bool) -> Iterable[int]:
        taken = step.taken(k, len(self._months))
        return [t for t in taken if t <= k] if together and step.mend else taken

    def _judged(self, step: Step, k: int) -> Iterable[int]:
        """The months in which the child must fit: the step's own, and the one before if that comes again."""
        return [t for t in {k, k + min(step.span or (0,))} if 0 <= t < len(self._months)]


def _named(name: str) -> Step:
    return next(step for steps in PLANTS.values() for step in steps if step.name == name)
