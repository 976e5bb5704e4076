"""Mistakes of arithmetic: AMT701 to AMT708. Each is made in the finished claim, and what follows from it is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .case import LONE, Case, Step, paying, steady
from .claims import resum
from .codes import gone_code, units_of
from .model import Child, Claim, Sheet, Sum
from .months import first, last, on
from .plant_facility import ordinary
from .rows import covers, cut

Change = Callable[[Claim], None]


def _change(case: Case, code: str, change: Change) -> bool:
    """Changes the child's one claim."""

    def tweak(claims: list[Claim], sheets: list[Sheet]) -> None:
        change(next(c for c in claims if c.plan.number == number))

    number = case.plan.number
    case.plan.tweaks += (tweak,)
    case.expect(code, case.stay.facility.number)
    return True


def _products(claim: Claim) -> None:
    """Two products are wrong so that their sum is right; or one, and the sum goes by it."""
    code, units, count, product = claim.lines[0]
    claim.lines[0] = code, units, count, product + 10
    if len(claim.lines) > 1:
        code, units, count, product = claim.lines[1]
        claim.lines[1] = code, units, count, product - 10
    resum(claim)


def _one_product(claim: Claim) -> None:
    code, units, count, _ = claim.lines[0]
    claim.lines[0] = code, units, count, units * (count + 1)
    resum(claim)


def _units(claim: Claim, more: int) -> None:
    code, units, count, _ = claim.lines[0]
    claim.lines[0] = code, units + more, count, (units + more) * count
    resum(claim)


def _units_of_another_day(claim: Claim) -> None:
    """A day after school at the price of a holiday, or the other way."""
    code, units, count, _ = claim.lines[0]
    kind, end = code[:2], "0" if code[5] == "5" else "5"
    other = units_of(code[:5] + end, claim.plan.month) if kind == "63" else units - 100
    claim.lines[0] = code, other, count, other * count
    resum(claim)


def _total(claim: Claim, more: int) -> None:
    resum(claim, units=claim.units + more)


def _rounded_up(claim: Claim) -> None:
    resum(claim, cost=claim.cost + 1)


def _cost_of_a_row(claim: Claim) -> None:
    """One of the sums is rounded up, and what follows goes by it."""
    row = claim.sums[-1]
    whole, row.cost = row.burden == row.tenth, row.cost + 1
    row.tenth = row.cost // 10
    row.burden = row.tenth if whole else row.burden
    row.benefit = row.cost - row.decided


def _head(claim: Claim, item: int) -> None:
    """A total of K122-01 that is not the sum of its rows."""
    value = {20: claim.units, 21: claim.cost, 27: claim.decided, 28: claim.benefit}[item]
    claim.head[item] = value + (10 if item != 27 else -1 if value else 1)


def _above_cap(claim: Claim) -> None:
    """The guardian is to pay more than the cap, and the city that much less."""
    (row,) = claim.sums
    row.decided = min(claim.cap + 100, row.cost)
    row.benefit = row.cost - row.decided
    if row.decided <= claim.cap:
        _head(claim, 20)


def _bear(claim: Claim, burden: int, capped: int | None = None) -> None:
    """Sets 利用者負担額② and what follows from it."""
    (row,) = claim.sums
    row.burden = burden
    row.capped = row.decided = min(burden, claim.cap) if capped is None else capped
    row.benefit = row.cost - row.decided


def _tenth(claim: Claim) -> None:
    """A tenth rounded up."""
    row: Sum = claim.sums[0]
    whole = row.burden == row.tenth
    row.tenth += 1
    if whole:
        _bear(claim, row.tenth)


def _relieved(claim: Claim) -> None:
    """Half the share, which is only for a second child before school."""
    _bear(claim, claim.sums[0].cost * 5 // 100)


def _unrelieved(claim: Claim) -> None:
    """The whole share, though the child is free or has elder siblings."""
    _bear(claim, claim.sums[0].tenth)


def _capped_above(claim: Claim) -> None:
    """The cap is billed, though the burden is smaller."""
    row = claim.sums[0]
    if row.burden < claim.cap:
        _bear(claim, row.burden, capped=min(claim.cap, row.burden + 100))
    else:
        _relieved(claim)


def _foreign_code(case: Case, code: str) -> bool:
    """A line that the code table does not hold in the month."""

    def change(claim: Claim) -> None:
        claim.lines.append((code, 54, 1, 54))
        resum(claim)

    return _change(case, "AMT708", change)


def _gone(case: Case, not_yet: bool) -> bool:
    return _foreign_code(case, gone_code(case.stay.service_type, not_yet))


def _invoice(case: Case, item: int, more: int) -> bool:
    """The facility's invoice of the month is not the sum of its claims."""
    number = case.stay.facility.number
    if not case.alone("invoice", number, case.month):
        return False
    case.books.invoices[case.review, number, case.month] = {item: more}
    row = ("AMT706", "facility", number, "", case.month, "")
    case.books.truth.setdefault(case.review, []).append(row)
    return True


def _full_share(child: Child, month: str) -> bool:
    """Bears a tenth up to the cap: no relief is due."""
    burden = child.burden(month)
    school = "63" in child.enrolments[0].contracts
    return burden is not None and paying(child, month) and ordinary(child, month) and (school or not burden.rank)


def _relief_due(child: Child, month: str) -> bool:
    burden = child.burden(month)
    young = ordinary(child, month) and "61" in child.enrolments[0].contracts
    return burden is not None and young and bool(burden.free or burden.rank)


def _full_cost(child: Child, month: str) -> bool:
    """A tenth is the burden of every service, or nothing is."""
    burden = child.burden(month)
    return burden is not None and steady(child, month) and not burden.rank


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


def _young(child: Child, month: str) -> bool:
    return paying(child, month) and ordinary(child, month) and "61" in child.enrolments[0].contracts


def _step(name: str, code: str, change: Change, fits: Callable[[Child, str], bool] = ordinary) -> Step:
    return Step(name, LONE, lambda case: _change(case, code, change), fits)


PLANTS = {
    "AMT701": [_step("two_products", "AMT701", _products), _step("one_product", "AMT701", _one_product)],
    "AMT702": [
        _step("one_unit_more", "AMT702", lambda c: _units(c, 1)),
        _step("units_of_another_day", "AMT702", _units_of_another_day),
        _step("one_unit_less", "AMT702", lambda c: _units(c, -1)),
    ],
    "AMT703": [
        _step("total_above", "AMT703", lambda c: _total(c, 100)),
        _step("total_below", "AMT703", lambda c: _total(c, -1)),
    ],
    "AMT704": [
        _step("cost_rounded_up", "AMT704", _rounded_up),
        Step("cost_of_a_row", "heavy|visit", lambda s: _change(s, "AMT704", _cost_of_a_row), _full_cost),
    ],
    "AMT705": [
        _step("units_not_the_sum", "AMT705", lambda c: _head(c, 20)),
        _step("above_cap", "AMT705", _above_cap, paying),
        _step("benefit_not_the_rest", "AMT705", lambda c: _head(c, 28)),
        _step("cost_not_the_sum", "AMT705", lambda c: _head(c, 21)),
        Step("units_not_both_sums", "visit", lambda s: _change(s, "AMT705", lambda c: _head(c, 20)), steady),
        _step("burden_not_the_sum", "AMT705", lambda c: _head(c, 27)),
    ],
    "AMT706": [
        Step("invoice_benefit", LONE, lambda s: _invoice(s, 20, -1000), ordinary),
        Step("invoice_count", LONE, lambda s: _invoice(s, 17, 1), ordinary),
        Step("invoice_units", LONE, lambda s: _invoice(s, 18, 500), ordinary),
        Step("invoice_cost", LONE, lambda s: _invoice(s, 19, 1), ordinary),
    ],
    "AMT707": [
        _step("tenth_rounded_up", "AMT707", _tenth),
        _step("relief_not_given", "AMT707", _unrelieved, _relief_due),
        _step("relief_not_due", "AMT707", _relieved, _full_share),
        _step("capped_above_burden", "AMT707", _capped_above, _full_share),
    ],
    "AMT708": [
        Step("code_ended", LONE, lambda s: _gone(s, not_yet=False), ordinary),
        Step("code_unknown", LONE, lambda s: _foreign_code(s, f"{s.stay.service_type}9999"), ordinary),
        Step("code_not_yet", LONE, lambda s: _gone(s, not_yet=True), ordinary),
    ],
}
RIGHT = [
    Step("rank_changed_within", LONE, lambda s: _rank(s, s.rng.between(2, s.end())), _young),
    Step("two_ranks_at_once", LONE, lambda s: _rank(s, 1), _young),
]
