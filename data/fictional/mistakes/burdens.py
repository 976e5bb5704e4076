"""Mistakes of the burden (AMT707, AMT709) and of 処遇改善 (AMT710, AMT711), made in the finished claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..case import LONE, Case, paying
from ..claims import resum, settle
from ..codes import ENDED_CLASS, half_up
from ..model import Child, Claim, Sheet, Sum
from ..months import first, last, on
from ..rows import covers, cut
from .amounts import change, in_claim, settled
from .cap_filing import managed
from .facility import ordinary
from .registry import mistake, near


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


def _young(child: Child, month: str) -> bool:
    return paying(child, month) and ordinary(child, month) and "61" in child.enrolments[0].contracts


@mistake("AMT705", "above_cap", LONE, paying)
def _above_cap(case: Case) -> bool:
    """The guardian is to pay more than the cap, and the city that much less."""

    def apply(claim: Claim) -> None:
        (row,) = claim.sums
        row.decided = claim.cap + 100
        row.benefit = row.cost - row.decided

    claim = settled(case)
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

    claim = settled(case)
    return claim.sums[0].burden < claim.cap and change(case, apply, "AMT707", "AMT709")


@mistake("AMT709", "capped_below_burden", LONE, _pays)
def _capped_below(case: Case) -> bool:
    """Less than the burden and the cap is billed, and all that follows goes by it."""

    def apply(claim: Claim) -> None:
        _bear(claim, claim.sums[0].burden, capped=claim.sums[0].capped - 1)

    return settled(case).sums[0].capped > 0 and change(case, apply, "AMT709")


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

    return settled(case).decided > 1 and change(case, apply)


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


near("AMT707", "rank_changed_within", LONE, _young)(lambda s: _rank(s, s.rng.between(2, s.end())))
