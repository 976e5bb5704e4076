"""A child in a review month (Case), and a change to it (Step): schedule.py places steps, city.py applies them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from .facilities import Pool
from .ledgers import Outcome, Petition
from .model import Child, Plan, Stay, Visit
from .months import first, last, on, open_days, principle_days, school_days, shift
from .rows import Grant, cut, overlaps
from .seeded import SeededRandom
from .truth import SEVERITY, Finding, Standing

# Checks that ask for no decision, and KHR901, whose step says how it ends.
NEEDS_NO_DECISION = frozenset({*SEVERITY, "KHR901"})


@dataclass(slots=True)
class Books:
    """What the months write together."""

    pool: Pool
    reviews: list[str]
    numbers: set[str]  # of all recipients
    history: list[Outcome] = field(default_factory=list)
    petitions: list[Petition] = field(default_factory=list)
    truth: dict[str, list[Finding]] = field(default_factory=dict)
    queue: dict[int, list[Plan]] = field(default_factory=dict)  # what comes in a later review month
    first_review: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    invoices: dict[tuple[str, str, str], dict[int, int]] = field(default_factory=dict)  # (review, facility, month)
    crowds: dict[str, dict[str, int]] = field(default_factory=dict)  # facility -> month -> days of use
    standing: Standing = field(default_factory=Standing)
    with_closing: bool = False
    reserved: set[tuple[str, ...]] = field(default_factory=set)  # what one mistake has for itself: see Case.alone

    def long_gone(self) -> str:
        """A service month of which nothing comes any more."""
        return shift(self.reviews[0], -4)


@dataclass(slots=True)
class Case:
    """A child in a review month: `plan` comes for the month before it, `earlier` came last time."""

    books: Books
    k: int
    plans: list[Plan]  # of all children of the group; `plan` is the first
    earlier: Plan | None
    rng: SeededRandom

    @property
    def plan(self) -> Plan:
        return self.plans[0]

    @property
    def child(self) -> Child:
        return self.plan.child

    @property
    def month(self) -> str:
        return self.plan.month

    @property
    def review(self) -> str:
        return self.books.reviews[self.k]

    @property
    def before(self) -> Plan:
        assert self.earlier is not None
        return self.earlier

    @property
    def stay(self) -> Stay:
        return self.plan.stays[0]

    def other(self) -> Stay:
        return self.plan.stays[1]

    def expect(
        self,
        code: str,
        facility_no: str,
        days: Iterable[int] = (),
        subject: str = "claim",
        plan: Plan | None = None,
        later: int = 0,
        severity: str = "",
    ) -> None:
        plan = plan or self.plan
        dates = ";".join(on(plan.month, d).isoformat() for d in sorted(days))
        row = (code, subject, facility_no, plan.number, plan.month, dates, severity)
        for review in self.books.reviews[self.k + later : self.k + later + 1]:
            self.books.truth.setdefault(review, []).append(row)

    def expect_everywhere(self, code: str, plan: Plan | None = None, severity: str = "") -> None:
        """On the child's claim at each facility."""
        for number in (plan or self.plan).facilities():
            self.expect(code, number, plan=plan, severity=severity)

    def expect_outside(self, kind: str, outside: Callable[[int], bool]) -> None:
        """Finds what a grant of the type does not cover: days of use, and days with an absence or an add-on alone."""
        for stay in (s for s in self.plan.stays if s.service_type == kind):
            used = [d for d in stay.use_days() if outside(d)]
            others = [v for v in stay.visits if not v.use and outside(v.day)]
            if used:
                self.expect("CRT102", stay.facility.number, used)
            if others:
                severity = "return" if any(v.absent for v in others) else "review"
                self.expect("CRT108", stay.facility.number, {v.day for v in others}, severity=severity)

    def again(self, plan: Plan, sheets: tuple[str, ...], claims: bool = True, later: int = 0, **ends: object) -> None:
        """The plan comes once more: in this review month, or so many later."""
        copy = replace(plan.clone(), sheets=sheets, sends_claims=claims, claims_end="決定", sheets_end="決定")
        self.books.queue.setdefault(self.k + later, []).append(replace(copy, **ends))  # type: ignore[arg-type]

    def next_review(self) -> str:
        reviews = self.books.reviews
        return reviews[self.k + 1] if self.k + 1 < len(reviews) else shift(self.review, 1)

    def petition(self, plan: Plan, facility_no: str, process: str = "", again: str = "") -> None:
        """To be processed in this review month unless `process` names another."""
        filed = self.review
        if not process and self.rng.chance(0.5):
            filed = shift(self.review, -1)  # with no 処理年月: the month after
        elif not process:
            process = self.review
        self.books.petitions.append(
            Petition(filed, facility_no, plan.number, plan.month, self.rng.pick(("4102", "4132")), process, again)
        )

    def petition_all(self, plan: Plan) -> None:
        for number in plan.facilities():
            self.petition(plan, number, again=self.rng.pick(("有", "")))

    def withdrawn(self, plan: Plan, facility_no: str) -> None:
        """The outcome of a petition whose claim did not come again."""
        row = Outcome("明", self.review, facility_no, plan.number, plan.month, "取下げ", None)
        self.books.history.append(row)

    def without_grant(self, service_type: str, low: int, high: int, add_on: str = "") -> None:
        """Takes days of the month out of the base grants of a type, or out of an add-on grant."""
        if low > high:
            return

        def meant(grant: Grant) -> bool:
            return grant.code == add_on if add_on else grant.base and grant.code[:2] == service_type

        grants = self.child.grants
        kept = cut([g for g in grants if meant(g)], on(self.month, low), on(self.month, high))
        self.child.grants = [g for g in grants if not meant(g)] + kept

    def without_manager(self, low: int, high: int) -> None:
        self.child.managers = cut(self.child.managers, on(self.month, low), on(self.month, high))

    def decide_ends(self) -> None:
        """Returns most of what is still wrong; where the child's months go on, the step has set the end itself."""
        for plan in self.plans:
            later = [p for k, plans in self.books.queue.items() if k > self.k for p in plans]
            if any(p.child is plan.child and p.month == plan.month for p in later):
                continue
            rows = self.books.truth.get(self.review, [])
            asked = {
                row[1] for row in rows if row[0] not in NEEDS_NO_DECISION and row[3:5] == (plan.number, plan.month)
            }
            if "claim" in asked and self.rng.chance(0.75):
                plan.claims_end = "返戻"
            if "sheet" in asked and self.rng.chance(0.75):
                plan.sheets_end = "返戻"

    def end(self) -> int:
        return last(self.month).day

    def allowance(self, service_type: str, principle: int | None = None) -> int:
        days = principle_days(self.month) if principle is None else principle
        return self.child.allowance(service_type, self.month, days)

    def occupied(self, absent: bool = False) -> set[int]:
        """Days on which the child has anything anywhere, or an absence."""
        return {v.day for s in self.plan.stays for v in s.visits if v.absent or not absent}

    def alone(self, *what: str) -> bool:
        """Reserves something, as a facility's invoice of a month, for one mistake; False where another has it."""
        free = what not in self.books.reserved
        self.books.reserved.add(what)
        return free

    def with_room(self, stay: Stay, days: Iterable[int]) -> list[int]:
        """Those on which the facility may take one child more."""
        return [d for d in days if stay.facility.has_room(self.month, stay.service_type, d)]

    def move(self, stay: Stay, visit: Visit, day: int) -> None:
        load = stay.facility.counts(self.month, stay.service_type)
        load[visit.day] -= 1
        load[day] += 1
        visit.day = day
        stay.visits.sort(key=lambda v: v.day)

    def drop(self, stay: Stay, days: Collection[int]) -> None:
        """Takes use days away."""
        load = stay.facility.counts(self.month, stay.service_type)
        for visit in (v for v in stay.visits if v.use and v.day in days):
            load[visit.day] -= 1
        stay.visits = [v for v in stay.visits if not (v.use and v.day in days)]

    def use_exactly(self, stay: Stay, n: int) -> bool:
        """Adds or takes use days until there are n. False, and nothing changed, where there is no room."""
        used = [v for v in stay.visits if v.use]
        if len(used) > n:
            self.drop(stay, {v.day for v in self.rng.sample(used, len(used) - n)})
            return True
        occupied = self.occupied()
        free = self.with_room(stay, (d for d in open_days(self.month, stay.facility.closed) if d not in occupied))
        if len(free) < n - len(used):
            return False
        for day in self.rng.sample(free, n - len(used)):
            self.add_use(stay, day)
        return True

    def add_use(self, stay: Stay, day: int) -> None:
        stay.facility.counts(self.month, stay.service_type)[day] += 1
        heavy = self.child.heavy and not stay.facility.mixed(stay.service_type)
        visit = Visit(day, holiday=day not in school_days(self.month), heavy=heavy)
        if self.child.pickup and stay.service_type in ("61", "63"):
            visit.back = 1
        stay.visits.append(visit)
        stay.visits.sort(key=lambda v: v.day)


Fits = Callable[[Child, str], bool]
PLAIN = "single|ordinary|turning"  # kinds of children with one facility and its usual fee
LONE = f"{PLAIN}|center|medical"  # kinds of children with one facility


@dataclass(frozen=True, slots=True)
class Step:
    """A change to a child's months.

    `span`: the review months, counted from its own, in which no other step may touch the child; None: in all. `before`: how
    the claims and sheets of the review month before end: 返戻, 決定, `hold` (they come a month late), `part`
    or `alone` (see plant_late). `comes_again`: the claims are returned, and come again next month as they were
    before the change. `written`: it needs a month before whose files were written too. `besides`: it is
    planted beside another way of the same check, as it may find nothing in its own month. `apply` returns False
    where the month does not allow the change; nothing is changed then.
    """

    name: str
    kind: str  # the kind of children it needs, or several with | between
    apply: Callable[[Case], bool]
    fits: Fits = lambda child, month: True
    span: tuple[int, ...] | None = (0,)  # None: in all months
    before: str = ""
    comes_again: bool = False
    written: bool = False
    besides: bool = False

    def blocks(self, k: int, months: int) -> list[int]:
        """The review months in which no other step may touch the child."""
        if self.span is None:
            return list(range(-1, months + 1))
        return sorted({k + offset for offset in (*self.span, *((1,) if self.comes_again else ()))})


def steady(child: Child, month: str) -> bool:
    """One base grant of each type covers the whole month, and one row of burden."""
    for place in child.enrolments:
        for service_type in place.contracts:
            grants = child.base_grants(service_type, month)
            if len(grants) != 1 or grants[0].start > first(month) or (grants[0].end or last(month)) < last(month):
                return False
    return len({(b.cap, b.free) for b in child.burdens if overlaps(b, first(month), last(month))}) == 1


def paying(child: Child, month: str) -> bool:
    burden = child.burden(month)
    return burden is not None and not burden.free and steady(child, month)


def unpaying(child: Child, month: str) -> bool:
    burden = child.burden(month)
    return burden is not None and (burden.free or not burden.cap) and steady(child, month)
