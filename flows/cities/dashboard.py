"""The facts of each city's closed months in, one dashboard.html over all cities out. Called by run_all, `extract` by run_city."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from henrei.files import sha256, write_atomic
from henrei.flows import guidance
from henrei.flows.cities.discover import City
from henrei.flows.settings import Settings, say_variants
from henrei.home import Home
from henrei.reports.dashboard.combine import combined
from henrei.store import books
from henrei.store.database import set_current_month

Facts = dict[str, Any]


def extract(con: duckdb.DuckDBPyConnection, home: Home, settings: Settings, folder: Path) -> None:
    """Writes the facts of the home's closed months to `folder`; nothing where no month is closed.

    The facts are those that its own dashboard shows: the newest closed month is the current one meanwhile, and the store
    stays as it was.
    """
    from henrei.reports.dashboard import facts

    closed = books.closed(home)
    if not closed:
        return
    con.execute("BEGIN")
    try:
        set_current_month(con, closed[-1])
        collected = facts.collect(con, closed)
        collected["guidance"] = guidance.shown(con, guidance.read(home, settings).rows)
    finally:
        con.execute("ROLLBACK")
    text = json.dumps({"facts": collected, "rules": say_variants(settings.variants)}, ensure_ascii=False)
    (folder / "facts.json").write_text(text, encoding="utf-8")


def write(path: Path, cities: list[City], parts: Path) -> bool:
    """Writes the page of the cities with closed months; False, and no page, where there is none."""
    facts_of: list[tuple[City, Facts]] = []
    rules: set[str] = set()
    for city in cities:
        file = parts / city.municipality_no / "facts.json"
        if file.is_file():
            extracted = json.loads(file.read_text(encoding="utf-8"))
            facts_of.append((city, extracted["facts"]))
            rules.add(extracted["rules"])
    if not facts_of:
        return False
    from henrei.reports.dashboard import page  # Altair takes its time

    labels = [f"{city.municipality_no} {city.settings.city_name}".strip() for city, _ in facts_of]
    facts = combined([facts for _, facts in facts_of], labels)
    line = rules.pop() if len(rules) == 1 else "使った基準: 市町村により違います。各市町村の dashboard.html にあります"
    state = sha256(json.dumps(facts, ensure_ascii=False).encode("utf-8"))[:16]
    text = page.page(facts, f"{len(facts_of)}市町村", "まとめ", line, state)
    write_atomic(path, text.encode("utf-8"))
    return True
