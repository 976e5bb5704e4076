"""How grave a planted mistake is: from its check, or from what else the month holds. city.py asks for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .model import Child, Claim
from .months import first, last
from .rows import overlaps

# check_code, subject, facility_no, recipient_no, service month, use_dates, severity ("": as its check or the month says)
Finding = tuple[str, str, str, str, str, str, str]

_REVIEW = (
    "CRT106 CRT107 CRT109 CRT110 DAY206 DAY207 DAY209 DAY214 DAY215 CAP301 CAP311 SUB406 SUB408 FAC508 ADD605 ADD607 ADD608 "
    "ADD609 ADD610 ADD611 AMT706 AMT707 AMT708"
)
_NOTICE = "DAY212 FAC506 FAC509 FAC512 SUB407"
SEVERITY = dict.fromkeys(_REVIEW.split(), "review") | dict.fromkeys(_NOTICE.split(), "notice")


@dataclass(slots=True)
class Standing:
    """The claims henrei holds: those of this review month, and those decided before. By month and number."""

    claims: dict[tuple[str, str], dict[str, Claim]] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    households: dict[str, list[Child]] = field(default_factory=dict)

    def know(self, children: Iterable[Child]) -> None:
        for child in children:
            self.children[child.number] = child
            self.households.setdefault(child.household, []).append(child)

    def take(self, claim: Claim) -> None:
        self.claims.setdefault((claim.plan.month, claim.plan.number), {})[claim.facility.number] = claim

    def drop(self, month: str, number: str, facility_no: str) -> None:
        self.claims.get((month, number), {}).pop(facility_no, None)

    def siblings(self, number: str, month: str) -> list[str]:
        """Facilities of the claims of other children of the household."""
        child = self.children.get(number)
        if child is None:
            return []
        others = [
            c for c in self.households[child.household] if c is not child and (not c.code or c.code != child.code)
        ]
        return [no for other in others for no in self.claims.get((month, other.number), {})]

    def cap(self, number: str, month: str) -> int:
        rows = self.children[number].burdens
        return max((b.cap for b in rows if overlaps(b, first(month), last(month))), default=0)


def _unfiled(row: Finding, month: Standing) -> str:
    burden = sum(claim.burden for claim in month.claims.get((row[4], row[3]), {}).values())
    return "review" if burden > month.cap(row[3], row[4]) else "notice"


def _sheet(row: Finding, month: Standing) -> str:
    return "review" if month.siblings(row[3], row[4]) else "return"


def _add_on(row: Finding, month: Standing) -> str:
    return "review" if any(no != row[2] for no in month.siblings(row[3], row[4])) else "return"


def _managed(row: Finding, month: Standing) -> str:
    free = any(b.free and overlaps(b, first(row[4]), last(row[4])) for b in month.children[row[3]].burdens)
    return "review" if free else _sheet(row, month)


def _shared(row: Finding, month: Standing) -> str:
    """A lower cap than the certificate's may be a share of the household's."""
    claim = month.claims[row[4], row[3]][row[2]]
    rows = [b.cap for b in month.children[row[3]].burdens if overlaps(b, first(row[4]), last(row[4]))]
    return _sheet(row, month) if claim.cap < min(rows, default=0) else "return"


_BY_MONTH: Mapping[str, Callable[[Finding, Standing], str]] = {
    "CRT104": _shared, "CAP301": _unfiled, "CAP302": _sheet, "CAP308": _add_on, "CAP310": _managed,
}  # fmt: skip


def graded(row: Finding, month: Standing) -> Finding:
    if row[6]:
        return row
    by_month = _BY_MONTH.get(row[0])
    return (*row[:6], by_month(row, month) if by_month else SEVERITY.get(row[0], "return"))
