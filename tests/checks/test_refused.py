"""Every check says of all that it reads what becomes of it when a line of that is refused (contract 5: accuses nobody)."""

from __future__ import annotations

import re

import pytest

from henrei.checks import examples
from henrei.checks.catalogue import Check, catalogue
from henrei.schemas.ledgers import ledgers
from henrei.store.view_sql import statements

GUARDED = "guarded"
# A record's tables → what is refused together.
GROUPS = {
    **dict.fromkeys(("claims", "claim_days", "claim_lines", "claim_totals", "contracts"), "claims"),
    **dict.fromkeys(("sheets", "sheet_rows"), "sheets"),
    **dict.fromkeys(("attendance", "attendance_rows"), "attendance"),
    **dict.fromkeys(("invoices", "invoice_totals"), "invoices"),
    "notices": "notices",
    **{name: name for name in ledgers()},
}
# Views that leave out by themselves what a refused line could change: of them only the records count.
SAFE = {"claims_standing": "claims", "attendance_standing": "attendance"}
# They look at what was refused; that they read it accuses nobody.
GUARDS = (
    "refused_now", "refused_columns", "refused_rows_now", "refused_row_columns", "refused_recipients",
    "refused_recipient_columns", "facility_recipients", "children", "claims_maybe_refused", "claims_doubted",
    "sheets_doubted", "claim_refused_beside",
)  # fmt: skip


def identifiers(sql: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"--[^\n]*|'[^']*'", "", sql)))


def sources(sql: str) -> set[str]:
    """What of records and ledgers a query reads, through views, too."""
    views = statements()
    read: set[str] = set()
    open_, seen = identifiers(sql), set(GUARDS)
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in SAFE:
            read.add(SAFE[name])
        elif name in views:
            open_ |= identifiers(views[name].sql) - {name}
        elif name in GROUPS:
            read.add(GROUPS[name])
    return read


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.code)
def test_a_check_says_it_of_everything_it_reads(check: Check) -> None:
    assert sources(check.sql) <= set(check.refused) <= set(GROUPS.values())
    for name, reason in check.refused.items():
        assert reason == GUARDED or len(reason) >= 8, (name, reason)


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.code)
def test_a_guard_has_an_example(check: Check) -> None:
    """Of records a refused group, of ledgers a refused row of that ledger."""
    given = [example.given for example in examples.parse(examples.text_of(check) or "")]
    rows = {row.get("ledger") for one in given for row in one.get("refused_rows", [])}
    for name, reason in check.refused.items():
        if reason == GUARDED:
            assert name in rows if name in ledgers() else any(one.get("refused_groups") for one in given), name
