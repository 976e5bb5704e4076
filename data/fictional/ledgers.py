"""Writes the ledgers that the city's own systems export each month, each in a dialect of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from henrei.schemas.ledgers import ledgers

from .codes import table
from .model import Child, Facility
from .months import last, on
from .seeded import SeededRandom
from .writing import Dialect, write_table


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of history.csv."""

    kind: str  # 明 or 利
    review: str
    facility_no: str
    recipient_no: str
    month: str
    result: str
    benefit: int | None


@dataclass(frozen=True, slots=True)
class Petition:
    """A row of petitions.csv; `filed` is 申立年月. An empty `process` means the month after it."""

    filed: str
    facility_no: str
    recipient_no: str
    month: str
    reason: str = "4102"
    process: str = ""
    again: str = ""


_DATES = ("iso", "slash", "plain", "short", "era")


def _dialect(name: str, review: str, seed: int) -> Dialect:
    """Another look for each ledger and month: encodings, dates, lost zeros, strange columns."""
    rng = SeededRandom(seed, "ledger", name, review)
    bare = name in ("grants", "plans", "recipients") and rng.chance(0.3)
    return Dialect(
        encoding=rng.weighted([("utf-8-sig", 5), ("cp932", 4), ("utf-8", 1)]),
        dates=rng.pick(_DATES),
        newline=rng.pick(("\r\n", "\r\n", "\n")),
        bare_numbers=bare,
        more="備考" if rng.chance(0.2) else "",
    )


def write_ledgers(
    folder: Path,
    review: str,
    seed: int,
    children: Sequence[Child],
    facilities: Sequence[Facility],
    history: Sequence[Outcome] | None,
    petitions: Iterable[Petition],
    first_review: Iterable[Sequence[str]] = (),
) -> None:
    """All ledgers as the city knows them at the end of the review month; None for `history`: no such file."""
    known = last(review)
    columns = ledgers()
    tables: dict[str, Callable[[Dialect], Iterable[Sequence[object]]]] = {
        "recipients": lambda how: _recipients(children, review, how),
        "grants": lambda how: _grants(children, known, how),
        "cap_managers": lambda how: _managers(children, known, how),
        "plans": lambda how: _plans(children, review, how),
        "facilities": lambda how: _facilities(facilities, how),
        "facility_addons": lambda how: _addons(facilities, review, how),
        "petitions": lambda how: _petitions(petitions, review, how),
        "first_review": lambda how: _first_review(first_review, how),
        "service_codes": lambda how: table(),
    }
    if history is not None:
        tables["history"] = lambda how: _history(history, how)
    for name, rows in tables.items():
        how = _dialect(name, review, seed)
        write_table(folder / f"{name}.csv", columns[name].labels, rows(how), how)


def _recipients(children: Sequence[Child], review: str, how: Dialect) -> Iterable[Sequence[object]]:
    for child in children:
        born = child.birthdays.get(review, child.born)
        for row in child.burdens:
            if row.start <= last(review):
                yield (
                    how.number(child.number), child.municipality_no, child.kana, child.guardian,
                    how.date(born), child.household, child.code, row.cap, "2" if row.free else "", row.rank, "",
                    how.date(row.start), how.date(row.end),
                )  # fmt: skip


def _grants(children: Sequence[Child], known: date, how: Dialect) -> Iterable[Sequence[object]]:
    for child in children:
        for row in sorted(child.grants, key=lambda g: (g.code, g.start)):
            if row.start <= known:
                rule = "原則日数" if row.principle else ""
                days = "" if row.days is None else row.days
                yield how.number(child.number), row.code, days, rule, how.date(row.start), how.date(row.end)


def _managers(children: Sequence[Child], known: date, how: Dialect) -> Iterable[Sequence[object]]:
    for child in children:
        for row in child.managers:
            if row.start <= known:
                yield how.number(child.number), row.facility_no, how.date(row.start), how.date(row.end)


def _plans(children: Sequence[Child], review: str, how: Dialect) -> Iterable[Sequence[object]]:
    """The newest record of coordination came in the review month, where nothing else is known."""
    for child in children:
        came = child.records.get(review, on(review, 4))
        for row in sorted(child.plans, key=lambda p: p.start):
            record = came if row.self_made and row.start <= came else None
            yield (
                how.number(child.number), "2" if row.self_made else "1", row.core, how.date(row.consent),
                how.date(record), row.reason, how.date(row.start), how.date(row.end),
            )  # fmt: skip


def _facilities(facilities: Sequence[Facility], how: Dialect) -> Iterable[Sequence[object]]:
    for facility in facilities:
        for row in sorted(facility.designations, key=lambda d: (d.service_type, d.heavy, d.start)):
            low, high = row.pause or (None, None)
            yield (
                facility.number, facility.name, facility.corporation, row.service_type, row.capacity,
                row.fee_capacity or "", "2" if row.heavy else "1", row.center, row.region, how.date(row.start), how.date(row.end),
                how.date(low), how.date(high),
            )  # fmt: skip


def _addons(facilities: Sequence[Facility], review: str, how: Dialect) -> Iterable[Sequence[object]]:
    for facility in facilities:
        for row in facility.registered:
            if row.known <= review:
                yield (
                    facility.number, row.service_type, row.kind, row.key, row.recipient_no and how.number(row.recipient_no),
                    how.date(row.filed), how.date(row.start), how.date(row.end),
                )  # fmt: skip


def _petitions(petitions: Iterable[Petition], review: str, how: Dialect) -> Iterable[Sequence[object]]:
    for row in sorted(petitions, key=lambda p: (p.filed, p.facility_no, p.recipient_no, p.month)):
        if row.filed <= review:
            process = how.month(row.process) if row.process else ""
            number = how.number(row.recipient_no)
            yield (
                how.month(row.filed),
                row.facility_no,
                number,
                how.month(row.month),
                row.reason,
                process,
                row.again,
            )


def _history(history: Iterable[Outcome], how: Dialect) -> Iterable[Sequence[object]]:
    for row in history:
        yield (
            row.kind, how.month(row.review), row.facility_no, how.number(row.recipient_no),
            how.month(row.month), row.result, "" if row.benefit is None else row.benefit,
        )  # fmt: skip


def _first_review(lines: Iterable[Sequence[str]], how: Dialect) -> Iterable[Sequence[object]]:
    for kind, facility_no, recipient_no, month, *rest in lines:
        yield kind, facility_no, how.number(recipient_no), how.month(month), *rest
