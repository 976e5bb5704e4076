"""What the sheets add up to, each against a query of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from lib import workbook
from lib.worklist_month import book

_DECIDED = "subject IN ('claim', 'sheet') AND (severity <> 'notice' OR downgraded)"
# Rows, what is at issue in them, 給付費 of each sheet.
_QUERIES = {
    "1 決定": f"""
        WITH ranked AS (
            SELECT *, min(CASE WHEN severity = 'return' THEN 0 WHEN downgraded THEN 1 ELSE 2 END)
                          OVER (PARTITION BY subject, facility_no, recipient_no, service_month) AS gravest,
                   CASE WHEN severity = 'return' THEN 0 WHEN downgraded THEN 1 ELSE 2 END AS gravity
            FROM v_findings WHERE {_DECIDED}
        ), rows AS (
            SELECT subject, facility_no, recipient_no, service_month, max(at_issue_yen) AS yen, max(amount_yen) AS amount
            FROM ranked WHERE gravity = gravest GROUP BY ALL
        ) SELECT count(*), sum(yen), sum(amount) FROM rows""",
    "4 指摘一覧": "SELECT count(*), sum(at_issue_yen), sum(amount_yen) FROM v_findings",
    "5 判定不能・取込不可": "SELECT (SELECT count(*) FROM undetermined) + (SELECT count(*) FROM rejects), NULL, 9000",
    "5の明細": "SELECT (SELECT count(*) FROM undetermined) + (SELECT count(*) FROM rejects), NULL, 9000",
    "6 前回との差": "SELECT count(*), NULL, sum(amount_yen) FROM changes",
    "7 返戻の入力": """
        SELECT count(*), NULL, sum(amount) FROM (
            SELECT subject, facility_no, recipient_no, service_month, max(amount_yen) AS amount
            FROM v_findings WHERE subject IN ('claim', 'sheet') AND (severity = 'return' OR downgraded) GROUP BY ALL)""",
    "電話・やりとり": """
        SELECT count(DISTINCT facility_no), NULL, sum(amount) FROM (
            SELECT facility_no, subject, recipient_no, service_month, max(amount_yen) AS amount
            FROM v_findings WHERE severity <> 'notice' GROUP BY ALL)""",
}


@pytest.mark.parametrize("title", list(_QUERIES))
def test_a_sheet_adds_up_to_what_the_store_holds(worklist_home: Path, title: str) -> None:
    with duckdb.connect(str(worklist_home / "henrei.duckdb"), read_only=True) as con:
        count, at_issue, amount = con.execute(_QUERIES[title]).fetchall()[0]
    rows = workbook.rows(book(worklist_home), title)
    assert rows and amount
    shown = sum(row["件数"] for row in rows) if title.startswith("5") else len(rows)  # type: ignore[misc]
    assert (shown, total(rows, "争点額"), total(rows, "給付費")) == (count, at_issue, amount)


def total(rows: list[dict[str, Any]], name: str) -> int | None:
    """None where the sheet has no such column."""
    return sum(row[name] or 0 for row in rows) if name in rows[0] else None
