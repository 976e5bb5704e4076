"""Facts of the dashboard (`facts.collect`) in, those of one month or of several months or cities together out.

Called where months were purged and for the dashboard of many cities.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Facts = dict[str, Any]
Unit = tuple[str, str, int]  # facility number, service types of the claim, city
_BY_UNIT = ("received", "returned", "reasons", "judged", "causes", "reclaims", "withdrawals", "open")
# What months that were purged by an earlier version did not keep.
_NEWER = {
    "judged": ("unit", "month", "check_code", "findings", "found", "returned"),
    "causes": ("unit", "month", "check_code", "causes"),
}
_BY_MONTH = (*_BY_UNIT, "unjudged")


def of_month(facts: Facts, month: str) -> Facts:
    """The facts of one month (YYYY-MM) alone."""
    at = facts["months"].index(month)
    part = {**facts, "months": [month]}
    for name in _BY_MONTH:
        rows = [row for row, one in enumerate(facts[name]["month"]) if one == at]
        part[name] = {column: [values[row] for row in rows] for column, values in facts[name].items()}
        part[name]["month"] = [0] * len(rows)
    return combined([part])


def combined(parts: Sequence[Facts], cities: Sequence[str] | None = None) -> Facts:
    """Several facts as one; units and facilities that no table refers to are left out.

    With `cities`, a label for each of `parts`, a facility has a unit per city, and beside the usual tables there are
    cities, units.city and unjudged.city (indexes into them).
    """
    parts = [{**{name: {column: [] for column in columns} for name, columns in _NEWER.items()}, **one} for one in parts]
    of_parts = [_units(facts, at if cities else 0) for at, facts in enumerate(parts)]
    units = sorted(_used_units(parts, of_parts))
    numbers = sorted({number for number, _, _ in units})
    months = sorted({month for facts in parts for month in facts["months"]})
    names = _names(parts)
    whole: Facts = {
        "months": months,
        "types": _merged(parts, "types"),
        "checks": _merged(parts, "checks"),
        "facilities": {"facility_no": numbers, "name": [names[number] for number in numbers]},
        "units": _unit_table(units, numbers),
        **{name: {column: [] for column in parts[0][name]} for name in _BY_MONTH},
    }
    unit_at, month_at = _places(units), _places(months)
    for facts, own_units in zip(parts, of_parts, strict=True):
        indexes: dict[str, list] = {
            "unit": [unit_at.get(unit) for unit in own_units],  # None: no table refers to it
            "month": [month_at[month] for month in facts["months"]],
        }
        for name in _BY_MONTH:
            _append(whole[name], facts[name], indexes)
    if cities:
        whole["cities"] = list(cities)
        whole["units"]["city"] = [city for _, _, city in units]
        whole["guidance"] = [{**one, "city": at} for at, facts in enumerate(parts) for one in facts.get("guidance", ())]
        whole["unjudged"]["city"] = [at for at, facts in enumerate(parts) for _ in facts["unjudged"]["month"]]
    return whole


def _units(facts: Facts, city: int) -> list[Unit]:
    """The units of a part, by their index in it."""
    numbers = facts["facilities"]["facility_no"]
    return [
        (numbers[facility], types, city)
        for facility, types in zip(facts["units"]["facility"], facts["units"]["types"], strict=True)
    ]


def _used_units(parts: Sequence[Facts], of_parts: Sequence[list[Unit]]) -> set[Unit]:
    """The units that a table of their part refers to."""
    return {
        units[unit]
        for facts, units in zip(parts, of_parts, strict=True)
        for name in _BY_UNIT
        for unit in facts[name].get("unit", ())
    }


def _names(parts: Sequence[Facts]) -> dict[str, str]:
    """Facility number → name: that of the last part which has one."""
    names: dict[str, str] = {}
    for facts in parts:
        for number, name in zip(facts["facilities"]["facility_no"], facts["facilities"]["name"], strict=True):
            names[number] = name or names.get(number, "")
    return names


def _merged(parts: Sequence[Facts], name: str) -> dict[str, str]:
    """Code → label over all parts, by code."""
    return dict(sorted((code, label) for facts in parts for code, label in facts[name].items()))


def _unit_table(units: list[Unit], numbers: list[str]) -> dict[str, list]:
    facility_at = _places(numbers)
    return {
        "facility": [facility_at[number] for number, _, _ in units],
        "types": [types for _, types, _ in units],
    }


def _places(values: Sequence[Any]) -> dict[Any, int]:
    return {value: at for at, value in enumerate(values)}


def _append(table: dict[str, list], rows: dict[str, list], indexes: dict[str, list]) -> None:
    """Appends rows; columns named in `indexes` hold indexes, which are replaced by those given for them."""
    for column, values in rows.items():
        new = indexes.get(column)
        table[column] += values if new is None else [new[value] for value in values]
