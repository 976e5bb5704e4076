"""One dashboard over the closed months of all cities."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb

from henrei.flows.many.places import City
from henrei.flows.settings import Settings, say_variants
from henrei.store import books

Facts = dict[str, Any]
_BY_UNIT = ("received", "returned", "reasons", "reclaims", "withdrawals", "open")


def extract(con: duckdb.DuckDBPyConnection, home: Path, settings: Settings, folder: Path) -> None:
    """Writes the facts of the home's closed months to `folder`; nothing where no month is closed.

    The facts are told from the newest closed month: it is the current one meanwhile, and the store stays as it was.
    """
    from henrei.reports.dashboard import facts

    closed = books.closed(home)
    if not closed:
        return
    con.execute("BEGIN")
    try:
        con.execute("DELETE FROM current_review")
        con.execute("INSERT INTO current_review VALUES (?)", [closed[-1]])
        found = facts.collect(con, closed)
    finally:
        con.execute("ROLLBACK")
    text = json.dumps({"facts": found, "rules": say_variants(settings.variants)}, ensure_ascii=False)
    (folder / "facts.json").write_text(text, encoding="utf-8")


def write(path: Path, cities: list[City], parts: Path) -> bool:
    """Writes the page of the cities with closed months; False, and no page, where there is none."""
    told: list[tuple[City, Facts]] = []
    said: set[str] = set()
    for city in cities:
        file = parts / city.municipality_no / "facts.json"
        if file.is_file():
            data = json.loads(file.read_text(encoding="utf-8"))
            told.append((city, data["facts"]))
            said.add(data["rules"])
    if not told:
        return False
    from henrei.reports.dashboard import page  # Altair takes its time

    facts = merge([(f"{city.municipality_no} {city.settings.city_name}".strip(), one) for city, one in told])
    rules = said.pop() if len(said) == 1 else "使った基準: 市町村により違います。各市町村の dashboard.html にあります"
    state = hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode("utf-8")).hexdigest()[:16]
    text = page.page(facts, f"{len(told)}市町村", "まとめ", rules, state)
    books.write_whole(path, text.encode("utf-8"))
    return True


def merge(told: list[tuple[str, Facts]]) -> Facts:
    """The facts of several cities (label, facts of `facts.collect`) as one.

    Beside the tables of one city: cities, their labels; units.city and unjudged.city, indexes into them. A facility that
    serves several cities is one facility with a unit a city.
    """
    months = sorted({month for _, facts in told for month in facts["months"]})
    names: dict[str, str] = {}
    for _, facts in told:
        for number, name in zip(facts["facilities"]["facility_no"], facts["facilities"]["name"], strict=True):
            names[number] = names.get(number) or name
    numbers = sorted(names)
    facility_at = {number: at for at, number in enumerate(numbers)}
    month_at = {month: at for at, month in enumerate(months)}
    merged: Facts = {
        "months": months,
        "types": {},
        "checks": {},
        "cities": [label for label, _ in told],
        "facilities": {"facility_no": numbers, "name": [names[number] for number in numbers]},
        "units": {"facility": [], "types": [], "city": []},
        "unjudged": {"city": []},
        **{name: {} for name in _BY_UNIT},
    }
    for at, (_, facts) in enumerate(told):
        merged["types"] |= facts["types"]
        merged["checks"] |= facts["checks"]
        here = [month_at[month] for month in facts["months"]]
        first = len(merged["units"]["facility"])
        own = facts["facilities"]["facility_no"]
        merged["units"]["facility"] += [facility_at[own[facility]] for facility in facts["units"]["facility"]]
        merged["units"]["types"] += facts["units"]["types"]
        merged["units"]["city"] += [at] * len(facts["units"]["types"])
        merged["unjudged"]["city"] += [at] * len(facts["unjudged"]["month"])
        for name in (*_BY_UNIT, "unjudged"):
            for column, values in facts[name].items():
                if column == "unit":
                    values = [first + unit for unit in values]
                elif column == "month":
                    values = [here[month] for month in values]
                merged[name].setdefault(column, []).extend(values)
    merged["types"] = dict(sorted(merged["types"].items()))
    merged["checks"] = dict(sorted(merged["checks"].items()))
    return merged
