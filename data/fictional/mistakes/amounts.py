"""Mistakes of arithmetic: AMT701 to AMT706, AMT708. Each is made in the finished claim, and what follows from it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..case import LONE, Case, Fits, steady
from ..claims import resum, settle, within_cap
from ..codes import base_code, gone_code, is_base, units_of
from ..model import Child, Claim, Sheet
from .facility import ordinary
from .registry import mistake, near

Change = Callable[[Claim], None]


def _full_cost(child: Child, month: str) -> bool:
    """A tenth is the burden of every service, or nothing is."""
    burden = child.burden(month)
    return burden is not None and steady(child, month) and not burden.rank


def change(case: Case, apply: Change, *codes: str) -> bool:
    """Changes the child's claim at its first facility once it is computed; finds it."""

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        apply(own_claim(case, claims))

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


def own_claim(case: Case, claims: Iterable[Claim]) -> Claim:
    key = case.stay.facility.number, case.plan.number
    return next(c for c in claims if (c.facility.number, c.plan.number) == key)


def settled(case: Case) -> Claim:
    """The claim as it would be."""
    return own_claim(case, settle(case.plans)[0])


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


mistake("AMT708", "code_unknown", LONE, ordinary)(lambda s: _foreign_code(s, f"{s.stay.service_type}9999"))


mistake("AMT704", "cost_of_a_row", "heavy|visit", _full_cost)(lambda s: change(s, _cost_of_a_row, "AMT704"))
mistake("AMT705", "units_not_both_sums", "visit", steady)(lambda s: change(s, lambda c: _head(c, 20), "AMT705"))
