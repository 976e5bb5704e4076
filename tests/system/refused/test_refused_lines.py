"""What was refused accuses nobody: return findings of a month with spoilt lines were there before (contract 5)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lib.paths import SAMPLE
from lib.refused_lines import SETTINGS, accused, return_findings

MAY = date(2026, 5, 1)
SEEDS = 12  # of `make test`; the long form draws 200 (long_refused_lines.py)


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], tuple[str, list[tuple]]]:
    """A seed in; what it spoilt in the committed city and the return findings that came up by it out."""
    work = tmp_path_factory.mktemp("refused")
    home = Path(shutil.copytree(SAMPLE, work / "whole"))
    (home / "henrei.toml").write_text(SETTINGS.format(city="112992"), encoding="utf-8")
    before = return_findings(home, MAY, work / "whole.duckdb")
    assert len(before) > 20
    return lambda seed: accused(home, MAY, before, seed, work)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nobody_is_accused_because_a_line_was_refused(
    draw: Callable[[int], tuple[str, list[tuple]]], seed: int
) -> None:
    done, new = draw(seed)
    assert new == [], done
