"""A month's findings, unjudged subjects and decisions in, its cases out: what is looked at and decided together, numbered
in the order of the work. Called by the worklist and by the casebook, which name the same numbers.

A case is a child in a service month, or one cause at one facility (`checks.causes`: a day or a state of the facility, which
one answer settles for all its claims). A claim belongs to the case of such a cause only where nothing else is the matter
with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from henrei.checks.catalogue import catalogue
from henrei.checks.causes import causes
from henrei.labels import SEVERITIES

Row = Mapping[str, Any]  # of findings.csv with `downgraded`, of undetermined.csv; service_month as YYYY-MM
Key = tuple[
    str, str, str, str
]  # SUBJECT_KEY: subject, facility_no, recipient_no, service_month; what is not there is ""

_OF_FACILITY = ("day_of_facility", "state_of_facility")  # roles of checks
_UNJUDGED, _DECIDED = 8, 9  # behind every severity


@dataclass(frozen=True)
class Place:
    """A row of the worklist: the name of its sheet, and the row as Excel counts it."""

    sheet: str
    row: int


@dataclass(frozen=True)
class Case:
    """`number` counts from 1. Of a child: `child` (what it was known by when the cases were made) and the month. Of a cause:
    facility_no, check_code and, where it is a day, `day` (ISO); service_month may then be empty.

    findings: the gravest first. undetermined: what could not be judged. keys: every claim, sheet … of the case, those that
    only a decision names with them; a key may be in a second case, that of its facility's cause.
    """

    number: int
    child: str
    facility_no: str
    check_code: str
    day: str
    service_month: str
    findings: tuple[Row, ...]
    undetermined: tuple[Row, ...]
    keys: tuple[Key, ...]

    @property
    def of_child(self) -> bool:
        return bool(self.child)


@dataclass(frozen=True)
class Cases:
    """All cases of a month, by number; and where each claim, sheet … and each finding is."""

    all: tuple[Case, ...]
    of_key: Mapping[Key, int]  # its own case: where its row of the worklist stands
    of_finding: Mapping[str, tuple[int, ...]]  # finding_id → the cases it is part of, its own first


def key_of(row: Row) -> Key:
    return row["subject"], row["facility_no"] or "", row["recipient_no"] or "", row["service_month"] or ""


def cases_of(
    findings: Iterable[Row], undetermined: Iterable[Row], decided: Iterable[Key], child_of: Mapping[str, str]
) -> Cases:
    """`undetermined`: rows of a check as a whole (no facility) are no case and are left out. `decided`: the claims and
    sheets with a decision or outcome. `child_of`: recipient_no → the child, where its numbers are known to be one child's.

    The numbers follow from findings, then from what is unjudged; what has nothing but a decision comes last: a decision
    moves none of the others.
    """
    made: dict[tuple[str, ...], _Open] = {}

    def at(place: tuple[str, ...]) -> _Open:
        return made.setdefault(place, _Open(place))

    of_key: dict[Key, tuple[str, ...]] = {}
    of_finding: dict[str, list[tuple[str, ...]]] = {}
    shared: list[tuple[tuple[str, ...], Row]] = []
    place: tuple[str, ...]
    for row in findings:
        if _of_facility(row):
            for cause in causes([row]):
                place = ("", row["facility_no"], row["check_code"], cause.day, row["service_month"] or "", cause.id)
                shared.append((place, row))
        else:
            place = _place(key_of(row), child_of)
            at(place).findings.append(row)
            of_key.setdefault(key_of(row), place)
            of_finding.setdefault(row["finding_id"], []).append(place)
    for place, row in shared:
        at(place).findings.append(row)
        of_key.setdefault(key_of(row), place)
        of_finding.setdefault(row["finding_id"], []).append(place)
    for key in decided:
        own = of_key.setdefault(key, _place(key, child_of))
        at(own).decided.append(key)
    for row in undetermined:
        if row["facility_no"] or row["recipient_no"]:
            place = of_key.setdefault(key_of(row), _place(key_of(row), child_of))
            at(place).undetermined.append(row)
    ordered = sorted(made.values(), key=_Open.rank)
    numbers = {one.place: number for number, one in enumerate(ordered, start=1)}
    return Cases(
        tuple(one.case(number) for number, one in enumerate(ordered, start=1)),
        {key: numbers[place] for key, place in of_key.items()},
        {finding: tuple(sorted({numbers[place] for place in places})) for finding, places in of_finding.items()},
    )


class _Open:
    """A case while its rows are gathered. `place`: child, facility, check, day, month, and what else tells it apart."""

    def __init__(self, place: tuple[str, ...]) -> None:
        self.place = place
        self.findings: list[Row] = []
        self.undetermined: list[Row] = []
        self.decided: list[Key] = []

    def rank(self) -> tuple[Any, ...]:
        """The gravest first, then the most money."""
        if not self.findings:
            return (_UNJUDGED if self.undetermined else _DECIDED, 0, self.place)
        return (min(map(_grave, self.findings)), -_yen(self.findings), self.place)

    def case(self, number: int) -> Case:
        child, facility, check, day, month, _ = self.place
        rows = sorted(self.findings, key=lambda row: (_grave(row), row["check_code"], key_of(row)))
        keys = dict.fromkeys([*map(key_of, rows), *self.decided, *map(key_of, self.undetermined)])
        return Case(number, child, facility, check, day, month, tuple(rows), tuple(self.undetermined), tuple(keys))


def _of_facility(row: Row) -> bool:
    check = catalogue().get(row["check_code"])  # of a run by another version, a check may be gone since
    return not row["recipient_no"] or (check is not None and check.role in _OF_FACILITY)


def _place(key: Key, child_of: Mapping[str, str]) -> tuple[str, ...]:
    _, facility, recipient, month = key
    if not recipient:
        return ("", facility, "", "", month, "")
    return (child_of.get(recipient, recipient), "", "", "", month, "")


def _grave(row: Row) -> int:
    """The brake does not make a mistake small: what it lowered comes behind 返戻相当 and before 要確認."""
    if row["downgraded"]:
        return 1
    return 2 * list(SEVERITIES).index(row["severity"])


def _yen(rows: Iterable[Row]) -> int:
    return sum({key_of(row): row["amount_yen"] or 0 for row in rows}.values())
