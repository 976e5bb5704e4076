"""decide: all rows of the files or none, and how long a decision counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import inputs
from lib.home_history import (
    ONE,
    TWO,
    decide,
    henrei,
    last_line,
    month,
    outcomes,
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["claim,1350000001,3,2026-04,return,"], "decisions.csv:2 の明細書は 2026-05 の請求にありません"),
        (
            ["claim,1350000001,1,2026-04,maybe,"],
            "decisions.csv:2 「decision」が return・accept・hold のどれでもありません",
        ),
        (
            ["claim,1350000001,1,2026-04,return,", "claim,1350000001,1,2026-04,accept,"],
            "decisions.csv:2 と decisions.csv:3 で同じ明細書の決定が食い違っています",
        ),
        (["claim,1350000001,1,2026-04,return"], "decisions.csv:2 列の数が見出し(6列)と違う"),
    ],
)
def test_all_rows_are_read_or_none(
    may_run: Path, capsys: pytest.CaptureFixture[str], rows: list[str], message: str
) -> None:
    assert decide(may_run, "2026-05", f"claim,{inputs.A},{TWO},2026-04,return,") == 0
    assert decide(may_run, "2026-05", f"claim,{inputs.A},{TWO},2026-04,accept,", *rows) == 2
    assert message.replace("decisions.csv:2", "decisions.csv:3", 1).replace(
        "と decisions.csv:3", "と decisions.csv:4"
    ) in last_line(capsys)
    assert henrei(may_run, "close", "2026-05") == 0
    assert [row[4] for row in outcomes(may_run, "2026-05")] == ["決定", "返戻"]


@pytest.mark.slow
def test_a_decision_lives_as_long_as_its_claim_is_the_same(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (ONE, TWO):
        assert decide(may_run, "2026-05", f"claim,{inputs.A},{number},2026-04,return,") == 0
    month(
        may_run,
        "2026-05",
        inputs.claim(cap=0),
        inputs.attendance(),
        inputs.claim(recipient=TWO),
        inputs.attendance(recipient=TWO),
    )
    assert henrei(may_run, "run", "2026-05") == 0
    assert "前に決めた1件は" in capsys.readouterr().out.replace("\n", "")
    assert henrei(may_run, "close", "2026-05", "--undecided", "accept") == 0
    assert [row[4] for row in outcomes(may_run, "2026-05")] == ["決定", "返戻"]
