"""A claim, its record and a sheet with right sums, as lines of the national format; what is wrong is put in on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from henrei.data.fictional.codes import FORMS, price
from henrei.data.fictional.records import line
from lib.inputs import CITY

REGION = "15"
Items = Mapping[int, object]
# What a total of K611-01 adds up: the items of K611-02, and whether their values count or only that they are set.
_TOTALS = {
    19: ((16,), True), 34: ((21, 22), True), 37: ((45,), False), 45: ((32,), False), 113: ((70,), False),
    117: ((74,), False), 121: ((78,), False), 159: ((99,), False), 161: ((101,), False), 162: ((102,), True),
    163: ((103,), False), 170: ((111,), False), 172: ((113,), False),
}  # fmt: skip


class Child(NamedTuple):
    """A recipient as the city knows it; `share` is what the family pays, in per cent of the cost of 61, 64 and 65."""

    number: str
    cap: int = 9300
    share: int = 10


class Subject(NamedTuple):
    """Whom a finding is about: claim, sheet, attendance, petition or facility."""

    kind: str
    facility: str
    recipient: str
    month: str


class House(NamedTuple):
    """A facility and the service it gives; `heavy` and `center` as in facilities.csv."""

    number: str
    kind: str = "63"
    heavy: str = "1"
    center: str = ""

    @property
    def subject(self) -> Subject:
        """The facility in the month that all situations are about."""
        return Subject("facility", self.number, "", "2025-10")

    @property
    def price(self) -> int:
        """Thousandths of a yen a unit; those of a 児童発達支援センター are a class of their own."""
        if self.center == "1":
            return price(REGION, False, "64")
        return price(REGION, self.heavy == "2", self.kind)


@dataclass
class Part:
    """What a claim bills of one service type."""

    house: House
    lines: dict[str, tuple[int, int]]  # code: units each, count
    days: int
    contract: int
    started: str = "20250401"
    price: int = 0  # in place of the right one
    off: int = 0  # yen that the cost is more than units and price make
    items: Mapping[str, Items] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return sum(each * count for each, count in self.lines.values())

    @property
    def cost(self) -> int:
        return self.units * self.unit_price // 1000 + self.off

    @property
    def unit_price(self) -> int:
        return self.price or self.house.price


@dataclass
class Claim:
    """A claim of a child, a facility and a month."""

    child: Child
    month: str
    parts: list[Part]
    cap: int
    managed: tuple[str, str, int] | None = None  # manager, result, what the family pays here
    decided: int | None = None  # in place of the right one
    aid: int = 0  # what the city pays of it
    city: str = CITY
    full: bool = False  # every item that is not set has zeros or blanks

    @property
    def subject(self) -> Subject:
        return Subject("claim", self.facility, self.child.number, self.month)

    @property
    def attendance(self) -> Subject:
        """The claim's attendance record as a subject."""
        return self.subject._replace(kind="attendance")

    @property
    def facility(self) -> str:
        return self.parts[0].house.number

    @property
    def cost(self) -> int:
        return sum(part.cost for part in self.parts)

    def share(self, part: Part) -> int:
        """利用者負担額②."""
        return part.cost * (10 if part.house.kind == "63" else self.child.share) // 100

    def capped(self, part: Part) -> int:
        return min(self.cap, self.share(part))

    @property
    def burden(self) -> int:
        """What the family pays here before other facilities are looked at."""
        return min(self.cap, sum(self.capped(part) for part in self.parts))

    def key(self) -> dict[int, object]:
        return {3: self.month.replace("-", ""), 4: self.city, 5: self.facility, 6: self.child.number}

    def money(self) -> tuple[int, list[dict[int, object]]]:
        """決定利用者負担額 of the claim, and the items 19 to 22 of its 04 rows."""
        capped = [self.capped(part) for part in self.parts]
        adjusted = spread(self.burden, capped) if sum(capped) > self.burden else None
        managed = spread(self.managed[2], adjusted or capped) if self.managed else None
        decided = managed or adjusted or capped
        if self.decided is not None:
            decided = spread(self.decided, decided, strict=False)
        rows: list[dict[int, object]] = []
        for n, part in enumerate(self.parts):
            row: dict[int, object] = {21: decided[n], 22: part.cost - decided[n]}
            row |= {19: adjusted[n]} if adjusted else {}
            row |= {25: self.aid} if self.aid and n == 0 else {}
            rows.append(row | ({20: managed[n]} if managed else {}))
        return sum(decided), rows

    def records(self) -> Iterator[str]:
        """K122-01 to 05."""
        decided, rows = self.money()
        capped = sum(self.capped(part) for part in self.parts)
        head: dict[int, object] = {
            10: REGION, 12: self.cap, 20: sum(p.units for p in self.parts), 21: self.cost, 22: capped, 27: decided,
            28: self.cost - decided,
        }  # fmt: skip
        head |= {25: self.burden} if capped > self.burden else {}
        head |= {31: self.aid} if self.aid else {}
        if self.managed:
            head |= {15: self.managed[0], 16: self.managed[1], 17: self.managed[2], 26: self.managed[2]}
        yield self._line("K122-01", self.parts[0], head)
        for part in self.parts:
            yield self._line("K122-02", part, {7: part.house.kind, 8: part.started, 10: part.days})
        for part in self.parts:
            for code, (each, count) in part.lines.items():
                yield self._line("K122-03", part, {7: code, 8: each, 9: count, 10: each * count})
        for part, row in zip(self.parts, rows, strict=True):
            values = {7: part.house.kind, 8: 1, 9: part.days, 10: part.units, 11: part.unit_price, 12: 0}
            values |= {13: part.cost, 14: part.cost // 10, 15: self.share(part), 16: self.capped(part)}
            yield self._line("K122-04", part, {**values, **row})
        for n, part in enumerate(self.parts, start=1):
            grant = f"{part.house.kind}{2 if part.house.heavy == '2' else 1}000"
            values = {7: grant, 8: f"{part.contract:03}00", 9: "20250401", 11: n}
            yield self._line("K122-05", part, values)

    def _line(self, record: str, part: Part, values: Items) -> str:
        return line(record, {**self.key(), **values, **part.items.get(record, {})}, self.full)


def spread(total: int, parts: Iterable[int], strict: bool = True) -> list[int]:
    """The total over the parts in their order; what is more than all of them goes to the last unless strict."""
    given = []
    for part in parts:
        given.append(min(part, total))
        total -= given[-1]
    if total and not strict:
        given[-1] += total
    return given


def attendance(key: Items, kind: str, days: Iterable[Items], totals: Items) -> Iterator[str]:
    """K611: the totals as its rows give them, but for those named."""
    rows = list(days)
    form = {**key, 7: FORMS[kind]}
    sums: dict[int, object] = {}
    for total, (items, counted) in _TOTALS.items():
        values = [int(str(row.get(item) or 0)) for row in rows for item in items]
        number = sum(values) if counted else sum(value > 0 for value in values)
        if number:
            sums[total] = f"{number:05}" if total == 19 else number
    yield line("K611-01", {**form, **sums, **totals}, False)
    for row in rows:
        yield line("K611-02", {**form, **row}, False)


def invoice(claims: list[Claim], off: Items) -> Iterator[str]:
    """K112 over the claims of one facility and month; `off`: by how much an item of 01 is another."""
    key = {number: value for number, value in claims[0].key().items() if number != 6}
    decided = [claim.money() for claim in claims]
    aid = sum(claim.aid for claim in claims)
    burden, cost = sum(total for total, _ in decided), sum(claim.cost for claim in claims)
    units = sum(part.units for claim in claims for part in claim.parts)
    values = {6: cost - burden, 7: len(claims), 8: units, 9: cost, 10: cost - burden, 12: burden - aid}
    values |= {17: len(claims), 18: units, 19: cost, 20: cost - burden, 22: burden - aid}
    values |= {6: cost - burden + aid, 13: aid, 23: aid} if aid else {}
    yield line("K112-01", {**key, **{n: v + int(str(off.get(n, 0))) for n, v in values.items()}}, claims[0].full)
    for kind in sorted({part.house.kind for claim in claims for part in claim.parts}):
        mine = [
            (part, row)
            for claim, (_, rows) in zip(claims, decided, strict=True)
            for part, row in zip(claim.parts, rows, strict=True)
            if part.house.kind == kind
        ]
        sums = {8: len(mine), 9: sum(part.units for part, _ in mine), 10: sum(part.cost for part, _ in mine)}
        sums |= {
            11: sum(int(str(row[22])) for _, row in mine),
            13: sum(int(str(row[21])) - int(str(row.get(25, 0))) for _, row in mine),
        }
        yield line("K112-02", {**key, 6: 1, 7: kind, **sums}, claims[0].full)
