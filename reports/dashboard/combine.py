"""Facts of the dashboard (`facts.collect`) taken apart by month and put together: of purged months, of several cities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Facts = dict[str, Any]
_BY_UNIT = ("received", "returned", "reasons", "reclaims", "withdrawals", "open")


def of_month(facts: Facts, month: str) -> Facts:
    """The facts of one month (YYYY-MM) alone."""
    at = facts["months"].index(month)
    part = {**facts, "months": [month]}
    for name in (*_BY_UNIT, "unjudged"):
        rows = [row for row, one in enumerate(facts[name]["month"]) if one == at]
        part[name] = {column: [values[row] for row in rows] for column, values in facts[name].items()}
        part[name]["month"] = [0] * len(rows)
    return joined([part])


def joined(told: Sequence[Facts], cities: Sequence[str] | None = None) -> Facts:
    """Several facts as one; units and facilities of which no table speaks fall away.

    With `cities`, a label for each of `told`, a facility has a unit a city, and beside the usual tables there are cities,
    units.city and unjudged.city (indexes into them).
    """
    months = sorted({month for facts in told for month in facts["months"]})
    month_at = {month: at for at, month in enumerate(months)}
    names: dict[str, str] = {}
    units: set[tuple[str, str, int]] = set()
    for at, facts in enumerate(told):
        own = _units(facts, at if cities else 0)
        units |= {own[unit] for name in _BY_UNIT for unit in facts[name].get("unit", ())}
        for number, name in zip(facts["facilities"]["facility_no"], facts["facilities"]["name"], strict=True):
            names[number] = name or names.get(number, "")
    ordered = sorted(units)
    unit_at = {unit: at for at, unit in enumerate(ordered)}
    numbers = sorted({number for number, _, _ in ordered})
    facility_at = {number: at for at, number in enumerate(numbers)}
    made: Facts = {
        "months": months,
        "types": dict(sorted((code, label) for facts in told for code, label in facts["types"].items())),
        "checks": dict(sorted((code, title) for facts in told for code, title in facts["checks"].items())),
        "facilities": {"facility_no": numbers, "name": [names[number] for number in numbers]},
        "units": {
            "facility": [facility_at[number] for number, _, _ in ordered],
            "types": [types for _, types, _ in ordered],
        },
        **{name: {column: [] for column in told[0][name]} for name in (*_BY_UNIT, "unjudged")},
    }
    for at, facts in enumerate(told):
        own = _units(facts, at if cities else 0)
        for name in (*_BY_UNIT, "unjudged"):
            for column, values in facts[name].items():
                if column == "unit":
                    values = [unit_at[own[unit]] for unit in values]
                elif column == "month":
                    values = [month_at[facts["months"][month]] for month in values]
                made[name][column] += values
    if cities:
        made["cities"] = list(cities)
        made["units"]["city"] = [city for _, _, city in ordered]
        made["unjudged"]["city"] = [at for at, facts in enumerate(told) for _ in facts["unjudged"]["month"]]
    return made


def _units(facts: Facts, city: int) -> list[tuple[str, str, int]]:
    """Each unit as facility number, service types and city."""
    numbers = facts["facilities"]["facility_no"]
    return [
        (numbers[facility], types, city)
        for facility, types in zip(facts["units"]["facility"], facts["units"]["types"], strict=True)
    ]
