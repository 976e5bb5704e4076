"""What the team wrote in, the same without numbers and names of children out. Called for what may leave the team: the page to
sign, the dashboard.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb


def hidden_people(con: duckdb.DuckDBPyConnection) -> Callable[[str], str]:
    """Knows the children of the current month's ledger and claims; the numbers of facilities stay."""
    from henrei.reports.ledger_names import names_on_claims
    from henrei.reports.letters.redaction import Redactor

    facilities = {row[0] for row in con.execute("SELECT DISTINCT facility_no FROM v_claims").fetchall()}
    people: dict[str, set[str]] = {}
    for column in ("child_name", "guardian_name"):
        rows = con.execute(f"SELECT DISTINCT recipient_no, {column} FROM v_now_recipients WHERE {column} IS NOT NULL")
        for recipient, name in rows.fetchall():
            people.setdefault(recipient, set()).add(name)
    for (_, recipient), name in names_on_claims(con).items():
        people.setdefault(recipient, set()).add(name)
    return Redactor(facilities, {}, "", people).for_facility("", facilities)
