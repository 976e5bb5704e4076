"""Days outside of certificate and contract, and a child with two certificates (contract 5, CRT108–110)."""

from __future__ import annotations

from .codes import ABSENCE, FAMILY
from .town import Expected, Town


def absence_after_the_certificate(town: Town) -> Expected:
    """The grant ended on the 15th; an absence on the 16th goes back (CRT108), one on the 15th does not."""
    house = town.house()
    claims = []
    for day in (15, 16):
        child = town.child(grants={})
        town.grant(child.number, "631000", 20, until="2025-10-15")
        claims.append(town.use(child, house, (1, 2), absent=(day,), lines={ABSENCE: 1}))
    return [("CRT108", "return", claims[1], (16,))]


def family_support_after_the_certificate(town: Town) -> Expected:
    """A talk with the family after the end is worth a look only (CRT108)."""
    child = town.child(grants={})
    town.grant(child.number, "631000", 20, until="2025-10-15")
    claim = town.use(child, town.house(), (1, 2), rows={16: {78: 1}}, lines={FAMILY: 1})
    return [("CRT108", "review", claim, (16,))]


def absence_and_talk_after_the_certificate(town: Town) -> Expected:
    """An absence and a talk on other days: one finding with the graver severity and both days."""
    child = town.child(grants={})
    town.grant(child.number, "631000", 20, until="2025-10-15")
    claim = town.use(child, town.house(), (1, 2), absent=(17,), rows={16: {78: 1}}, lines={FAMILY: 1, ABSENCE: 1})
    return [("CRT108", "return", claim, (16, 17))]


def use_after_the_contract(town: Town) -> Expected:
    """The contract ended on the 10th, the child came on the 10th and the 14th: a look at the 14th (CRT109)."""
    claim = town.use(town.child(), town.house(), (10, 14), items={"K122-05": {10: "20251010"}})
    return [("CRT109", "review", claim, (14,))]


def use_before_contract_and_start(town: Town) -> Expected:
    """Contract and service begin on the 6th, a use is of the 3rd: CRT109, and DAY211 (d) by the claim's own first day."""
    items = {"K122-05": {9: "20251006"}}
    claim = town.use(town.child(), town.house(), (3, 7), started="20251006", items=items)
    return [("CRT109", "review", claim, (3,)), ("DAY211", "review", claim, (3,))]


def use_before_a_renewed_contract(town: Town) -> Expected:
    """The service began in April, the contract was renewed on the 6th, and only the newest is sent: nothing."""
    town.use(town.child(), town.house(), (3, 7), items={"K122-05": {9: "20251006"}})
    return []


def protector_changed_and_all_days_overlap(town: Town) -> Expected:
    """A child under an old and a new number at two facilities: a double day, too many days, an absence while elsewhere."""
    old = town.child(cap=0, grants={"631000": 4}, 児童コード="C-77")
    new = town.child(cap=0, grants={"631000": 3}, 児童コード="C-77")
    first = town.use(old, town.house(), (1, 2, 6))
    second = town.use(new, town.house(), (6, 7), absent=(2,), lines={ABSENCE: 1})
    return [
        *((code, "return", claim) for code in ("DAY201", "DAY202") for claim in (first, second)),
        *(("CRT110", "review", claim) for claim in (first, second)),
        ("DAY208", "return", second, (2,)),
    ]


def protector_changed_and_no_day_overlaps(town: Town) -> Expected:
    """The same child to the 14th under the old number and then under the new: only that there are two (CRT110)."""
    house = town.house()
    old, new = (town.child(cap=0, grants={"631000": 4}, 児童コード="C-78") for _ in range(2))
    claims = town.use(old, house, (1, 2)), town.use(new, house, (15, 16))
    return [("CRT110", "review", claim) for claim in claims]


def one_day_under_two_numbers_at_one_facility(town: Town) -> Expected:
    """The facility bills the 15th under both numbers: one day of the four granted, so no DAY202 and no DAY201."""
    house = town.house()
    old, new = (town.child(cap=0, grants={"631000": 4}, 児童コード="C-79") for _ in range(2))
    claims = town.use(old, house, (1, 2, 15)), town.use(new, house, (15, 16))
    return [("CRT110", "review", claim) for claim in claims]


def two_children_without_a_code(town: Town) -> Expected:
    """The city holds no 児童コード: two numbers are two children, whatever their days."""
    for days in ((1, 2, 6), (6, 7)):
        town.use(town.child(cap=0, grants={"631000": 4}), town.house(), days)
    return []
