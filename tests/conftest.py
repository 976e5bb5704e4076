"""For all tests: no one but this machine is spoken to, tests are marked by their folder, and costly homes are made once."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pytest

TESTS = Path(__file__).parent
GUARD = TESTS / "lib" / "guard"
sys.path.append(str(GUARD))

import network_guard  # noqa: E402  (its folder is not a package: every child process finds it by PYTHONPATH)

network_guard.install()

from henrei.data.rules import rules  # noqa: E402  (only once the guard stands, as all that follow)
from henrei.home import Home  # noqa: E402
from henrei.store import database  # noqa: E402
from lib import dashboard_homes, home_history, inputs, purge_home, worklist_month  # noqa: E402
from lib import federation as cities  # noqa: E402
from lib.made_once import made_once  # noqa: E402

# What is below these folders carries the markers; a single slow test elsewhere says so itself.
MARKERS = {
    "system": ("slow",),
    "system/browser": ("browser",),
    "system/cities/test_dask.py": ("dask",),
    "system/prefect": ("prefect",),
    "system/reliability": ("crash",),
    "benchmarks": ("slow",),
}
MANY_MONTHS = {"closed_city_home", "four_months_home"}  # homes that take long to make: who asks for one is slow, too
# What takes longest begins first, so that no process is left alone with it in the end.
FIRST = (
    "system/prefect",
    "checks/test_examples.py",
    "system/reliability",
    "system/privacy",
    "system/refused",
    "system/cities",
    "system/browser",
    "flows/test_close.py",
    "flows/run/test_validate.py",
    "flows/test_purge.py",
    "system",
    "flows",
    "benchmarks",
    "schemas/exchange",
    "reports",
    "checks",
)
hypothesis.settings.register_profile("henrei", deadline=None, database=None)  # no test asserts a time or leaves a file
hypothesis.settings.load_profile("henrei")
COLLECTED: pytest.StashKey[list[pytest.Item]] = pytest.StashKey()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Whatever --dist says: a file's tests go to one test process (lib/by_file.py)."""
    from lib.by_file import ByFile

    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks every test by the folders it lies in, and puts first what takes longest."""
    for item in items:
        if MANY_MONTHS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
        for marker in markers_of(item.path):
            item.add_marker(marker)
    items.sort(key=lambda item: order_of(item.path))
    config.stash[COLLECTED] = list(items)  # before -m and -k take some away


@cache  # asked of thousands of tests in hundreds of files
def markers_of(path: Path) -> list[str]:
    """The markers of a file's tests."""
    place = path.relative_to(TESTS)
    return [marker for folder, markers in MARKERS.items() if place.is_relative_to(folder) for marker in markers]


@cache
def order_of(path: Path) -> int:
    """The place of a file's tests in the order."""
    place = path.relative_to(TESTS)
    return next((at for at, folder in enumerate(FIRST) if place.is_relative_to(folder)), len(FIRST))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Test processes side by side share the cores: there a store takes one. Tests of whole systems take all, as people do."""
    os.environ.pop("HENREI_THREADS", None)
    if "PYTEST_XDIST_WORKER" in os.environ and not item.path.is_relative_to(TESTS / "system"):
        os.environ["HENREI_THREADS"] = "1"


@pytest.fixture
def functions(request: pytest.FixtureRequest) -> tuple[set[str], set[str]]:
    """All test functions of the suite, and those of them that are not slow. Skips where only some files were asked for."""
    items = request.config.stash[COLLECTED]
    if {item.path for item in items} != set(TESTS.rglob("test_*.py")):
        pytest.skip("only of the whole suite")
    fast = (item for item in items if item.get_closest_marker("slow") is None)
    return {item.nodeid.partition("[")[0] for item in items}, {item.nodeid.partition("[")[0] for item in fast}


@pytest.fixture(scope="session", autouse=True)
def _guarded_children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    log = tmp_path_factory.mktemp("guard") / "attempts"
    log.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(network_guard.LOG, str(log))
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH")))))
        yield


@pytest.fixture(scope="session", autouse=True)
def _new_stores_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In this process a new store is a copy of one that was made: its tables and views are a fifth of a small run."""
    connect = database._connect

    def make(home: Path) -> None:
        inputs.make_home(home, {}, {})
        con = connect(Home(home), Home(home).store)
        database.prepare(con)
        database.put_rules(con, rules())
        con.close()

    @cache
    def made() -> Path:
        return Home(made_once(tmp_path_factory, "new_store", make)).store

    def connect_to_copy(home: Home, path: Path) -> duckdb.DuckDBPyConnection:
        if not path.exists() and path.parent.is_dir():
            shutil.copyfile(made(), path)
        return connect(home, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_connect", connect_to_copy)
        yield


@pytest.fixture
def attempts() -> Iterator[Path]:
    """The record of attempts to reach others; a test that asks for it looks at them itself."""
    log = Path(os.environ[network_guard.LOG])
    log.write_text("", encoding="utf-8")
    yield log
    log.write_text("", encoding="utf-8")


@pytest.fixture(autouse=True)
def _nobody_was_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "attempts" not in request.fixturenames:
        log = Path(os.environ[network_guard.LOG])
        reached = log.read_text(encoding="utf-8")
        log.write_text("", encoding="utf-8")
        assert reached == "", f"another machine was to be reached:\n{reached}"


@pytest.fixture(scope="session")
def four_months_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four closed months of five claims whose fate is known (lib/dashboard_homes.py); to be read only."""
    return made_once(tmp_path_factory, "four_months", dashboard_homes.four_months)


@pytest.fixture(scope="session")
def closed_city_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fictional city of three closed months (lib/dashboard_homes.py); to be read only."""
    return made_once(tmp_path_factory, "closed_city", dashboard_homes.city)


@pytest.fixture(scope="session")
def worklist_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month with something on every sheet of the worklist (lib/worklist_month.py), run once; to be read only."""

    def make(home: Path) -> None:
        assert home_history.run(worklist_month.make_home(home)) == 0

    return made_once(tmp_path_factory, "worklist", make)


@pytest.fixture(scope="module")
def empty_store() -> Iterator[duckdb.DuckDBPyConnection]:
    """A store in memory with all tables and views and the rules; to be changed in transactions that are rolled back."""
    with duckdb.connect() as con:
        database.prepare(con)
        database.put_rules(con, rules())
        yield con


@pytest.fixture
def store(empty_store: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same for one test, which must not begin or end a transaction."""
    empty_store.execute("BEGIN")
    yield empty_store
    empty_store.execute("ROLLBACK")


@pytest.fixture
def home_with_store(tmp_path: Path) -> Home:
    """A home with settings and a store in which no month is; `database.open_store` opens it."""
    home = Home(inputs.make_home(tmp_path / "home", {}, {}))
    with database.open_store(home):
        return home


@pytest.fixture(scope="session")
def _may_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(home: Path) -> None:
        assert home_history.run(home_history.two_children(home)) == 0

    return made_once(tmp_path_factory, "may_run", make)


@pytest.fixture(scope="session")
def _may_accepted(_may_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(home: Path) -> None:
        shutil.copytree(_may_run, home)
        assert home_history.henrei(home, "close", inputs.REVIEW) == 0

    return made_once(tmp_path_factory, "may_accepted", make)


@pytest.fixture(scope="session")
def _may_returned(_may_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    row = f"claim,{inputs.A},1,{home_history.APRIL},return,日数"  # Excel took the zeros of the number

    def make(home: Path) -> None:
        shutil.copytree(_may_run, home)
        assert home_history.decide(home, inputs.REVIEW, row) == 0
        assert home_history.henrei(home, "close", inputs.REVIEW) == 0

    return made_once(tmp_path_factory, "may_returned", make)


@pytest.fixture(scope="session")
def _before_purge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "before_purge", purge_home.may_closed_june_there)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A city of two children; in 2026-05, which is not yet run, both claims are right."""
    return home_history.two_children(tmp_path / "home")


@pytest.fixture
def may_run(_may_run: Path, tmp_path: Path) -> Path:
    """A copy of `home` in which 2026-05 is run; nothing was found."""
    return Path(shutil.copytree(_may_run, tmp_path / "home"))


@pytest.fixture
def may_accepted(_may_accepted: Path, tmp_path: Path) -> Path:
    """A copy of `home` in which 2026-05 is closed and both claims are accepted."""
    return Path(shutil.copytree(_may_accepted, tmp_path / "home"))


@pytest.fixture
def may_returned(_may_returned: Path, tmp_path: Path) -> Path:
    """A copy of `home` in which 2026-05 is closed and the claim of child 1 is returned."""
    return Path(shutil.copytree(_may_returned, tmp_path / "home"))


@pytest.fixture
def federation(tmp_path: Path) -> cities.Federation:
    """Makes homes in tmp_path/<name>/<number>, each with the files given for its number."""

    def make(name: str, files: dict[str, dict[str, bytes]], **ledgers: str) -> Path:
        return cities.make_homes(tmp_path / name, files, **ledgers)

    return make
