"""A home of which May is closed and may go, and June has come: for tests of purge."""

from __future__ import annotations

from pathlib import Path

from lib import inputs
from lib.home_history import APRIL, ONE, TWO, closed_may, month, two_children

# Of children who come in May alone, and the names that only May's ledgers hold.
GONE = "0000000077"
RECIPIENTS = (
    "受給者証番号,市町村番号,児童氏名カナ,利用者負担上限月額,適用開始日\r\n1,112992,ｶｸｳ ｲﾁ,4600,2025-04-01\r\n"
    "2,112992,ｶｸｳ ﾆ,4600,2025-04-01\r\n77,112992,ｷｴﾙ ﾅﾅ,4600,2025-04-01\r\n"
)
LATER = RECIPIENTS.replace("77,112992,ｷｴﾙ ﾅﾅ,4600,2025-04-01\r\n", "")


def may_closed_june_there(home: Path) -> None:
    """May is closed; in June child 1's claim of April, decided in May, comes once more."""
    two_children(home)
    month(
        home,
        "2026-05",
        *(g for n in (ONE, TWO, GONE) for g in (inputs.claim(recipient=n), inputs.attendance(recipient=n))),
        recipients=RECIPIENTS,
    )
    closed_may(home, f"claim,{inputs.A},77,{APRIL},return,ｷｴﾙ ﾅﾅ の分")
    month(home, "2026-06", inputs.claim(), inputs.attendance(), recipients=LATER)
