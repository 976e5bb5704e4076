"""What was refused and whose missing record it may be (store/views/refused.sql)."""

from __future__ import annotations

import duckdb
import pytest

from lib.store_tables import fill

# B has recipient 2 by a claim of March, C is the filed manager of recipient 3.
KNOWN = """
claims
| facility_no | recipient_no | service_month |
|---|---|---|
| A | 1 | 2026-04 |
| B | 2 | 2026-03 |

cap_managers
| facility_no | recipient_no |
|---|---|
| C | 3 |

refused_groups
| unit | facility_no | recipient_no | service_month | control_facility_no |
|---|---|---|---|---|
"""


def could_be(con: duckdb.DuckDBPyConnection, macro: str, unit: str, facility: str, recipient: str) -> bool:
    order = "$recipient, DATE '2026-04-01', $facility"
    if macro == "key_refused":
        order = "$facility, $recipient, DATE '2026-04-01'"
    given = {"unit": unit, "facility": facility, "recipient": recipient}
    return con.execute(f"SELECT {macro}($unit, {order})", given).fetchall()[0][0]


@pytest.mark.parametrize(
    ("group", "unit", "facility", "recipient", "anywhere", "of_the_key"),
    [
        # A group whose recipient and month can be read is nobody else's.
        ("| claim | A | 1 | 2026-04 | A |", "claim", "A", "1", True, True),
        ("| claim | A | 1 | 2026-04 | A |", "claim", "D", "1", True, False),
        ("| claim | A | 1 | 2026-04 | A |", "claim", "A", "2", False, False),
        ("| claim | A | 1 | 2026-03 | A |", "claim", "A", "1", False, False),
        ("| claim | A | 1 | 2026-04 | A |", "sheet", "A", "1", False, False),
        # A file refused whole: each recipient of the facility that it names, wherever the finding is.
        ("| sheet | | | | C |", "sheet", "C", "9", True, True),
        ("| sheet | | | | C |", "sheet", "A", "3", True, False),
        ("| sheet | | | | C |", "sheet", "A", "1", False, False),
        ("| claim | | | | B |", "claim", "A", "2", True, False),
        # An office sends for several: the facility that its lines name, too.
        ("| claim | B | | | D |", "claim", "B", "9", True, True),
        ("| claim | B | | | D |", "claim", "D", "9", True, False),
        # Nobody knows whose file it is, or not even of what.
        ("| attendance | | | | |", "attendance", "A", "9", True, True),
        ("| attendance | | | | |", "claim", "A", "9", False, False),
        ("| | | | | |", "claim", "A", "9", True, True),
    ],
)
def test_whose_a_refused_group_may_be(
    store: duckdb.DuckDBPyConnection,
    group: str,
    unit: str,
    facility: str,
    recipient: str,
    anywhere: bool,
    of_the_key: bool,
) -> None:
    fill(store, KNOWN + group)
    assert could_be(store, "could_be_refused", unit, facility, recipient) == anywhere
    assert could_be(store, "key_refused", unit, facility, recipient) == of_the_key
