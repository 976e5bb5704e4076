"""Makes the children of a city with their certificates and their places at facilities. city.py calls it once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from .certificates import Amounts, burden_rows, care_plan, grant_rows, shares
from .codes import BASE_GRANT, CARE_GRANT, HEAVY_GRANT
from .facilities import Pool
from .model import Child, Enrolment, Facility
from .months import first, fiscal_year, last, month_of, shift
from .names import full_name, surname
from .over_capacity import CROWDS
from .rows import Filing, cut
from .seeded import SeededRandom

Places = list[tuple[Facility, str]]  # a facility and a service type

# The first twelve children of every city, so that a small one has what the mistakes need.
_FIRST = ("single",) * 6 + ("pair",) * 3 + ("joint",) * 2 + ("visit",)
_SHARES = {
    "single": 31, "center": 2, "medical": 2, "double": 4, "pair": 20, "house": 10, "trio": 3, "sister": 2, "free_pair": 4, "zero_pair": 3, "visit": 4,
    "elsewhere": 3, "heavy": 3, "home": 1, "joint": 4, "entering": 2, "turning": 2,
}  # fmt: skip
# A household with one sheet, a child with two numbers, and the children of a facility where nobody else goes.
_TOGETHER = {"joint": 2, "double": 2, "house": 2, **{name: crowd.children for name, crowd in CROWDS.items()}}
_SEVERAL = ("pair", "sister", "trio", "free_pair", "zero_pair")  # at two or three facilities of one type
_MANAGED = ("pair", "sister", "trio", "elsewhere")
_ALLOWANCES = (5, 8, 10, 10, 12, 15, 15, 20, 23, 0)  # 0: 原則日数
# Of the first single children, by turns: stage, cap, individual support
_PROFILES = (
    ("school", 4600, ""), ("free", 4600, ""), ("school", 37200, ""), ("school", 4600, "individual_support_1"),
    ("school", 0, ""), ("baby", 4600, ""),
)  # fmt: skip


def kinds(count: int) -> list[str]:
    """The kind of each child of a city; those of a group follow one another."""
    order = list(_FIRST[:count])
    for name, crowd in CROWDS.items():
        order += [name] * crowd.children * (count >= crowd.city)
    rest = count - len(order)
    if rest > 0:
        share = {kind: rest * weight // 100 for kind, weight in _SHARES.items()}
        for kind in ("joint", "double", "house"):
            share[kind] = 2 * round(rest * _SHARES[kind] / 200)
        share["single"] += rest - sum(share.values())
        order += [kind for kind, n in share.items() for _ in range(n)]
    if order.count("joint") % 2:
        order[order.index("joint")] = "single"
    return order


class People:
    """Makes the children for service months `months[0]` to `months[-1]`."""

    def __init__(self, seed: int, pool: Pool, municipality_no: str, months: Sequence[str]) -> None:
        self._seed = seed
        self._pool = pool
        self._city = municipality_no
        self._from, self._to = first(months[0]), last(months[-1])
        self._number = 1000000
        self._household = 0
        self._singles = self._pairs = self._doubles = self._heavies = 0

    def groups(self, count: int) -> list[list[Child]]:
        """One child, or those whose claims of a month are settled together."""
        order = kinds(count)
        groups: list[list[Child]] = []
        while order:
            kind = order.pop(0)
            rng = SeededRandom(self._seed, "child", len(groups))
            size = _TOGETHER.get(kind, 1)
            del order[: size - 1]
            if kind == "double":
                groups.append(self._double(rng))
            elif kind == "joint":
                groups.append(self._joint(rng))
            elif size > 1:
                groups.append(self._house(kind, size, rng))
            else:
                sibling = groups[-1][0] if groups and kind == "single" and rng.chance(0.15) else None
                groups.append([self._child(kind, rng, sibling)])
        return groups

    def _blank(self, kind: str, rng: SeededRandom, household: str = "", family: str = "") -> Child:
        self._number += rng.between(1, 9)
        if not household:
            self._household += 1
            household = f"H{self._household:06d}"
        family = family or surname(rng)
        child = Child(
            number=f"{self._number:010d}",
            kana=full_name(family, rng),
            guardian=full_name(family, rng),
            born=self._from,
            household=household,
            kind=kind,
            municipality_no=self._city,
        )
        child.pickup = rng.chance(0.7)
        child.code = f"K{child.number[3:]}" if rng.chance(0.5) else ""
        return child

    def _child(self, kind: str, rng: SeededRandom, sibling: Child | None = None) -> Child:
        if sibling and sibling.kind == "single":
            child = self._blank(kind, rng, sibling.household, sibling.kana.split(" ")[0])
        else:
            sibling, child = None, self._blank(kind, rng)
        cap = rng.weighted([(4600, 70), (37200, 18), (0, 12)])
        stage = rng.weighted([("school", 62), ("free", 23), ("baby", 15)])
        individual = rng.weighted([("", 14), ("individual_support_1", 5), ("individual_support_1_severe", 1)])
        if kind == "single":
            if self._singles < len(_PROFILES):
                stage, cap, individual = _PROFILES[self._singles]
            self._singles += 1
            if sibling and sibling.burdens:
                cap = sibling.burdens[0].cap
        elif kind in _MANAGED:
            stage = "school" if kind == "elsewhere" or rng.chance(0.75) else "baby"
            cap = cap or 4600
            if kind == "pair" and self._pairs < 3:
                cap = (4600, 37200, 4600)[self._pairs]  # with the shares below: management results 1, 2 and 3
            self._pairs += kind == "pair"
        elif kind in ("free_pair", "turning", "home"):
            stage = {"free_pair": "free", "turning": "turning", "home": "baby"}[kind]
        elif kind == "visit":
            stage = "school" if rng.chance(0.4) else "free"
        elif kind == "entering":
            stage = "entering"
        elif kind == "center":
            stage = "free" if rng.chance(0.5) else "baby"
        elif kind == "medical":
            stage, child.care = "school", rng.pick(("1", "2", "3"))
        elif kind in ("zero_pair", "heavy"):
            stage = "school" if rng.chance(0.6) else "free"
            cap = 0 if kind == "zero_pair" else cap
        wanted, stage = stage, self._born(child, stage, rng)
        if stage != wanted:  # the months do not cross the first of April
            kind = child.kind = "ordinary"
        service_type = "63" if stage == "school" else "61"
        child.pace = rng.weighted([(2, 4), (1, 1)] if stage == "school" else [(3, 6), (2, 2), (1, 1)])
        # 放デイ takes no account of a rank; a school child may have one for 保訪.
        rank = rng.pick(("", "", "1", "2")) if stage == "baby" or rng.chance(0.1) else ""
        child.burdens = list(burden_rows(child.born, cap, rank, self._from, self._to))
        if service_type == "63" and kind not in ("heavy", "medical"):
            child.individual = individual
        self._places(child, kind, service_type, rng, sibling)
        return child

    def _joint(self, rng: SeededRandom) -> list[Child]:
        """Two paying children of one household, one at two facilities; one facility manages for both."""
        pair = [self._blank("joint", rng)]
        pair.append(self._blank("joint", rng, pair[0].household, pair[0].kana.split(" ")[0]))
        cap = 37200 if rng.chance(0.5) else 4600
        for child, stage in zip(pair, ("school", rng.pick(("school", "baby"))), strict=True):
            stage = self._born(child, stage, rng)
            child.burdens = list(burden_rows(child.born, cap, "", self._from, self._to))
            self._places(child, "pair" if child is pair[0] else "single", "63" if stage == "school" else "61", rng)
        pair[1].managers = list(pair[0].managers)
        return pair

    def _double(self, rng: SeededRandom) -> list[Child]:
        """A child who got a new number in one of the months, or before: the new number and the old one."""
        new = self._blank("double", rng)
        old = self._blank("double", rng, new.household, new.kana.split(" ")[0])
        old.kana, old.guardian, old.pickup = new.kana, new.guardian, new.pickup
        new.code = old.code = f"K{new.number[3:]}"
        stage = self._born(new, "school", rng)
        old.born = new.born
        cap = rng.weighted([(4600, 80), (37200, 20)])
        facility = self._pool.take("63")
        for child in (new, old):
            child.pace = 2
            child.burdens = list(burden_rows(child.born, cap, "", self._from, self._to))
            self._places(child, "double", "63" if stage == "school" else "61", rng, at=facility)
        turn = shift(month_of(self._from), rng.between(1, 4) if self._doubles else 0)
        self._doubles += 1
        day = first(turn)
        new.grants = cut(new.grants, date.min, last(shift(turn, -1)))
        old.grants, old.burdens = cut(old.grants, day, date.max), cut(old.burdens, day, date.max)
        new.burdens = cut(new.burdens, date.min, last(shift(turn, -1)))
        new.enrolments[0].from_month, old.enrolments[0].to_month = turn, shift(turn, -1)
        return [new, old]

    def _house(self, kind: str, size: int, rng: SeededRandom) -> list[Child]:
        """Children of one facility that nobody else uses; a crowd's may come every day."""
        crowd = CROWDS.get(kind)
        stage = "school" if crowd or rng.chance(0.6) else "free"
        service_type = "63" if stage == "school" else "61"
        facility = self._pool.reserve(
            service_type,
            crowd.capacity if crowd else 10,
            bool(crowd and crowd.always_open),
            bool(crowd and crowd.staffing),
        )
        children = [self._blank(kind, rng) for _ in range(size)]
        for child in children:
            self._born(child, stage, rng)
            cap = rng.weighted([(4600, 80), (37200, 20)])
            child.burdens = list(burden_rows(child.born, cap, "", self._from, self._to))
            self._places(child, kind, service_type, rng, at=facility)
        return children

    def _born(self, child: Child, stage: str, rng: SeededRandom) -> str:
        """Sets the birthday so that the child stays in its stage for all months; returns the stage reached."""
        old, new = fiscal_year(self._from), fiscal_year(self._to)
        if stage in ("entering", "turning") and old == new:
            stage = "school" if stage == "entering" else "free"
        entry = {
            "school": rng.between(new - 11, old),
            "free": rng.between(new + 1, old + 3) if new + 1 <= old + 3 else new + 1,
            "baby": new + 4 + rng.below(2) * (old == new),
            "entering": new,
            "turning": new + 3,
        }[stage]
        born = date(entry - 7, 4, 2) + timedelta(days=rng.below(365))
        edge = rng.chance(0.15)
        if edge and stage == "school":  # the youngest of those who have just entered
            entry, born = old, date(old - 6, 4, 1)
        elif edge and stage == "free":  # the oldest of those who have a year left
            entry, born = new + 1, date(new - 6, 4, 2)
        child.born = min(born, self._from - timedelta(days=200), date(entry - 6, 4, 1))
        return stage

    def _places(
        self,
        child: Child,
        kind: str,
        service_type: str,
        rng: SeededRandom,
        sibling: Child | None = None,
        at: Facility | None = None,
    ) -> None:
        """Grants, facilities with contracts, the cap's manager and the care plan. `at`: the one facility there is."""
        allowance = self._allowance(kind, rng)
        child.heavy = kind == "heavy"
        if at:
            places = [(at, service_type)]
            amounts: dict[str, Amounts] = {BASE_GRANT[service_type]: [(date.min, allowance)]}
        else:
            places, amounts = self._choose(kind, child, service_type, allowance, rng, sibling)
        if kind in ("single", "pair", "zero_pair") and self._singles > len(_PROFILES) and rng.chance(0.08):
            # The allowance is decided anew in the middle of the year, often in the middle of a month.
            change = self._from + timedelta(days=rng.below((self._to - self._from).days))
            amounts[BASE_GRANT[service_type]].append((change, rng.pick((10, 12, 15, 20))))
        if kind == "entering":
            start = date(fiscal_year(self._to), 4, 1)
            amounts = {"611000": [(date.min, allowance), (start, -1)], "631000": [(start, 10)]}
        child.grants = list(grant_rows(amounts, child.individual, self._renewals(rng)))
        small_manager = rng.chance(0.4)
        if kind == "pair" and child.kind == "pair" and self._pairs <= 3:
            small_manager = self._pairs == 3
        self._enrol_all(child, kind, places, amounts, small_manager)
        if kind in _MANAGED and child.burdens[0].cap:
            child.managers = [Filing(self._manager(child, kind, rng), child.grants[0].start, None)]
        child.plans = [care_plan(child, rng)]

    def _allowance(self, kind: str, rng: SeededRandom) -> int:
        """Days a month of the child's base grant; 0 is 原則日数."""
        allowance = rng.pick(_ALLOWANCES if kind != "double" else (10, 12, 15))
        if kind == "single" and self._singles in (1, 3):
            allowance = 10  # the small city needs an allowance that a month can exceed
        if kind in (*_SEVERAL, "elsewhere"):
            allowance = rng.pick((10, 12, 15, 20, 23, 0))
        return 31 if kind in CROWDS else allowance

    def _choose(
        self, kind: str, child: Child, service_type: str, allowance: int, rng: SeededRandom, sibling: Child | None
    ) -> tuple[Places, dict[str, Amounts]]:
        """The facilities of a child, each with a service type, and what is granted by decided service code."""
        pool, base, begin = self._pool, BASE_GRANT[service_type], date.min
        amounts: dict[str, Amounts] = {base: [(begin, allowance)]}
        if kind == "heavy":
            needed = service_type + "mh"[self._heavies % 2]
            self._heavies += 1
            return [(pool.take(needed), service_type)], {HEAVY_GRANT[service_type]: [(begin, allowance)]}
        if kind == "center":
            return [(pool.take("61c"), service_type)], amounts
        if kind == "medical":
            return [(pool.take("63k"), service_type)], {CARE_GRANT[child.care]: [(begin, allowance)]}
        if kind == "home":
            return [(pool.take("65"), "65")], {BASE_GRANT["65"]: [(begin, 8)]}
        if kind == "visit":
            facility = pool.take(f"{service_type}+64")
            amounts[BASE_GRANT["64"]] = [(begin, rng.between(3, 5))]
            return [(facility, service_type), (facility, "64")], amounts
        if kind == "elsewhere":
            amounts[BASE_GRANT["64"]] = [(begin, rng.between(2, 4))]
            facility = pool.take(service_type)
            return [(facility, service_type), (pool.take("64", (facility,)), "64")], amounts
        if kind == "sister":
            facility = pool.take(service_type)
            return [(facility, service_type), (pool.branch(facility, service_type), service_type)], amounts
        if sibling and kind not in _SEVERAL and pool.join(sibling.enrolments[0].facility, service_type):
            return [(sibling.enrolments[0].facility, service_type)], amounts
        facilities = [pool.take(service_type)]
        for _ in range({"trio": 2}.get(kind, 1) if kind in _SEVERAL else 0):
            facilities.append(pool.take(service_type, tuple(facilities)))
        return [(facility, service_type) for facility in facilities], amounts

    def _renewals(self, rng: SeededRandom) -> list[date]:
        """The days on which the certificate begins or is renewed, a year apart, until after the last month."""
        renewals = [first(shift(month_of(self._from), -rng.between(0, 11)))]
        while renewals[-1] <= self._to:
            renewals.append(first(shift(month_of(renewals[-1]), 12)))
        return renewals

    def _enrol_all(
        self, child: Child, kind: str, places: Places, amounts: dict[str, Amounts], small_manager: bool
    ) -> None:
        """A contract for each granted service at each facility that offers it; `entering` changes it in April."""
        for code, given in amounts.items():
            kind_of = code[:2]
            where = [f for f, t in places if t == kind_of] or [places[0][0]]
            if kind == "entering" and kind_of == "63":
                where = [self._pool.take("63", (where[0],))]
            for facility, share in zip(where, shares(given, len(where), kind_of, small_manager), strict=True):
                self._enrol(child, facility, kind_of, share)
        if kind == "entering":
            turn = f"{fiscal_year(self._to):04d}-04"
            child.enrolments[0].to_month, child.enrolments[1].from_month = shift(turn, -1), turn

    def _manager(self, child: Child, kind: str, rng: SeededRandom) -> str:
        """The number of who manages the cap: the first facility, for some a consultation office."""
        manager = child.enrolments[0].facility.number
        if kind != "elsewhere" and child.kind != "joint" and self._singles > len(_PROFILES) and rng.chance(0.08):
            manager = self._pool.consultant()
        return manager

    def _enrol(self, child: Child, facility: Facility, service_type: str, share: Amounts) -> None:
        start = child.base_grants(service_type, month_of(max(self._from, share[0][0])))[0].start
        contracts = [(max(start, when), days) for when, days in share]
        place = next((e for e in child.enrolments if e.facility is facility), None)
        if place is None:
            place = Enrolment(facility, {}, len(child.enrolments) + 1)
            child.enrolments.append(place)
        place.contracts[service_type] = contracts
