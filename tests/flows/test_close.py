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
    two_children,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return two_children(tmp_path)


def test_claims_nobody_speaks_of_are_accepted(home: Path) -> None:
    assert henrei(home, "run", "2026-05") == 0
    assert henrei(home, "close", "2026-05") == 0
    assert outcomes(home, "2026-05") == [
        ("明", inputs.A, ONE, APRIL, "決定", "9000"),
        ("明", inputs.A, TWO, APRIL, "決定", "9000"),
    ]
    assert inputs.read_table(home / "out" / "2026-05" / "payments.csv") == [
        {"facility_no": inputs.A, "decided_yen": "18000", "withdrawn_yen": "0", "net_yen": "18000"}
    ]


def test_a_decision_returns_a_claim_and_the_rate_says_so(home: Path) -> None:
    assert henrei(home, "run", "2026-05") == 0
    assert decide(home, "2026-05", f"claim,{inputs.A},1,2026-04,return,日数") == 0  # Excel took the zeros
    assert henrei(home, "close", "2026-05") == 0
    assert outcomes(home, "2026-05")[0] == ("明", inputs.A, ONE, APRIL, "返戻", "9000")
    assert inputs.read_table(home / "out" / "return_rates.csv") == [
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


def test_close_refuses_while_a_word_is_missing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_a_return_finding(home)
    assert henrei(home, "close", "2026-05") == 2
    said = capsys.readouterr()
    assert f"明細書 {inputs.A} {ONE} 2026-04 決まっていません" in said.out
    assert "1件が決まっていません" in said.err
    assert not books.closed(Home(home))
    assert decide(home, "2026-05", f"claim,{inputs.A},1,2026-04,hold,") == 0
    assert henrei(home, "close", "2026-05", "--undecided", "accept") == 2
    said = capsys.readouterr()
    assert f"明細書 {inputs.A} {ONE} 2026-04 保留のままです" in said.out
    assert "1件が保留のままです" in said.err
    assert decide(home, "2026-05", f"claim,{inputs.A},1,2026-04,accept,確認済み") == 0
    assert henrei(home, "close", "2026-05") == 0
    assert {row[4] for row in outcomes(home, "2026-05")} == {"決定"}


@pytest.mark.parametrize(("word", "outcome"), [("return", "返戻"), ("accept", "決定")])
def test_undecided_is_the_word_for_the_rest(home: Path, word: str, outcome: str) -> None:
    with_a_return_finding(home)
    assert henrei(home, "close", "2026-05", "--undecided", word) == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == [outcome, "決定"]


def test_findings_that_the_brake_lowered_need_a_word_too(home: Path) -> None:
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write("[checks]\nbrake = { share = 0.1, least = 1 }\n")
    month(home, "2026-05", inputs.claim(days=3), inputs.attendance())
    assert henrei(home, "run", "2026-05") == 0
    assert findings(home, "2026-05") == [("DAY203", ONE, "review")]
    assert henrei(home, "close", "2026-05") == 2


@pytest.mark.parametrize(
    ("rows", "said"),
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
def test_nothing_is_half_taken(home: Path, capsys: pytest.CaptureFixture[str], rows: list[str], said: str) -> None:
    assert henrei(home, "run", "2026-05") == 0
    assert decide(home, "2026-05", f"claim,{inputs.A},{TWO},2026-04,return,") == 0
    assert decide(home, "2026-05", f"claim,{inputs.A},{TWO},2026-04,accept,", *rows) == 2
    assert said.replace("decisions.csv:2", "decisions.csv:3", 1).replace(
        "と decisions.csv:3", "と decisions.csv:4"
    ) in last_line(capsys)
    assert henrei(home, "close", "2026-05") == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == ["決定", "返戻"]


def test_a_decision_lives_as_long_as_its_claim_is_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(home, "run", "2026-05") == 0
    for number in (ONE, TWO):
        assert decide(home, "2026-05", f"claim,{inputs.A},{number},2026-04,return,") == 0
    month(
        home,
        "2026-05",
        inputs.claim(cap=0),
        inputs.attendance(),
        inputs.claim(recipient=TWO),
        inputs.attendance(recipient=TWO),
    )
    assert henrei(home, "run", "2026-05") == 0
    assert "前に決めた1件は" in capsys.readouterr().out.replace("\n", "")
    assert henrei(home, "close", "2026-05", "--undecided", "accept") == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == ["決定", "返戻"]


def test_months_close_and_reopen_in_order(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    month(home, "2026-06", inputs.claim(recipient=TWO, month="202605"))
    assert henrei(home, "close", "2026-05") == 2
    assert "先に henrei run 2026-05" in last_line(capsys)
    assert henrei(home, "run", "2026-05") == 0
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 2
    assert "2026-05 がまだ締まっていません" in last_line(capsys)
    assert henrei(home, "close", "2026-05") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 2
    assert "前の月の締めが前回の確認の後に変わっています" in last_line(capsys)
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 0
    for given, said in (
        (("run", "2026-05"), "2026-05 は締め済みです"),
        (("close", "2026-06"), "2026-06 は締め済みです"),
        (("run", "2026-04"), "2026-05 が締め済みのため"),
        (("reopen", "2026-05"), "後の月(2026-06)が締め済みです"),
        (("reopen", "2026-07"), "2026-07 は締まっていません"),
    ):
        assert henrei(home, *given) == 2
        assert said in last_line(capsys)
    assert henrei(home, "reopen", "2026-06") == 0
    assert henrei(home, "reopen", "2026-05") == 0
    assert not (home / "out" / "2026-05" / "outcomes.csv").exists()
    assert henrei(home, "run", "2026-05") == 0


def test_files_that_changed_since_the_run_are_not_closed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(home, "run", "2026-05") == 0
    month(home, "2026-05", inputs.claim(), inputs.attendance())
    assert henrei(home, "close", "2026-05") == 2
    assert "inbox のファイルが前回の確認の後に変わっています" in last_line(capsys)


def test_a_returned_claim_may_come_again_and_a_decided_one_not(home: Path) -> None:
    closed_may(home, f"claim,{inputs.A},1,2026-04,return,")
    month(
        home, "2026-06", *(g for n in (ONE, TWO) for g in (inputs.claim(recipient=n), inputs.attendance(recipient=n)))
    )
    assert henrei(home, "run", "2026-06") == 0
    assert findings(home, "2026-06") == [("SUB405", TWO, "return")]
    assert henrei(home, "close", "2026-06", "--undecided", "return") == 0
    rates = inputs.read_table(home / "out" / "return_rates.csv")
    assert [(r["claims_received"], r["first_claims_received"], r["first_rate"]) for r in rates] == [
        ("2", "2", "0.5000"),
        ("2", "0", ""),
    ]
    # Its 返戻 left the first decision standing.
    month(home, "2026-07", inputs.claim(recipient=TWO), inputs.attendance(recipient=TWO))
    assert henrei(home, "run", "2026-07") == 0
    assert findings(home, "2026-07") == [("SUB405", TWO, "return")]


def test_a_petition_takes_the_old_claim_out_and_the_new_one_in(home: Path) -> None:
    closed_may(home)
    ledger = PETITIONS + f"2026-05,{inputs.A},1,2026-04,4102,,\r\n2026-05,{inputs.A},2,2026-04,4102,,\r\n"
    month(home, "2026-06", inputs.claim(extra={"K122-01": {28: 8000}}), inputs.attendance(), petitions=ledger)
    assert henrei(home, "run", "2026-06") == 0
    assert ("SUB406", TWO, "review") in findings(home, "2026-06")
    assert ("SUB407", "", "notice") in findings(home, "2026-06")
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 0
    assert outcomes(home, "2026-06") == [
        ("明", inputs.A, ONE, APRIL, "取下げ", "9000"),
        ("明", inputs.A, ONE, APRIL, "決定", "8000"),
        ("明", inputs.A, TWO, APRIL, "取下げ", "9000"),
    ]
    assert inputs.read_table(home / "out" / "2026-06" / "payments.csv") == [
        {"facility_no": inputs.A, "decided_yen": "8000", "withdrawn_yen": "18000", "net_yen": "-10000"}
    ]
    month(home, "2026-07", inputs.claim(recipient=TWO), inputs.attendance(recipient=TWO), petitions=ledger)
    assert henrei(home, "run", "2026-07") == 0
    assert findings(home, "2026-07") == []


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


def test_two_accepted_sheets_of_one_key_count_the_cancellation_first(home: Path) -> None:
    month(home, "2026-05", inputs.claim(), inputs.attendance(), inputs.sheet(kind="1"), inputs.sheet(kind="3"))
    assert henrei(home, "run", "2026-05") == 0
    assert henrei(home, "close", "2026-05", "--undecided", "accept") == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == ["取下げ", "決定", "決定"]


def everything(home: Path) -> dict[str, bytes]:
    names = ("outcomes.csv", "payments.csv", "return_rates.csv", "findings.csv", "undetermined.csv")
    return {
        p.relative_to(home).as_posix(): p.read_bytes() for p in sorted((home / "out").rglob("*.csv")) if p.name in names
    }


def test_close_reopen_close_and_rebuild_give_the_same_bytes(home: Path) -> None:
    closed_may(home, f"claim,{inputs.A},1,2026-04,return,")
    ledger = PETITIONS + f"2026-05,{inputs.A},2,2026-04,4102,,\r\n"
    month(
        home, "2026-06", inputs.claim(), inputs.attendance(), inputs.claim(inputs.B, month="202605"), petitions=ledger
    )
    assert henrei(home, "run", "2026-06") == 0
    may = everything(home)
    assert henrei(home, "close", "2026-06", "--undecided", "return") == 0
    june = everything(home)
    assert henrei(home, "reopen", "2026-06") == 0
    assert everything(home) == may
    assert henrei(home, "rebuild") == 0
    assert everything(home) == may
    assert henrei(home, "close", "2026-06", "--undecided", "return") == 0
    assert everything(home) == june
    (home / "henrei.duckdb").unlink()
    assert henrei(home, "rebuild") == 0
    assert everything(home) == june
    assert henrei(home, "reopen", "2026-06") == 0
    assert everything(home) == may


def test_without_the_database_a_later_month_asks_for_a_rebuild(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    closed_may(home)
    (home / "henrei.duckdb").unlink()
    month(home, "2026-06", inputs.claim(), inputs.attendance())
    assert henrei(home, "run", "2026-06") == 2
    assert "henrei rebuild" in last_line(capsys)
    assert henrei(home, "rebuild") == 0
    assert henrei(home, "run", "2026-06") == 0
    assert [code for code, *_ in findings(home, "2026-06")] == ["SUB405"]


@pytest.mark.parametrize("stop", ["before", "after"])
def test_a_close_that_is_cut_off_leaves_the_month_open_or_closed(
    home: Path, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one write that closes is that of books/<month>/outcomes.csv; all else follows from it."""
    from henrei.flows import close

    assert henrei(home, "run", "2026-05") == 0
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
        assert henrei(home, "close", "2026-05") == 2
    if stop == "before":
        assert not books.closed(Home(home))
        assert henrei(home, "close", "2026-05") == 0
    else:
        month(home, "2026-06", inputs.claim(month="202605"), inputs.attendance())
        assert henrei(home, "run", "2026-06") == 0
    assert [row[4] for row in outcomes(home, "2026-05")] == ["決定", "決定"]
    assert len(inputs.read_table(home / "out" / "return_rates.csv")) == 1
