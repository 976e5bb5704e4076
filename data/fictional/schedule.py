"""Chooses who carries which mistake in which month, so that no two touch the same child's claims. city.py reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from . import over_capacity
from .case import Step
from .mistakes import after_close, near, ways
from .model import Child
from .seeded import SeededRandom

PLANTS = ways()
CODES = tuple(sorted({*PLANTS, *over_capacity.CODES}))
RIGHT = near()

# In a small city a child bears several mistakes; these go together without touching one another. The second ones only
# where the child allows them.
SMALL = (
    (("visit_not_granted", "recorded_twice"), ("pickups_in_total",)),
    (("support", "over_contract", "reclaim_missing"), ("one_unit_more", "filed_late", "two_agencies")),
    (("over_both",), ("just_another_class", "code_ended", "other_price", "short_by_a_minute", "starts_within")),
    (("wrong_cap", "no_record", "claim_decided"), ("benefit_not_the_rest",)),
    (("unknown",), ("two_products", "never_registered", "extended_too_early")),
    (
        ("expired", "billed_more"),
        ("absence_not_recorded", "no_plan_forgotten", "invoice_benefit", "hours_below_second_class"),
    ),
    (("no_manager", "same_day", "correction_of_returned"), ("without_core",)),
    (("no_sheet", "absent_while_elsewhere"), ("record_of_before",)),
    (("cancelled_and_new", "new_though_decided"), ("claim_says_other_amount",)),
)
SPREAD = 60  # children; from here on every mistake has a child of its own
WHOLE = 150  # and from here on every mistake finds one
WHOLE_CLOSED = 200  # or from here on, where closed months ask for children too
LEAST = 12


class Schedule:
    """`steps[group, k]`: what happens to a group in review month k; `before[group, k]`: how it ends."""

    def __init__(
        self,
        seed: int,
        groups: Sequence[Sequence[Child]],
        months: Sequence[str],
        plant: Collection[str],
        with_closing: bool = False,
    ) -> None:
        self.steps: dict[tuple[int, int], list[Step]] = {}
        self.before: dict[tuple[int, int], str] = {}
        self._seed = seed
        self._groups = groups
        self._months = months  # months[k] is the service month of review month k
        self._blocked: set[tuple[int, int]] = set()
        self._ways = {code: PLANTS[code] for code in sorted(plant) if code in PLANTS}
        count = sum(map(len, groups))
        if plant and count < LEAST:
            raise ValueError(f"mistakes need at least {LEAST} children")
        times = max(1, count // 150)
        early = 4 if count >= SPREAD else 0  # some of what only a closed city has goes first
        for k in range(len(months) if plant and early and with_closing else 0):
            self._all(seed, k, "federation", after_close.FEDERATION.get(k, []))
            # "lived" and "more lived" are keys of random streams: another key is another city.
            self._all(seed, k, "lived", after_close.AFTER_CLOSE[:early])
        for k in range(len(months) if plant else 0):  # the mistakes of all months: they must find a place
            self._begin(seed, k, "plants")
            if count >= SPREAD:
                self._spread(k, max(1, round(count / 250)), must=count >= (WHOLE_CLOSED if with_closing else WHOLE))
            else:
                # Much takes a child for two months: two of each find room in a single month alone.
                twice = count >= 30 and len(months) == 1
                for turn in range(2 if twice else 1):
                    self._small(k, must=turn == 0 and k == 0)
                borne = {step.name for (_, at), steps in self.steps.items() if at == k for step in steps}
                self._spread(k, 1, must=False, without=borne)
        for k in range(len(months) if plant and with_closing else 0):
            federation = [] if early else after_close.FEDERATION.get(k, [])
            self._all(
                seed,
                k,
                "more lived",
                federation + after_close.AFTER_CLOSE[early:] + after_close.AFTER_CLOSE * (times - 1),
            )
        for k in range(len(months)):
            first = (seed + k) * 11 % len(RIGHT)  # where there are few children, others have their turn next month
            self._all(seed, k, "right", (RIGHT[first:] + RIGHT[:first]) * max(1, count // 200))

    def _all(self, seed: int, k: int, what: str, steps: Sequence[Step]) -> None:
        """Places the steps that find a child."""
        self._begin(seed, k, what)
        for step in steps:
            self._place([step], k)

    def instead(self, step: Step, child: Child, month: str) -> Iterable[Step]:
        """Other ways to plant the same check in the same child's month, where the month does not allow the one chosen."""
        ways = next((ways for ways in self._ways.values() if step in ways), [])
        for way in ways:
            alone = way.span == (0,) and not way.before and not way.comes_again
            if way is not step and alone and child.kind in way.kind.split("|") and way.fits(child, month):
                yield way

    def _begin(self, seed: int, k: int, what: str) -> None:
        self._order = SeededRandom(seed, "schedule", what, k).shuffled(range(len(self._groups)))
        self._pools: dict[str, list[int]] = {}
        self._at: dict[tuple[str, ...], int] = {}

    def _pool(self, kind: str) -> list[int]:
        """The groups of a kind, or of several, in the month's order."""
        if kind not in self._pools:
            kinds = kind.split("|")
            self._pools[kind] = [i for i in self._order if self._groups[i][0].kind in kinds]
        return self._pools[kind]

    def _rare_first(self, k: int) -> list[str]:
        """The checks to plant: those that few children can bear, or for long, choose first."""

        def bearers(step: Step) -> float:
            kinds, month = step.kind.split("|"), self._months[k]
            fit = sum(g[0].kind in kinds and step.fits(g[0], month) for g in self._groups[: SPREAD * 5])
            return fit / len(step.blocks(k, len(self._months)))

        return sorted(self._ways, key=lambda code: (max(map(bearers, self._ways[code])), code))

    def _spread(self, k: int, times: int, must: bool, without: Collection[str] = ()) -> None:
        """Every check in turn, each time by another of its ways; not those of which one way has a place already."""
        for turn in range(times):
            for code in self._rare_first(k):
                ways = self._ways[code]
                if any(step.name in without for step in ways):
                    continue
                first = self._seed + k * times + turn
                order = [ways[(first + i) % len(ways)] for i in range(len(ways))]
                placed = False
                for step in order:
                    placed |= self._place([step], k) and not step.besides
                    if placed:
                        break
                if not placed and must and turn == 0:
                    raise ValueError(f"too few children for {code}")

    def _small(self, k: int, must: bool) -> None:
        """Each of SMALL on one child; what finds no child together may find one apart, or none."""
        named = {step.name: step for ways in self._ways.values() for step in ways}
        for names, more in SMALL:
            steps, besides = ([named[name] for name in some if name in named] for some in (names, more))
            if not steps:
                steps, besides = besides, []
            if steps and not self._place(steps, k, besides):
                if must:
                    raise ValueError(f"too few children for {steps[0].name}")
                for step in steps:
                    self._place([step], k)

    def _place(self, steps: list[Step], k: int, besides: Sequence[Step] = ()) -> bool:
        """Finds a child that is free for all the steps, and for what else it may bear.

        It looks at each child once for the same steps.
        """
        if k == 0 and any(step.written for step in steps):
            return False
        name = tuple(step.name for step in steps)
        pool = self._pool(steps[0].kind)
        wanted = sorted({t for step in steps for t in self._span(step, k, len(steps) > 1)})
        for at in range(self._at.get(name, 0), len(pool)):
            group = pool[at]
            child = self._groups[group][0]
            if any((group, t) in self._blocked for t in wanted):
                continue
            if all(step.fits(child, self._months[t]) for step in steps for t in self._judged(step, k)):
                self._at[name] = at + 1
                self._blocked.update((group, t) for t in wanted)
                steps = steps + [step for step in besides if step.fits(child, self._months[k])]
                self.steps[group, k] = self.steps.get((group, k), []) + steps
                for step in steps:
                    if step.before:
                        self.before[group, k - 1] = step.before
                return True
        self._at[name] = len(pool)
        return False

    def _span(self, step: Step, k: int, together: bool) -> Iterable[int]:
        blocked = step.blocks(k, len(self._months))
        return [t for t in blocked if t <= k] if together and step.comes_again else blocked

    def _judged(self, step: Step, k: int) -> Iterable[int]:
        """The months in which the child must fit: the step's own, and the one before if that comes again."""
        return [t for t in {k, k + min(step.span or (0,))} if 0 <= t < len(self._months)]


def planted(plant: bool | Collection[str]) -> frozenset[str]:
    """The codes to plant: all, none, or those given."""
    if plant is True:
        return frozenset(CODES)
    codes = frozenset(plant or ())
    unknown = codes - frozenset(CODES)
    if unknown:
        raise ValueError(f"no such check to plant: {', '.join(sorted(unknown))}")
    return codes


def steps() -> Iterable[Step]:
    return chain(chain.from_iterable(PLANTS.values()), RIGHT)
