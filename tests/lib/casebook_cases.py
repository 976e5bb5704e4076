"""Findings and decisions in, the data of a casebook out, without a run; and what a card shows, as text: what tests of the
casebook share.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from henrei.reports.casebook import CasebookData
from henrei.reports.cases import cases_of
from henrei.store.tables import FINDINGS, SUBJECT_KEY

MAY = date(2026, 5, 1)
_DECISION = (*SUBJECT_KEY, "decision", "note", "answer", "message")


def finding_row(
    code: str, facility: str, recipient: str | None, severity: str = "return", **more: object
) -> dict[str, Any]:
    """A finding on a claim of April; `more` are other columns of the findings table."""
    row = {**dict.fromkeys(FINDINGS), "finding_id": f"{code}-{facility}-{recipient}", "check_code": code}
    row |= {"severity": severity, "subject": "claim", "facility_no": facility, "recipient_no": recipient}
    return {**row, "service_month": "2026-04", "downgraded": False, "message": f"{code}です", **more}


def casebook(
    findings: Iterable[Mapping[str, Any]],
    undetermined: Iterable[Mapping[str, Any]] = (),
    decisions: Iterable[Mapping[str, Any]] = (),
    child_of: Mapping[str, str] | None = None,
    **more: Any,
) -> CasebookData:
    """The casebook of May 2026 with these rows, not looked up yet. `more` are other fields of CasebookData."""
    found = [dict(row) for row in findings]
    decided = pl.DataFrame(list(decisions), schema=dict.fromkeys(_DECISION, pl.String))
    cases = cases_of(found, undetermined, list(decided.select(SUBJECT_KEY).iter_rows()), child_of or {})
    return CasebookData(
        **{
            "review_month": MAY,
            "municipality_no": "112992",
            "city_name": "試験市",
            "cases": cases,
            "findings": pl.DataFrame(found, schema={**FINDINGS, "service_month": pl.String()}),
            "decisions": decided,
            "earlier": pl.DataFrame(schema=dict.fromkeys(("review_month", *_DECISION, "at", "who"), pl.String)),
            **more,
        }
    )


def embedded(page: bytes) -> dict[str, Any]:
    """What a page embeds."""
    packed = re.search(rb'id="facts">([^<]+)<', page)
    assert packed is not None
    return json.loads(gzip.decompress(base64.b64decode(packed[1])))


def card(facts: Mapping[str, Any], number: int) -> dict[str, list[dict[str, Any]]]:
    """The tables of a case as the page reads them (page/unpack.js): name → rows by column, with `file` and `line`."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for table in facts["tables"]:
        names = [column[0] for column in table["columns"]] + (["file", "line"] if table["placed"] else [])
        first = 0
        for case, count in zip(table["cases"][::2], table["cases"][1::2], strict=True):
            if case == number:
                places = table["at"][first : first + count] if "at" in table else range(first, first + count)
                rows = [
                    dict(zip(names, (_value(column, at) for column in table["rows"]), strict=False)) for at in places
                ]
                shown[table["name"]] = rows
            first += count
    return shown


def _value(column: Any, at: int) -> Any:
    if column == 0:
        return None
    if not isinstance(column, dict):
        return column[at]
    if "texts" in column:
        return column["texts"][column["codes"][at]]
    return dict(zip(column["at"], column["of"], strict=True)).get(at)
