"""The peers of the benchmark: what they find is what was planted; their table says medians, ratios and what each does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measuring import ROOT, Cost
from benchmarks.peers import compare
from benchmarks.peers.table import BEFORE, EVERYTHING, FLOOR, TEN, cost_of_change, table


@pytest.mark.parametrize("written", compare.WRITTEN)
def test_the_polars_peer_finds_what_was_planted(tmp_path: Path, written: str) -> None:
    home, found = tmp_path / "home", tmp_path / "keys.csv"
    compare.make("benchmarks.nation", home, "--children", "900", "--seed", "6", *compare.WRITTEN[written])
    script = ROOT / "benchmarks" / "peers" / "with_polars.py"
    subprocess.run([sys.executable, str(script), str(home), "2026-05", str(found)], check=True)
    planted = compare.keys(home / "truth" / "2026-05.csv")
    assert compare.keys(found) == planted
    assert {code for code, *_ in planted} == set(compare.CODES)


def git(repository: Path, *given: str) -> None:
    who = ("-c", "user.name=架空", "-c", "user.email=nobody@example.invalid", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(repository), *who, *given], check=True, capture_output=True)


def test_the_peers_of_before_come_out_of_the_history(tmp_path: Path) -> None:
    text, where = compare.CHANGED
    repository = tmp_path / "repository"
    place = repository / where
    place.parent.mkdir(parents=True)
    git(repository, "init", "--quiet")
    for content in ("before", f"today {text}", f"later {text}"):
        place.write_text(content, encoding="utf-8")
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message", content)
    folder = compare.peers_before(tmp_path / "before", repository)
    assert (folder / place.name).read_text(encoding="utf-8") == "before"
    assert text in (ROOT / where).read_text(encoding="utf-8"), "nothing tells the peers of before from those of today"


def test_a_history_that_does_not_go_back_so_far_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "nothing")
    with pytest.raises(RuntimeError, match="history does not know"):
        compare.peers_before(tmp_path / "before", tmp_path)


def cost(wall: float, processor: float) -> Cost:
    return Cost(wall, processor, 100, "")


COSTS = {
    FLOOR: [cost(4, 5), cost(8, 5), cost(4, 5)],
    "polars": [cost(2, 4), cost(4, 4), cost(2, 4)],
    f"polars{BEFORE}": [cost(2, 2), cost(2, 2), cost(2, 2)],
    TEN: [cost(3, 6), cost(6, 6), cost(3, 6)],
    EVERYTHING: [cost(3, 8), cost(9, 8), cost(6, 8)],
}


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    rows = [line.strip("| ").split(" | ") for line in table(COSTS).splitlines()]
    (everything,) = (row for row in rows if row[0] == EVERYTHING)
    assert everything[1:-1] == ["6.0", "8.0", "100", "1.12", "2.25", "1.60", "2.00"]
    assert "all checks" in everything[-1]


def test_what_todays_checks_cost_a_peer_is_said() -> None:
    assert cost_of_change(COSTS) == "Processor seconds with today's checks ÷ with those of before: polars 2.00."
    assert cost_of_change({FLOOR: COSTS[FLOOR]}) == ""
