"""What a fictional city is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

from .months import first, last


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of facilities.csv: a service at a facility."""

    service_type: str
    capacity: int
    fee_capacity: int  # 算定定員 where it differs or the number has several rows
    heavy: bool


@dataclass(slots=True)
class Facility:
    index: int
    number: str
    name: str
    corporation: str
    region: str
    units: tuple[Unit, ...]
    closed: frozenset[int]  # weekdays
    staffing: bool = False
    improvement: bool = False
    bcp: bool = False
    fills_adjusted: bool = False  # writes K122-01 item 25 in managed claims
    enrolled: dict[str, int] = field(default_factory=dict)
    load: dict[tuple[str, str], list[int]] = field(default_factory=dict)  # (month, type) -> children per day

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(unit.service_type for unit in self.units))

    def unit(self, service_type: str, heavy: bool = False) -> Unit:
        found = [u for u in self.units if u.service_type == service_type]
        return next((u for u in found if u.heavy == heavy), found[0])

    def mixed(self, service_type: str) -> bool:
        """Holds a unit for children with severe disabilities beside an ordinary one."""
        return len({u.heavy for u in self.units if u.service_type == service_type}) == 2

    def counts(self, month: str, service_type: str) -> list[int]:
        return self.load.setdefault((month, service_type), [0] * 32)


@dataclass(frozen=True, slots=True)
class Grant:
    code: str
    days: int | None
    principle: bool
    start: date
    end: date | None

    @property
    def base(self) -> bool:
        return self.code[2] != "0"

    def limit(self, principle_days: int) -> int:
        return principle_days if self.principle else self.days or 0


@dataclass(frozen=True, slots=True)
class Burden:
    """A row of recipients.csv."""

    cap: int
    free: bool
    rank: str  # 多子軽減区分
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Filing:
    """A row of cap_managers.csv."""

    facility_no: str
    start: date
    end: date | None


Row = TypeVar("Row", Grant, Burden, Filing)


def overlaps(row: Grant | Burden | Filing, start: date, end: date) -> bool:
    return row.start <= end and (row.end is None or row.end >= start)


def cut(rows: list[Row], start: date, end: date) -> list[Row]:
    """The rows without the days start to end."""
    left = []
    for row in rows:
        if not overlaps(row, start, end):
            left.append(row)
            continue
        if row.start < start:
            left.append(replace(row, end=start - timedelta(days=1)))
        if row.end is None or row.end > end:
            left.append(replace(row, start=end + timedelta(days=1)))
    return left


@dataclass(slots=True)
class Enrolment:
    """A child's place at a facility. `contracts`: type -> (from, days), oldest first."""

    facility: Facility
    contracts: dict[str, list[tuple[date, int]]]
    entry_no: int
    from_month: str = ""
    to_month: str = "9999-12"

    def contract(self, service_type: str, month: str) -> tuple[date, int]:
        """The newest in the month: the only one a claim reports."""
        return [c for c in self.contracts[service_type] if c[0] <= last(month)][-1]


@dataclass(slots=True)
class Child:
    number: str
    kana: str
    guardian: str
    born: date
    household: str
    kind: str
    municipality_no: str
    burdens: list[Burden] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    managers: list[Filing] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    individual: str = ""  # key of the 個別サポート add-on granted
    heavy: bool = False
    pickup: bool = True
    self_plan: bool = True

    def burden(self, month: str) -> Burden | None:
        """The row in force on the first of the month."""
        return next((b for b in self.burdens if overlaps(b, first(month), first(month))), None)

    def base_grants(self, service_type: str, month: str) -> list[Grant]:
        return [
            g for g in self.grants if g.base and g.code[:2] == service_type and overlaps(g, first(month), last(month))
        ]

    def allowance(self, service_type: str, month: str, principle_days: int) -> int:
        found = [g.limit(principle_days) for g in self.base_grants(service_type, month)]
        return max(found, default=0)


@dataclass(slots=True)
class Visit:
    """A K611-02 row."""

    day: int
    use: bool = True
    absent: bool = False
    holiday: bool = False
    out: int = 0
    back: int = 0
    family: bool = False
    heavy: bool = False


@dataclass(slots=True)
class Stay:
    """One service type of one claim: a child's month at a facility."""

    facility: Facility
    service_type: str
    code: str
    contract: int
    contract_from: date
    contract_to: date | None
    started: date
    entry_no: int
    visits: list[Visit]
    individual: str = ""
    extra: dict[str, int] = field(default_factory=dict)  # further keys and their counts
    billed: int | None = None  # where item 10 is not the number of rows
    record: str = "full"  # "none": no K611; "empty": K611-01 alone
    fewer_pickups: int = 0

    def use_days(self) -> list[int]:
        return sorted({v.day for v in self.visits if v.use})

    def clone(self) -> Stay:
        return replace(self, visits=[replace(v) for v in self.visits], extra=dict(self.extra))


@dataclass(slots=True)
class Plan:
    """A child's month as its facilities send it."""

    child: Child
    month: str
    stays: list[Stay]
    cap: int
    number: str  # as written on the claims
    manager: str = ""  # the cap manager the claims and the sheet name
    main: bool = True  # of a household with one sheet only the first child
    sheets: tuple[str, ...] = ("1",)  # 作成区分 of each sheet sent
    sends_claims: bool = True
    only: str = ""  # the one facility whose claim is sent, where not all are
    claims_end: str = "決定"
    sheets_end: str = "決定"
    told: tuple[str, str, int] | None = None  # 国保連 returns 明 or 利: told by K72 or history, months later

    def clone(self) -> Plan:
        return replace(self, stays=[s.clone() for s in self.stays])

    def facilities(self) -> list[str]:
        return sorted({s.facility.number for s in self.stays})


@dataclass(slots=True)
class Sum:
    """A K122-04 row."""

    service_type: str
    class_no: str
    days: int
    units: int
    price: int
    cost: int
    tenth: int
    burden: int
    capped: int
    adjusted: int | None
    managed: int | None
    decided: int
    benefit: int


@dataclass(slots=True)
class Claim:
    plan: Plan
    facility: Facility
    cap: int
    lines: list[tuple[str, int, int, int]]  # code, units, count, product
    sums: list[Sum]
    stays: list[Stay]
    manager: str = ""
    result: int | None = None
    managed: int | None = None
    adjusted: int | None = None

    @property
    def units(self) -> int:
        return sum(s.units for s in self.sums)

    @property
    def cost(self) -> int:
        return sum(s.cost for s in self.sums)

    @property
    def capped(self) -> int:
        return sum(s.capped for s in self.sums)

    @property
    def decided(self) -> int:
        return sum(s.decided for s in self.sums)

    @property
    def benefit(self) -> int:
        return sum(s.benefit for s in self.sums)


@dataclass(slots=True)
class SheetRow:
    facility_no: str
    child: Child
    number: str
    cost: int
    burden: int
    managed: int = 0


@dataclass(slots=True)
class Sheet:
    main: Plan
    manager: str
    cap: int
    rows: list[SheetRow]
    result: int
    joint: bool = False
    kind: str = "1"
