"""What a fictional city is made of: facilities, children, plans of a month, claims, sheets. All modules here share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from .months import first, last
from .rows import Burden, CarePlan, Designation, Filing, Grant, Registration, overlaps


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of facilities.csv: a service at a facility."""

    service_type: str
    capacity: int
    fee_capacity: int  # 算定定員 where it differs or the number has several rows
    heavy: bool
    center: bool = False  # 児童発達支援センター


@dataclass(slots=True)
class Facility:
    index: int
    number: str
    name: str
    corporation: str
    region: str
    units: tuple[Unit, ...]
    closed: frozenset[int]  # weekdays
    designations: list[Designation] = field(default_factory=list)
    registered: list[Registration] = field(default_factory=list)
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
        units = [u for u in self.units if u.service_type == service_type]
        return next((u for u in units if u.heavy == heavy), units[0])

    def mixed(self, service_type: str) -> bool:
        """Holds a unit for children with severe disabilities beside an ordinary one."""
        return len({u.heavy for u in self.units if u.service_type == service_type}) == 2

    def counts(self, month: str, service_type: str) -> list[int]:
        return self.load.setdefault((month, service_type), [0] * 32)

    def capacity(self, service_type: str) -> int:
        return sum(u.capacity for u in self.units if u.service_type == service_type)

    def has_room(self, month: str, service_type: str, day: int) -> bool:
        return self.counts(month, service_type)[day] < self.capacity(service_type)


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
    plans: list[CarePlan] = field(default_factory=list)
    birthdays: dict[str, date | None] = field(default_factory=dict)  # what the ledger of a review month says instead
    enrolments: list[Enrolment] = field(default_factory=list)
    individual: str = ""  # key of the 個別サポート add-on granted
    heavy: bool = False
    pickup: bool = True
    code: str = ""  # 児童コード
    pace: int = 3  # 時間区分 of an ordinary day
    care: str = ""  # 医療的ケア区分
    records: dict[str, date] = field(
        default_factory=dict
    )  # when the newest record of coordination had come, by review month

    def burden(self, month: str) -> Burden | None:
        """The row in force on the first of the month."""
        return next((b for b in self.burdens if overlaps(b, first(month), first(month))), None)

    def own_plan(self, month: str) -> CarePlan | None:
        """The self-made plan of the month."""
        return next((p for p in self.plans if p.self_made and overlaps(p, first(month), last(month))), None)

    def base_grants(self, service_type: str, month: str) -> list[Grant]:
        return [
            g for g in self.grants if g.base and g.code[:2] == service_type and overlaps(g, first(month), last(month))
        ]

    def allowance(self, service_type: str, month: str, principle_days: int) -> int:
        limits = [g.limit(principle_days) for g in self.base_grants(service_type, month)]
        return max(limits, default=0)


@dataclass(slots=True)
class Visit:
    """A K611-02 row."""

    day: int
    use: bool = True
    absent: bool = False
    holiday: bool = False
    out: int = 0
    back: int = 0
    family: int = 0  # 家族支援: 1 to 4 one family alone, 5 and 6 in a group
    heavy: bool = False
    marks: tuple[str, ...] = ()  # keys of add-ons recorded on the day
    times: tuple[str, str, str] | None = None  # begin, end and hours, where they are not the usual ones
    day_kind: int = 0  # 提供形態 as recorded, where it is not that of the calendar


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
    extra: dict[str, int] = field(default_factory=dict)  # counts of keys more, or less, than the days give
    billed: int | None = None  # where item 10 is not the number of rows
    record: str = "full"  # "none": no K611; "empty": K611-01 alone
    fee_capacity: int | None = None  # bills the base fee of this capacity instead of the facility's
    fee_heavy: bool | None = None  # bills the base fee of this class instead of the child's
    reduced: str = ""  # bills base codes that hold these reductions already
    pace: int = 3  # 時間区分 of an ordinary day
    care: str = ""  # 医療的ケア区分 of the base fee
    ended: date | None = None  # 終了年月日 of the service
    totals: dict[int, int] = field(default_factory=dict)  # by how much a total of K611-01 is not what its rows give
    price: int | None = None  # instead of the region's
    contracted: bool = True  # the claim reports the contract
    also: str = ""  # a further code that it reports as contracted

    def use_days(self) -> list[int]:
        return sorted({v.day for v in self.visits if v.use})

    def clone(self) -> Stay:
        return replace(self, visits=[replace(v) for v in self.visits], extra=dict(self.extra))


Tweak = Callable[["list[Claim]", "list[Sheet]"], None]


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
    records_only: bool = False  # the attendance comes, and no claim
    tweaks: tuple[Tweak, ...] = ()  # what goes wrong once claims and sheets are computed
    claims_end: str = "決定"
    sheets_end: str = "決定"
    federation_return: tuple[str, str, int] | None = (
        None  # 国保連 returns 明 or 利: reported by K72 or history, months later
    )

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
    subsidy: int = 0  # what the city pays of the burden itself


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
    region: str = ""  # where it is not the facility's
    head: dict[int, int] = field(default_factory=dict)  # items of K122-01 that are not the sums they should be

    @property
    def units(self) -> int:
        return self.head.get(20, sum(s.units for s in self.sums))

    @property
    def cost(self) -> int:
        return self.head.get(21, sum(s.cost for s in self.sums))

    @property
    def capped(self) -> int:
        return self.head.get(22, sum(s.capped for s in self.sums))

    @property
    def subsidy(self) -> int:
        return sum(s.subsidy for s in self.sums)

    @property
    def adjusted(self) -> int | None:
        amounts = [s.adjusted for s in self.sums if s.adjusted is not None]
        return sum(amounts) if amounts else None

    @property
    def burden(self) -> int:
        """What a cap management sheet counts: item 25 where it is above 0, else item 22."""
        return self.adjusted or self.capped

    @property
    def decided(self) -> int:
        return self.head.get(27, sum(s.decided for s in self.sums))

    @property
    def benefit(self) -> int:
        return self.head.get(28, sum(s.benefit for s in self.sums))


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
    totals: tuple[int, int, int] | None = None  # where they are not the sums of the rows
