"""decide, close, reopen and rebuild from outside: the life of claims and sheets over months."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.home import Home
from henrei.store import books
from lib import inputs
from lib.home_history import (
    APRIL,
    ONE,
    PETITIONS,
    TWO,
    closed_may,
    decide,
    findings,
    henrei,
    last_line,
    leave_sums_aside,
    month,
    outcomes,
)


@pytest.mark.slow
def test_claims_nobody_speaks_of_are_accepted(may_run: Path) -> None:
    assert henrei(may_run, "close", "2026-05") == 0
    assert outcomes(may_run, "2026-05") == [
        ("明", inputs.A, ONE, APRIL, "決定", "9000"),
        ("明", inputs.A, TWO, APRIL, "決定", "9000"),
    ]
    assert inputs.read_table(may_run / "out" / "2026-05" / "payments.csv") == [
        {"facility_no": inputs.A, "decided_yen": "18000", "withdrawn_yen": "0", "net_yen": "18000"}
    ]


@pytest.mark.slow
def test_a_decision_returns_a_claim_and_the_rate_says_so(may_run: Path) -> None:
    assert decide(may_run, "2026-05", f"claim,{inputs.A},1,2026-04,return,日数") == 0  # Excel took the zeros
    assert henrei(may_run, "close", "2026-05") == 0
    assert outcomes(may_run, "2026-05")[0] == ("明", inputs.A, ONE, APRIL, "返戻", "9000")
    assert inputs.read_table(may_run / "out" / "return_rates.csv") == [
        {
            "review_month": "2026-05",
            "claims_received": "2",
            "claims_returned": "1",
            "rate_count": "0.5000",
            "yen_received": "18000",
            "yen_returned": "9000",
            "rate_yen": "0.5000",
            "first_claims_received": "2",
            "first_claims_returned": "1",
            "first_rate": "0.5000",
            "returned_by_federation": "0",
            "returned_by_city": "1",
        }
    ]


def with_a_return_finding(home: Path) -> None:
    month(
        home,
        "2026-05",
        inputs.claim(days=3),
        inputs.attendance(),
        inputs.claim(recipient=TWO),
        inputs.attendance(recipient=TWO),
    )
    assert henrei(home, "run", "2026-05") == 0
    assert findings(home, "2026-05") == [("DAY203", ONE, "return")]


@pytest.mark.slow
def test_close_refuses_while_a_decision_is_missing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_a_return_finding(home)
    assert henrei(home, "close", "2026-05") == 2
    output = capsys.readouterr()
    assert f"明細書 {inputs.A} {ONE} 2026-04 決まっていません" in output.out
    assert "1件が決まっていません" in output.err
    assert not books.closed(Home(home))
    assert decide(home, "2026-05", f"claim,{inputs.A},1,2026-04,hold,") == 0
    assert henrei(home, "close", "2026-05", "--undecided", "accept") == 2
    output = capsys.readouterr()
    assert f"明細書 {inputs.A} {ONE} 2026-04 保留のままです" in output.out
    assert "1件が保留のままです" in output.err
    assert decide(home, "2026-05", f"claim,{inputs.A},1,2026-04,accept,確認済み") == 0
    assert henrei(home, "close", "2026-05") == 0
    assert {row[4] for row in outcomes(home, "2026-05")} == {"決定"}


@pytest.mark.slow
@pytest.mark.parametrize(("undecided", "outcome"), [("return", "返戻"), ("accept", "決定")])
def test_undecided_decides_the_rest(home: Path, undecided: str, outcome: str) -> None:
    with_a_return_finding(home)
    assert henrei(home, "close", "2026-05", "--undecided", undecided) == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == [outcome, "決定"]


@pytest.mark.slow
def test_findings_that_the_brake_downgraded_need_a_decision_too(home: Path) -> None:
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write("[checks]\nbrake = { share = 0.1, least = 1 }\n")
    month(home, "2026-05", inputs.claim(days=3), inputs.attendance())
    assert henrei(home, "run", "2026-05") == 0
    assert findings(home, "2026-05") == [("DAY203", ONE, "review")]
    assert henrei(home, "close", "2026-05") == 2


def test_files_that_changed_since_the_run_are_not_closed(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    month(may_run, "2026-05", inputs.claim(), inputs.attendance())
    assert henrei(may_run, "close", "2026-05") == 2
    assert "inbox のファイルが前回の確認の後に変わっています" in last_line(capsys)


@pytest.mark.slow
def test_a_returned_claim_may_come_again_and_a_decided_one_not(may_returned: Path) -> None:
    month(
        may_returned,
        "2026-06",
        *(g for n in (ONE, TWO) for g in (inputs.claim(recipient=n), inputs.attendance(recipient=n))),
    )
    assert henrei(may_returned, "run", "2026-06") == 0
    assert findings(may_returned, "2026-06") == [("SUB405", TWO, "return")]
    assert henrei(may_returned, "close", "2026-06", "--undecided", "return") == 0
    rates = inputs.read_table(may_returned / "out" / "return_rates.csv")
    assert [(r["claims_received"], r["first_claims_received"], r["first_rate"]) for r in rates] == [
        ("2", "2", "0.5000"),
        ("2", "0", ""),
    ]
    # Its 返戻 left the first decision standing.
    month(may_returned, "2026-07", inputs.claim(recipient=TWO), inputs.attendance(recipient=TWO))
    assert henrei(may_returned, "run", "2026-07") == 0
    assert findings(may_returned, "2026-07") == [("SUB405", TWO, "return")]


@pytest.mark.slow
def test_a_petition_takes_the_old_claim_out_and_the_new_one_in(may_accepted: Path) -> None:
    ledger = PETITIONS + f"2026-05,{inputs.A},1,2026-04,4102,,\r\n2026-05,{inputs.A},2,2026-04,4102,,\r\n"
    month(may_accepted, "2026-06", inputs.claim(extra={"K122-01": {28: 8000}}), inputs.attendance(), petitions=ledger)
    assert henrei(may_accepted, "run", "2026-06") == 0
    assert ("SUB406", TWO, "review") in findings(may_accepted, "2026-06")
    assert ("SUB407", "", "notice") in findings(may_accepted, "2026-06")
    assert henrei(may_accepted, "close", "2026-06", "--undecided", "accept") == 0
    assert outcomes(may_accepted, "2026-06") == [
        ("明", inputs.A, ONE, APRIL, "取下げ", "9000"),
        ("明", inputs.A, ONE, APRIL, "決定", "8000"),
        ("明", inputs.A, TWO, APRIL, "取下げ", "9000"),
    ]
    assert inputs.read_table(may_accepted / "out" / "2026-06" / "payments.csv") == [
        {"facility_no": inputs.A, "decided_yen": "8000", "withdrawn_yen": "18000", "net_yen": "-10000"}
    ]
    month(may_accepted, "2026-07", inputs.claim(recipient=TWO), inputs.attendance(recipient=TWO), petitions=ledger)
    assert henrei(may_accepted, "run", "2026-07") == 0
    assert findings(may_accepted, "2026-07") == []


@pytest.mark.slow
def test_sheets_live_like_claims(home: Path) -> None:
    leave_sums_aside(home)
    month(
        home, "2026-05", inputs.claim(), inputs.attendance(), inputs.sheet(recipient=ONE), inputs.sheet(recipient=TWO)
    )
    closed_may(home, f"sheet,{inputs.A},2,2026-04,return,")
    assert outcomes(home, "2026-05")[:2] == [
        ("利", inputs.A, ONE, APRIL, "決定", ""),
        ("利", inputs.A, TWO, APRIL, "返戻", ""),
    ]
    month(home, "2026-06", inputs.sheet(recipient=ONE, kind="1"), inputs.sheet(recipient=TWO, kind="2"))
    assert henrei(home, "run", "2026-06") == 0
    assert findings(home, "2026-06") == [("SUB401", ONE, "return"), ("SUB402", TWO, "return")]
    month(home, "2026-06", inputs.sheet(recipient=ONE, kind="3"), inputs.sheet(recipient=TWO, kind="1"))
    assert henrei(home, "run", "2026-06") == 0
    assert findings(home, "2026-06") == []
    assert henrei(home, "close", "2026-06") == 0
    assert [row[2:] for row in outcomes(home, "2026-06")] == [(ONE, APRIL, "取下げ", ""), (TWO, APRIL, "決定", "")]
    month(home, "2026-07", inputs.sheet(recipient=ONE, kind="2"))
    assert henrei(home, "run", "2026-07") == 0
    assert findings(home, "2026-07") == [("SUB403", ONE, "return")]


@pytest.mark.slow
def test_two_accepted_sheets_of_one_key_count_the_cancellation_first(home: Path) -> None:
    month(home, "2026-05", inputs.claim(), inputs.attendance(), inputs.sheet(kind="1"), inputs.sheet(kind="3"))
    assert henrei(home, "run", "2026-05") == 0
    assert henrei(home, "close", "2026-05", "--undecided", "accept") == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == ["取下げ", "決定", "決定"]


@pytest.mark.slow
@pytest.mark.parametrize("stop", ["before", "after"])
def test_a_close_that_is_cut_off_leaves_the_month_open_or_closed(
    may_run: Path, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one write that closes is that of books/<month>/outcomes.csv; all else follows from it."""
    from henrei.flows import close

    write = close.write_atomic

    class Cut(BaseException):
        pass

    def cut(path: Path, data: bytes) -> None:
        if path.name == "outcomes.csv" and path.parent.parent.name == "books":
            if stop == "before":
                raise Cut
            write(path, data)
            raise Cut
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(close, "write_atomic", cut)
        assert henrei(may_run, "close", "2026-05") == 2
    if stop == "before":
        assert not books.closed(Home(may_run))
        assert henrei(may_run, "close", "2026-05") == 0
    else:
        month(may_run, "2026-06", inputs.claim(month="202605"), inputs.attendance())
        assert henrei(may_run, "run", "2026-06") == 0
    assert [row[4] for row in outcomes(may_run, "2026-05")] == ["決定", "決定"]
    assert len(inputs.read_table(may_run / "out" / "return_rates.csv")) == 1
