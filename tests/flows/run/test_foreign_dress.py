"""A city whose ledgers are another system's exports: only henrei.toml differs, and what is found is the same."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from henrei.data.fictional import make_city
from lib import foreign_dress, home_history, inputs

pytestmark = pytest.mark.slow
MONTH = "2026-05"
# Checks that go by a ledger that the other system writes in its own way.
CODES = {"CRT102", "CRT104", "DAY202", "CAP301", "ADD603", "FAC501", "FAC502", "FAC504", "AMT707"}
OUT = ("findings.csv", "undetermined.csv", "rejects.csv", "remarks.csv")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The city with henrei's own ledgers, and with the other system's; both run."""
    own, foreign = (tmp_path_factory.mktemp("dress") / name for name in ("own", "foreign"))
    make_city(own, children=60, months=[MONTH], seed=18, style="sparing", plant=CODES)
    shutil.copytree(own, foreign)
    foreign_dress.dress(foreign / "inbox" / MONTH, inputs.CITY)
    with (foreign / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write(foreign_dress.SETTINGS)
    for home in (own, foreign):
        assert home_history.run(home, month=MONTH) == 0
    return own, foreign


@pytest.mark.parametrize("name", OUT)
def test_the_same_is_found(homes: tuple[Path, Path], name: str) -> None:
    own, foreign = ((home / "out" / MONTH / name).read_text(encoding="utf-8-sig") for home in homes)
    assert foreign == own


def test_there_is_something_to_find_in_every_ledger(homes: tuple[Path, Path]) -> None:
    """Else the same would be nothing."""
    with (homes[1] / "out" / MONTH / "findings.csv").open(encoding="utf-8-sig", newline="") as stream:
        codes = {row["check_code"] for row in csv.DictReader(stream)}
    assert codes >= CODES


def test_every_row_of_the_exports_is_loaded(homes: tuple[Path, Path]) -> None:
    files = {file["file"]: file for file in home_history.summary(homes[1], MONTH)["files"]}
    assert files["jukyusha.csv"]["kind"] == "recipients;cap_managers"
    ledgers = [file for file in files.values() if file["kind"][:3] not in ("K11", "K41", "K61", "K72")]
    assert len(ledgers) == 9 and not any(file["refused"] for file in ledgers)
