"""The data of a casebook in, what its pages embed out: columns instead of rows, a row of a ledger and a text once. Called by
`page`; read by page/unpack.js.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.months import month_text
from henrei.reports.casebook.data import CasebookData, Table
from henrei.reports.cases import Case, Row

_SIGNS = ("return", "downgraded", "review", "notice", "decided", "unjudged")  # of a case, the gravest first


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
        "children": data.children,
        "facilities": data.facilities,
        "services": data.services,
        "daily": data.daily,
        "checks": {c: [checks[c].title, checks[c].source, checks[c].logic] for c in sorted(codes) if c in checks},
    }


def cases(data: CasebookData, shown: Sequence[Case], links: Mapping[int, str] | None = None) -> dict[str, list[Any]]:
    """The cases as the list of a page has them. `links`: the page that holds a case's card, where that is another one."""
    held = {
        tuple(row[:4]): row[4]
        for row in data.decisions.select(
            "subject", "facility_no", "recipient_no", "service_month", "decision"
        ).iter_rows()
    }
    rows = []
    for case in shown:
        numbers = dict.fromkeys(key[2] for key in case.keys if key[2])
        facilities = dict.fromkeys([case.facility_no, *(key[1] for key in case.keys)])
        codes = dict.fromkeys(row["check_code"] for row in (*case.findings, *case.undetermined))
        rows.append(
            {
                "number": case.number,
                "people": list(numbers) if case.of_child else [],
                "facilities": [facility for facility in facilities if facility],
                "codes": list(codes),
                "check": case.check_code,
                "day": case.day,
                "month": case.service_month,
                "sign": _sign(case),
                "open": data.outcomes is None and any(held.get(key) in (None, "", "hold") for key in _needed(case)),
                "yen": sum({_key(row): row["amount_yen"] or 0 for row in case.findings}.values()),
                "places": [[place.sheet, place.row] for place in data.places.get(case.number, ())],
                "link": (links or {}).get(case.number, ""),
            }
        )
    names = (
        "number",
        "people",
        "facilities",
        "codes",
        "check",
        "day",
        "month",
        "sign",
        "open",
        "yen",
        "places",
        "link",
    )
    return {name: [row[name] for row in rows] for name in names}


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


def table(shown: Table, numbers: pl.Series | None = None) -> dict[str, Any] | None:
    """A table for the cases `numbers`, None for all; nothing where it has no row of theirs."""
    rows = shown.rows if numbers is None else shown.rows.filter(pl.col("case").is_in(numbers.implode()))
    if rows.is_empty():
        return None
    texts = rows.with_columns(
        pl.col(pl.Date).dt.to_string("%Y-%m-%d"),
        pl.col(pl.Boolean).cast(pl.String),
        pl.col(pl.Categorical).cast(pl.String),
    )
    counts = texts.group_by("case", maintain_order=True).len()
    content = texts.drop("case")
    once = content.unique(maintain_order=True)
    made: dict[str, Any] = {
        "name": shown.name,
        "title": shown.title,
        "columns": [
            [name, label.text, label.kind, dict(label.words)] if label.words else [name, label.text, label.kind]
            for name, label in shown.labels.items()
        ],
        "cases": list(chain.from_iterable(counts.iter_rows())),
    }
    if once.height < content.height:
        places = once.with_row_index("at")
        made["at"] = content.join(places, on=once.columns, nulls_equal=True, maintain_order="left")["at"].to_list()
    held = [*shown.labels, *(name for name in ("file", "line") if name in once.columns)]
    made["rows"] = [_column(once[name]) for name in held]
    made["placed"] = len(held) > len(shown.labels)
    return made


def _column(values: pl.Series) -> Any:
    """A column as a list; of few texts the texts, and which of them each row has."""
    if values.null_count() == len(values):
        return 0
    if values.dtype != pl.String:
        return values.to_list()
    texts = values.unique(maintain_order=True)
    if 2 * len(texts) > len(values):
        return values.to_list()
    codes = pl.DataFrame({"text": values}).join(
        pl.DataFrame({"text": texts, "code": range(len(texts))}), on="text", nulls_equal=True, maintain_order="left"
    )
    return {"texts": texts.to_list(), "codes": codes["code"].to_list()}
