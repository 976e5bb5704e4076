"""flows/cities/dashboard.py: what is embedded in the page of all cities, and how large it grows."""

from __future__ import annotations

import base64
import gzip
import html
import json
import random
import re
from typing import Any

import pytest

from henrei.flows.cities import dashboard, discover
from henrei.home import Home
from henrei.reports.dashboard import page
from henrei.reports.dashboard.combine import combined
from lib import inputs
from lib.page_scripts import needs_node, sections

CHECKS = {"DAY201": "同じ日", "CAP302": "結果票がない"}


def facts(months: list[str], facilities: list[str], seed: int = 0) -> dict[str, Any]:
    """A city's facts: two units a facility, numbers in every month."""
    chance = random.Random(seed)
    units = [(at, types) for at in range(len(facilities)) for types in ("61", "63")]
    rows = [(unit, month) for unit in range(len(units)) for month in range(len(months))]
    numbers = [chance.randrange(1, 40) for _ in rows]
    place = {"unit": [unit for unit, _ in rows], "month": [month for _, month in rows]}
    yen = [number * 61_237 for number in numbers]
    some = {"claims": numbers, "yen": yen}
    code = {"check_code": ["DAY201" if number % 2 else "CAP302" for number in numbers]}
    return {
        "months": months,
        "types": {"61": "児童発達支援", "63": "放課後等デイサービス"},
        "checks": CHECKS,
        "facilities": {"facility_no": facilities, "name": [f"架空{number}" for number in facilities]},
        "units": {"facility": [at for at, _ in units], "types": [types for _, types in units]},
        "received": {**place, **some, "first": numbers},
        "returned": {**place, **some, "by_city": numbers, "first": numbers, "again": numbers},
        "reasons": {**place, **code, "found": numbers, "returned": numbers, "yen": yen},
        "judged": {**place, **code, "findings": numbers, "found": numbers, "returned": numbers},
        "causes": {**place, **code, "causes": numbers},
        "reclaims": {**place, "lag": [number % 4 for number in numbers], **some},
        "withdrawals": {**place, "became": ["later"] * len(rows), **some},
        "open": {**place, **code, "subjects": numbers},
        "unjudged": {"month": [0], "check_code": ["DAY201"], "reason": ["台帳がありません"]},
    }


def embedded(text: str) -> dict[str, Any]:
    match = re.search(r'id="facts">([^<]*)</script>', text)
    assert match
    return json.loads(gzip.decompress(base64.b64decode(html.unescape(match[1]))))


def sums(one: dict[str, Any], city: int | None = None) -> dict[tuple[str, str, str], int]:
    """Claims received by month, facility and types."""
    claims_of: dict[tuple[str, str, str], int] = {}
    for unit, month, claims in zip(
        one["received"]["unit"], one["received"]["month"], one["received"]["claims"], strict=True
    ):
        if city is None or one["units"]["city"][unit] == city:
            facility = one["facilities"]["facility_no"][one["units"]["facility"][unit]]
            key = (one["months"][month], facility, one["units"]["types"][unit])
            claims_of[key] = claims_of.get(key, 0) + claims
    return claims_of


def test_every_city_is_in_it_with_its_own_numbers():
    first, second = (
        facts(["2026-05", "2026-07"], [inputs.A, inputs.B], 1),
        facts(["2026-06", "2026-07"], [inputs.B, "1350000009"], 2),
    )
    merged = combined([first, second], ["112992 甲市", "112038 乙市"])
    assert merged["months"] == ["2026-05", "2026-06", "2026-07"]
    assert merged["facilities"]["facility_no"] == [inputs.A, inputs.B, "1350000009"]
    assert sums(merged, 0) == sums(first) and sums(merged, 1) == sums(second)
    assert [(merged["unjudged"]["city"][i], merged["unjudged"]["month"][i]) for i in range(2)] == [(0, 0), (1, 1)]
    assert all(
        len(set(map(len, merged[name].values()))) == 1
        for name in merged
        if isinstance(merged[name], dict) and name not in ("types", "checks")
    )


def test_the_page_has_a_filter_for_cities_and_the_page_of_one_city_has_none(tmp_path, federation):
    homes = federation("homes", {})
    cities, _ = discover.find(homes)
    path = tmp_path / "dashboard.html"
    assert not dashboard.write(path, cities, tmp_path / "parts") and not path.exists()
    for city in cities[:2]:
        folder = tmp_path / "parts" / city.municipality_no
        folder.mkdir(parents=True)
        content = {"facts": facts(["2026-05"], [inputs.A]), "rules": "使った基準: 国の基準"}
        (folder / "facts.json").write_text(json.dumps(content), encoding="utf-8")
    assert dashboard.write(path, cities, tmp_path / "parts")
    text = path.read_text(encoding="utf-8")
    assert embedded(text)["cities"] == ["112011 試験112011市", "112038 試験112038市"]
    assert '<option value="1">112038 試験112038市</option>' in text and "2市町村(まとめ)" in text
    alone = page.page(facts(["2026-05"], [inputs.A]), "試験市", inputs.CITY, "", "")
    assert '<select id="city"' not in alone and '<select id="type"' in alone
    for one in (text, alone):
        assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', one.split("<script>", 1)[0]) == []


@pytest.mark.slow
@pytest.mark.parametrize(("cities", "most"), [(60, 3_000_000)])
def test_sixty_cities_over_a_year_stay_small(cities, most, record_property):
    months = [f"2026-{month:02}" for month in range(1, 13)]
    labelled = []
    for at in range(cities):  # ten facilities of its own, and ten that all cities use
        own = [f"{1350000000 + number:010}" for number in [*range(10), *range(100 + at * 10, 110 + at * 10)]]
        labelled.append((f"{110000 + at} 架空市", facts(months, own, at)))
    text = page.page(
        combined([one for _, one in labelled], [label for label, _ in labelled]), "60市町村", "まとめ", "", ""
    )
    record_property("bytes", len(text.encode("utf-8")))
    assert len(text.encode("utf-8")) < most


@pytest.mark.slow
def test_facts_are_of_the_newest_closed_month_and_the_store_stays(tmp_path, federation):
    from datetime import date

    from henrei import cli
    from henrei.flows.cities.run_city import run_city
    from henrei.store.database import open_store

    home = federation("homes", {inputs.CITY: inputs.right_month()}) / inputs.CITY
    assert cli.main(["run", inputs.REVIEW, "--home", str(home), "--direct"]) == 0
    assert cli.main(["close", inputs.REVIEW, "--undecided", "accept", "--home", str(home)]) == 0
    june = home / "inbox" / "2026-06"
    june.mkdir()
    (june / "K11.CSV").write_bytes(inputs.exchange("K11", inputs.claim(recipient="0000000002"), month="202606"))
    parts = tmp_path / "parts" / inputs.CITY
    assert run_city(str(home), "x", "2026-06", str(parts))["status"] == 0
    extracted = json.loads((parts / "facts.json").read_text(encoding="utf-8"))["facts"]
    alone = embedded((home / "out" / "dashboard.html").read_text(encoding="utf-8"))
    assert extracted == alone and extracted["received"]["claims"] == [1]
    with open_store(Home(home)) as con:
        assert con.execute("FROM current_review").fetchall() == [(date(2026, 6, 1),)]


@needs_node
def test_filtered_by_city_the_page_shows_what_the_citys_own_page_shows():
    def shown(one: dict[str, Any], city: str) -> dict[str, Any]:
        made = sections(one, city=city)
        return {
            id: {part: section.get(part) for part in ("chart", "table", "foot", "said")} for id, section in made.items()
        }

    months = ["2026-04", "2026-05", "2026-06"]
    # Three months at the same facility: its name and place are those of its own page.
    cities = [facts(months, [inputs.A, inputs.B], 1), facts(months, [inputs.A, inputs.B], 2)]
    merged = combined(cities, ["112992 甲市", "112038 乙市"])
    for at, one in enumerate(cities):
        assert shown(merged, str(at)) == shown(one, "")
    every = shown(merged, "")["rate"]["foot"][1].replace(",", "")
    assert int(every) == sum(sum(one["received"]["claims"]) for one in cities)
