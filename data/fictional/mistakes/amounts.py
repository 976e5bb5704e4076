"""Mistakes of arithmetic: AMT701 to AMT708. Each is made in the finished claim, and what follows from it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..case import LONE, Case, Fits, paying, steady
from ..claims import resum, settle, within_cap
from ..codes import ENDED_CLASS, base_code, gone_code, half_up, is_base, units_of
from ..model import Child, Claim, Sheet, Sum
from ..months import first, last, on
from ..rows import covers, cut
from .cap_filing import managed
from .facility import ordinary
from .registry import mistake, near

Change = Callable[[Claim], None]


def _improves(child: Child, month: str) -> bool:
    """At a facility with 処遇改善 of which the rate is known in the month, and no other line of a rate."""
    facility, kinds = child.enrolments[0].facility, set(child.enrolments[0].contracts)
    known = facility.improvement and not facility.bcp and (month < "2026-06" or kinds == {"61"})
    return known and ordinary(child, month)


def _full_share(child: Child, month: str) -> bool:
    """Bears a tenth up to the cap: no relief is due."""
    burden = child.burden(month)
    school = "63" in child.enrolments[0].contracts
    return burden is not None and paying(child, month) and ordinary(child, month) and (school or not burden.rank)


def _pays(child: Child, month: str) -> bool:
    burden = child.burden(month)
    return _full_share(child, month) and burden is not None and burden.cap > 0


def _relief_due(child: Child, month: str) -> bool:
    burden = child.burden(month)
    young = ordinary(child, month) and "61" in child.enrolments[0].contracts
    return burden is not None and young and bool(burden.free or burden.rank)


def _full_cost(child: Child, month: str) -> bool:
    """A tenth is the burden of every service, or nothing is."""
    burden = child.burden(month)
    return burden is not None and steady(child, month) and not burden.rank


def _young(child: Child, month: str) -> bool:
    return paying(child, month) and ordinary(child, month) and "61" in child.enrolments[0].contracts


def change(case: Case, apply: Change, *codes: str) -> bool:
    """Changes the child's claim at its first facility once it is computed; finds it."""

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        apply(_claim(case, claims))

    case.plan.tweaks += (tweak,)
    for code in codes:
        case.expect(code, case.stay.facility.number)
    return True


def in_claim(
    code: str, name: str, *given: int, fits: Fits = ordinary, more: tuple[str, ...] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A mistake that is made in the one finished claim of a child; `more` are the checks that find it too."""

    def add(apply: Callable[..., None]) -> Callable[..., None]:
        mistake(code, name, LONE, fits)(lambda case: change(case, lambda claim: apply(claim, *given), code, *more))
        return apply

    return add


def _claim(case: Case, claims: Iterable[Claim]) -> Claim:
    key = case.stay.facility.number, case.plan.number
    return next(c for c in claims if (c.facility.number, c.plan.number) == key)


def _settled(case: Case) -> Claim:
    """The claim as it would be."""
    return _claim(case, settle(case.plans)[0])


@in_claim("AMT701", "two_products")
def _products(claim: Claim) -> None:
    """Two products are wrong so that their sum is right; or one, and the sum goes by it."""
    code, units, count, product = claim.lines[0]
    claim.lines[0] = code, units, count, product + 10
    if len(claim.lines) > 1:
        code, units, count, product = claim.lines[1]
        claim.lines[1] = code, units, count, product - 10
    resum(claim)


@in_claim("AMT701", "one_product")
def _one_product(claim: Claim) -> None:
    code, units, count, _ = claim.lines[0]
    claim.lines[0] = code, units, count, units * (count + 1)
    resum(claim)


@in_claim("AMT702", "one_unit_more", 1)
@in_claim("AMT702", "one_unit_less", -1)
def _units(claim: Claim, more: int) -> None:
    code, units, count, _ = claim.lines[0]
    claim.lines[0] = code, units + more, count, (units + more) * count
    resum(claim)


@in_claim("AMT702", "units_of_another_day")
def _units_of_another_day(claim: Claim) -> None:
    """A day after school at the price of a holiday, or the other way."""
    at = next(i for i, line in enumerate(claim.lines) if is_base(line[0]))
    code, units, count, _ = claim.lines[at]
    others = [units_of(base_code(code[:2], 10, False, True, hours=hours), claim.plan.month) for hours in (1, 2, 3)]
    other = next(u for u in others if u != units)
    claim.lines[at] = code, other, count, other * count
    resum(claim)


@in_claim("AMT703", "total_above", 100)
@in_claim("AMT703", "total_below", -1)
def _total(claim: Claim, more: int) -> None:
    resum(claim, units=claim.units + more)


@in_claim("AMT704", "cost_rounded_up")
def _rounded_up(claim: Claim) -> None:
    resum(claim, cost=claim.cost + 1)


def _cost_of_a_row(claim: Claim) -> None:
    """One of the sums is rounded up, and what follows goes by it."""
    row = claim.sums[-1]
    whole, row.cost = row.burden == row.tenth, row.cost + 1
    row.tenth = row.cost // 10
    row.burden = row.tenth if whole else row.burden
    row.capped = min(row.burden, claim.cap)
    row.adjusted = None
    within_cap(claim)


@in_claim("AMT705", "units_not_the_sum", 20)
@in_claim("AMT705", "benefit_not_the_rest", 28)
@in_claim("AMT705", "cost_not_the_sum", 21)
@in_claim("AMT705", "burden_not_the_sum", 27, more=("AMT709",))
@in_claim("AMT709", "capped_not_the_sum", 22)
def _head(claim: Claim, item: int) -> None:
    """A total of K122-01 that is not the sum of its rows."""
    value = {20: claim.units, 21: claim.cost, 22: claim.capped, 27: claim.decided, 28: claim.benefit}[item]
    claim.head[item] = value + (10 if item != 27 else -1 if value else 1)


@mistake("AMT705", "above_cap", LONE, paying)
def _above_cap(case: Case) -> bool:
    """The guardian is to pay more than the cap, and the city that much less."""

    def apply(claim: Claim) -> None:
        (row,) = claim.sums
        row.decided = claim.cap + 100
        row.benefit = row.cost - row.decided

    claim = _settled(case)
    return claim.cost > claim.cap + 100 and change(case, apply, "AMT705", "AMT709")


def _bear(claim: Claim, burden: int, capped: int | None = None) -> None:
    """Sets 利用者負担額② and what follows from it."""
    (row,) = claim.sums
    row.burden = burden
    row.capped = row.decided = min(burden, claim.cap) if capped is None else capped
    row.benefit = row.cost - row.decided


@in_claim("AMT707", "tenth_rounded_up")
def _tenth(claim: Claim) -> None:
    """A tenth rounded up."""
    row: Sum = claim.sums[0]
    whole = row.burden == row.tenth
    row.tenth += 1
    if whole:
        _bear(claim, row.tenth)


@in_claim("AMT707", "relief_not_due", fits=_full_share)
def _relieved(claim: Claim) -> None:
    """Half the share, which is only for a second child before school."""
    _bear(claim, claim.sums[0].cost * 5 // 100)


@in_claim("AMT707", "relief_not_given", fits=_relief_due)
def _unrelieved(claim: Claim) -> None:
    """The whole share, though the child is free or has elder siblings."""
    _bear(claim, claim.sums[0].tenth)


@mistake("AMT707", "capped_above_burden", LONE, lambda c, m: _full_share(c, m) and c.burdens[0].cap > 4600)
def _capped_above(case: Case) -> bool:
    """More than the burden is billed, as far as the cap lets it."""

    def apply(claim: Claim) -> None:
        burden = claim.sums[0].burden
        _bear(claim, burden, capped=min(claim.cap, burden + 100))

    claim = _settled(case)
    return claim.sums[0].burden < claim.cap and change(case, apply, "AMT707", "AMT709")


@mistake("AMT709", "capped_below_burden", LONE, _pays)
def _capped_below(case: Case) -> bool:
    """Less than the burden and the cap is billed, and all that follows goes by it."""

    def apply(claim: Claim) -> None:
        _bear(claim, claim.sums[0].burden, capped=claim.sums[0].capped - 1)

    return _settled(case).sums[0].capped > 0 and change(case, apply, "AMT709")


@mistake("AMT709", "managed_and_paid_whole", "pair|trio|sister", managed)
def _unmanaged(case: Case) -> bool:
    """The result of cap management is in the claim, and the guardian pays as without it, or another amount is named."""
    claims, _ = settle(case.plans)
    managed = [c for c in claims if c.result is not None]
    differs = [c for c in managed if c.burden != c.managed]
    if not managed:
        return False
    number, plan = (differs or managed)[0].facility.number, (differs or managed)[0].plan

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        claim = next(c for c in claims if (c.facility.number, c.plan.number) == (number, plan.number))
        if not differs:
            claim.head[26] = (claim.managed or 0) + 100
            return
        for row in claim.sums:
            row.decided = row.capped if row.adjusted is None else row.adjusted
            row.benefit = row.cost - row.decided

    case.plan.tweaks += (tweak,)
    case.expect("AMT709", number, plan=plan)
    return True


@near("AMT706", "city_pays_part", LONE, _pays, on_invoice=True)
@near("AMT709", "city_relieves", LONE, _pays, on_invoice=False)
def _city_pays(case: Case, on_invoice: bool) -> bool:
    """The city pays a part of the burden by itself: the guardian's on the invoice is less, or the decided one is."""

    def apply(claim: Claim) -> None:
        (row,) = claim.sums
        if on_invoice:
            row.subsidy = min(row.decided, 1000)
        else:
            row.adjusted = row.decided = max(1, row.capped // 2)
            row.benefit = row.cost - row.decided

    return _settled(case).decided > 1 and change(case, apply)


def _rate_line(claim: Claim, apply: Callable[[int], tuple[str, int]]) -> None:
    """Changes code and units of 処遇改善, and what follows."""
    *lines, (_, *_, product) = claim.lines
    code, units = apply(product)
    claim.lines = [*lines, (code, units, 1, units)]
    resum(claim, keep=True)


@mistake("AMT710", "rate_rounded_up", LONE, _improves, 1)
@mistake("AMT710", "rate_of_too_little", LONE, _improves, -20)
def _improved_wrongly(case: Case, more: int) -> bool:
    severity = "review" if case.month >= "2026-06" else "return"
    case.expect("AMT710", case.stay.facility.number, severity=severity)
    return change(case, lambda c: _rate_line(c, lambda units: (c.lines[-1][0], units + more)))


@mistake("AMT711", "class_ended", LONE, _improves)
def _class_ended(case: Case) -> bool:
    code, rate = ENDED_CLASS[case.stay.service_type]

    def apply(claim: Claim) -> None:
        units = half_up(sum(line[3] for line in claim.lines[:-1]), rate)
        _rate_line(claim, lambda _: (code, units))

    return change(case, apply, "AMT711")


def _foreign_code(case: Case, code: str) -> bool:
    """A line that the code table does not hold in the month."""

    def apply(claim: Claim) -> None:
        claim.lines.insert(0, (code, 54, 1, 54))
        resum(claim)

    return change(case, apply, "AMT708")


@mistake("AMT708", "code_ended", LONE, ordinary, not_yet=False)
@mistake("AMT708", "code_not_yet", LONE, ordinary, not_yet=True)
def _gone(case: Case, not_yet: bool) -> bool:
    return _foreign_code(case, gone_code(case.stay.service_type, not_yet))


@mistake("AMT706", "invoice_benefit", LONE, ordinary, 20, -1000)
@mistake("AMT706", "invoice_count", LONE, ordinary, 17, 1)
@mistake("AMT706", "invoice_units", LONE, ordinary, 18, 500)
@mistake("AMT706", "invoice_cost", LONE, ordinary, 19, 1)
@mistake("AMT706", "invoice_of_a_type", LONE, ordinary, 111, 100)
@near("AMT706", "invoice_counts_services", "visit", steady, 0, 0)
def _invoice(case: Case, item: int, more: int) -> bool:
    """The facility's invoice of the month is not the sum of its claims."""
    number = case.stay.facility.number
    if not case.alone("invoice", number, case.month):
        return False
    case.books.invoices[case.review, number, case.month] = {item: more}
    if not item:
        return True
    row = ("AMT706", "facility", number, "", case.month, "", "")
    case.books.truth.setdefault(case.review, []).append(row)
    return True


@near("AMT707", "two_ranks_at_once", LONE, _young, 1)
def _rank(case: Case, day: int) -> bool:
    """From a day of the month on the ledger has another rank; on the first of the month, beside the old one."""
    child, low, high = case.child, on(case.month, day), last(case.month)
    row = next(b for b in child.burdens if covers(b, first(case.month)))
    if day > 1:
        child.burdens = cut(child.burdens, low, high)
    child.burdens.append(
        replace(row, rank=case.rng.pick([r for r in ("", "1", "2") if r != row.rank]), start=low, end=high)
    )
    return True


mistake("AMT708", "code_unknown", LONE, ordinary)(lambda s: _foreign_code(s, f"{s.stay.service_type}9999"))
near("AMT707", "rank_changed_within", LONE, _young)(lambda s: _rank(s, s.rng.between(2, s.end())))


mistake("AMT704", "cost_of_a_row", "heavy|visit", _full_cost)(lambda s: change(s, _cost_of_a_row, "AMT704"))
mistake("AMT705", "units_not_both_sums", "visit", steady)(lambda s: change(s, lambda c: _head(c, 20), "AMT705"))
