"""A month's findings, unjudged subjects and decisions in, its cases out: what is looked at and decided together, numbered
in the order of the work. Called by the worklist and by the casebook, which name the same numbers.

A case is a child in a service month, or one cause at one facility (`checks.causes`: a day or a state of the facility, which
one answer settles for all its claims). A claim belongs to the case of such a cause only where nothing else is the matter
with it. What could not be judged of a facility's state is the facility's, too: one case for all claims of a month that one
check could not judge, that of a cause of this check where one was found; of the claims it says only how many they are.

The order is that of the work, and follows from findings alone, so that no decision moves a number:

1. gravity: 返戻相当, then what the brake lowered, 要確認, 参考; then what is only unjudged, and what is only decided;
2. within one gravity the cases of one facility, the one to call, stand together, at the place of its first;
3. first is the case with the most at issue (`at_issue` below); those of which it cannot be said come after all others, by the
   給付費 of their claims; what is still alike, by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.checks.causes import causes
from henrei.labels import SEVERITIES

Row = Mapping[str, Any]  # of findings.csv with `downgraded`, of unjudged_rows; service_month as YYYY-MM
Key = tuple[
    str, str, str, str
]  # SUBJECT_KEY: subject, facility_no, recipient_no, service_month; what is not there is ""

Unjudged = tuple[
    str, str, str
]  # check_code, facility_no, service_month: what could not be judged of a facility's state

_OF_FACILITY = ("day_of_facility", "state_of_facility")  # roles of checks
_UNJUDGED, _DECIDED = 8, 9  # behind every severity


@dataclass(frozen=True)
class Place:
    """A row of the worklist: the name of its sheet, and the row as Excel counts it."""

    sheet: str
    row: int


@dataclass(frozen=True)
class Case:
    """`number` counts from 1. `at_issue`: the yen that its gravest findings concern, None where nobody knows. Of a child: `child` (what it was known by when the cases were made) and the month. Of a cause:
    facility_no, check_code and, where it is a day, `day` (ISO); service_month may then be empty.

    findings: the gravest first. undetermined: what could not be judged, as `unjudged_rows`. keys: every claim, sheet … of
    the case, those that only a decision names with them, without those that are only counted; a key may be in a second
    case, that of its facility's cause.
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
    at_issue: int | None = None

    @property
    def of_child(self) -> bool:
        return bool(self.child)


@dataclass(frozen=True)
class Cases:
    """All cases of a month, by number; and where each claim, sheet …, each finding and what is unjudged of facilities is."""

    all: tuple[Case, ...]
    of_key: Mapping[Key, int]  # its own case: where its row of the worklist stands
    of_finding: Mapping[str, tuple[int, ...]]  # finding_id → the cases it is part of, its own first
    of_unjudged: Mapping[Unjudged, int]

    def of_row(self, row: Row) -> tuple[int, ...]:
        """The cases of a row that has SUBJECT_KEY and perhaps finding_id or check_code; its own first."""
        if found := self.of_finding.get(row.get("finding_id") or ""):
            return found
        key = key_of(row)
        number = self.of_unjudged.get((row.get("check_code") or "", key[1], key[3])) or self.of_key.get(key)
        return (number,) if number else ()


def unjudged_rows(undetermined: pl.DataFrame) -> pl.DataFrame:
    """Rows of undetermined.csv as people look at them: what concerns a facility's state is one row a facility, check, month
    and reason, without a recipient; `claims` says how many rows it was, and is null in all others."""
    codes = [code for code, check in catalogue().items() if check.role in _OF_FACILITY]
    of_facility = pl.col("check_code").is_in(codes) & pl.all_horizontal(
        pl.col("facility_no", "recipient_no").is_not_null()
    )
    alike = [name for name in undetermined.columns if name != "recipient_no"]
    counted = (
        undetermined.filter(of_facility)
        .group_by(alike, maintain_order=True)
        .agg(recipient_no=pl.lit(None, pl.String), claims=pl.len().cast(pl.Int64))
    )
    others = undetermined.filter(~of_facility).with_columns(claims=pl.lit(None, pl.Int64))
    return pl.concat([others, counted.select(others.columns)])


def at_issue(findings: Iterable[Row]) -> int | None:
    """The yen that findings on one claim or sheet concern: the most that one of the gravest says, for several may be about
    the same days. None where none can say it."""
    rows = list(findings)
    gravest = min(map(gravity, rows), default=0)
    return max((yen for row in rows if gravity(row) == gravest and (yen := row.get("at_issue_yen"))), default=None)


def gravity(row: Row) -> int:
    """0 is the gravest. The brake does not make a mistake small: what it lowered comes behind 返戻相当 and before 要確認."""
    if row["downgraded"]:
        return 1
    return 2 * list(SEVERITIES).index(row["severity"])


def key_of(row: Row) -> Key:
    return row["subject"], row["facility_no"] or "", row["recipient_no"] or "", row["service_month"] or ""


def cases_of(
    findings: Iterable[Row], undetermined: Iterable[Row], decided: Iterable[Key], child_of: Mapping[str, str]
) -> Cases:
    """`undetermined`, as `unjudged_rows`: rows of a check as a whole (no facility) are no case and are left out. `decided`: the claims and
    sheets with a decision or outcome. `child_of`: recipient_no → the child, where its numbers are known to be one child's.

    The numbers follow from findings, then from what is unjudged; what has nothing but a decision comes last: a decision
    moves none of the others.
    """
    made: dict[tuple[str, ...], _Open] = {}

    def at(place: tuple[str, ...]) -> _Open:
        return made.setdefault(place, _Open(place))

    own: dict[Key, tuple[str, ...]] = {}
    through: dict[Key, list[tuple[str, ...]]] = {}  # claims of a cause of their facility
    of_cause: dict[Unjudged, tuple[str, ...]] = {}  # a check at a facility → the first of its causes
    of_finding: dict[str, list[tuple[str, ...]]] = {}
    place: tuple[str, ...]
    for row in findings:
        key = key_of(row)
        if _of_facility(row):
            for cause in causes([row]):
                place = ("", row["facility_no"], row["check_code"], cause.day, row["service_month"] or "", cause.id)
                at(place).findings.append(row)
                through.setdefault(key, []).append(place)
                what = (row["check_code"], key[1], key[3])
                of_cause[what] = min(place, of_cause.get(what, place))
                of_finding.setdefault(row["finding_id"], []).append(place)
        else:
            place = own.setdefault(key, _place(key, child_of))
            at(place).findings.append(row)
            of_finding.setdefault(row["finding_id"], []).append(place)
    for key in decided:
        if key in own or key not in through:
            at(own.setdefault(key, _place(key, child_of))).decided.append(key)
    of_unjudged: dict[Unjudged, tuple[str, ...]] = {}
    for row in undetermined:
        key = key_of(row)
        if row.get("claims"):
            what = (row["check_code"], key[1], key[3])
            place = of_unjudged[what] = of_cause.get(what, ("", key[1], row["check_code"], "", key[3], ""))
            at(place).undetermined.append(row)
        elif row["facility_no"] or row["recipient_no"]:
            place = through[key][0] if key in through and key not in own else own.setdefault(key, _place(key, child_of))
            at(place).undetermined.append(row)
    ordered = _ordered(made.values())
    numbers = {one.place: number for number, one in enumerate(ordered, start=1)}
    of_key = {key: min(numbers[place] for place in places) for key, places in through.items()}
    return Cases(
        tuple(one.case(number) for number, one in enumerate(ordered, start=1)),
        of_key | {key: numbers[place] for key, place in own.items()},
        {finding: tuple(sorted({numbers[place] for place in places})) for finding, places in of_finding.items()},
        {what: numbers[place] for what, place in of_unjudged.items()},
    )


class _Open:
    """A case while its rows are gathered. `place`: child, facility, check, day, month, and what else tells it apart."""

    def __init__(self, place: tuple[str, ...]) -> None:
        self.place = place
        self.findings: list[Row] = []
        self.undetermined: list[Row] = []
        self.decided: list[Key] = []
        self.gravity = 0
        self.at_issue: int | None = None
        self.money = (1, 0)  # whether it cannot be said what is at issue; the yen, most first
        self.facility = ""  # whom one calls about it

    def weigh(self) -> None:
        """Fills what its place in the order goes by, once all its rows are gathered."""
        if not self.findings:
            self.gravity = _UNJUDGED if self.undetermined else _DECIDED
            return
        self.gravity = min(map(gravity, self.findings))
        of_key: dict[Key, list[Row]] = {}
        for row in self.findings:
            if gravity(row) == self.gravity:
                of_key.setdefault(key_of(row), []).append(row)
        # Of one overlap or excess only one of the claims can be wrong.
        stakes: dict[object, int] = {}
        facilities: list[tuple[int, int, str]] = []
        for key, rows in of_key.items():
            yen, whole = at_issue(rows), max(row["amount_yen"] or 0 for row in rows)
            facilities.append((-(yen or 0), -whole, key[1]))
            if yen is not None:
                groups = sorted(row["group_id"] for row in rows if row["group_id"] and row.get("at_issue_yen") == yen)
                what = groups[0] if groups else key
                stakes[what] = max(stakes.get(what, 0), yen)
        self.facility = min(facilities)[2]
        self.at_issue = sum(stakes.values()) if stakes else None
        whole = sum({key_of(row): row["amount_yen"] or 0 for rows in of_key.values() for row in rows}.values())
        self.money = (1, -whole) if self.at_issue is None else (0, -self.at_issue)

    def case(self, number: int) -> Case:
        child, facility, check, day, month, _ = self.place
        rows = sorted(self.findings, key=lambda row: (gravity(row), row["check_code"], key_of(row)))
        unjudged = [key_of(row) for row in self.undetermined if not row.get("claims")]
        keys = dict.fromkeys([*map(key_of, rows), *self.decided, *unjudged])
        return Case(
            number,
            child,
            facility,
            check,
            day,
            month,
            tuple(rows),
            tuple(self.undetermined),
            tuple(keys),
            self.at_issue,
        )


def _ordered(cases: Iterable[_Open]) -> list[_Open]:
    """The order that is written at the top."""
    weighed = list(cases)
    first: dict[tuple[int, str], tuple[int, int]] = {}
    for one in weighed:
        one.weigh()
        of_call = (one.gravity, one.facility)
        first[of_call] = min(first.get(of_call, one.money), one.money)
    return sorted(
        weighed,
        key=lambda one: (one.gravity, first[one.gravity, one.facility], one.facility, one.money, one.place),
    )


def _of_facility(row: Row) -> bool:
    check = catalogue().get(row["check_code"])  # of a run by another version, a check may be gone since
    return not row["recipient_no"] or (check is not None and check.role in _OF_FACILITY)


def _place(key: Key, child_of: Mapping[str, str]) -> tuple[str, ...]:
    _, facility, recipient, month = key
    if not recipient:
        return ("", facility, "", "", month, "")
    return (child_of.get(recipient, recipient), "", "", "", month, "")
