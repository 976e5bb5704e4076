"""Official outcomes, history.csv and 国保連's own returns, in the place of what henrei's close decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.data.fictional.records import line
from henrei.home import Home
from henrei.store import journal
from lib import inputs
from lib.home_history import (
    APRIL,
    HISTORY,
    ONE,
    PETITIONS,
    TWO,
    closed_may,
    findings,
    henrei,
    leave_sums_aside,
    month,
    outcomes,
)

pytestmark = pytest.mark.slow


def notice(recipient: str, accepted: str) -> list[str]:
    items = {
        3: accepted,
        4: inputs.A,
        5: inputs.CITY,
        6: "試験市",
        7: recipient,
        8: "ｶｸｳ",
        9: "明",
        10: "202604",
        11: "63",
    }
    return [line("K721-02", {**items, 12: 1000, 13: "EG02", 14: "理由"}, False)]


def test_official_outcomes_replace_henreis_own(home: Path) -> None:
    """国保連 returns one claim in the month itself, and tells of another a month later."""
    groups = [g for n in (ONE, TWO) for g in (inputs.claim(recipient=n), inputs.attendance(recipient=n))]
    month(home, "2026-05", *groups, notice(ONE, "202605"))
    closed_may(home)
    assert [row[4] for row in outcomes(home, "2026-05")] == ["返戻", "決定"]
    rate = inputs.read_table(home / "out" / "return_rates.csv")[0]
    assert (rate["returned_by_federation"], rate["returned_by_city"]) == ("1", "0")
    month(home, "2026-06", inputs.claim(), inputs.attendance(), notice(TWO, "202605"))
    assert henrei(home, "run", "2026-06") == 0
    assert findings(home, "2026-06") == []
    assert henrei(home, "close", "2026-06") == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == ["返戻", "返戻"]
    assert inputs.read_table(home / "out" / "2026-05" / "payments.csv") == []
    entries = [e for e in journal.of_month(Home(home), Home(home).books_months()[0]) if e["command"] == "official"]
    assert [entry["replaced"] for entry in entries] == [1, 2]
    month(home, "2026-07", inputs.claim(recipient=TWO), inputs.attendance(recipient=TWO))
    assert henrei(home, "run", "2026-07") == 0
    assert findings(home, "2026-07") == []


def test_official_rows_about_a_withdrawal(may_accepted: Path) -> None:
    """History that confirms a withdrawal leaves it as it is; the outcome of the re-claim comes beside it."""
    ledger = PETITIONS + "".join(f"2026-05,{inputs.A},{n},2026-04,4102,,\r\n" for n in (ONE, TWO))
    month(may_accepted, "2026-06", inputs.claim(inputs.B, month="202605"), petitions=ledger)
    assert henrei(may_accepted, "run", "2026-06") == 0
    assert henrei(may_accepted, "close", "2026-06", "--undecided", "accept") == 0
    history = (
        HISTORY + f"明,2026-06,{inputs.A},{ONE},2026-04,取下げ,\r\n明,2026-06,{inputs.A},{TWO},2026-04,決定,7000\r\n"
    )
    month(may_accepted, "2026-07", inputs.claim(inputs.B, month="202606"), petitions=ledger, history=history)
    assert henrei(may_accepted, "run", "2026-07") == 0
    assert henrei(may_accepted, "close", "2026-07", "--undecided", "accept") == 0
    assert [row[2:] for row in outcomes(may_accepted, "2026-06") if row[1] == inputs.A] == [
        (ONE, APRIL, "取下げ", "9000"),
        (TWO, APRIL, "取下げ", "9000"),
        (TWO, APRIL, "決定", "7000"),
    ]
    assert inputs.read_table(may_accepted / "out" / "2026-06" / "payments.csv")[0] == {
        "facility_no": inputs.A,
        "decided_yen": "7000",
        "withdrawn_yen": "18000",
        "net_yen": "-11000",
    }


def test_an_official_return_of_a_cancellation_leaves_the_sheet_decided(home: Path) -> None:
    leave_sums_aside(home)
    month(home, "2026-05", inputs.claim(), inputs.attendance(), inputs.sheet())
    closed_may(home)
    returned = line(
        "K721-02",
        {
            3: "202606",
            4: inputs.A,
            5: inputs.CITY,
            6: "試験市",
            7: ONE,
            8: "ｶｸｳ",
            9: "利",
            10: "202604",
            13: "EJ16",
            14: "理由",
        },
        False,
    )
    month(home, "2026-06", inputs.sheet(kind="3"), [returned])
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "close", "2026-06") == 0
    assert outcomes(home, "2026-06") == [("利", inputs.A, ONE, APRIL, "返戻", "")]
    month(home, "2026-07", inputs.sheet(kind="2"))
    assert henrei(home, "run", "2026-07") == 0
    assert findings(home, "2026-07") == []
