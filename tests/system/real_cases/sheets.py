"""The result sheet of the burden cap (上限額管理結果票), right by itself; what is wrong is put in on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from henrei.data.fictional.records import line

from .billing import Child, Claim, House, Subject, spread


@dataclass
class Row:
    """What a sheet says of a facility: cost, burden before and after, and whose claim it is."""

    facility: str
    cost: int
    burden: int
    managed: int
    child: str


@dataclass
class Sheet:
    """K411, or K421 where it is of a household."""

    manager: House
    child: Child
    month: str
    cap: int
    result: str
    rows: list[Row] = field(default_factory=list)
    kind: str = "1"
    household: bool = False
    more: int = 0  # yen that the total after management is more than its rows

    @property
    def subject(self) -> Subject:
        return Subject("sheet", self.manager.number, self.child.number, self.month)

    def records(self) -> Iterator[str]:
        name = "K421" if self.household else "K411"
        key = {3: self.month.replace("-", ""), 6: self.manager.number, 7: self.child.number}
        sums = (sum(r.cost for r in self.rows), sum(r.burden for r in self.rows), sum(r.managed for r in self.rows))
        head = {
            4: self.kind,
            5: "112992",
            10: self.cap,
            11: self.result,
            12: sums[0],
            13: sums[1],
            14: sums[2] + self.more,
        }
        yield line(f"{name}-01", {**key, **head}, False)
        key = {3: key[3], 4: "112992", 5: self.manager.number, 6: self.child.number}
        for n, row in enumerate(self.rows if self.kind != "3" else [], start=1):
            values = {7: n, 8: row.facility, 9: row.cost, 10: row.burden, 11: row.managed}
            yield line(f"{name}-02", {**key, **values, **({12: row.child} if self.household else {})}, False)


def managed(manager: House, claims: list[Claim], cap: int) -> Sheet:
    """The sheet over these claims as contract 5 (CAP305) wants it; the manager's own claims come first."""
    burdens = [claim.burden for claim in claims]
    own = sum(claim.burden for claim in claims if claim.facility == manager.number)
    result = "1" if own >= cap else "2" if sum(burdens) <= cap else "3"
    after = burdens if result == "2" else spread(cap, burdens)
    rows = [
        Row(claim.facility, claim.cost, burden, share, claim.child.number)
        for claim, burden, share in zip(claims, burdens, after, strict=True)
    ]
    for claim, row in zip(claims, rows, strict=True):
        claim.managed = (manager.number, result, row.managed)
    return Sheet(manager, claims[0].child, claims[0].month, cap, result, rows)
