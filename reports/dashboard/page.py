"""Facts in, dashboard.html out: one file that needs nothing from outside. Called by close and for many cities.

Nothing that is embedded can break a tag or the script.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from string import Template
from typing import Any

import henrei
from henrei.reports.dashboard import charts
from henrei.reports.embedding import packed

SCRIPTS = ("statistics.js", "sums.js", "sections.js", "chance.js", "page.js")
LIBRARY = ("vega/vega.min.js", "vega/vega-lite.min.js", "vega/vega-embed.min.js", "stdlib/stdlib.min.js")


def page(facts: Mapping[str, Any], city_name: str, municipality_no: str, rules: str, state: str) -> str:
    """dashboard.html for the facts of `facts.collect`. `rules`: the variants in use, as a sentence;
    `state`: changes with what the page shows (flows/dashboard_page.py).

    Facts of several cities (henrei.flows.cities.dashboard) also hold `cities`, their labels: then the page has a filter for them.
    """
    months = facts["months"]
    facilities = zip(facts["facilities"]["facility_no"], facts["facilities"]["name"], strict=True)
    return Template(_file("page.html")).substitute(
        state=state,
        city=html.escape(city_name),
        municipality_no=html.escape(municipality_no),
        first=months[0],
        last=months[-1],
        count=len(months),
        types=_options({code: f"{code} {label}" for code, label in facts["types"].items()}),
        cities=_city_filter(facts.get("cities", ())),
        same="市町村で絞り、ほかを絞らない" if "cities" in facts else "絞り込まない",
        facilities=_options({str(at): f"{number} {name}" for at, (number, name) in enumerate(facilities)}),
        rules=html.escape(rules),
        version=html.escape(henrei.__version__),
        style=_file("style.css"),
        facts=packed(facts),
        specs=_specs(),
        licenses="\n".join(_file(name, "LICENSES.txt") for name in ("vega", "stdlib")),
        library="\n".join(f"<script>{_library(name)}</script>" for name in LIBRARY),
        script="\n".join(_file(name) for name in SCRIPTS),
    )


def _city_filter(cities: Sequence[str]) -> str:
    if not cities:
        return ""
    options = _options({str(at): label for at, label in enumerate(cities)})
    return (
        '<p><label for="city">市町村</label>\n'
        f'   <select id="city" autocomplete="off"><option value="">すべて</option>{options}</select></p>'
    )


@cache
def _specs() -> str:
    return json.dumps(charts.specs(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _file(*names: str) -> str:
    return resources.files(__package__).joinpath(*names).read_text(encoding="utf-8")


def _library(name: str) -> str:
    # A browser with its tools open would look for the map of the source.
    return re.sub(r"//# sourceMappingURL=\S+", "", _file(name))


def _options(labels: Mapping[str, str]) -> str:
    return "".join(
        f'<option value="{html.escape(value)}">{html.escape(label)}</option>' for value, label in labels.items()
    )
