"""Makes a city month by month: from children, months and a seed to the files of a home."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from . import over_capacity
from .case import Books, Case
from .claims import settle
from .closing_history import Account, Received, older_outcomes
from .facilities import Pool
from .ledgers import Outcome, write_ledgers
from .model import Child, Claim, Plan, Sheet
from .months import shift
from .other_municipalities import outsiders
from .over_capacity import CROWDS, crowd_month
from .people import People
from .plans import coordinate, plan_month
from .records import return_records
from .schedule import Schedule, planted
from .seeded import SeededRandom
from .truth import graded
from .writing import Box, Dialect, write_box, write_file, write_settings, write_table

STYLES = ("sparing", "full", "both")
_TRUTH = ("check_code", "subject", "facility_no", "recipient_no", "service_month", "use_dates", "severity")


def make_city(
    folder: Path,
    *,
    children: int,
    months: Sequence[str],
    seed: int,
    style: str,
    municipality_no: str = "112992",
    plant: bool | Collection[str] = True,
    with_closing: bool = False,
) -> None:
    """Write a fictional city below `folder`: henrei.toml, inbox/<month>/ and truth/<month>.csv.

    `months` are review months (`YYYY-MM`), rising; in each the facilities claim the month before it. `style`
    is how their programs write: `sparing`, `full` (zero-filled and quoted), or `both`, by turns.

    `plant` are the checks whose mistakes are planted: all by default (True), none (False or empty), or the codes
    given; a mistake may carry findings of other checks with it. From 150 children on (200 with closing) every check is to be found in
    every month, each about once in 250 children and each time in another of its ways; in smaller cities as far as
    there are children for it, below 60 several to a child. FAC506 and FAC507 need 100 children, FAC508 120 and four
    months. Truth says where, and holds all that the checks may find: what looks wrong and is right is planted too.
    It takes it that the months are run in order in one home, so that henrei holds the earlier records.

    With `with_closing` henrei itself closes the months: history.csv ends before the first one (but for returns that
    国保連 reports later), decisions/<month>.csv holds the team's decisions, and truth has KHR901 too, and the outcomes,
    payments and return rates as they are after the last close.

    The same arguments give the same bytes everywhere. Raises ValueError for arguments that cannot be met.
    """
    reviews = list(months)
    if not reviews or sorted(set(reviews)) != reviews:
        raise ValueError("months must rise")
    if children < 1 or style not in STYLES:
        raise ValueError(f"children must be above 0, and style one of {', '.join(STYLES)}")
    City(Path(folder), children, reviews, seed, style, municipality_no, planted(plant), with_closing).make()


class City:
    """The state that the months share."""

    def __init__(
        self,
        folder: Path,
        children: int,
        reviews: list[str],
        seed: int,
        style: str,
        city: str,
        plant: frozenset[str],
        with_closing: bool,
    ) -> None:
        self._folder, self._seed, self._style, self._city = folder, seed, style, city
        self._plant, self._with_closing = plant, with_closing
        self._reviews = reviews
        self._service = {k: shift(review, -1) for k, review in enumerate(reviews)}
        # The month before the first is not written, but it has outcomes, and some of it comes late or again.
        self._service[-1] = shift(reviews[0], -2)
        self._pool = Pool(SeededRandom(seed, "facilities"), city[:2], 3 if children < 1000 else 8)
        people = People(seed, self._pool, city, [self._service[-1], self._service[len(reviews) - 1]])
        self._groups = people.groups(children)
        numbers = {child.number for group in self._groups for child in group}
        self._books = Books(self._pool, reviews, numbers)
        self._books.with_closing = with_closing
        self._books.standing.know(child for group in self._groups for child in group)
        self._account = Account(self._books)
        services = [self._service[k] for k in range(len(reviews))]
        self._schedule = Schedule(seed, self._groups, services, plant, with_closing)
        self._earlier: dict[int, Plan] = {}
        self._consultants: dict[str, int] = {}

    def make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_settings(self._folder, self._city)
        self._books.history += older_outcomes(self._groups, self._reviews[0])
        for k in range(-1, len(self._reviews)):
            boxes = self._month(k)
            if k >= 0:
                self._close(k)
                self._write_month(k, boxes)
                for got in self._account.received[self._reviews[k]]:
                    if got.key[0] == "明" and got.end == "返戻":
                        self._books.standing.drop(got.key[3], got.key[2], got.key[1])
        if self._with_closing:
            self._account.write_truth(self._folder / "truth")
        for k in range(len(self._reviews)):
            self._write_ledgers(k)

    def _month(self, k: int) -> dict[str, Box]:
        """All that comes in review month k."""
        boxes: dict[str, Box] = {}
        kept: dict[int, Plan] = {}
        for i in range(len(self._groups)):
            ends = self._schedule.before.get((i, k), "")
            plans = self._plans(k, i, ends)
            clean = plans[0].clone() if self._is_touched(k, i) else plans[0]
            self._apply_steps(k, i, plans, clean)
            if ends:
                kept[i] = clean
            if ends == "hold":
                self._books.queue.setdefault(k + 1, []).append(clean)
                continue
            if ends == "返戻":
                plans[0].claims_end = plans[0].sheets_end = ends
            elif ends in ("part", "core", "alone"):
                self._part(k, plans[0], ends)
            self._send(boxes, k, plans)
        for plan in self._books.queue.pop(k, []):
            self._send(boxes, k, [plan])
        self._earlier = kept
        if k >= 0:
            self._add_outsiders(k, boxes)
        return boxes

    def _is_touched(self, k: int, i: int) -> bool:
        """Whether a step changes the group's month, or the next one begins with how it ends."""
        return (i, k) in self._schedule.steps or (i, k) in self._schedule.before

    def _plans(self, k: int, i: int, ends: str) -> list[Plan]:
        """The days of the group's children as they would be without any step."""
        group = self._groups[i]
        plans = [self._plan(child, self._service[k], self._is_touched(k, i)) for child in group]
        for plan in plans[1:]:
            plan.main = False
        if group[0].kind in CROWDS:
            crowd = Case(self._books, k, plans, None, SeededRandom(self._seed, "crowd", i, k))
            crowd_month(crowd, planted=bool(self._plant & over_capacity.CODES))
        if ends == "core":
            coordinate(plans[0])
        return plans

    def _apply_steps(self, k: int, i: int, plans: list[Plan], clean: Plan) -> None:
        """Changes the plans by the steps of the group's month; `clean` is the first plan without them."""
        steps = self._schedule.steps.get((i, k), [])
        if not steps:
            return
        case = Case(self._books, k, plans, self._earlier.get(i), SeededRandom(self._seed, "step", i, k))
        for step in steps:
            done = step.apply(case)
            if not done and not step.before:
                any(way.apply(case) for way in self._schedule.instead(step, plans[0].child, plans[0].month))
            if done and step.comes_again and len(steps) == 1:
                plans[0].claims_end = "返戻"
                case.again(clean, clean.sheets if clean.manager else (), later=True)
        if self._with_closing:
            case.decide_ends()

    def _add_outsiders(self, k: int, boxes: dict[str, Box]) -> None:
        """What the facilities send for children of other municipalities."""
        month = self._service[k]
        # A file of sheets begins with a K411: what its control record says before a K421 is in doubt.
        joint = {n for n, box in boxes.items() if box.sheets and all(s.joint for s in box.sheets)}
        for plan in outsiders(self._seed, self._reviews[k], month, self._pool, self._city, self._groups, joint):
            claims, sheets = settle([plan])
            _fill(boxes, claims, sheets)
            for claim in claims[:1]:  # nothing here checks another city's invoices
                boxes[claim.facility.number].invoices[plan.child.municipality_no, month] = {18: 10}

    def _part(self, k: int, plan: Plan, ends: str) -> None:
        """Only the first facility's claim comes."""
        plan.only = plan.stays[0].facility.number
        plan.manager = "" if ends == "alone" else plan.manager
        if k >= 0 and plan.manager:  # the sheet speaks of a claim that is yet to come
            expected = self._books.truth.setdefault(self._reviews[k], [])
            if self._on_sheet_alone(plan):
                expected.append(("CAP303", "sheet", plan.manager, plan.number, plan.month, "", "review"))
            if plan.stays[0].extra.get("coordination_core"):  # with nobody yet
                expected.append(("ADD603", "claim", plan.only, plan.number, plan.month, "", "review"))

    def _on_sheet_alone(self, plan: Plan) -> bool:
        """Whether the sheet has amounts for a facility whose claim does not come; a row of zeros says nothing of one."""
        _, sheets = settle([plan])
        return any(r.facility_no != plan.only and (r.cost or r.burden or r.managed) for s in sheets for r in s.rows)

    def _plan(self, child: Child, month: str, plain: bool) -> Plan:
        if child.kind in CROWDS:
            burden = child.burden(month)
            return Plan(child, month, [], burden.cap if burden else 0, child.number)
        return plan_month(child, month, SeededRandom(self._seed, "plan", child.number, month), plain)

    def _send(self, boxes: dict[str, Box], k: int, plans: list[Plan]) -> None:
        claims, sheets = settle(plans)
        plan = plans[0]
        claims = [c for c in claims if plan.only in ("", c.facility.number) and (c.plan is plan or c.plan.sends_claims)]
        review = self._reviews[k] if k >= 0 else shift(self._reviews[0], -1)
        if plan.records_only:
            for claim in claims:
                boxes.setdefault(claim.facility.number, Box(claim.facility.number)).records.append(claim)
        elif plan.sends_claims:
            _fill(boxes, claims, [])
            for claim in claims:
                self._outcome("明", review, claim.facility.number, claim.plan, claim.plan.claims_end, claim.benefit)
                self._receive(k, "明", claim.facility.number, claim.plan, claim.plan.claims_end, claim.benefit)
                if k >= 0:
                    self._books.standing.take(claim)
        if sheets:
            _fill(boxes, [], sheets)
            end = plan.sheets_end
            self._receive(k, "利", sheets[0].manager, plan, end, None)
            if end == "決定" and plan.sheets == ("3",):
                end = "取下げ"
            self._outcome("利", review, sheets[0].manager, plan, end, None)

    def _outcome(self, kind: str, review: str, facility_no: str, plan: Plan, end: str, yen: int | None) -> None:
        paid = yen if end == "決定" else None
        self._books.history.append(Outcome(kind, review, facility_no, plan.number, plan.month, end, paid))

    def _receive(self, k: int, kind: str, facility_no: str, plan: Plan, end: str, yen: int | None) -> None:
        if k >= 0:
            key = (kind, facility_no, plan.number, plan.month)
            sheets = plan.sheets if kind == "利" else ()
            got = Received(key, end, yen, sheets, plan.child.kana, plan.stays[0].service_type)
            self._account.receive(self._reviews[k], got, plan.federation_return)

    def _close(self, k: int) -> None:
        review = self._reviews[k]
        if self._with_closing and self._plant and k % 3 == min(1, len(self._reviews) - 1):
            self._account.take_back(review, [child for group in self._groups for child in group])
        self._account.close(review)
        if self._with_closing:
            self._account.write_decisions(self._folder / "decisions", review)

    def _write_month(self, k: int, boxes: dict[str, Box]) -> None:
        review = self._reviews[k]
        folder = self._folder / "inbox" / review
        folder.mkdir(parents=True, exist_ok=True)
        index = {facility.number: facility.index for facility in self._pool.all}
        for number in boxes:
            if number not in index:  # a consultation office sends sheets alone
                index[number] = self._consultants.setdefault(number, 90000 + len(self._consultants))
        for (_, number, month), wrong in ((key, w) for key, w in self._books.invoices.items() if key[0] == review):
            boxes[number].invoices[self._city, month] = wrong
        for number, box in sorted(boxes.items()):
            full = self._style == "full" or (self._style == "both" and index[number] % 2 == 1)
            write_box(folder, index[number], box, review, full)
        truth = self._folder / "truth"
        truth.mkdir(exist_ok=True)
        standing = self._books.standing
        rows = sorted({graded(row, standing) for row in self._books.truth.get(review, [])})
        write_table(truth / f"{review}.csv", _TRUTH, rows, Dialect(encoding="utf-8", newline="\n"))

    def _write_ledgers(self, k: int) -> None:
        review = self._reviews[k]
        children: list[Child] = [child for group in self._groups for child in group]
        books, facilities = self._books, self._pool.all
        folder = self._folder / "inbox" / review
        if not self._with_closing:
            earlier = [row for row in books.history if row.review < review]
            write_ledgers(folder, review, self._seed, children, facilities, earlier, books.petitions)
            return
        reported = [(by, row, got) for at, by, row, got in self._account.federation_returns if at == review]
        history = self._account.history(review) or None
        lines = books.first_review.get(review, [])
        write_ledgers(folder, review, self._seed, children, facilities, history, books.petitions, lines)
        returns: list[str] = []
        for by, row, got in reported:
            if by == "K72":
                returns += return_records(
                    row.review,
                    self._city,
                    row.facility_no,
                    row.recipient_no,
                    got.recipient,
                    row.kind,
                    row.month,
                    got.service_type,
                )
        write_file(folder, "K72", 0, self._city, returns, review, False)


def _fill(boxes: dict[str, Box], claims: list[Claim], sheets: list[Sheet]) -> None:
    for claim in claims:
        boxes.setdefault(claim.facility.number, Box(claim.facility.number)).claims.append(claim)
    for sheet in sheets:
        boxes.setdefault(sheet.manager, Box(sheet.manager)).sheets.append(sheet)
