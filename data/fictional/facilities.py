"""The city's facilities, opened as children need places."""

from __future__ import annotations

from .dice import Dice
from .model import Facility, Unit
from .names import facility_name, facility_number

# What may be opened for a child who needs a type: (types, weight); "+" marks a unit for severe disabilities.
_KINDS = {
    "61": (("61",), 12), "63": (("63",), 12), "64": (("64",), 3), "65": (("65",), 1),
    "both": (("61", "63"), 4), "61v": (("61", "64"), 3), "63v": (("63", "64"), 3),
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


class Pool:
    """Hands out places. `width`: how many facilities with room stand open at a time for each need."""

    def __init__(self, dice: Dice, prefecture: str, width: int) -> None:
        self.all: list[Facility] = []
        self._dice = dice
        self._prefecture = prefecture
        self._width = width
        self._open: dict[str, list[Facility]] = {}
        self._serial = 0

    def take(self, need: str, exclude: tuple[Facility, ...] = ()) -> Facility:
        """A facility for `need`: a type, two at one number (63+64), 63h (重心 alone) or 63m (both units)."""
        wanted = [t[:2] for t in need.split("+")]
        shut = {f.number for f in exclude}
        found = self._open.setdefault(need, [])
        found[:] = [f for f in found if all(self._room(f, t) for t in wanted)]
        width = self._width if need in ("61", "63") else 1
        chosen = [f for f in found if f.number not in shut]
        while len(chosen) < min(width, 2) or len(found) < width:
            new = self._open_new(need)
            found.append(new)
            chosen.append(new)
            for other, standing in self._open.items():
                apart = other == need or {"h", "m"} & {need[-1], other[-1]}
                if not apart and all(t in new.types for t in other.split("+")):
                    standing.append(new)
        facility = self._dice.pick(chosen)
        for t in wanted:
            facility.enrolled[t] = facility.enrolled.get(t, 0) + 1
        return facility

    def join(self, facility: Facility, service_type: str) -> bool:
        """A further child at the same facility, if it has the type and room."""
        if service_type not in facility.types or not self._room(facility, service_type):
            return False
        facility.enrolled[service_type] = facility.enrolled.get(service_type, 0) + 1
        return True

    def consultant(self) -> str:
        """The number of a 障害児相談支援事業所: it manages caps and sends no claims of these kinds."""
        self._serial += 1
        return facility_number(self._prefecture, "7", 100 + self._serial // 1000, self._serial % 1000)

    def visiting(self) -> Facility:
        """A facility that offers 64, for a visit nobody planned."""
        found = [f for f in self.all if "64" in f.types]
        return self._dice.pick(found) if found else self.take("64")

    @staticmethod
    def _room(facility: Facility, service_type: str) -> bool:
        capacity = sum(u.capacity for u in facility.units if u.service_type == service_type)
        return facility.enrolled.get(service_type, 0) < capacity * (3 if service_type in ("64", "65") else 1.5)

    def _open_new(self, need: str) -> Facility:
        dice, index = self._dice, len(self.all)
        if need.endswith(("h", "m")):
            heavy = Unit(need[:2], 5, 5, True)
            units: tuple[Unit, ...] = (heavy,) if need.endswith("h") else (Unit(need[:2], 10, 10, False), heavy)
        else:
            types = dice.weighted([_KINDS[k] for k in _FOR[need]])
            capacity = dice.weighted(_CAPACITIES)
            several = len({"61", "63"} & set(types)) == 2
            # A number with 61 and 63 bills by the capacity of both together.
            fee = capacity * 2 if several else capacity
            units = tuple(Unit(t, capacity if t in ("61", "63") else 5, fee, False) for t in types)
        facility = Facility(
            index=index,
            number=facility_number(self._prefecture, "5", 101 + (index * 37 + index // 4000) % 800, index % 1000),
            name=facility_name(index, dice),
            corporation=f"{9000000000000 + index // 2}",
            region="16" if dice.chance(0.85) else dice.pick(("14", "15", "17", "23")),
            units=units,
            closed=frozenset(dice.weighted([((6,), 7), ((5, 6), 3), ((0,), 1)])),
            staffing=dice.chance(0.5),
            improvement=dice.chance(0.4),
            bcp=dice.chance(0.05),
            fills_adjusted=dice.chance(0.5),
        )
        self.all.append(facility)
        return facility
