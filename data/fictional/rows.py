"""Rows of the city's ledgers that hold for a period, and `cut`, which takes a period out of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of grants.csv."""

    code: str
    days: int | None
    principle: bool
    start: date
    end: date | None

    @property
    def base(self) -> bool:
        return self.code[2] != "0"

    def limit(self, principle_days: int) -> int:
        return principle_days if self.principle else self.days or 0


@dataclass(frozen=True, slots=True)
class Burden:
    """A row of recipients.csv."""

    cap: int
    free: bool
    rank: str  # 多子軽減区分
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Filing:
    """A row of cap_managers.csv."""

    facility_no: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class CarePlan:
    """A row of plans.csv."""

    self_made: bool
    start: date
    end: date | None
    core: str = ""
    consent: date | None = None
    reason: str = ""  # 未算定理由


@dataclass(frozen=True, slots=True)
class Designation:
    """A row of facilities.csv. `fee_capacity` is 算定定員, `pause` the days of 休止."""

    service_type: str
    capacity: int
    fee_capacity: int | None
    heavy: bool
    region: str
    start: date
    end: date | None
    center: str = ""
    pause: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A row of facility_addons.csv; `known` is the first review month whose ledger has it."""

    service_type: str
    key: str
    start: date
    end: date | None
    filed: date | None = None
    recipient_no: str = ""
    known: str = ""

    @property
    def kind(self) -> str:
        return "減算" if self.key.startswith("reduction_") else "加算"


Row = TypeVar("Row", Grant, Burden, Filing, CarePlan, Designation, Registration)
AnyRow = Grant | Burden | Filing | CarePlan | Designation | Registration


def overlaps(row: AnyRow, start: date, end: date) -> bool:
    return row.start <= end and (row.end is None or row.end >= start)


def covers(row: AnyRow, day: date) -> bool:
    return overlaps(row, day, day)


def cut(rows: list[Row], start: date, end: date) -> list[Row]:
    """The rows without the days start to end."""
    left = []
    for row in rows:
        if not overlaps(row, start, end):
            left.append(row)
            continue
        if row.start < start:
            left.append(replace(row, end=start - timedelta(days=1)))
        if row.end is None or row.end > end:
            left.append(replace(row, start=end + timedelta(days=1)))
    return left
