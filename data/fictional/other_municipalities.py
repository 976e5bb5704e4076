"""Plans of children of other municipalities, who are in the same facilities' files. city.py adds them to each month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from .codes import BASE_GRANT
from .facilities import Pool
from .model import Child, Enrolment, Plan
from .names import full_name, municipality_number, surname
from .plans import plan_month
from .rows import Burden, Filing, Grant
from .seeded import SeededRandom


def outsiders(
    seed: int,
    review: str,
    month: str,
    pool: Pool,
    city: str,
    groups: Sequence[Sequence[Child]],
    managers: set[str],
) -> Iterator[Plan]:
    """Plans of children that no ledger here knows; some bear a number that is also one of ours.

    At the facilities in `managers` one of them has its cap managed there.
    """
    homes = [n for n in (municipality_number(f"{city[:2]}{body}") for body in ("201", "208", "341")) if n != city]
    for facility in list(pool.all):
        rng = SeededRandom(seed, "outsider", facility.number, review)
        kinds = [t for t in facility.types if t in ("61", "63")]
        manages = facility.number in managers
        if not kinds or facility.units[0].heavy or (facility.index and not manages and not rng.chance(0.12)):
            continue
        kind = kinds[-1] if manages else rng.pick(kinds)
        others = [f for f in pool.all if kind in f.types and f is not facility and not f.units[0].heavy]
        places = [facility]
        if others and (manages or rng.chance(0.25)):
            places.append(rng.pick(others))
        ours = rng.pick(groups)[0].number
        family = surname(rng)
        since, until = date(int(month[:4]) - 1, 4, 1), date(int(month[:4]) + 2, 3, 31)
        child = Child(
            number=ours if rng.chance(0.5) else f"{8000000000 + rng.below(10**8)}",
            kana=full_name(family, rng),
            guardian=full_name(family, rng),
            born=date(int(month[:4]) - 9, 5, 5),
            household="",
            kind="outsider",
            municipality_no=rng.pick(homes),
            burdens=[Burden(4600, False, "", since, until)],
            grants=[Grant(BASE_GRANT[kind], 10, False, since, until)],
            managers=[Filing(facility.number, since, None)] if len(places) > 1 else [],
            enrolments=[
                Enrolment(place, {kind: [(since, 10 // len(places))]}, i + 1) for i, place in enumerate(places)
            ],
        )
        yield plan_month(child, month, rng, plain=True)
