"""The data of a casebook in, its pages out: casebook.html, and of a month with very many cases an index and a page for each
group of facilities. Called by whoever writes the month's casebook.
"""

from __future__ import annotations

import html
from functools import cache
from importlib import resources
from string import Template
from typing import Any

import henrei
from henrei.months import month_of, month_text
from henrei.publication import CASEBOOK_FOLDER, CASEBOOK_NAME
from henrei.reports.casebook import pack
from henrei.reports.casebook.data import CasebookData
from henrei.reports.cases import Case
from henrei.reports.embedding import packed

MOST_CARDS = 1500  # on one page
_OF_GROUP = 500  # cards from which on a page of a group is full
_SCRIPTS = ("unpack.js", "values.js", "calendar.js", "periods.js", "amounts.js", "card.js", "page.js")
_LEVEL = 3  # of gzip: the higher ones take several times as long for a tenth of the size


def build(data: CasebookData) -> list[tuple[str, bytes]]:
    """Paths below the month's folder, and their bytes; the same data gives the same bytes."""
    facts, rows = pack.facts(data), pack.listed(data)
    every = data.cases.all
    if len(every) <= MOST_CARDS:
        (tables,) = pack.tables(data, [every])
        return [(CASEBOOK_NAME, _page(data, facts, pack.cases(rows, every, {}), tables, ""))]
    groups = _groups(every)
    links = {case.number: f"{CASEBOOK_FOLDER}/{name}.html" for name, cases in groups.items() for case in cases}
    pages = [(CASEBOOK_NAME, _page(data, facts, pack.cases(rows, every, links), [], ""))]
    for (name, cases), tables in zip(groups.items(), pack.tables(data, list(groups.values())), strict=True):
        text = _page(data, facts, pack.cases(rows, cases, {}), tables, f"../{CASEBOOK_NAME}")
        pages.append((f"{CASEBOOK_FOLDER}/{name}.html", text))
    return pages


def _groups(cases: tuple[Case, ...]) -> dict[str, list[Case]]:
    """Cases by their first facility, the facilities by number; a page takes facilities until it is full."""
    of_facility: dict[str, list[Case]] = {}
    for case in cases:
        facility = case.facility_no or next((key[1] for key in case.keys if key[1]), "")
        of_facility.setdefault(facility, []).append(case)
    groups: list[list[Case]] = [[]]
    for facility in sorted(of_facility):
        if len(groups[-1]) + len(of_facility[facility]) > _OF_GROUP and groups[-1]:
            groups.append([])
        groups[-1] += of_facility[facility]
    return {f"{at:02}": sorted(group, key=lambda case: case.number) for at, group in enumerate(groups, start=1)}


def _page(
    data: CasebookData, facts: dict[str, Any], cases: dict[str, list[Any]], tables: list[dict[str, Any]], index: str
) -> bytes:
    month = month_of(month_text(data.review_month))
    text = Template(_file("page.html")).substitute(
        title=html.escape(f"{month.year}年{month.month}月審査 事例 {data.city_name}"),
        heading=f"{month.year}年{month.month}月審査の事例",
        city=html.escape(data.city_name),
        version=html.escape(henrei.__version__),
        index=f'<p><a href="{index}">全事例の目次へ</a></p>' if index else "",
        style=_file("style.css"),
        facts=packed({**facts, "cases": cases, "tables": tables, "part": bool(index)}, _LEVEL),
        script="\n".join(map(_file, _SCRIPTS)),
    )
    return text.encode("utf-8")


@cache
def _file(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")
