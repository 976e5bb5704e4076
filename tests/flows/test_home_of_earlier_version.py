"""Homes that earlier versions left: each opens, says in one line what to do, takes its worklist and keeps its closed months."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from henrei.home import Home
from henrei.months import month_of
from henrei.store import books
from lib import inputs
from lib.home_history import henrei, last_line

pytestmark = pytest.mark.slow

HOMES = Path(__file__).parents[1] / "homes"
MAY, JUNE = "2026-05", "2026-06"
DECIDED = 4  # rows of June's worklist with a decision typed into them that the rules of now find alike
OTHERWISE = (4, 5, 7, 9)  # rows with a decision of which other rules than those of 0.1.0 find something else


@pytest.fixture(params=sorted(path.stem.removeprefix("home-") for path in HOMES.glob("home-*.zip")))
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with zipfile.ZipFile(HOMES / f"home-{request.param}.zip") as packed:
        packed.extractall(tmp_path)
    return tmp_path / "home"


def kept(home: Path) -> dict[str, bytes]:
    """The books of the closed month, and what close wrote of it for the team and the facilities."""
    names = ("outcomes.csv", "payments.csv", "returns.csv", "notices/*")
    files = [*(home / "books" / MAY).iterdir(), *(path for name in names for path in (home / "out" / MAY).glob(name))]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def test_it_opens_and_says_what_to_do(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its database has other tables: one line names the command, and nothing is lost by asking."""
    before = kept(home)
    assert henrei(home, "decide", JUNE, str(home.parent / "typed-2026-06.xlsx")) == 2
    assert last_line(capsys) == "henrei.duckdb に 2026-05 がありません。henrei rebuild を実行してください"
    assert henrei(home, "rebuild") == 0
    assert kept(home) == before


def test_it_takes_the_worklist_that_was_handed_out(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """But for the rows of which the rules of now find something else, which are named."""
    assert henrei(home, "rebuild") == 0
    capsys.readouterr()
    assert henrei(home, "decide", JUNE, str(home.parent / "typed-2026-06.xlsx")) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    left_out = [line.removeprefix("※ ").split(" ")[0] for line in lines if "請求か指摘が変わった" in line]
    assert left_out == [f"typed-2026-06.xlsx:{row}" for row in OTHERWISE]
    assert last.startswith(f"{JUNE}: {DECIDED}件の決定を取り込みました。残り ")
    kept_decisions = books.read_decisions(Home(home), month_of(JUNE))
    assert kept_decisions.height == DECIDED and set(kept_decisions["decision"]) == {"return", "accept"}
    assert all(note.startswith("確認済み") for note in kept_decisions["note"])


def test_its_closed_month_stays_and_the_next_one_closes(home: Path) -> None:
    before = kept(home)
    assert henrei(home, "rebuild") == 0
    assert henrei(home, "decide", JUNE, str(home.parent / "typed-2026-06.xlsx")) == 0
    assert henrei(home, "close", JUNE, "--undecided", "return") == 0
    assert kept(home) == before
    assert [row["review_month"] for row in inputs.read_table(home / "out" / "return_rates.csv")] == [MAY, JUNE]
