"""A home that is copied elsewhere works there, and its database can be made again with the same content."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lib import crash, home_history, inputs
from lib.home_history import (
    PETITIONS,
    findings,
    henrei,
    last_line,
    month,
)

pytestmark = pytest.mark.slow


def test_a_copied_home_is_rebuilt_to_the_same_bytes(may_returned: Path, tmp_path: Path) -> None:
    home_history.month(may_returned, "2026-06", inputs.claim(month="202605"), inputs.attendance())
    assert home_history.henrei(may_returned, "run", "2026-06") == 0
    before = crash.state(may_returned)
    other = Path(shutil.copytree(may_returned, tmp_path / "another place" / "市"))
    shutil.rmtree(may_returned)
    (other / "henrei.duckdb").unlink()
    assert home_history.henrei(other, "rebuild") == 0
    after = crash.state(other)
    for found in (before, after):
        found.pop("table current_review")  # the month that was spoken of last; every command sets it anew
        found.pop("table changes")  # against the run before, which no file holds
    assert after == before
    assert home_history.henrei(other, "verify", "2026-05") == 0
    assert home_history.henrei(other, "close", "2026-06", "--undecided", "accept") == 0


def everything(home: Path) -> dict[str, bytes]:
    names = ("outcomes.csv", "payments.csv", "return_rates.csv", "findings.csv", "undetermined.csv")
    return {
        p.relative_to(home).as_posix(): p.read_bytes() for p in sorted((home / "out").rglob("*.csv")) if p.name in names
    }


def test_close_reopen_close_and_rebuild_give_the_same_bytes(may_returned: Path) -> None:
    ledger = PETITIONS + f"2026-05,{inputs.A},2,2026-04,4102,,\r\n"
    month(
        may_returned,
        "2026-06",
        inputs.claim(),
        inputs.attendance(),
        inputs.claim(inputs.B, month="202605"),
        petitions=ledger,
    )
    assert henrei(may_returned, "run", "2026-06") == 0
    may = everything(may_returned)
    assert henrei(may_returned, "close", "2026-06", "--undecided", "return") == 0
    june = everything(may_returned)
    assert henrei(may_returned, "reopen", "2026-06") == 0
    assert everything(may_returned) == may
    assert henrei(may_returned, "rebuild") == 0
    assert everything(may_returned) == may
    assert henrei(may_returned, "close", "2026-06", "--undecided", "return") == 0
    assert everything(may_returned) == june
    (may_returned / "henrei.duckdb").unlink()
    assert henrei(may_returned, "rebuild") == 0
    assert everything(may_returned) == june
    assert henrei(may_returned, "reopen", "2026-06") == 0
    assert everything(may_returned) == may


def test_without_the_database_a_later_month_asks_for_a_rebuild(
    may_accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (may_accepted / "henrei.duckdb").unlink()
    month(may_accepted, "2026-06", inputs.claim(), inputs.attendance())
    assert henrei(may_accepted, "run", "2026-06") == 2
    assert "henrei rebuild" in last_line(capsys)
    assert henrei(may_accepted, "rebuild") == 0
    assert henrei(may_accepted, "run", "2026-06") == 0
    assert [code for code, *_ in findings(may_accepted, "2026-06")] == ["SUB405"]
