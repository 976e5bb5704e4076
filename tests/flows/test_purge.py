"""purge: no name and no number of the old months is left anywhere, and what later months need is found all the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from henrei.flows import purge as purging
from henrei.home import Home
from henrei.store import journal
from lib import crash, home_history, inputs
from lib.home_history import APRIL, ONE, findings, henrei, last_line, month
from lib.purge_home import GONE, LATER

pytestmark = pytest.mark.slow


def holding(home: Path, *texts: str) -> list[str]:
    """Files of the home that hold one of the texts."""
    found = []
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if any(text.encode(code) in data for text in texts for code in ("utf-8", "cp932")):
            found.append(path.relative_to(home).as_posix())
    return found


def purge(home: Path, before: str, *more: str) -> int:
    """As a script does it: the home's months are all young."""
    return henrei(home, "purge", "--before", before, "--yes", "--force", *more)


@pytest.fixture
def home(_before_purge: Path, tmp_path: Path) -> Path:
    """May is closed; in June child 1's claim of April, decided in May, comes once more."""
    return Path(shutil.copytree(_before_purge, tmp_path / "home"))


def test_names_and_numbers_go_and_states_stay(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rates = (home / "out" / "return_rates.csv").read_bytes()
    payments = (home / "out" / "2026-05" / "payments.csv").read_bytes()
    assert holding(home, GONE, "ｷｴﾙ ﾅﾅ")
    assert purge(home, "2026-06") == 0
    assert "2026-06 より前の1か月の氏名と番号を消しました" in capsys.readouterr().out
    assert holding(home, GONE, "ｷｴﾙ ﾅﾅ") == []
    assert not (home / "inbox" / "2026-05").exists()
    assert sorted(p.name for p in (home / "out" / "2026-05").iterdir()) == ["payments.csv", "summary.json"]
    assert (home / "out" / "return_rates.csv").read_bytes() == rates
    assert (home / "out" / "2026-05" / "payments.csv").read_bytes() == payments
    assert henrei(home, "run", "2026-06") == 0
    assert ("SUB405", ONE, "return") in findings(home, "2026-06")
    assert henrei(home, "close", "2026-06", "--undecided", "return") == 0
    assert (home / "out" / "return_rates.csv").read_bytes().startswith(rates)
    assert holding(home, GONE, "ｷｴﾙ ﾅﾅ") == []


def test_what_the_dashboard_counts_stays(home: Path) -> None:
    from lib.dashboard_homes import facts_of

    before = facts_of(home)
    assert purge(home, "2026-06") == 0
    assert facts_of(home) == before


def test_a_withdrawal_of_a_purged_decision_takes_its_money_back(home: Path) -> None:
    assert purge(home, "2026-06") == 0
    petitions = home_history.PETITIONS + f"2026-05,{inputs.A},2,{APRIL},0201,2026-06,無\r\n"
    month(home, "2026-06", inputs.claim(month="202605"), inputs.attendance(), recipients=LATER, petitions=petitions)
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 0
    assert ("明", inputs.A, home_history.TWO, APRIL, "取下げ", "9000") in home_history.outcomes(home, "2026-06")


def test_returns_of_the_federation_are_kept_hashed(home: Path) -> None:
    from henrei.data.fictional.records import return_records

    returned = list(return_records("2026-05", inputs.CITY, inputs.A, home_history.TWO, "ｶｸｳ ﾆ", "明", APRIL, "63"))
    month(home, "2026-06", inputs.claim(month="202605"), inputs.attendance(), returned, recipients=LATER)
    assert henrei(home, "run", "2026-06") == 0
    assert henrei(home, "close", "2026-06", "--undecided", "accept") == 0
    month(
        home,
        "2026-07",
        inputs.claim(recipient=home_history.TWO),
        inputs.attendance(recipient=home_history.TWO),
        recipients=LATER,
    )
    shutil.copytree(home, home.with_name("whole"))
    assert purge(home, "2026-07") == 0
    for one in (home, home.with_name("whole")):  # 国保連 returned what May decided: it stands returned
        assert henrei(one, "run", "2026-07") == 0
    assert findings(home, "2026-07") == findings(home.with_name("whole"), "2026-07")
    assert "SUB405" not in [code for code, *_ in findings(home, "2026-07")]


def test_an_open_month_is_not_purged(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(home, "run", "2026-06") == 0
    assert purge(home, "2026-07") == 2
    assert "2026-06 が締まっていません" in last_line(capsys)
    assert holding(home, GONE)


@pytest.mark.parametrize("command", [("reopen", "2026-05"), ("verify", "2026-05"), ("run", "2026-05")])
def test_a_purged_month_stays_closed(home: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert purge(home, "2026-06") == 0
    assert henrei(home, *command) == 2
    assert "2026-05" in last_line(capsys)
    assert purge(home, "2026-06") == 0
    assert "消すものはありません" in capsys.readouterr().out


def test_a_ledger_that_later_months_use_stays_and_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "inbox" / "2026-06" / "grants.csv").unlink()
    assert purge(home, "2026-06") == 0
    assert "inbox/2026-05/grants.csv は残る月がまだ使うため" in capsys.readouterr().out
    assert [p.name for p in (home / "inbox" / "2026-05").iterdir()] == ["grants.csv"]


def test_without_its_key_nothing_is_guessed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert purge(home, "2026-06") == 0
    (home / "books" / "purge.key").unlink()
    assert henrei(home, "run", "2026-06") == 2
    assert "books/purge.key がないか壊れています" in last_line(capsys)


@pytest.mark.parametrize("step", ["_remove_all", "rebuild"])
def test_a_purge_that_was_cut_off_goes_on(home: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "out" / "ledgers_2026-05.xlsx").write_bytes(GONE.encode())
    other = home.with_name("other")
    shutil.copytree(home, other)

    def stop(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(purging, step, stop)
        assert purge(home, "2026-06") == 2
    crash.opened(home)
    assert holding(home, GONE) == []
    assert [line["command"] for line in journal.read(Home(home))][-1] == "purge"
    assert henrei(home, "run", "2026-06") == 0
    assert purge(other, "2026-06") == 0
    assert henrei(other, "run", "2026-06") == 0
    assert findings(home, "2026-06") == findings(other, "2026-06")
