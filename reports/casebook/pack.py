"""The data of a casebook in, what its pages embed out: columns instead of rows, a row of a ledger and a text once. Called by
`page`; read by page/unpack.js.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.months import month_text
from henrei.reports.casebook.data import CasebookData, Table
from henrei.reports.cases import Case, Row

# Ledgers of which many cases have the same rows: each is embedded once.
_REPEATED = ("facilities", "facility_addons", "service_codes")


def facts(data: CasebookData) -> dict[str, Any]:
    """What every page of the month says: names, checks, totals."""
    codes = dict.fromkeys(row["check_code"] for c in data.cases.all for row in (*c.findings, *c.undetermined))
    found_before = next((table.rows for table in data.tables if table.name == "found_before"), None)
    if found_before is not None:
        codes |= dict.fromkeys(found_before["check_code"])
    checks = catalogue()
    return {
        "month": month_text(data.review_month),
        "city": data.city_name,
        "closed": data.outcomes is not None,
        "totals": data.totals,
        "children": dict(sorted(data.children.items())),
        "facilities": dict(sorted(data.facilities.items())),
        "services": dict(sorted(data.services.items())),
        "daily": data.daily,
        "checks": {c: [checks[c].title, checks[c].source, checks[c].logic] for c in sorted(codes) if c in checks},
    }


def listed(data: CasebookData) -> dict[int, dict[str, Any]]:
    """Each case, by its number, as the list of a page has it."""
    columns = ("subject", "facility_no", "recipient_no", "service_month", "decision")
    held = {row[:4]: row[4] for row in data.decisions.select(columns).iter_rows()}
    rows = {}
    for case in data.cases.all:
        facilities = dict.fromkeys([case.facility_no, *(key[1] for key in case.keys)])
        rows[case.number] = {
            "number": case.number,
            "people": list(dict.fromkeys(key[2] for key in case.keys if key[2])) if case.of_child else [],
            "facilities": [facility for facility in facilities if facility],
            "codes": list(dict.fromkeys(row["check_code"] for row in (*case.findings, *case.undetermined))),
            "check": case.check_code,
            "day": case.day,
            "month": case.service_month,
            "sign": _sign(case),
            "open": data.outcomes is None and any(held.get(key) in (None, "", "hold") for key in _needed(case)),
            "yen": sum({_key(row): row["amount_yen"] or 0 for row in case.findings}.values()),
            "places": [[place.sheet, place.row] for place in data.places.get(case.number, ())],
        }
    return rows


def cases(rows: Mapping[int, dict[str, Any]], shown: Sequence[Case], links: Mapping[int, str]) -> dict[str, list[Any]]:
    """The cases of a page, by column. `links`: the page that holds a case's card, where that is another one."""
    own = [rows[case.number] | {"link": links.get(case.number, "")} for case in shown]
    return {name: [row[name] for row in own] for name in own[0]} if own else {"number": []}


def _sign(case: Case) -> str:
    if not case.findings:
        return "unjudged" if case.undetermined else "decided"
    first = case.findings[0]  # the gravest
    return "downgraded" if first["downgraded"] else str(first["severity"])


def _needed(case: Case) -> list[tuple[str, ...]]:
    """The claims and sheets of a case on which a person must decide."""
    grave = (row for row in case.findings if row["severity"] == "return" or row["downgraded"])
    return [_key(row) for row in grave if row["subject"] in ("claim", "sheet")]


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] or "" for name in ("subject", "facility_no", "recipient_no", "service_month"))


def tables(data: CasebookData, pages: Sequence[Sequence[Case]]) -> list[list[dict[str, Any]]]:
    """For each page the tables of its cases; a table without a row of theirs is left out."""
    made: list[list[dict[str, Any]]] = [[] for _ in pages]
    for shown in data.tables:
        columns, runs = _lists(shown), _runs(shown.rows["case"].to_list())
        for cases, of_page in zip(pages, made, strict=True):
            own = [(case.number, *runs[case.number]) for case in cases if case.number in runs]
            if own:
                of_page.append(_table(shown, columns, own))
    return made


def _lists(shown: Table) -> dict[str, list[Any]]:
    """The columns of a table as they are embedded: days and yes or no as texts."""
    texts = shown.rows.with_columns(
        pl.col(pl.Date).dt.to_string("%Y-%m-%d"), pl.col(pl.Boolean).cast(pl.String)
    ).to_dict(as_series=False)
    place = ("file", "line") if "line" in texts else ()
    return {name: texts[name] for name in (*shown.labels, *place)}


def _runs(numbers: list[int]) -> dict[int, tuple[int, int]]:
    """Where the rows of a case are in a table that is in their order: case → first and last."""
    runs: dict[int, tuple[int, int]] = {}
    for number, rows in groupby(range(len(numbers)), key=numbers.__getitem__):
        first, *others = rows
        runs[number] = (first, others[-1] if others else first)
    return runs


def _table(shown: Table, columns: Mapping[str, list[Any]], runs: list[tuple[int, int, int]]) -> dict[str, Any]:
    """`runs`: case, first and last row of it."""
    rows = [row for _, first, last in runs for row in range(first, last + 1)]
    made: dict[str, Any] = {
        "name": shown.name,
        "title": shown.title,
        "columns": [
            [name, label.text, label.kind, dict(label.meanings)] if label.meanings else [name, label.text, label.kind]
            for name, label in shown.labels.items()
        ],
        "cases": [part for number, first, last in runs for part in (number, last - first + 1)],
        "placed": "line" in columns,
    }
    if shown.name in _REPEATED:
        files, lines = columns["file"], columns["line"]
        once: dict[tuple[Any, Any], int] = {}
        first_rows = []
        made["at"] = []
        for row in rows:
            place = (files[row], lines[row])
            if place not in once:
                once[place] = len(once)
                first_rows.append(row)
            made["at"].append(once[place])
        rows = first_rows
    made["rows"] = [_column([values[row] for row in rows]) for values in columns.values()]
    return made


def _column(values: list[Any]) -> Any:
    """A column as a list; of few texts the texts, and which of them each row has; of few values these and their rows; 0 of
    none."""
    nothing = values.count(None)
    if nothing == len(values):
        return 0
    if 4 * nothing > 3 * len(values):
        there = [at for at, value in enumerate(values) if value is not None]
        return {"at": there, "of": [values[at] for at in there]}
    distinct = dict.fromkeys(values)
    if any(isinstance(value, str) for value in values[:50]) and 2 * len(distinct) < len(values):
        codes = {text: code for code, text in enumerate(distinct)}
        return {"texts": list(distinct), "codes": [codes[value] for value in values]}
    return values
