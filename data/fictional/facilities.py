"""The city's facilities (Pool), opened as people.py asks for places."""

from __future__ import annotations

from datetime import date

from .model import Facility, Unit
from .names import facility_name, facility_number
from .rows import Designation, Registration
from .seeded import SeededRandom

# What may be opened for a child who needs a type: (types, weight); "+" marks a unit for severe disabilities.
_KINDS = {
    "61": (("61",), 12), "63": (("63",), 12), "64": (("64",), 3), "65": (("65",), 1),
    "both": (("61", "63"), 2), "61v": (("61", "64"), 3), "63v": (("63", "64"), 3),
}  # fmt: skip
_FOR = {
    "61": ("61", "both", "61v"),
    "63": ("63", "both", "63v"),
    "64": ("64",),
    "65": ("65",),
    "61+64": ("61v",),
    "63+64": ("63v",),
}
_CAPACITIES = ((10, 14), (20, 5), (30, 1), (60, 1))
_OPENED = date(2021, 4, 1)
REVISION = date(2024, 4, 1)  # since when today's add-ons and reductions are registered


class Pool:
    """Gives places to children. `width`: how many facilities with room are open at a time for each need."""

    def __init__(self, rng: SeededRandom, prefecture: str, width: int) -> None:
        self.all: list[Facility] = []
        self._rng = rng
        self._prefecture = prefecture
        self._width = width
        self._open: dict[str, list[Facility]] = {}
        self._serial = 0

    def take(self, need: str, exclude: tuple[Facility, ...] = ()) -> Facility:
        """A facility for `need`: a type, two at one number (63+64), 61c (センター), 63k (10 places), 63h (重心 alone) or 63m (both units)."""
        wanted = [t[:2] for t in need.split("+")]
        shut = {f.number for f in exclude}
        with_room = self._open.setdefault(need, [])
        with_room[:] = [f for f in with_room if all(self._room(f, t) for t in wanted)]
        width = self._width if need in ("61", "63") else 1
        chosen = [f for f in with_room if f.number not in shut]
        while len(chosen) < min(width, 2) or len(with_room) < width:
            new = self._open_new(need)
            with_room.append(new)
            chosen.append(new)
            for other, others_open in self._open.items():
                apart = other == need or set("hmck") & {need[-1], other[-1]}
                if not apart and all(t in new.types for t in other.split("+")):
                    others_open.append(new)
        facility = self._rng.pick(chosen)
        for t in wanted:
            facility.enrolled[t] = facility.enrolled.get(t, 0) + 1
        return facility

    def join(self, facility: Facility, service_type: str) -> bool:
        """A further child at the same facility, if it has the type and room."""
        if service_type not in facility.types or not self._room(facility, service_type):
            return False
        facility.enrolled[service_type] = facility.enrolled.get(service_type, 0) + 1
        return True

    def reserve(self, service_type: str, capacity: int, always_open: bool = False, staffing: bool = False) -> Facility:
        """A facility that nobody else is given a place at."""
        unit = Unit(service_type, capacity, capacity, False)
        closed = frozenset[int]() if always_open else self._closed()
        return self._add((unit,), closed, staffing=staffing, bcp=False)

    def branch(self, facility: Facility, service_type: str) -> Facility:
        """Another facility of the same corporation."""
        unit = Unit(service_type, 10, 10, False)
        return self._add((unit,), self._closed(), staffing=False, bcp=False, corporation=facility.corporation)

    def consultant(self) -> str:
        """The number of a 障害児相談支援事業所: it manages caps and sends no claims of these kinds."""
        self._serial += 1
        return facility_number(self._prefecture, "7", 100 + self._serial // 1000, self._serial % 1000)

    def visiting(self) -> Facility:
        """A facility that offers 64, for a visit nobody planned."""
        visiting = [f for f in self.all if "64" in f.types]
        return self._rng.pick(visiting) if visiting else self.take("64")

    @staticmethod
    def _room(facility: Facility, service_type: str) -> bool:
        places = facility.capacity(service_type) * (3 if service_type in ("64", "65") else 1.5)
        return facility.enrolled.get(service_type, 0) < places

    def _open_new(self, need: str) -> Facility:
        rng = self._rng
        if need == "61c":
            units: tuple[Unit, ...] = (Unit("61", 30, 30, False, center=True),)
        elif need == "63k":
            units = (Unit("63", 10, 10, False),)
        elif need.endswith(("h", "m")):
            heavy = Unit(need[:2], 5, 5, True)
            units = (heavy,) if need.endswith("h") else (Unit(need[:2], 10, 10, False), heavy)
        else:
            types = rng.weighted([_KINDS[k] for k in _FOR[need]])
            capacity = rng.weighted(_CAPACITIES)
            several = len({"61", "63"} & set(types)) == 2
            # A number with 61 and 63 bills by the capacity of both together.
            fee = capacity * 2 if several else capacity
            units = tuple(Unit(t, capacity if t in ("61", "63") else 5, fee, False) for t in types)
        return self._add(units, self._closed(), staffing=rng.chance(0.5), bcp=rng.chance(0.05))

    def _closed(self) -> frozenset[int]:
        return frozenset(self._rng.weighted([((6,), 7), ((5, 6), 3), ((0,), 1)]))

    def _add(
        self, units: tuple[Unit, ...], closed: frozenset[int], staffing: bool, bcp: bool, corporation: str = ""
    ) -> Facility:
        rng, index = self._rng, len(self.all)
        facility = Facility(
            index=index,
            number=facility_number(self._prefecture, "5", 101 + (index * 37 + index // 4000) % 800, index % 1000),
            name=facility_name(index, rng),
            corporation=corporation or f"{9000000000000 + index // 2}",
            region="16" if rng.chance(0.85) else rng.pick(("14", "15", "17", "23")),
            units=units,
            closed=closed,
            staffing=staffing,
            improvement=rng.chance(0.6),
            bcp=bcp,
            fills_adjusted=rng.chance(0.5),
        )
        facility.designations = list(_designations(facility))
        filed = rng.pick((date(2024, 3, 10), date(2024, 3, 15), None))
        for kind in (t for t in facility.types if t in ("61", "63")):
            if staffing:
                facility.registered.append(Registration(kind, "staffing_plus", REVISION, None, filed))
            if bcp:
                facility.registered.append(Registration(kind, "reduction_bcp", REVISION, None))
        self.all.append(facility)
        return facility


def _center(unit: Unit, facility: Facility) -> str:
    """センター区分; the ledger does not say of every ordinary facility that it is none."""
    return "1" if unit.center else "2" if unit.service_type == "61" and facility.index % 3 else ""


def _designations(facility: Facility) -> list[Designation]:
    """算定定員 is written where a number has several rows of 61 and 63."""
    several = len([u for u in facility.units if u.service_type in ("61", "63")]) > 1
    return [
        Designation(
            u.service_type, u.capacity, u.fee_capacity if several and u.service_type in ("61", "63") else None,
            u.heavy, facility.region, _OPENED, None, center=_center(u, facility),
        )
        for u in facility.units
    ]  # fmt: skip
