"""The guards of a month: which month may be run, decided or closed."""

from __future__ import annotations

from datetime import date

import pytest

from henrei.errors import HenreiError
from henrei.files import write_atomic
from henrei.flows import inbox
from henrei.flows.month_state import open_month, require_held, require_open, run_state
from henrei.flows.settings import load as load_settings
from henrei.home import Home
from henrei.store import journal, load, tables
from henrei.store.database import open_store
from lib import inputs

APRIL, MAY, JUNE = (date(2026, month, 1) for month in (4, 5, 6))


@pytest.fixture
def home(home_with_store: Home) -> Home:
    return home_with_store


def close(home: Home, month: date) -> None:
    write_atomic(
        home.books(month) / "outcomes.csv", b"kind,facility_no,recipient_no,service_month,outcome,benefit_yen\r\n"
    )


def ran(home: Home, month: date) -> dict[str, str]:
    """Notes a run of the month, as it is now, in the store and in the journal."""
    state = run_state(home, month, inbox.digest(inbox.listing_now(home, month, load_settings(home))))
    entry = journal.entry("run", month)
    with open_store(home) as con:
        con.execute("DELETE FROM run_state WHERE review_month = ?", [month])
        load.keep_results(con, month, {}, {"run": entry["id"], **state})
    journal.append(home, entry)
    home.books(month).mkdir(exist_ok=True)
    return state


def refusal(home: Home, month: date) -> str:
    with pytest.raises(HenreiError) as refused, open_month(home, month, load_settings(home)):
        pass
    return str(refused.value)


def test_a_closed_month_is_not_run_again(home: Home) -> None:
    require_open(home, MAY)
    close(home, MAY)
    require_open(home, JUNE)
    with pytest.raises(HenreiError) as refused:
        require_open(home, MAY)
    assert str(refused.value) == "2026-05 は締め済みです。直すときは henrei reopen 2026-05 で締めを取り消してください"


def test_nor_is_a_month_before_a_closed_one(home: Home) -> None:
    for month in (MAY, JUNE):
        close(home, month)
    with pytest.raises(HenreiError) as refused:
        require_open(home, APRIL)
    assert str(refused.value) == "2026-05 が締め済みのため、それより前の 2026-04 は処理できません"


def test_months_that_were_run_must_be_in_the_database(home: Home) -> None:
    ran(home, MAY)
    with open_store(home) as con:
        require_held(con, home, JUNE)
        con.execute("DELETE FROM run_state")
        require_held(con, home, MAY)  # only what lies before it
        with pytest.raises(HenreiError) as refused:
            require_held(con, home, JUNE)
    assert str(refused.value) == "henrei.duckdb に 2026-05 がありません。henrei rebuild を実行してください"


def test_a_purged_month_need_not_be(home: Home) -> None:
    ran(home, MAY)
    write_atomic(home.books(MAY) / "purged.json", b"{}")
    with open_store(home) as con:
        con.execute("DELETE FROM run_state")
        require_held(con, home, JUNE)


def test_a_month_that_was_run_and_is_as_it_was_is_opened(home: Home) -> None:
    home.inbox(MAY).mkdir(exist_ok=True)
    ran(home, MAY)
    with open_month(home, MAY, load_settings(home)) as con:
        assert con.execute("FROM current_review").fetchall() == [(MAY,)]
    assert refusal(home, JUNE).startswith("2026-06 はまだ確認していません。先に henrei run 2026-06 を実行してください")


CHECKS = '[checks]\ndisabled = ["DAY201"]\n'


@pytest.mark.parametrize(
    ("change", "basis"),
    [("inbox", "inbox のファイル"), ("settings", "henrei.toml"), ("books", "前の月の締め")],
)
def test_what_has_changed_since_the_run_is_named(home: Home, change: str, basis: str) -> None:
    ran(home, MAY)
    if change == "inbox":
        (home.inbox(MAY) / "K1100000.CSV").write_bytes(inputs.exchange("K11", inputs.claim()))
    elif change == "settings":
        home.settings.write_text(home.settings.read_text(encoding="utf-8") + CHECKS, encoding="utf-8")
    else:
        close(home, APRIL)
    assert refusal(home, MAY) == f"{basis}が前回の確認の後に変わっています。henrei run 2026-05 をやり直してください"


def test_what_a_run_does_not_rest_on_may_change(home: Home) -> None:
    ran(home, MAY)
    more = '# 注\n[reports]\ncontact = "療育支援課 049-000-0000"\n[calendar]\nanswers = 10\n'
    home.settings.write_text(home.settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    with open_month(home, MAY, load_settings(home)) as con:
        assert con.execute("FROM current_review").fetchall() == [(MAY,)]


def test_all_that_has_changed_is_named_at_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    state = ran(home, MAY)
    assert list(state) == [name for name in tables.RUN_STATE if name != "run"]
    monkeypatch.setattr("henrei.flows.month_state.ruleset", lambda: "of another version")
    close(home, APRIL)
    assert refusal(home, MAY).startswith("確認の決まり・前の月の締めが前回の確認の後に変わっています")
