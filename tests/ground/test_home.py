"""The home: every path below it, the months it has folders of, and its lock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei import machine
from henrei.errors import LOCKED, HenreiError
from henrei.home import Home
from henrei.lock import holder

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
HOME = Home(Path("city"))
# What people, other programs and the versions before find there: to change one of these is to lose what is in it.
PATHS = {
    "henrei.toml": HOME.settings,
    "henrei.duckdb": HOME.store,
    "service_codes.csv": HOME.beside_settings("service_codes.csv"),
    "inbox": HOME.inbox(),
    "inbox/2026-05": HOME.inbox(MAY),
    "inbox/2026-05/shared": HOME.split_inbox(MAY),
    "books": HOME.books(),
    "books/2026-05": HOME.books(MAY),
    "out": HOME.out(),
    "out/2026-05": HOME.out(MAY),
    "out/dashboard.html": HOME.dashboard,
    "out/return_rates.csv": HOME.return_rates,
}


@pytest.mark.parametrize("name", PATHS)
def test_what_stays(name: str) -> None:
    assert HOME.name_of(PATHS[name]) == name
    assert HOME.path_of(name) == PATHS[name]


def test_what_is_gone_when_no_command_runs_is_in_one_folder() -> None:
    passing = (HOME.work, HOME.work_store, HOME.verification, HOME.temporary, HOME.database_temporary)
    for path in (*passing, HOME.split_staging, HOME.service_temporary):
        assert path.is_relative_to(HOME.state)


def test_a_folder_with_settings_is_a_home(tmp_path: Path) -> None:
    assert not Home(tmp_path).exists()
    (tmp_path / "henrei.toml").touch()
    assert Home(tmp_path).exists()


def test_the_option_is_asked_before_the_environment_and_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HENREI_HOME", raising=False)
    assert Home.find(None).root == tmp_path
    monkeypatch.setenv("HENREI_HOME", "of the environment")
    assert Home.find(None).root == tmp_path / "of the environment"
    assert Home.find("given").root == tmp_path / "given"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert Home.find("~/city").root == tmp_path / "city"


def test_months_are_the_folders_that_are_called_so_oldest_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.inbox_months() == home.books_months() == home.out_months() == []
    for name in ("2026-05", "2026-04", "2026-13", "控え"):
        (home.inbox() / name).mkdir(parents=True)
        (home.books() / name).mkdir(parents=True)
    (home.inbox() / "2026-03").touch()  # a file
    (home.out() / "2026-05").mkdir(parents=True)
    assert home.inbox_months() == home.books_months() == [APRIL, MAY]
    assert home.out_months() == [MAY]


def test_a_home_is_held_by_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.lock():
        with pytest.raises(HenreiError) as refused, home.lock():
            pass
        assert refused.value.status == LOCKED
        by = holder(home.lock_file)
        assert by is not None and (by.user, by.machine) == (machine.user(), machine.machine())
        assert str(refused.value) == (
            f"{tmp_path} では別の henrei が実行中です({by.user}、{by.machine}、{by.since[:16].replace('T', ' ')} から)。"
            "終わるのを待ってから、もう一度実行してください"
        )
    with home.lock():
        pass
